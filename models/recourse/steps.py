"""What one action can bring about: a few readable values, one for each cell of the tables that it can reach."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from features.actions import Action, Link
from models.bins import Bins, NumberBins
from models.reasons.reference import Value
from models.schema import Field
from models.scorer import AdditiveModel

_FINEST = {"fraction": 0.001, "USD": 1.0, "TWD": 1.0, "CNY": 1.0}
_WHOLE = {
    "records", "periods", "people", "jobs", "months", "days", "kinds", "partners", "accounts", "lenders",
    "levels", "members", "steps", "yes/no",
}  # fmt: skip


@dataclass(frozen=True)
class Step:
    """One value that an action may lead to; `effort` 0 stands for leaving everything as it is.

    Attributes
    ----------
    value
        New value of the action's own feature.
    changes
        New value of each feature that moves, its own and those that follow.
    effort
        In the units of the declaration.
    """

    value: Value
    changes: Mapping[str, Value]
    effort: float


def steps_of(model: AdditiveModel, action: Action, values: Mapping[str, Value]) -> list[Step]:
    """Every step that is worth trying, least effort first.

    Only thresholds matter: between two of them no table changes. So there is one step for each interval between the
    thresholds of the feature and of those that follow it, at a readable value near the end that is nearest to
    what the subject has. An input without a value has no steps: nobody knows how far it is. Where no direction is
    declared, no step leads away from, or beyond, what those approved usually have: the data alone are no reason to
    advise what nobody would call better.

    Parameters
    ----------
    model, action
        The action's feature must be an input of the model.
    values
        The row.
    """
    old = values[action.feature]
    if isinstance(model.bins[action.feature], NumberBins):
        if not isinstance(old, (int, float)) or not math.isfinite(old):
            return []
        new_values: Iterator[Value] = _numbers(model, action, values, float(old))
    else:
        new_values = (level for level, _ in action.levels if level != old)
    best: dict[tuple[tuple[str, int], ...], Step] = {}
    for value in new_values:
        changes = _follow(model, action, values, value)
        step = Step(value, changes, action.effort_of(old, value))
        cell = tuple((name, code_of(model.bins[name], new)) for name, new in changes.items())
        if cell not in best or step.effort < best[cell].effort:
            best[cell] = step
    here = tuple(
        (name, code_of(model.bins[name], values[name])) for name in _moved(model, action, values)
    )
    best.pop(here, None)
    return sorted(best.values(), key=lambda step: step.effort)


def code_of(axis: Bins, value: Value) -> int:
    """Bin of one value."""
    if value is None or value != value:
        return axis.missing
    if isinstance(axis, NumberBins):
        return bisect_left(axis.cuts, value)
    return axis.position.get(str(value), axis.other)


def readable(near: float, far: float, field: Field) -> float | None:
    """The roundest number strictly between two ends, close to the near one; None where there is none.

    People are shown exactly this number: no finer than its unit is written.

    Examples
    --------
    >>> readable(0.4137, 0.2, Field("u", "number", unit="fraction"))
    0.4
    >>> readable(3.0, 4.0, Field("n", "number", unit="records")) is None
    True
    >>> readable(48210.0, -math.inf, Field("a", "number", unit="CNY"))
    48000.0
    """
    finest = 1.0 if field.unit in _WHOLE else _FINEST.get(field.unit, 0.01)
    width = abs(far - near)
    room = 0.25 * width if math.isfinite(width) else max(0.05 * abs(near), finest)
    size = max(abs(near), width if math.isfinite(width) else 0.0, finest)
    sign = 1 if far > near else -1
    for power in range(math.floor(math.log10(size)) + 1, math.floor(math.log10(finest)) - 1, -1):
        for digit in (5, 2, 1):
            step = digit * 10.0**power
            if step < finest * (1 - 1e-9):
                continue
            nearest = near / step  # a multiple of the step itself must not count as beyond it
            multiple = math.floor(nearest + 1e-9) + 1 if sign > 0 else math.ceil(nearest - 1e-9) - 1
            value = round(multiple * step, max(0, -power + 1)) + 0.0
            inside = near < value < far if sign > 0 else far < value < near
            if inside and (abs(value - near) <= room or step <= finest * (1 + 1e-9)):
                return value
    return None


def _numbers(
    model: AdditiveModel, action: Action, values: Mapping[str, Value], old: float
) -> Iterator[float]:
    field = model.schema[action.feature]
    for sign in (-1, 1):
        if action.toward == -sign:
            continue
        bound = _bound(model, action, sign)
        if (bound - old) * sign <= 0:
            continue
        ends = [t for t in _thresholds(model, action, values, old) if (t - old) * sign > 0]
        ends = sorted((t for t in ends if (bound - t) * sign > 0), key=lambda t: abs(t - old))
        for near, far in pairwise([old, *ends, bound]):
            if near != old and _plain(near, field):
                yield near
            value = readable(near, far, field)
            if value is not None:
                yield value
        if math.isfinite(bound):
            yield bound


def _bound(model: AdditiveModel, action: Action, sign: int) -> float:
    """How far a change may go: as declared, and no farther than the usual value where no direction is."""
    bound = action.bound(sign)
    if model.schema[action.feature].direction or model.reference is None:
        return bound
    usual = model.reference.typical.get(action.feature)
    if not isinstance(usual, (int, float)) or model.schema[action.feature].unit == "yes/no":
        return bound
    return min(bound, usual) if sign > 0 else max(bound, usual)


def _plain(value: float, field: Field) -> bool:
    """Whether a number is shown to people as it is."""
    finest = 1.0 if field.unit in _WHOLE else _FINEST.get(field.unit, 0.01)
    return abs(value / finest - round(value / finest)) < 1e-9


def _thresholds(
    model: AdditiveModel, action: Action, values: Mapping[str, Value], old: float
) -> Iterator[float]:
    """Values of the action's feature at which some table changes."""
    axis = model.bins[action.feature]
    yield from axis.cuts if isinstance(axis, NumberBins) else ()
    for link in _links(model, action, values):
        follower, other = model.bins[link.feature], values[link.feature]
        rate = link.rate(old, float(other))  # type: ignore[arg-type]
        if rate and isinstance(follower, NumberBins):
            yield from (old + (cut - float(other)) / rate for cut in follower.cuts)  # type: ignore[arg-type]


def _links(model: AdditiveModel, action: Action, values: Mapping[str, Value]) -> Iterator[Link]:
    """Links to inputs of the model that have a value to be moved."""
    for link in action.links:
        if link.feature in model.bins:
            other = values[link.feature]
            if isinstance(other, (int, float)) and math.isfinite(other):
                yield link


def _moved(model: AdditiveModel, action: Action, values: Mapping[str, Value]) -> list[str]:
    return [action.feature, *(link.feature for link in _links(model, action, values))]


def _follow(
    model: AdditiveModel, action: Action, values: Mapping[str, Value], value: Value
) -> dict[str, Value]:
    changes: dict[str, Value] = {action.feature: value}
    old = values[action.feature]
    for link in _links(model, action, values):
        changes[link.feature] = link.follow(float(values[link.feature]), float(old), float(value))  # type: ignore[arg-type]
    return changes
