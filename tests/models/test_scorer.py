"""The additive model: sums by hand, batch against single row, contributions against margin."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from models.bins import CategoryBins, NumberBins
from models.errors import ModelsError
from models.scale import Scale
from models.scorer import AdditiveModel
from models.table import Table
from tests.models.rows import awkward_rows, hand_model, make_rows, row_values, table

CASES = [
    # x, c, log odds = -2 + x alone + c alone + pair
    (1.5, "a", -2.0 + 0.1 + 0.2 + 0.1),
    (2.0, "a", -2.0 + 0.1 + 0.2 + 0.1),  # on the threshold: still below
    (2.5, "b", -2.0 + 0.7 - 0.2 + 0.0),  # the pair does not know "b"
    (0.0, "never seen", -2.0 - 0.5 + 0.4 - 0.1),
    (math.nan, None, -2.0 + 0.3 + 0.0 + 0.2),
    (math.inf, None, -2.0 + 0.7 + 0.0 + 0.05),
    (-math.inf, "a", -2.0 - 0.5 + 0.2 + 0.1),
]


@pytest.mark.parametrize(("x", "c", "log_odds"), CASES)
def test_log_odds_are_the_sum_of_look_ups(x: float, c: str | None, log_odds: float) -> None:
    model = hand_model()
    margin = 600.0 - 40.0 / math.log(2.0) * (log_odds + math.log(30.0))
    frame = pd.DataFrame({"x": [x], "c": pd.Series([c], dtype=object)})
    assert model.log_odds(frame)[0] == pytest.approx(log_odds, abs=1e-12)
    assert model.margin(frame)[0] == pytest.approx(margin, abs=1e-9)
    assert model.probability(frame)[0] == pytest.approx(1 / (1 + math.exp(-log_odds)), abs=1e-12)
    assert model.score(frame)[0] == math.floor(margin + 0.5)
    assert model.explain({"x": x, "c": c}).log_odds == pytest.approx(log_odds, abs=1e-12)


def test_batch_equals_single_row_bit_for_bit(fitted: AdditiveModel) -> None:
    frame = awkward_rows(make_rows(300, seed=8)[0])
    margins, base_and_points = fitted.margin(frame), fitted.contributions(frame)
    log_odds, chances, scores = (
        fitted.log_odds(frame),
        fitted.probability(frame),
        fitted.score(frame),
    )
    for i in range(len(frame)):
        single = fitted.explain(row_values(frame, i))
        assert single.margin == margins[i]
        assert single.base == base_and_points[0]
        assert single.points == base_and_points[1][i].tolist()
        assert (single.log_odds, single.probability) == (log_odds[i], chances[i])
        assert single.score == scores[i]
        assert fitted.margin(frame.iloc[[i]])[0] == margins[i]


def test_contributions_and_base_add_up_to_the_margin(fitted: AdditiveModel) -> None:
    frame = awkward_rows(make_rows(500, seed=9)[0])
    base, points = fitted.contributions(frame)
    assert points.shape == (len(frame), len(fitted.terms))
    np.testing.assert_allclose(base + points.sum(axis=1), fitted.margin(frame), rtol=0, atol=1e-9)
    assert np.ptp(points, axis=0).max() > 1.0


def test_columns_are_found_by_name(fitted: AdditiveModel) -> None:
    frame = make_rows(200, seed=10)[0]
    shuffled = frame[["sector", "use", "arrears", "income"]].assign(unused="x")
    assert fitted.margin(shuffled).tolist() == fitted.margin(frame).tolist()
    assert fitted.margin(frame.iloc[::-1]).tolist() == fitted.margin(frame).tolist()[::-1]


def test_an_empty_frame_has_no_scores(fitted: AdditiveModel) -> None:
    assert fitted.score(make_rows(5)[0].iloc[:0]).shape == (0,)


def test_all_missing_columns_of_any_type_are_scored(fitted: AdditiveModel) -> None:
    expected = fitted.explain(dict.fromkeys(fitted.inputs)).margin
    for empty in (None, np.nan, pd.NA):
        frame = pd.DataFrame({name: [empty] for name in fitted.inputs}, dtype=object)
        assert fitted.margin(frame).tolist() == [expected]


@pytest.mark.parametrize("name", ["arrears", "sector"])
def test_a_missing_column_is_named(fitted: AdditiveModel, name: str) -> None:
    frame = make_rows(5)[0]
    with pytest.raises(ModelsError, match=f"Missing column '{name}'"):
        fitted.margin(frame.drop(columns=name))


def test_a_column_of_the_wrong_type_is_named(fitted: AdditiveModel) -> None:
    frame = make_rows(5)[0]
    with pytest.raises(ModelsError, match="'income' must hold numbers"):
        fitted.margin(frame.assign(income="much"))
    with pytest.raises(ModelsError, match="'sector' must hold text"):
        fitted.margin(frame.assign(sector=3.0))


def test_a_column_that_appears_twice_is_named(fitted: AdditiveModel) -> None:
    frame = make_rows(5)[0]
    with pytest.raises(ModelsError, match="'use' appears more than once"):
        fitted.margin(pd.concat([frame, frame[["use"]]], axis=1))


def test_recalibrating_changes_log_odds_as_said() -> None:
    model = hand_model()
    frame = pd.DataFrame({"x": [0.0, 1.5, 9.0], "c": ["a", None, "b"]})
    np.testing.assert_allclose(
        model.recalibrated(1.5, -0.25).log_odds(frame),
        1.5 * model.log_odds(frame) - 0.25,
        rtol=0,
        atol=1e-12,
    )
    for slope in (0.0, -1.0, math.nan):
        with pytest.raises(ModelsError, match="slope must be positive"):
            model.recalibrated(slope, 0.0)


def test_a_table_that_leaves_gives_its_mean_to_the_intercept() -> None:
    model = hand_model()
    less = model.without([("c", "x")])
    assert less.terms == (("x",), ("c",))
    # Mean of the nine cells: (0.1 - 0.1 + 0 + 0.3 + 0 + 0.05 + 0 + 0 + 0.2) / 9
    assert less.intercept == pytest.approx(-2.0 + 0.55 / 9, abs=1e-12)


def test_only_the_inputs_that_tables_use_are_asked_for() -> None:
    model = replace(hand_model(), tables=hand_model().tables[:1])
    assert model.inputs == ("x",)
    assert model.margin(pd.DataFrame({"x": [1.0]})).shape == (1,)


def test_another_scale_changes_points_but_not_probabilities() -> None:
    model = hand_model()
    other = replace(model, scale=Scale(points_to_double=20.0))
    frame = pd.DataFrame({"x": [0.0, 9.0], "c": ["a", None]})
    np.testing.assert_allclose(other.probability(frame), model.probability(frame), rtol=1e-12)
    np.testing.assert_allclose(other.contributions(frame)[1] * 2, model.contributions(frame)[1])


def test_tables_that_the_schema_does_not_know_are_refused() -> None:
    model = hand_model()
    x = table(("x",), (NumberBins(()),), [0.0, 0.0])
    with pytest.raises(ModelsError, match="Two tables for x"):
        replace(model, tables=(x, x))
    with pytest.raises(ModelsError, match="no field 'z'"):
        replace(model, tables=(table(("z",), (NumberBins(()),), [0.0, 0.0]),))
    with pytest.raises(ModelsError, match="'c' is declared a category"):
        replace(model, tables=(table(("c",), (NumberBins(()),), [0.0, 0.0]),))
    with pytest.raises(ModelsError, match="before those of two"):
        replace(model, tables=model.tables[::-1])
    with pytest.raises(ModelsError, match="finite"):
        replace(model, intercept=math.nan)


@pytest.mark.parametrize(
    ("features", "axes", "values", "message"),
    [
        (("x", "x"), (NumberBins(()), NumberBins(())), np.zeros((2, 2)), "two different"),
        (("x",), (NumberBins(()), NumberBins(())), np.zeros((2, 2)), "one axis a feature"),
        (("x",), (NumberBins((1.0,)),), np.zeros(2), "must have the shape"),
        (("c",), (CategoryBins(()),), np.array([0.0, np.nan]), "finite"),
    ],
)
def test_a_table_whose_parts_do_not_fit_is_refused(
    features: tuple[str, ...], axes: tuple[NumberBins, ...], values: np.ndarray, message: str
) -> None:
    with pytest.raises(ModelsError, match=message):
        Table(features, axes, values, np.zeros_like(values))


def test_mean_and_deviation_of_a_table_weigh_rows() -> None:
    cells = Table(
        ("x",), (NumberBins((1.0,)),), np.array([1.0, -1.0, 5.0]), np.array([0.75, 0.25, 0.0])
    )
    assert cells.mean == pytest.approx(0.5)
    assert cells.deviation == pytest.approx(math.sqrt(0.75 * 0.25 + 0.25 * 2.25))
