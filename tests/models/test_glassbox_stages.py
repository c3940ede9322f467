"""The stages of the glass box: what a stage's trees say, its tables say."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from models.glassbox import stages
from models.glassbox.boost import Forest, grow
from models.glassbox.coding import code_rows
from models.glassbox.stages import Part, Training, grow_pairs
from models.schema import Field, Schema
from tests.models.rows import SMALL

PAIRS = [("lender", "zone"), ("lender", "x"), ("lender", "sector")]
SCHEMA = Schema(
    tuple(Field(n, "number" if n == "x" else "category") for n in ("lender", "zone", "sector", "x"))
)


@pytest.fixture(scope="module")
def train() -> Training:
    random = np.random.default_rng(0)
    n = 12_000
    lender, zone = (np.minimum(random.geometric(0.08, n), most) for most in (45, 60))
    frame = pd.DataFrame(
        {
            "lender": np.char.add("l", lender.astype(str)),
            "zone": np.char.add("z", zone.astype(str)),
            "sector": random.choice(["farm", "shop", "mine"], n),
            "x": random.normal(size=n).round(2),
        }
    )
    frame.loc[random.random(n) < 0.05, "zone"] = None
    frame.loc[random.random(n) < 0.05, "lender"] = None
    z = 2.0 * ((lender < 3) & (zone < 4)) + ((lender == 2) | (lender == 5)) * np.sign(frame["x"])
    bad = (random.random(n) < 1 / (1 + np.exp(-z))).astype(float)
    coded = code_rows(frame, SCHEMA, 16, 8, 100, 40)
    folds = [np.arange(n)[part::2] for part in range(2)]
    return Training(coded, bad, np.ones(n), 0.0, folds, 2, SMALL, 0)


def test_two_wide_categories_share_a_small_table(train: Training) -> None:
    shapes = {pair: tuple(axis.size for axis in train.coded.axes(pair)) for pair in PAIRS}
    assert shapes == {
        ("lender", "zone"): (8 + 2, 8 + 2),
        ("lender", "x"): (40 + 2, 8 + 1),
        ("lender", "sector"): (40 + 2, 3 + 2),
    }
    codes = train.coded.code_of("lender", ("lender", "zone"))
    rough = train.coded.rough["lender"]
    assert (codes[rough < 8] == rough[rough < 8]).all()
    assert set(codes[(rough >= 8) & (rough <= 40)].tolist()) == {8}  # other
    assert set(codes[rough == 41].tolist()) == {9}  # missing


def test_tables_of_pairs_say_what_their_trees_say(
    train: Training, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[Any, Any, Forest]] = []

    def watched(*given: Any) -> Forest:
        forest = grow(*given)
        seen.append((given[2], given[5], forest))
        return forest

    monkeypatch.setattr(stages, "grow", watched)
    nothing: list[Part] = [(0.0, {})] * 2
    (stage,) = grow_pairs(train, nothing, [PAIRS] * 2)
    ((data, start, forest),) = seen
    assert stage.rounds > 20
    for number, part in enumerate(stage.parts):
        raw = forest.boosters[number].predict(
            data(number), raw_score=True, num_iteration=forest.trees[number]
        )
        np.testing.assert_allclose(train.log_odds(part), start(number) + raw, rtol=0, atol=1e-9)
        assert set(PAIRS) >= {term for term in part[1] if len(term) == 2} >= set(PAIRS[:2])
        assert part[1][PAIRS[0]].shape == (10, 10)
