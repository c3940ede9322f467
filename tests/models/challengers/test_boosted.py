"""The unconstrained LightGBM challenger."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from models.challengers.boosted import LightGBMSettings, TreeModel, fit_lightgbm
from models.errors import ModelsError
from models.metrics import auc
from tests.models.rows import SCHEMA, awkward_rows, make_rows

SETTINGS = LightGBMSettings(most_rounds=300, patience=20, num_leaves=8, min_data_in_leaf=30)


@pytest.fixture(scope="module")
def peer(rows: tuple[pd.DataFrame, np.ndarray]) -> TreeModel:
    return fit_lightgbm(*rows, SCHEMA, valid=make_rows(1500, seed=1), settings=SETTINGS, seed=0)


def test_it_ranks_and_is_calibrated_on_rows_it_has_not_seen(peer: TreeModel) -> None:
    frame, bad = make_rows(3000, seed=2)
    p = peer.probability(frame)
    assert auc(bad, p) > 0.7
    assert p.mean() == pytest.approx(bad.mean(), abs=0.03)
    assert 1 < peer.booster.num_trees() < 300  # stopped by the validation rows


def test_a_saved_peer_answers_bit_for_bit(peer: TreeModel, tmp_path: Path) -> None:
    peer.save(tmp_path)
    again = TreeModel.load(tmp_path)
    frame = awkward_rows(make_rows(300, seed=3)[0])
    assert again.log_odds(frame).tolist() == peer.log_odds(frame).tolist()
    assert again.schema == peer.schema
    again.save(tmp_path / "again")
    for name in ("booster.txt", "model.json", "manifest.json"):
        assert (tmp_path / "again" / name).read_bytes() == (tmp_path / name).read_bytes()


@pytest.mark.parametrize("name", ["booster.txt", "model.json", "manifest.json"])
def test_an_altered_or_torn_folder_is_refused(peer: TreeModel, tmp_path: Path, name: str) -> None:
    peer.save(tmp_path)
    path = tmp_path / name
    whole = path.read_text(encoding="utf-8")
    path.write_text(whole.replace("1", "2", 1), encoding="utf-8")
    with pytest.raises(ModelsError):
        TreeModel.load(tmp_path)
    path.write_text(whole[: len(whole) // 2], encoding="utf-8")
    with pytest.raises(ModelsError):
        TreeModel.load(tmp_path)
    path.unlink()
    with pytest.raises(ModelsError, match="not a whole saved"):
        TreeModel.load(tmp_path)


def test_an_unseen_level_counts_as_missing(peer: TreeModel) -> None:
    frame = make_rows(50, seed=4)[0]
    unseen, missing = frame.assign(sector="never seen"), frame.assign(sector=None)
    assert peer.log_odds(unseen).tolist() == peer.log_odds(missing).tolist()


def test_columns_are_found_by_name_and_missing_ones_named(peer: TreeModel) -> None:
    frame = make_rows(50, seed=4)[0]
    assert peer.log_odds(frame[frame.columns[::-1]]).tolist() == peer.log_odds(frame).tolist()
    with pytest.raises(ModelsError, match="Missing column 'use'"):
        peer.probability(frame.drop(columns="use"))


def test_the_same_seed_gives_the_same_trees(rows: tuple[pd.DataFrame, np.ndarray]) -> None:
    few = LightGBMSettings(most_rounds=10)
    first, second = (
        fit_lightgbm(*rows, SCHEMA, valid=make_rows(500, seed=1), settings=few, seed=5)
        for _ in range(2)
    )
    assert first.booster.model_to_string() == second.booster.model_to_string()


def test_validation_rows_need_both_classes(rows: tuple[pd.DataFrame, np.ndarray]) -> None:
    frame, bad = make_rows(100, seed=1)
    with pytest.raises(ModelsError, match="one class only"):
        fit_lightgbm(*rows, SCHEMA, valid=(frame, np.zeros_like(bad)))
    with pytest.raises(ModelsError, match="Labels must be 0 or 1"):
        fit_lightgbm(*rows, SCHEMA, valid=(frame, bad[:-1]))


def test_without_validation_rows_folds_choose_the_rounds(
    rows: tuple[pd.DataFrame, np.ndarray],
) -> None:
    model = fit_lightgbm(*rows, SCHEMA, settings=SETTINGS, seed=0)
    frame, bad = make_rows(3000, seed=2)
    p = model.probability(frame)
    assert auc(bad, p) > 0.7
    assert p.mean() == pytest.approx(bad.mean(), abs=0.03)
    assert 1 < model.booster.num_trees() < 300


def test_contributions_add_up_to_the_log_odds(peer: TreeModel) -> None:
    frame = awkward_rows(make_rows(200, seed=6)[0])
    base, shares = peer.contributions(frame)
    assert base + shares.sum(axis=1) == pytest.approx(peer.log_odds(frame), abs=1e-9)


def test_contributions_are_those_of_the_shap_library(
    rows: tuple[pd.DataFrame, np.ndarray],
) -> None:
    import shap

    frame, bad = rows
    numbers = SCHEMA.select(["arrears", "income", "use"])
    few = LightGBMSettings(most_rounds=20, num_leaves=6)
    model = fit_lightgbm(frame, bad, numbers, valid=make_rows(500, seed=1), settings=few)
    base, shares = model.contributions(frame.iloc[:40])
    explainer = shap.TreeExplainer(model.booster)
    theirs = explainer.shap_values(model.matrix(frame.iloc[:40]))
    slope, shift = model.calibration.slope, model.calibration.shift
    assert shares == pytest.approx(np.asarray(theirs) * slope, abs=1e-9)
    expected = float(np.ravel(explainer.expected_value)[-1])
    assert base == pytest.approx(expected * slope + shift, abs=1e-9)


def test_rare_levels_count_as_missing() -> None:
    frame, bad = make_rows(400, seed=7)
    frame = frame.assign(sector=[f"s{i}" for i in range(len(frame))])
    model = fit_lightgbm(frame, bad, SCHEMA, settings=LightGBMSettings(most_rounds=5))
    assert model.levels["sector"] == ()
