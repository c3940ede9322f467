"""Steps: one readable value for each cell within reach, what follows included."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from features.actions import Action, Link
from models.bins import CategoryBins, NumberBins
from models.reasons.reference import Reference
from models.recourse.steps import code_of, readable, steps_of
from models.schema import Field, Schema
from models.scorer import AdditiveModel
from tests.models.rows import table

USE = Field("use", "number", unit="fraction")
MEAN = Field("mean", "number", unit="fraction")
KIND = Field("kind", "category")


def model_of() -> AdditiveModel:
    return AdditiveModel(
        Schema((USE, MEAN, KIND)),
        (
            table(("use",), (NumberBins((0.3, 0.6)),), [0.0, 0.3, 0.9, 0.0]),
            table(("mean",), (NumberBins((0.5,)),), [0.0, 0.2, 0.0]),
            table(("kind",), (CategoryBins(("a", "b")),), [0.0, 0.2, 0.4, 0.0]),
        ),
        -1.0,
    )


def act(feature: str = "use", toward: int = -1, **more: object) -> Action:
    return Action(feature, toward, "还款", "pay", **more)  # type: ignore[arg-type]


def values(steps: list[object]) -> list[object]:
    return [step.value for step in steps]  # type: ignore[attr-defined]


def test_thresholds_that_read_well_are_taken_as_they_are() -> None:
    row = {"use": 0.9, "mean": 0.9, "kind": "a"}
    # 0.6 belongs to the bin below it, so going down it is enough to reach it.
    assert values(steps_of(model_of(), act(least=0.0, step=0.1), row)) == [0.6, 0.3]
    assert values(steps_of(model_of(), act(least=0.35, step=0.1), row)) == [0.6]
    assert values(steps_of(model_of(), act(toward=1, most=2.0), row)) == []


def test_going_up_needs_a_value_beyond_the_threshold() -> None:
    row = {"use": 0.1, "mean": 0.1, "kind": "a"}
    found = steps_of(model_of(), act(toward=0, least=0.0, most=1.0), row)
    assert values(found) == [0.35, 0.7]
    assert [step.effort for step in found] == pytest.approx([1.25, 1.6])


def test_what_follows_moves_too_and_has_thresholds_of_its_own() -> None:
    row = {"use": 0.9, "mean": 0.56, "kind": "a"}
    # The mean falls by a fifth of the change: it reaches 0.5 where use is 0.6.
    found = steps_of(model_of(), act(least=0.0, links=(Link("mean", add=0.2),)), row)
    cells = [
        (
            code_of(NumberBins((0.3, 0.6)), s.changes["use"]),
            code_of(NumberBins((0.5,)), s.changes["mean"]),
        )
        for s in found
    ]
    assert (1, 0) in cells
    assert (0, 0) in cells
    assert found[-1].changes["mean"] == pytest.approx(0.56 + 0.2 * (found[-1].changes["use"] - 0.9))  # type: ignore[operator]


def test_links_to_what_is_missing_or_unknown_to_the_model_are_passed_over() -> None:
    row = {"use": 0.9, "mean": None, "kind": "a"}
    action = act(least=0.0, links=(Link("mean", add=0.2), Link("other", times=True)))
    assert all(set(step.changes) == {"use"} for step in steps_of(model_of(), action, row))


@pytest.mark.parametrize("missing", [None, math.nan, math.inf])
def test_what_has_no_value_has_no_steps(missing: float | None) -> None:
    assert steps_of(model_of(), act(least=0.0), {"use": missing, "mean": 0.1, "kind": "a"}) == []


def test_a_category_may_become_what_is_declared() -> None:
    action = act("kind", 0, levels=(("a", 2.0), ("b", 1.0), ("new", 5.0)))
    found = steps_of(model_of(), action, {"use": 0.1, "mean": 0.1, "kind": "b"})
    assert [(step.value, step.effort) for step in found] == [("a", 3.0), ("new", 6.0)]


@pytest.mark.parametrize(
    ("near", "far", "unit", "expected"),
    [
        (0.9, 0.0, "fraction", 0.8),
        (0.61, 0.60, "fraction", 0.608),
        (0.6004, 0.6001, "fraction", None),
        (12.0, 30.0, "months", 15.0),
        (12.0, 13.0, "months", None),
        (123_456.0, -math.inf, "CNY", 120_000.0),
        (0.0, math.inf, "records", 1.0),
        (1.5, 2.5, "times", 1.6),
    ],
)
def test_values_are_round(near: float, far: float, unit: str, expected: float | None) -> None:
    assert readable(near, far, Field("f", "number", unit=unit)) == expected


@pytest.mark.parametrize(
    ("direction", "usual", "expected"),
    [(0, 0.45, [0.6]), (0, 0.95, []), (1, 0.95, [0.6, 0.3]), (0, None, [0.6, 0.3])],
)
def test_without_a_direction_no_step_leads_beyond_the_usual_value(
    direction: int, usual: float | None, expected: list[float]
) -> None:
    plain = model_of()
    schema = Schema((replace(USE, direction=direction), MEAN, KIND))
    reference = Reference(600, 600.0, 640.0, 9, (0.0,) * 3, {"use": usual})
    model = replace(plain, schema=schema, reference=reference)
    row = {"use": 0.9, "mean": 0.9, "kind": "a"}
    assert values(steps_of(model, act(least=0.0), row)) == expected
