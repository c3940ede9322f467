"""Every kind of fit on rows that are short, empty, constant or wrong: a model, or an error that names the field."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from models.challengers.boosted import LightGBMSettings, fit_lightgbm
from models.errors import ModelsError
from models.glassbox.fit import fit_glassbox
from models.schema import Field, Schema
from models.scorecard import fit_scorecard
from tests.models.rows import SCHEMA, SMALL, make_rows

Fit = Callable[[pd.DataFrame, Any, Schema], Any]


def glassbox(frame: pd.DataFrame, bad: Any, schema: Schema) -> Any:
    return fit_glassbox(frame, bad, schema, settings=SMALL.model_copy(update={"most_rounds": 20}))


def lightgbm(frame: pd.DataFrame, bad: Any, schema: Schema) -> Any:
    return fit_lightgbm(
        frame, bad, schema, valid=(frame, bad), settings=LightGBMSettings(most_rounds=20)
    )


@pytest.fixture(
    params=[glassbox, fit_scorecard, lightgbm], ids=["glassbox", "scorecard", "lightgbm"]
)
def fit(request: pytest.FixtureRequest) -> Fit:
    fit: Fit = request.param
    return fit


def test_thirty_rows_give_a_model(fit: Fit) -> None:
    frame, bad = make_rows(30, seed=1)
    p = fit(frame, bad, SCHEMA).probability(frame)
    assert ((p > 0) & (p < 1)).all()


@pytest.mark.parametrize("value", [1.0, np.nan])
def test_a_constant_or_empty_number_changes_nothing(fit: Fit, value: float) -> None:
    frame, bad = make_rows(300, seed=2)
    schema = Schema((*SCHEMA.fields, Field("extra", "number", direction=1)))
    more = frame.assign(extra=value)
    p = fit(more, bad, schema).probability(more)
    np.testing.assert_allclose(p, fit(frame, bad, SCHEMA).probability(frame), atol=0.15)


@pytest.mark.parametrize("value", ["x", None])
def test_a_constant_or_empty_category_gives_a_model(fit: Fit, value: str | None) -> None:
    frame, bad = make_rows(300, seed=3)
    frame = frame.assign(sector=pd.Series([value] * 300, dtype=object))
    assert np.isfinite(fit(frame, bad, SCHEMA).probability(frame)).all()


def test_infinite_values_give_a_model(fit: Fit) -> None:
    frame, bad = make_rows(300, seed=4)
    frame.loc[::10, "income"] = np.inf
    frame.loc[5::10, "income"] = -np.inf
    assert np.isfinite(fit(frame, bad, SCHEMA).log_odds(frame)).all()


@pytest.mark.parametrize("label", [0, 1])
def test_one_class_is_refused(fit: Fit, label: int) -> None:
    frame, _ = make_rows(100, seed=5)
    with pytest.raises(ModelsError, match="goods"):
        fit(frame, np.full(100, label), SCHEMA)


@pytest.mark.parametrize("label", [2.0, -1.0, np.inf])
def test_other_labels_than_0_and_1_are_refused(fit: Fit, label: float) -> None:
    frame, bad = make_rows(100, seed=6)
    with pytest.raises(ModelsError, match="Labels must be 0 or 1"):
        fit(frame, np.where(np.arange(100) == 7, label, bad), SCHEMA)


def test_labels_of_another_length_are_refused(fit: Fit) -> None:
    frame, bad = make_rows(100, seed=6)
    with pytest.raises(ModelsError, match="Labels must be 0 or 1"):
        fit(frame, bad[:-1], SCHEMA)


def test_text_in_a_number_column_is_refused_by_name(fit: Fit) -> None:
    frame, bad = make_rows(100, seed=7)
    with pytest.raises(ModelsError, match="'income' must hold numbers"):
        fit(frame.assign(income=frame["income"].astype(str)), bad, SCHEMA)
    mixed = frame["income"].astype(object)
    mixed[3] = "13800001111"
    with pytest.raises(ModelsError, match="'income' must hold numbers") as caught:
        fit(frame.assign(income=mixed), bad, SCHEMA)
    assert "13800001111" not in str(caught.value)


def test_numbers_in_a_text_column_are_refused_by_name(fit: Fit) -> None:
    frame, bad = make_rows(100, seed=8)
    with pytest.raises(ModelsError, match="'sector' must hold text"):
        fit(frame.assign(sector=3), bad, SCHEMA)


@pytest.mark.parametrize("name", SCHEMA.names)
def test_a_missing_column_is_named(fit: Fit, name: str) -> None:
    frame, bad = make_rows(100, seed=9)
    with pytest.raises(ModelsError, match=f"'{name}'"):
        fit(frame.drop(columns=name), bad, SCHEMA)


def test_rows_in_which_nothing_varies_are_refused() -> None:
    frame = pd.DataFrame({"a": [1.0] * 40, "b": [None] * 40})
    schema = Schema((Field("a", "number"), Field("b", "category")))
    for fit in (glassbox, fit_scorecard):
        with pytest.raises(ModelsError, match="No column carries information"):
            fit(frame, np.arange(40) % 2, schema)


@pytest.mark.parametrize("weight", [np.zeros(100), np.full(100, np.nan), np.ones(99)])
def test_weights_that_are_no_weights_are_refused(weight: np.ndarray) -> None:
    frame, bad = make_rows(100, seed=9)
    with pytest.raises(ModelsError, match=r"[Ww]eights"):
        fit_glassbox(frame, bad, SCHEMA, weight=weight)
