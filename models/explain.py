"""One row, scored and explained in microseconds of plain Python."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from functools import partial
from operator import itemgetter
from typing import Any, NamedTuple

import pandas as pd

from models.bins import Bins, CategoryBins, Floats, NumberBins, read_number
from models.errors import ModelsError
from models.scale import Scale, probability
from models.straight_line import StraightLine


class Contribution(NamedTuple):
    """Score points of one table for one row; negative points lowered the score."""

    features: tuple[str, ...]
    values: tuple[float | str | None, ...]
    points: float


class Explanation:
    """A scored row and its parts.

    Attributes
    ----------
    margin
        Unrounded, unclipped score: ``base`` plus ``points``, added in order.
    base
        Points at contribution zero.
    points
        Points of each table, in the order of ``terms``.
    terms
        Features of each table.
    values
        The values that were scored, as given.
    """

    __slots__ = ("_scale", "base", "margin", "points", "terms", "values")

    def __init__(
        self,
        margin: float,
        base: float,
        points: list[float],
        terms: tuple[tuple[str, ...], ...],
        values: Mapping[str, Any],
        scale: Scale,
    ) -> None:
        self.margin = margin
        self.base = base
        self.points = points
        self.terms = terms
        self.values = values
        self._scale = scale

    @property
    def score(self) -> int:
        """Published score: rounded half up, clipped."""
        return self._scale.score(self.margin)

    @property
    def log_odds(self) -> float:
        """Calibrated log odds of going bad."""
        return (self._scale.offset - self.margin) / self._scale.factor

    @property
    def probability(self) -> float:
        """Calibrated probability of going bad."""
        return probability(self.log_odds)

    @property
    def contributions(self) -> tuple[Contribution, ...]:
        """All parts, in the order of the tables."""
        return tuple(self.part(position) for position in range(len(self.terms)))

    def part(self, position: int) -> Contribution:
        """Give one part, by the position of its table."""
        term = self.terms[position]
        values = tuple([_plain(self.values[name]) for name in term])
        return Contribution(term, values, self.points[position])


class SingleRow:
    """The look-ups of a model, prepared for one mapping of values at a time."""

    __slots__ = ("_base", "_line", "_names", "_scale", "_terms")

    def __init__(
        self,
        bins: Mapping[str, Bins],
        terms: tuple[tuple[str, ...], ...],
        points: tuple[Floats, ...],
        base: float,
        scale: Scale,
    ) -> None:
        self._names = tuple(bins)
        self._terms = terms
        self._base = base
        self._scale = scale
        statements: list[str] = []
        constants: dict[str, Any] = {"base": base}
        if bins:
            # Of one name an itemgetter gives the value itself: no comma behind the last.
            statements.append(", ".join(f"v{i}" for i in range(len(bins))) + " = pick(values)")
            constants["pick"] = itemgetter(*bins)
        for i, (name, axis) in enumerate(bins.items()):
            if isinstance(axis, NumberBins):
                kind, code = "float", _number_source(f"v{i}", axis)
                constants[f"other{i}"] = partial(_number_code, name, axis)
            else:
                kind, code = "str", f"levels{i}.get(v{i}, {axis.other})"
                constants[f"other{i}"] = partial(_category_code, name, axis)
                constants[f"levels{i}"] = axis.position
            unusual = f"{axis.missing} if v{i} is None else other{i}(v{i})"
            statements.append(f"c{i} = {code} if type(v{i}) is {kind} else {unusual}")
        place = {name: f"[c{i}]" for i, name in enumerate(bins)}
        for i, (term, flat) in enumerate(zip(terms, points, strict=True)):
            statements.append(f"p{i} = points{i}{''.join(place[name] for name in term)}")
            constants[f"points{i}"] = flat.reshape([bins[name].size for name in term]).tolist()
        # Added one by one, as the batch does: another order would change the last bits.
        statements += ["margin = base", *(f"margin += p{i}" for i in range(len(terms)))]
        statements.append(f"return margin, [{', '.join(f'p{i}' for i in range(len(terms)))}]")
        self._line = StraightLine("values", statements, constants)

    def __call__(self, values: Mapping[str, Any]) -> Explanation:
        """Score one row."""
        try:
            margin, points = self._line.run(values)
        except KeyError:
            absent = ", ".join(repr(name) for name in self._names if name not in values)
            raise ModelsError(f"Missing field {absent}; give None when it is unknown.") from None
        return Explanation(margin, self._base, points, self._terms, values, self._scale)


def _number_source(value: str, axis: NumberBins) -> str:
    """Write the bin number of a float: special codes first, then a balanced tree of thresholds."""
    special = [f"{code} if {value} == {float(of)!r} else " for of, code in axis.position.items()]
    return f"({''.join(special)}{_tree(value, axis.plain_cuts, 0, axis.missing)})"


def _tree(value: str, cuts: list[float], first: int, missing: int) -> str:
    """Write the bin number by comparisons; bin ``i`` ends at ``cuts[i]``, that value included."""
    if cuts:
        middle = len(cuts) // 2
        below = _tree(value, cuts[:middle], first, missing)
        above = _tree(value, cuts[middle + 1 :], first + middle + 1, missing)
        return f"({below} if {value} <= {cuts[middle]!r} else {above})"
    # Not-a-number is at most nothing, so it ends in the highest bin; and it differs from itself.
    return f"({first} if {value} == {value} else {missing})" if first + 1 == missing else f"{first}"


def _number_code(name: str, axis: NumberBins, value: Any) -> int:
    """Find the bin of whatever else is a number."""
    number = read_number(name, value)
    if number != number:
        return axis.missing
    code = axis.position.get(number)
    return bisect_left(axis.cuts, number) if code is None else code


def _category_code(name: str, axis: CategoryBins, value: Any) -> int:
    """Find the bin of whatever else is a text."""
    if isinstance(value, str):  # numpy's text, members of enumerations: what a batch takes too
        return axis.position.get(value, axis.other)
    if value is pd.NA or (isinstance(value, float) and value != value):
        return axis.missing
    raise ModelsError(f"Field {name!r} must hold text (None when missing).")


def _plain(value: Any) -> float | str | None:
    """Give the value in the form that JSON knows: not-a-number is None."""
    if value is None or value is pd.NA or isinstance(value, str):
        return value if isinstance(value, str) else None
    number = float(value)
    return number if number == number else None
