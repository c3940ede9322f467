"""Bins chosen from the training rows, and the rows written as bin numbers.

LightGBM is trained on bin numbers, not on raw values. So the bins of the tables are ours: few, with
round thresholds, a bin for missing values in every feature, and coarser bins for pairs than for single
features. A feature enters up to twice: finely, for its own table, and coarsely, for its pairs.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import chi2

from models.bins import (
    Bins,
    CategoryBins,
    Codes,
    Floats,
    NumberBins,
    categories,
    numbers,
    project,
    quantities,
)
from models.errors import ModelsError
from models.glassbox.levels import FEW
from models.schema import Schema

Rows: TypeAlias = NDArray[np.intp]

# A threshold is placed on at most this many rows; more would not move it.
QUANTILE_ROWS = 200_000
LEAST_ROWS = 5
CHANCE, LEAST_INPUTS = 0.3, 20
"""Where inputs are too many: share of those kept that may tell nothing, and how many are kept anyway (both ours)."""


@dataclass(frozen=True)
class Coded:
    """The training rows as bin numbers.

    Attributes
    ----------
    schema
        The inputs that carry information; constant ones are left out.
    fine, coarse
        Bins of each input for its own table and for its pairs.
    codes
        Bin number of each row in the fine bins, by name.
    typical
        Median or most frequent level of each input of the schema that was asked for.
    constant
        Names that were left out because every row has the same value.
    short
        Bins of each wide category for its pairs with another wide one, which would have too many cells.
    """

    schema: Schema
    fine: dict[str, Bins]
    coarse: dict[str, Bins]
    codes: dict[str, Codes]
    typical: dict[str, float | str | None]
    constant: tuple[str, ...]
    short: dict[str, CategoryBins] = field(default_factory=dict)

    def both_wide(self, term: tuple[str, ...]) -> bool:
        """Tell a pair of two wide categories."""
        return len(term) == 2 and all(name in self.short for name in term)

    def axes(self, term: tuple[str, ...]) -> tuple[Bins, ...]:
        """Bins of a term's features: fine for a single one, coarse for a pair, short for two wide categories."""
        bins = self.fine if len(term) == 1 else self.short if self.both_wide(term) else self.coarse
        return tuple(bins[name] for name in term)

    def down(self, name: str, pair: tuple[str, ...]) -> Codes:
        """For each fine bin of a feature the bin of the pair's table that holds it."""
        return (self._onto_short if self.both_wide(pair) else self.onto_coarse)[name]

    def code_of(self, name: str, term: tuple[str, ...]) -> Codes:
        """Bin number of each row in a feature's own table, or in one of its pairs."""
        codes = (
            self.codes
            if len(term) == 1
            else self._shortened
            if self.both_wide(term)
            else self.rough
        )
        return codes[name]

    def cells(self, term: tuple[str, ...]) -> Codes:
        """Cell of each row in a term's table, flattened row by row."""
        if len(term) == 1:
            return self.codes[term[0]]
        first, second = (self.code_of(name, term) for name in term)
        return first * self.axes(term)[1].size + second

    @cached_property
    def onto_coarse(self) -> dict[str, Codes]:
        """For each fine bin the coarse bin that holds it."""
        return {name: project(self.fine[name], axis) for name, axis in self.coarse.items()}

    @cached_property
    def rough(self) -> dict[str, Codes]:
        """Coarse bin of each row."""
        return {name: self.onto_coarse[name][code] for name, code in self.codes.items()}

    @cached_property
    def _onto_short(self) -> dict[str, Codes]:
        return {name: project(self.fine[name], axis) for name, axis in self.short.items()}

    @cached_property
    def _shortened(self) -> dict[str, Codes]:
        return {name: down[self.codes[name]] for name, down in self._onto_short.items()}


