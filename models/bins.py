"""Bins: how a value becomes a row number of a table.

Number bins follow LightGBM: a value that is at most a threshold goes left of it. Bin ``i`` holds the
values in ``(cuts[i-1], cuts[i]]``, the last one everything above, infinity included; a missing value
(None, NaN) has a bin of its own behind them, and so has each special code (-7, -8, ...), which is no
quantity and is compared exactly. Where a table has no bin for a special code, it counts as missing
there. Categories have one bin a level, then one for levels that
were never seen or too rare, then one for missing.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.errors import ModelsError

Codes: TypeAlias = NDArray[np.intp]
Floats: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True)
class NumberBins:
    """Bins of a number: ``len(cuts) + 1`` intervals, one bin for missing, one a special code."""

    cuts: tuple[float, ...]
    special: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        """Refuse cuts that are not finite and rising."""
        for name, values in (("Thresholds", self.cuts), ("Special codes", self.special)):
            finite = all(np.isfinite(value) for value in values)
            if not finite or any(a >= b for a, b in pairwise(values)):
                raise ModelsError(f"{name} of a number must be finite and strictly rising.")

    @property
    def size(self) -> int:
        """Count all bins, those for missing and special codes included."""
        return len(self.cuts) + 2 + len(self.special)

    @property
    def missing(self) -> int:
        """Position of the bin for missing values."""
        return len(self.cuts) + 1

    @property
    def ordered(self) -> int:
        """Count the bins that hold quantities, lowest first: all but missing and special ones."""
        return len(self.cuts) + 1

    @property
    def unknown(self) -> range:
        """Positions of the bins without a quantity: missing, then the special codes."""
        return range(self.missing, self.size)

    @cached_property
    def position(self) -> dict[float, int]:
        """Bin of each special code."""
        return {code: self.missing + 1 + i for i, code in enumerate(self.special)}

    @cached_property
    def _edges(self) -> Floats:
        return np.asarray(self.cuts, dtype=np.float64)

    @property
    def plain_cuts(self) -> list[float]:
        """Thresholds as Python's own floats, which compare many times faster than numpy's."""
        plain: list[float] = self._edges.tolist()
        return plain

    def encode(self, values: Floats) -> Codes:
        """Bin many values; shape (n,) to (n,)."""
        codes = self._edges.searchsorted(values, side="left")
        codes[np.isnan(values)] = self.missing
        for code, position in self.position.items():
            codes[values == code] = position
        return codes

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """Short names of the bins for pictures and documents."""
        edges = [f"{cut:g}" for cut in self.cuts]
        unknown = ("missing", *(f"= {code:g}" for code in self.special))
        if not edges:
            return ("all", *unknown)
        middle = [f"({a}, {b}]" for a, b in pairwise(edges)]
        return (f"<= {edges[0]}", *middle, f"> {edges[-1]}", *unknown)


@dataclass(frozen=True)
class CategoryBins:
    """Bins of a category: one a level, one for other levels, one for missing."""

    levels: tuple[str, ...]

    def __post_init__(self) -> None:
        """Refuse repeated levels and levels that are not text."""
        if any(not isinstance(level, str) for level in self.levels):
            raise ModelsError("Levels of a category must be text.")
        if len(set(self.levels)) != len(self.levels):
            raise ModelsError("Levels of a category must be unique.")

    @property
    def size(self) -> int:
        """Count all bins: levels, other, missing."""
        return len(self.levels) + 2

    @property
    def other(self) -> int:
        """Position of the bin for unseen and rare levels."""
        return len(self.levels)

    @property
    def missing(self) -> int:
        """Position of the bin for missing values."""
        return len(self.levels) + 1

    @property
    def ordered(self) -> int:
        """Levels have no order."""
        return 0

    @cached_property
    def position(self) -> dict[str, int]:
        """Bin of each known level."""
        return {level: i for i, level in enumerate(self.levels)}

    def encode(self, values: pd.Categorical) -> Codes:
        """Bin many values; a categorical of length n to shape (n,)."""
        lookup = [self.position.get(level, self.other) for level in values.categories]
        codes: Codes = np.asarray([*lookup, self.missing], dtype=np.intp)[values.codes]
        return codes

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """Short names of the bins for pictures and documents."""
        return (*self.levels, "other", "missing")


Bins: TypeAlias = NumberBins | CategoryBins


def union(parts: list[Bins]) -> Bins:
    """Give the coarsest bins that every part can be read from."""
    if all(isinstance(part, NumberBins) for part in parts):
        of_numbers = [part for part in parts if isinstance(part, NumberBins)]
        return NumberBins(
            tuple(sorted({cut for part in of_numbers for cut in part.cuts})),
            tuple(sorted({code for part in of_numbers for code in part.special})),
        )
    if all(isinstance(part, CategoryBins) for part in parts):
        levels: dict[str, None] = {}
        for part in parts:
            if isinstance(part, CategoryBins):
                levels.update(dict.fromkeys(part.levels))
        return CategoryBins(tuple(levels))
    raise ModelsError("A field can not be a number in one table and a category in another.")


def project(fine: Bins, coarse: Bins) -> Codes:
    """For each bin of `fine`, give the bin of `coarse` that holds it.

    Every threshold, special code or level of `coarse` must be one of `fine`. A special code that
    `coarse` does not know is missing there.
    """
    if isinstance(fine, NumberBins) and isinstance(coarse, NumberBins):
        if not set(coarse.cuts) <= set(fine.cuts) or not set(coarse.special) <= set(fine.special):
            raise ModelsError("Coarse thresholds and codes must be a part of the fine ones.")
        inner = [bisect_left(coarse.cuts, cut) for cut in fine.cuts]
        codes = [coarse.position.get(code, coarse.missing) for code in fine.special]
        return np.asarray([*inner, len(coarse.cuts), coarse.missing, *codes], dtype=np.intp)
    if isinstance(fine, CategoryBins) and isinstance(coarse, CategoryBins):
        if not set(coarse.levels) <= set(fine.levels):
            raise ModelsError("Coarse levels must be a part of the fine ones.")
        inner = [coarse.position.get(level, coarse.other) for level in fine.levels]
        return np.asarray([*inner, coarse.other, coarse.missing], dtype=np.intp)
    raise ModelsError("A field can not be a number in one table and a category in another.")


def quantities(values: Floats, special: tuple[float, ...]) -> Floats:
    """Give the values with NaN for special codes: what thresholds and medians are taken from."""
    return np.where(np.isin(values, special), np.nan, values) if special else values


def numbers(name: str, column: pd.Series) -> Floats:
    """Read a column as float64 with NaN for missing.

    Raises
    ------
    ModelsError
        When it holds anything else than numbers, naming the column.
    """
    kind = column.dtype.kind
    if kind in "fiub":
        plain = isinstance(column.dtype, np.dtype)
        values: Floats = column.to_numpy(
            dtype=np.float64, **({} if plain else {"na_value": np.nan})
        )
        return values
    if kind == "O" and not isinstance(column.dtype, pd.CategoricalDtype):
        read = _number_reader(name)
        return np.fromiter((read(value) for value in column), dtype=np.float64, count=len(column))
    raise _wrong(name, "numbers")


def categories(name: str, column: pd.Series) -> pd.Categorical:
    """Read a column as a categorical of texts.

    Raises
    ------
    ModelsError
        When it holds anything else than text, naming the column.
    """
    if isinstance(column.dtype, pd.CategoricalDtype):
        values = column.array
    elif column.dtype.kind == "O" or isinstance(column.dtype, pd.StringDtype):
        if column.isna().all():
            return pd.Categorical([None] * len(column), categories=pd.Index([], dtype=object))
        try:
            values = pd.Categorical(column)
        except TypeError:
            raise _wrong(name, "text") from None
    elif column.isna().all():
        return pd.Categorical([None] * len(column), categories=pd.Index([], dtype=object))
    else:
        raise _wrong(name, "text")
    if any(not isinstance(level, str) for level in values.categories):
        raise _wrong(name, "text")
    return values


def read_number(name: str, value: Any) -> float:
    """Read one value as a float, NaN for missing; the slow path of a single row."""
    return _number_reader(name)(value)


def _number_reader(name: str) -> Callable[[Any], float]:
    def read(value: Any) -> float:
        if value is None or value is pd.NA or value is pd.NaT:
            return np.nan
        if isinstance(value, (bool, int, float, np.number, np.bool_)) and not isinstance(
            value, np.complexfloating
        ):
            try:
                return float(value)
            except OverflowError:
                raise _wrong(name, "numbers") from None
        raise _wrong(name, "numbers")

    return read


def _wrong(name: str, form: str) -> ModelsError:
    return ModelsError(f"Field {name!r} must hold {form} (None or NaN when missing).")
