"""What may go: tables that are faint beside the spread of the whole score, and that left-out rows do not miss."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from models.glassbox.coding import code_rows
from models.glassbox.prune import prune
from models.glassbox.settings import GlassBoxSettings
from models.glassbox.stages import Training
from models.schema import Field, Schema

ROWS = 4_000


@pytest.fixture(scope="module")
def train() -> Training:
    random = np.random.default_rng(1)
    frame = pd.DataFrame({"x": random.normal(size=ROWS)})
    bad = (random.random(ROWS) < 0.3).astype(float)
    coded = code_rows(frame, Schema((Field("x", "number"),)), 8, 4, 100)
    rows = [np.arange(ROWS)]
    return Training(coded, bad, np.ones(ROWS), -0.85, rows, 1, GlassBoxSettings(), 0)


def test_what_says_nothing_goes_only_beside_a_score_that_says_much(train: Training) -> None:
    random = np.random.default_rng(2)
    # By chance these rank the left-out rows a little worse than nothing.
    worse = 0.1 * (0.3 - train.y)
    weak = {(name,): 0.01 * (random.normal(size=ROWS) + worse) for name in ("a", "b", "c")}
    rest = np.full(ROWS, -0.85)
    # All there is: chance alone would say which of them the left-out rows miss.
    assert prune(train, weak, rest, lambda _: True) == []
    strong = {**weak, ("d",): 2.0 * (train.y - 0.3)}
    gone = prune(train, strong, rest, lambda _: True)
    assert gone
    assert ("d",) not in gone
    assert prune(train, strong, rest, lambda _: False) == []
