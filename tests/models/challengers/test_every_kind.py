"""Every challenger by one protocol: it ranks, is stored as data, answers the same after loading."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from models.challengers.ebm import EBMSettings, fit_ebm, read_ebm
from models.challengers.mlp import NetworkSettings
from models.challengers.tree import DecisionTree, fit_tree
from models.errors import ModelsError
from models.kinds import KINDS, Fitted, fit_kind, load_kind
from models.metrics import auc
from models.schema import Field, Schema
from tests.models.rows import SCHEMA, awkward_rows, make_rows

CHALLENGERS = ("logistic", "tree", "mlp", "lightgbm", "ebm")
QUICK = {
    "mlp": {"most_epochs": 12},
    "lightgbm": {"most_rounds": 60, "patience": 10},
    "ebm": {"outer_bags": 2, "pairs": 2, "most_rounds": 60, "max_bins": 32},
}


@pytest.fixture(scope="module")
def models(rows: tuple[pd.DataFrame, np.ndarray]) -> dict[str, Fitted]:
    return {k: fit_kind(k, *rows, SCHEMA, changes=QUICK.get(k), seed=2) for k in CHALLENGERS}


def test_the_table_of_kinds_knows_every_challenger() -> None:
    assert tuple(k for k in KINDS if k not in ("glassbox", "scorecard")) == CHALLENGERS


@pytest.mark.parametrize("kind", CHALLENGERS)
def test_it_ranks_rows_it_has_not_seen(models: dict[str, Fitted], kind: str) -> None:
    frame, bad = make_rows(2000, seed=5)
    p = models[kind].probability(frame)
    assert auc(bad, p) > 0.66
    assert p.mean() == pytest.approx(bad.mean(), abs=0.04)


@pytest.mark.parametrize("kind", CHALLENGERS)
def test_a_saved_model_answers_bit_for_bit_and_holds_no_pickle(
    models: dict[str, Fitted], tmp_path: Path, kind: str
) -> None:
    models[kind].save(tmp_path / "a")
    again = load_kind(tmp_path / "a")
    frame = awkward_rows(make_rows(300, seed=3)[0])
    assert again.probability(frame).tolist() == models[kind].probability(frame).tolist()
    again.save(tmp_path / "b")
    for path in (tmp_path / "a").iterdir():
        assert path.suffix in (".json", ".txt")
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()
    assert json.loads((tmp_path / "a" / "manifest.json").read_text())["kind"] == kind


@pytest.mark.parametrize("kind", CHALLENGERS)
def test_an_altered_model_is_refused(models: dict[str, Fitted], tmp_path: Path, kind: str) -> None:
    models[kind].save(tmp_path)
    path = tmp_path / "model.json"
    path.write_text(path.read_text(encoding="utf-8").replace("1", "2", 1), encoding="utf-8")
    with pytest.raises(ModelsError):
        load_kind(tmp_path)


@pytest.mark.parametrize("kind", CHALLENGERS)
def test_labels_and_columns_are_checked(rows: tuple[pd.DataFrame, np.ndarray], kind: str) -> None:
    frame, bad = rows
    with pytest.raises(ModelsError, match="one class"):
        fit_kind(kind, frame, np.zeros(len(bad)), SCHEMA)
    with pytest.raises(ModelsError, match="Missing column 'use'"):
        fit_kind(kind, frame.drop(columns="use"), bad, SCHEMA)
    with pytest.raises(ModelsError, match="Weights must be positive"):
        fit_kind(kind, frame, bad, SCHEMA, weight=-np.ones(len(bad)))


@pytest.mark.parametrize("kind", ["logistic", "tree", "mlp"])
def test_special_codes_are_no_quantities_and_weights_count(kind: str) -> None:
    """A code far below all quantities marks the risky rows; weights move the level."""
    random = np.random.default_rng(0)
    x = random.uniform(10, 20, 1200)
    coded = random.random(1200) < 0.3
    bad = (random.random(1200) < np.where(coded, 0.6, 0.1)).astype(float)
    frame = pd.DataFrame({"x": np.where(coded, -9.0, x)})
    schema = Schema((Field("x", "number", special=(-9.0,)),))
    changes = {"most_epochs": 25} if kind == "mlp" else None
    asked = pd.DataFrame({"x": [-9.0, 15.0]})
    model = fit_kind(kind, frame, bad, schema, changes=changes)
    assert model.probability(asked) == pytest.approx([0.6, 0.1], abs=0.07)
    heavy = fit_kind(kind, frame, bad, schema, weight=1 + 9 * bad, changes=changes)
    assert (heavy.probability(asked) > model.probability(asked) + 0.15).all()


def test_a_tree_by_hand() -> None:
    """One cut; 20 of 100 bad left of it, 60 of 100 right."""
    frame = pd.DataFrame({"x": [0.0] * 100 + [1.0] * 100})
    bad = np.r_[[1.0] * 20, [0.0] * 80, [1.0] * 60, [0.0] * 40]
    tree = fit_tree(frame, bad, Schema((Field("x", "number"),)))
    assert isinstance(tree, DecisionTree)
    # Ten rows at the overall rate of .4 are added: (20 + 4) / 110 and (60 + 4) / 110.
    assert tree.probability(pd.DataFrame({"x": [0.2, 0.8]})) == pytest.approx([24 / 110, 64 / 110])


def test_the_ebm_as_tables_equals_the_library(rows: tuple[pd.DataFrame, np.ndarray]) -> None:
    from interpret.glassbox import ExplainableBoostingClassifier

    frame, bad = rows
    names = ["arrears", "income", "use", "sector"]
    plain = frame[names].astype({"sector": object}).where(frame[names].notna(), None)
    machine = ExplainableBoostingClassifier(
        feature_names=names,
        feature_types=["continuous"] * 3 + ["nominal"],
        outer_bags=2,
        interactions=3,
        max_rounds=80,
        n_jobs=1,
        random_state=1,
    )
    plain = plain.astype(dict.fromkeys(names[:3], float))
    machine.fit(plain, bad.astype(int))
    ours = read_ebm(machine, SCHEMA, frame)
    asked = awkward_rows(make_rows(400, seed=9)[0])
    theirs = asked[names].astype({"sector": object})
    theirs["sector"] = theirs["sector"].where(theirs["sector"].notna(), None)
    theirs = theirs.astype(dict.fromkeys(names[:3], float))
    assert ours.probability(asked) == pytest.approx(machine.predict_proba(theirs)[:, 1], abs=1e-9)
    assert any(table.is_pair for table in ours.tables)
    assert abs(sum(table.mean for table in ours.tables)) < 1e-9


def test_the_ebm_keeps_no_promise_that_it_did_not_make(
    rows: tuple[pd.DataFrame, np.ndarray],
) -> None:
    model = fit_ebm(*rows, SCHEMA, settings=EBMSettings(outer_bags=1, pairs=0, most_rounds=20))
    assert all(field.direction == 0 for field in model.schema)


def test_the_network_stops_early(rows: tuple[pd.DataFrame, np.ndarray]) -> None:
    long = NetworkSettings(most_epochs=200, patience=2)
    model = fit_kind("mlp", *rows, SCHEMA, changes=long.model_dump(), seed=0)
    assert (
        auc(rows[1], model.probability(rows[0])) < 0.85
    )  # 200 epochs would know the rows by heart
