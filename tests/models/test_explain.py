"""One row: what may be given, and how it is told back."""

from __future__ import annotations

import pickle
from enum import StrEnum

import numpy as np
import pandas as pd
import pytest

from models.bins import CategoryBins, NumberBins
from models.errors import ModelsError
from models.reasons.chooser import ReasonChooser
from models.schema import Field, Schema
from models.scorer import AdditiveModel
from tests.models.rows import hand_model, special_model, table


class Level(StrEnum):
    A = "a"


def test_parts_name_their_features_and_values() -> None:
    explanation = hand_model().explain({"x": 1.5, "c": "a", "unused": object()})
    factor = 40.0 / np.log(2.0)
    assert [part.features for part in explanation.contributions] == [("x",), ("c",), ("x", "c")]
    assert [part.values for part in explanation.contributions] == [(1.5,), ("a",), (1.5, "a")]
    points = [part.points for part in explanation.contributions]
    assert points == pytest.approx([-0.1 * factor, -0.2 * factor, -0.1 * factor], abs=1e-9)
    assert explanation.base + sum(points) == pytest.approx(explanation.margin, abs=1e-9)


@pytest.mark.parametrize("x", [2, np.float64(2.0), np.float32(2.0), np.int8(2)])
@pytest.mark.parametrize("c", ["a", np.str_("a"), Level.A])
def test_numbers_and_texts_of_every_library_are_read(x: object, c: object) -> None:
    model = hand_model()
    assert model.explain({"x": x, "c": c}).margin == model.explain({"x": 2.0, "c": "a"}).margin


def test_truth_values_count_as_one_and_zero() -> None:
    model = hand_model()
    for truth in (True, np.True_):
        assert (
            model.explain({"x": truth, "c": None}).margin
            == model.explain({"x": 1.0, "c": None}).margin
        )


@pytest.mark.parametrize("missing", [None, float("nan"), np.float64("nan"), pd.NA])
def test_missing_values_are_told_as_none(missing: object) -> None:
    model = hand_model()
    explanation = model.explain({"x": missing, "c": missing})
    assert explanation.log_odds == pytest.approx(-1.5, abs=1e-12)
    assert explanation.contributions[2].values == (None, None)


@pytest.mark.parametrize("cuts", range(6))
def test_every_edge_of_every_bin_is_found(cuts: int) -> None:
    """Values at, just below and just above each threshold, without limit and missing: as a batch finds them."""
    edges = [float(cut) for cut in range(cuts)]
    axis = NumberBins(tuple(edges), (-8.0,))
    model = AdditiveModel(
        Schema((Field("x", "number", special=(-8,)),)),
        (table(("x",), (axis,), [0.01 * 2**i for i in range(axis.size)]),),
        -1.0,
    )
    near = [np.nextafter(edge, side).item() for edge in edges for side in (-np.inf, np.inf)]
    values = [-np.inf, *edges, *near, -0.0, 99.0, np.inf, np.nan, -8.0]
    alone = [model.explain({"x": value}).margin for value in values]
    assert alone == model.margin(pd.DataFrame({"x": values})).tolist()
    assert len(set(alone)) == axis.size  # each bin was met


def test_names_and_levels_never_become_code() -> None:
    name = "x'\n    raise SystemExit #"
    model = AdditiveModel(
        Schema((Field(name, "category"),)),
        (table((name,), (CategoryBins(("');exit(", "b\\")),), [0.1, 0.2, 0.3, 0.4]),),
        -1.0,
    )
    found = [model.explain({name: value}).log_odds for value in ("');exit(", "b\\", "c", None)]
    assert found == pytest.approx([-0.9, -0.8, -0.7, -0.6], abs=1e-12)


@pytest.mark.parametrize("make", [hand_model, special_model])
def test_a_model_that_has_answered_can_be_pickled(make: object) -> None:
    model = make()  # type: ignore[operator]
    row = dict.fromkeys(model.inputs)
    chooser = ReasonChooser(model)
    answer, chosen = model.explain(row), chooser.choose(model.explain(row))
    again = pickle.loads(pickle.dumps(chooser))
    assert again.model.explain(row).points == answer.points
    assert again.choose(again.model.explain(row)) == chosen


def test_a_model_without_tables_answers_its_base() -> None:
    model = AdditiveModel(hand_model().schema, (), 0.5)
    answer = model.explain({})
    assert (answer.margin, answer.points) == (model.scale.margin(0.5), [])
    assert ReasonChooser(model).choose(answer) == []


def test_absent_fields_are_all_named() -> None:
    with pytest.raises(ModelsError, match="Missing field 'x', 'c'"):
        hand_model().explain({})


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"x": "13800001111", "c": "a"}, "'x' must hold numbers"),
        ({"x": [1.0], "c": "a"}, "'x' must hold numbers"),
        ({"x": 1j, "c": "a"}, "'x' must hold numbers"),
        ({"x": 10**400, "c": "a"}, "'x' must hold numbers"),
        ({"x": 1.0, "c": 13800001111}, "'c' must hold text"),
        ({"x": 1.0, "c": ["a"]}, "'c' must hold text"),
    ],
)
def test_a_wrong_type_names_the_field_and_not_the_value(
    values: dict[str, object], message: str
) -> None:
    with pytest.raises(ModelsError, match=message) as caught:
        hand_model().explain(values)
    assert "13800001111" not in str(caught.value)
