"""Tables in whole points, special codes, pictures."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from models.bins import CategoryBins, NumberBins
from models.glassbox.certificate import certify
from models.glassbox.fit import fit_glassbox
from models.glassbox.pictures import draw_tables, drawn
from models.glassbox.points import whole_points
from models.schema import Field, Schema
from models.scorer import AdditiveModel
from models.table import Table
from tests.models.rows import SCHEMA, SMALL, hand_model, make_rows, table


def points_of(model: AdditiveModel) -> list[np.ndarray]:
    return [t.values * -model.scale.factor for t in model.tables]


def test_every_cell_is_a_whole_number_and_rows_stay_within_the_bound(
    fitted: AdditiveModel, rows: tuple[pd.DataFrame, np.ndarray]
) -> None:
    whole = whole_points(fitted)
    for points in points_of(whole):
        np.testing.assert_allclose(points, np.rint(points), atol=1e-9)
    base, parts = whole.contributions(rows[0])
    assert base == pytest.approx(round(base), abs=1e-9)
    np.testing.assert_allclose(base + parts.sum(axis=1), whole.margin(rows[0]), atol=1e-9)
    moved = np.abs(whole.margin(rows[0]) - fitted.margin(rows[0])).max()
    assert 0.1 < moved <= whole.notes["points"]["bound"]
    assert certify(whole).holds


def test_a_direction_that_rounding_breaks_is_restored() -> None:
    """0.3 and 0.6 points round to 0 and 1, and the pair takes 0.4 of a point, which rounds to nothing."""
    point = 1.0 / hand_model().scale.factor
    axis = NumberBins((1.0,))
    single = table(("x",), (axis,), np.array([0.0, 0.7, 0.0]) * point)
    pair = table(
        ("x", "z"), (axis, axis), np.array([[0.5, 0, 0], [-0.1, 0, 0], [0, 0, 0]]) * 1.02 * point
    )
    schema = Schema((Field("x", "number", direction=1), Field("z", "number")))
    model = AdditiveModel(schema, (single, pair), 0.0)
    assert certify(model).holds
    plain = replace(
        model, tables=tuple(t.with_values(np.rint(t.values / point) * point) for t in model.tables)
    )
    whole = whole_points(model)
    assert certify(whole).holds
    assert certify(plain).monotone["x"] == pytest.approx(0.0, abs=1e-9)
    broken = replace(model, tables=(single.with_values(single.values * 0), pair))
    assert not certify(broken).holds
    assert certify(whole_points(broken)).holds


def test_missing_stays_worst_in_whole_points() -> None:
    frame, bad = make_rows(800, seed=40)
    schema = Schema(tuple(replace(f, missing="worst") if f.kind == "number" else f for f in SCHEMA))
    settings = SMALL.model_copy(update={"most_rounds": 40, "whole_points": True})
    model = fit_glassbox(frame, bad, schema, settings=settings)
    assert certify(model).holds
    for points in points_of(model):
        np.testing.assert_allclose(points, np.rint(points), atol=1e-9)


def test_each_special_code_has_an_effect_of_its_own() -> None:
    random = np.random.default_rng(3)
    n = 3000
    x = random.normal(size=n)
    kind = random.integers(0, 4, n)
    x = np.select([kind == 1, kind == 2, kind == 3], [-7.0, -8.0, np.nan], x)
    odds = np.select([kind == 1, kind == 2, kind == 3], [1.5, -2.0, 0.0], np.clip(x, -2, 2))
    bad = (random.random(n) < 1 / (1 + np.exp(-odds))).astype(int)
    schema = Schema((Field("x", "number", direction=1, special=(-7.0, -8.0)),))
    model = fit_glassbox(pd.DataFrame({"x": x}), bad, schema, settings=SMALL)
    assert certify(model).holds
    at = {v: model.explain({"x": v}).probability for v in (-7.0, -8.0, None)}
    assert at[-8.0] < 0.25 < 0.4 < at[None] < 0.6 < 0.7 < at[-7.0]


def test_every_table_gets_a_picture(fitted: AdditiveModel, tmp_path: Path) -> None:
    files = draw_tables(fitted, tmp_path / "shapes")
    assert len(files) == len(fitted.tables)
    assert all(path.read_bytes()[:4] == b"\x89PNG" for path in files)
    again = draw_tables(fitted, tmp_path / "again")
    assert [p.read_bytes() for p in files] == [p.read_bytes() for p in again]


def test_a_picture_of_a_pair_shows_the_levels_that_most_rows_have(tmp_path: Path) -> None:
    levels = tuple(f"lender {number}" for number in range(300))
    axes = (CategoryBins(levels), NumberBins((1.0, 2.0)))
    mass = np.outer(np.r_[np.arange(300.0), 0.0, 1.0], np.ones(4))
    mass[0] = 500.0
    table = Table(("lender", "x"), axes, np.zeros(mass.shape), mass / mass.sum())
    assert drawn(table, 0) == [0, *range(299, 280, -1), 300, 301]
    assert drawn(table, 1) == [0, 1, 2, 3]
    schema = Schema((Field("lender", "category"), Field("x", "number")))
    (path,) = draw_tables(AdditiveModel(schema, (table,), 0.0), tmp_path)
    assert path.read_bytes()[:4] == b"\x89PNG"
