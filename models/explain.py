"""One row, scored and explained in microseconds of plain Python."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from typing import Any, NamedTuple

import pandas as pd

from models.bins import Bins, Floats, NumberBins, read_number
from models.errors import ModelsError
from models.scale import Scale, probability
from models.schema import Schema


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
    """The prepared look-ups of a model; called with one mapping of values."""

    __slots__ = (
        "_base",
        "_categories",
        "_coded",
        "_numbers",
        "_pairs",
        "_scale",
        "_singles",
        "_terms",
    )

    def __init__(
        self,
        schema: Schema,
        bins: Mapping[str, Bins],
        terms: tuple[tuple[str, ...], ...],
        points: tuple[Floats, ...],
        base: float,
        scale: Scale,
    ) -> None:
        self._numbers: list[tuple[str, list[float], int]] = []
        self._coded: list[tuple[str, list[float], dict[float, int], int]] = []
        self._categories: list[tuple[str, dict[str, int], int, int]] = []
        for name, axis in bins.items():
            if isinstance(axis, NumberBins) and axis.special:
                self._coded.append((name, axis.plain_cuts, axis.position, axis.missing))
            elif isinstance(axis, NumberBins):
                self._numbers.append((name, axis.plain_cuts, axis.missing))
            else:
                self._categories.append((name, axis.position, axis.other, axis.missing))
        position = {name: i for i, name in enumerate(self._names)}
        self._singles: list[tuple[list[float], int]] = []
        self._pairs: list[tuple[list[list[float]], int, int]] = []
        for term, flat in zip(terms, points, strict=True):
            if len(term) == 1:
                self._singles.append((flat.tolist(), position[term[0]]))
            else:
                rows = flat.reshape(-1, bins[term[1]].size).tolist()
                self._pairs.append((rows, position[term[0]], position[term[1]]))
        self._terms = terms
        self._base = base
        self._scale = scale

    @property
    def _names(self) -> list[str]:
        """Inputs in the order of their codes."""
        parts: tuple[list[Any], ...] = (self._numbers, self._coded, self._categories)
        return [entry[0] for part in parts for entry in part]

    def __call__(self, values: Mapping[str, Any]) -> Explanation:
        """Score one row."""
        try:
            # Not-a-number is the one float that differs from itself.
            codes = [
                bisect_left(cuts, value)
                if type(value := values[name]) is float and value == value
                else _number_code(name, value, cuts, missing)
                for name, cuts, missing in self._numbers
            ]
            for name, cuts, special, missing in self._coded:
                if type(value := values[name]) is not float:
                    value = read_number(name, value)
                code = special.get(value)
                codes.append(_number_code(name, value, cuts, missing) if code is None else code)
            codes += [
                position.get(value, other)
                if type(value := values[name]) is str
                else _category_code(name, value, position, other, missing)
                for name, position, other, missing in self._categories
            ]
        except KeyError:
            absent = ", ".join(repr(name) for name in self._names if name not in values)
            raise ModelsError(f"Missing field {absent}; give None when it is unknown.") from None
        points = [cells[codes[first]] for cells, first in self._singles]
        points += [cells[codes[first]][codes[second]] for cells, first, second in self._pairs]
        # Added one by one, as the batch does: another order would change the last bits.
        total = self._base
        for part in points:
            total += part
        return Explanation(total, self._base, points, self._terms, values, self._scale)


def _number_code(name: str, value: Any, cuts: list[float], missing: int) -> int:
    if value is None:
        return missing
    number = read_number(name, value)
    return bisect_left(cuts, number) if number == number else missing


def _category_code(
    name: str, value: Any, position: Mapping[str, int], other: int, missing: int
) -> int:
    if isinstance(value, str):  # numpy's text, members of enumerations: what a batch takes too
        return position.get(value, other)
    if value is None or value is pd.NA or (isinstance(value, float) and value != value):
        return missing
    raise ModelsError(f"Field {name!r} must hold text (None when missing).")


def _plain(value: Any) -> float | str | None:
    """Give the value in the form that JSON knows: not-a-number is None."""
    if value is None or value is pd.NA or isinstance(value, str):
        return value if isinstance(value, str) else None
    number = float(value)
    return number if number == number else None