def code_rows(
    frame: pd.DataFrame,
    schema: Schema,
    max_bins: int,
    pair_bins: int,
    max_levels: int,
    pair_levels: int | None = None,
) -> Coded:
    """Choose bins and write the rows as bin numbers.

    Parameters
    ----------
    max_bins, pair_bins
        Most bins of a number alone and in pairs.
    max_levels, pair_levels
        Most levels of a category alone and in pairs; in pairs `pair_bins` where not given. Two categories of more
        than `FEW` levels there have a fifth of that, but not less than `pair_bins`, in their pair (ours).

    Raises
    ------
    ModelsError
        When a column is missing or of the wrong type, or when no column carries information.
    """
    fine: dict[str, Bins] = {}
    coarse: dict[str, Bins] = {}
    short: dict[str, CategoryBins] = {}
    codes: dict[str, Codes] = {}
    typical: dict[str, float | str | None] = {}
    constant: list[str] = []
    for asked in schema:
        if asked.name not in frame.columns:
            raise ModelsError(f"Missing column {asked.name!r}; the schema declares it.")
        column = frame[asked.name]
        if not isinstance(column, pd.Series):
            raise ModelsError(f"Column {asked.name!r} appears more than once.")
        axis: Bins
        if asked.kind == "number":
            values = numbers(asked.name, column)
            plain = quantities(values, asked.special)
            axis = replace(number_bins(plain, max_bins), special=asked.special)
            rough: Bins = replace(
                number_bins(plain, pair_bins, among=axis.cuts), special=asked.special
            )
            code = axis.encode(values)
            typical[asked.name] = _median(plain)
        else:
            levels = categories(asked.name, column)
            axis = category_bins(levels, max_levels)
            rough = CategoryBins(axis.levels[: pair_levels or pair_bins])
            if len(rough.levels) > FEW:
                short[asked.name] = CategoryBins(
                    axis.levels[: max(pair_bins, (pair_levels or 0) // 5)]
                )
            code = axis.encode(levels)
            typical[asked.name] = _most_frequent(levels)
        if code.size == 0 or (code == code[0]).all():
            constant.append(asked.name)
            continue
        fine[asked.name], coarse[asked.name], codes[asked.name] = axis, rough, code
    if not fine:
        raise ModelsError(
            "No column carries information: each is constant or all missing "
            f"({', '.join(constant)}). Give at least one that varies."
        )
    short = {name: axis for name, axis in short.items() if name in fine}
    return Coded(schema.select(fine), fine, coarse, codes, typical, tuple(constant), short)


def screened(coded: Coded, y: Floats, weight: Floats, most: int) -> Coded:
    """Keep the inputs whose bins tell most of the label, where there are more than `most`.

    Trees that may not join features slow down with the square of their number. Of thousands of inputs that tell
    nothing, hundreds look good by chance, also to rows that are left out later: inputs stay while at most `CHANCE`
    of them are expected to be such (Benjamini and Hochberg, 1995), though never fewer than `LEAST_INPUTS`.
    """
    if len(coded.codes) <= most:
        return coded
    rate = float(np.average(y, weights=weight))
    weight = weight / weight.mean()  # chance is counted in rows
    by_chance = {}
    for name in coded.codes:
        code = coded.rough[name]
        g = np.bincount(code, weights=weight * (y - rate))
        h = np.bincount(code, weights=weight) * rate * (1 - rate)
        free = max(np.count_nonzero(h) - 1, 1)
        by_chance[name] = float(chi2.logsf((g * g / (h + 1.0)).sum(), free))
    ranked = sorted(by_chance, key=lambda name: by_chance[name])
    expected = np.log(len(ranked)) + np.array([by_chance[name] for name in ranked])
    share = expected - np.log(np.arange(1, len(ranked) + 1))
    enough = int(np.flatnonzero(share <= np.log(CHANCE)).max(initial=-1)) + 1
    kept = set(ranked[: min(max(enough, LEAST_INPUTS), most)])

    def part(of: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in of.items() if name in kept}

    return replace(
        coded,
        schema=coded.schema.select(kept),
        fine=part(coded.fine),
        coarse=part(coded.coarse),
        short=part(coded.short),
        codes=part(coded.codes),
    )


def number_bins(values: Floats, most: int, among: tuple[float, ...] | None = None) -> NumberBins:
    """Place at most ``most - 1`` thresholds so that the bins hold about equally many rows.

    A value that is frequent gets a bin of its own. Each threshold is the shortest decimal number that
    separates the two neighbouring values, because people read it.

    Parameters
    ----------
    values
        Shape (n,), NaN for missing; infinite values fall into the end bins.
    most
        Most bins, without the one for missing.
    among
        Choose from these thresholds only.
    """
    values = values[~np.isnan(values)]
    if values.size > QUANTILE_ROWS:
        values = values[:: -(-values.size // QUANTILE_ROWS)]
    distinct, counts = np.unique(values, return_counts=True)
    if among is not None:
        position = np.searchsorted(np.asarray(among), distinct, side="left")
        counts = np.bincount(position, weights=counts, minlength=len(among) + 1)
        ends = _greedy(counts, most)
        return NumberBins(tuple(among[i] for i in ends))
    ends = _greedy(counts, most)
    cuts = {shortest_between(float(distinct[i]), float(distinct[i + 1])) for i in ends}
    return NumberBins(tuple(sorted(cuts)))


def _greedy(counts: Floats | Codes, most: int) -> list[int]:
    """Give the last position of every bin but the last, walking over ordered groups of rows."""
    if len(counts) <= most:
        return list(range(len(counts) - 1))
    # Groups larger than a fair share keep a bin each; the others share the remaining bins evenly.
    big = counts >= counts.sum() / most
    rest = max(most - int(big.sum()), 1)
    share = counts[~big].sum() / rest
    ends: list[int] = []
    filled = 0.0
    for i in range(len(counts) - 1):
        filled += counts[i]
        next_is_big = big[i + 1] and filled >= share / 2
        if (big[i] or filled >= share or next_is_big) and len(ends) < most - 1:
            ends.append(i)
            filled = 0.0
    return ends


def shortest_between(low: float, high: float) -> float:
    """Give the decimal number with the fewest digits in ``[low, high)``.

    >>> shortest_between(49873.2, 50012.9)
    50000.0
    >>> shortest_between(0.3333, 0.3334)
    0.3333
    """
    if math.isinf(low):
        return -1.7976931348623157e308
    if math.isinf(high):
        return low
    if low <= 0.0 < high:
        return 0.0
    top = math.floor(math.log10(max(abs(low), abs(high)))) + 1
    for digits in range(-min(top, 308), 18 - top):  # 10**309 is beyond a float
        # The smallest multiple of 10**-digits that is not below `low`.
        candidate = _ceil_to(low, digits)
        if low <= candidate < high:
            return candidate
    return low


def _ceil_to(value: float, digits: int) -> float:
    if digits >= 0:
        rounded = round(value, digits)
        return rounded if rounded >= value else round(rounded + 10.0**-digits, digits)
    step = 10.0**-digits
    return math.ceil(value / step) * step


def category_bins(values: pd.Categorical, most: int) -> CategoryBins:
    """Keep the most frequent levels; the rest share the bin for other levels.

    A level of which fewer than `LEAST_ROWS` rows are seen is not learnt alone.
    """
    codes = values.codes[values.codes >= 0]
    counts = np.bincount(codes, minlength=len(values.categories))
    order = sorted(range(len(counts)), key=lambda i: (-counts[i], values.categories[i]))
    return CategoryBins(
        tuple(str(values.categories[i]) for i in order[:most] if counts[i] >= LEAST_ROWS)
    )


def _median(values: Floats) -> float | None:
    finite = values[np.isfinite(values)]
    if not len(finite):
        return None
    # The lower median: a value that a row really has, so that it reads naturally.
    middle = (len(finite) - 1) // 2
    return float(np.partition(finite, middle)[middle])


def _most_frequent(values: pd.Categorical) -> str | None:
    codes = values.codes[values.codes >= 0]
    if not len(codes):
        return None
    return str(values.categories[int(np.bincount(codes).argmax())])
