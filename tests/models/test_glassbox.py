"""The fitted glass box as a whole."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from models.glassbox.certificate import certify
from models.glassbox.fit import GlassBoxSettings, fit_glassbox
from models.metrics import auc, calibration_slope
from models.schema import Schema
from models.scorer import AdditiveModel
from tests.models.rows import SCHEMA, SMALL, make_rows, row_values


def test_it_ranks_and_is_calibrated_on_rows_it_has_not_seen(fitted: AdditiveModel) -> None:
    frame, bad = make_rows(6000, seed=2)
    p = fitted.probability(frame)
    assert auc(bad, p) > 0.7
    assert p.mean() == pytest.approx(bad.mean(), abs=0.03)
    assert calibration_slope(bad, p) == pytest.approx(1.0, abs=0.15)


def test_the_pair_in_the_data_is_found(fitted: AdditiveModel) -> None:
    spread = {table.features: table.deviation for table in fitted.tables if table.is_pair}
    assert max(spread, key=lambda term: spread[term]) == ("use", "sector")


def test_tables_are_centred_and_pairs_pure(
    fitted: AdditiveModel, rows: tuple[pd.DataFrame, np.ndarray]
) -> None:
    for table in fitted.tables:
        assert table.mass.sum() == pytest.approx(1.0)
        assert table.mean == pytest.approx(0.0, abs=1e-9)
        if table.is_pair:
            for axis in (0, 1):
                joint = (table.values * table.mass).sum(axis=axis)
                np.testing.assert_allclose(joint, 0.0, atol=1e-5)
    base, points = fitted.contributions(rows[0])
    assert base == pytest.approx(fitted.margin(rows[0]).mean(), abs=1e-6)
    assert np.abs(points.mean(axis=0)).max() < 1e-6


def test_typical_values_come_from_the_rows(
    fitted: AdditiveModel, rows: tuple[pd.DataFrame, np.ndarray]
) -> None:
    frame = rows[0]
    assert fitted.typical["sector"] == "farm"
    for name in ("arrears", "income", "use"):
        assert fitted.typical[name] == frame[name].quantile(0.5, interpolation="lower")


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    frame, bad = make_rows(800, seed=30)
    quick = SMALL.model_copy(update={"most_rounds": 40})
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        fit_glassbox(frame, bad, SCHEMA, settings=quick, seed=seed).save(tmp_path / name)
    a, b, c = ((tmp_path / name / "model.json").read_bytes() for name in "abc")
    assert a == b
    assert a != c


def test_columns_may_come_in_any_order() -> None:
    frame, bad = make_rows(600, seed=31)
    quick = SMALL.model_copy(update={"most_rounds": 20})
    first = fit_glassbox(frame, bad, SCHEMA, settings=quick)
    second = fit_glassbox(frame[frame.columns[::-1]], bad, SCHEMA, settings=quick)
    assert first.margin(frame).tolist() == second.margin(frame).tolist()


def test_missing_is_never_better_than_the_worst_where_that_is_declared() -> None:
    frame, bad = make_rows(1500, seed=32)
    quick = SMALL.model_copy(update={"most_rounds": 60})
    schema = Schema(tuple(replace(f, missing="worst") if f.kind == "number" else f for f in SCHEMA))
    for rows in (frame, frame.fillna({"arrears": 0.0})):  # also where none was missing in training
        model = fit_glassbox(rows, bad, schema, settings=quick)
        certificate = certify(model)
        assert certificate.holds
        assert set(certificate.missing_not_best) >= {"arrears", "income", "use"} & set(model.inputs)
        assert model.probability(rows).mean() == pytest.approx(bad.mean(), abs=0.02)
    learned = certify(fit_glassbox(frame, bad, SCHEMA, settings=quick))
    assert not {"arrears", "use"} & set(learned.missing_not_best)


def test_weights_move_the_rate() -> None:
    frame, bad = make_rows(800, seed=33)
    quick = SMALL.model_copy(update={"most_rounds": 20})
    weight = np.where(bad == 1, 3.0, 1.0)
    model = fit_glassbox(frame, bad, SCHEMA, weight=weight, settings=quick)
    rate = np.average(bad, weights=weight)
    assert np.average(model.probability(frame), weights=weight) == pytest.approx(rate, abs=0.02)


def test_without_pairs_every_table_has_one_feature() -> None:
    frame, bad = make_rows(600, seed=34)
    quick = SMALL.model_copy(update={"most_rounds": 20, "pairs": 0})
    model = fit_glassbox(frame, bad, SCHEMA, settings=quick)
    assert all(len(term) == 1 for term in model.terms)


def test_one_input_is_enough() -> None:
    frame, bad = make_rows(600, seed=35)
    model = fit_glassbox(frame, bad, SCHEMA.select(["arrears"]), settings=SMALL)
    assert model.terms == (("arrears",),)


def test_thirty_rows_are_enough() -> None:
    frame, bad = make_rows(30, seed=36)
    model = fit_glassbox(frame, bad, SCHEMA)
    assert certify(model).holds
    assert np.isfinite(model.margin(frame)).all()
    single = model.explain(row_values(frame, 0))
    assert single.margin == model.margin(frame)[0]


@pytest.mark.parametrize("wrong", [{"max_bins": 1}, {"learning_rate": 0}, {"leaves": 4}])
def test_settings_out_of_range_or_unknown_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        GlassBoxSettings(**wrong)
