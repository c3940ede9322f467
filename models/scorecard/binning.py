"""The bins of one variable, chosen apart from all others: optimal or own, then merged where they are too small."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from models.bins import Bins, CategoryBins, Codes, Floats, NumberBins, categories, numbers
from models.schema import Field as Input
from models.scorecard.evidence import (
    Binned,
    counts,
    evidence_of,
    too_small,
    weights_of_evidence,
)
from models.scorecard.interrupts import interrupts_kept
from models.scorecard.options import ScorecardSettings, VariableOptions
from models.scorecard.periods import Trends, steps_to_merge, trends

RARE = 0.005
"""Levels with a smaller share of the rows are taken together."""
_TRENDS = {"free": None}  # all other names are optbinning's own


@dataclass(frozen=True)
class Rows:
    """Labels and weights, and the period of each row where periods are given."""

    y: Floats
    w: Floats
    period: Codes
    periods: tuple[str, ...] = ()


def bin_variable(
    field: Input, column: pd.Series, rows: Rows, settings: ScorecardSettings
) -> tuple[Binned, Trends | None]:
    """Choose the bins of one variable.

    Returns
    -------
    binned, trends
        The latter by period, for a number with two bins or more where periods are given.
    """
    options = settings.of(field)
    found = None
    axis: Bins
    if field.kind == "number":
        values = numbers(field.name, column)
        axis = _number_axis(field, values, rows, options, settings)
        if rows.periods and axis.ordered > 1:
            found = _trends(axis, values, rows)
            if options.monotone_in_every_period:
                gone = set(steps_to_merge(found))
                cuts = tuple(cut for i, cut in enumerate(axis.cuts) if i not in gone)
                axis = replace(axis, cuts=cuts)
                found = _trends(axis, values, rows) if cuts else None
        codes = axis.encode(values)
        groups = np.arange(axis.size)
    else:
        levels = categories(field.name, column)
        axis, groups = _levels(levels, rows, options, settings)
        codes = axis.encode(levels)
    groups = _join_small_ends(axis, codes, groups, rows, options, settings)
    binned = evidence_of(field.name, axis, codes, groups, rows.y, rows.w, settings.pseudo_bads)
    return binned, found


def _trends(axis: NumberBins, values: Floats, rows: Rows) -> Trends:
    codes = axis.encode(values)
    return trends(codes, rows.y, rows.w, rows.period, rows.periods, axis.ordered)


def _number_axis(
    field: Input, values: Floats, rows: Rows, options: VariableOptions, settings: ScorecardSettings
) -> NumberBins:
    plain = NumberBins((), field.special)
    if options.cuts is not None:
        return replace(plain, cuts=options.cuts)
    ordinary = np.isfinite(values) & (plain.encode(values) < plain.ordered)
    x, y, w = values[ordinary], rows.y[ordinary], rows.w[ordinary]
    if not len(x) or np.ptp(x) == 0 or len(np.unique(y)) < 2:
        return plain
    for low, high in options.together:
        x = np.where((x > low) & (x <= high), high, x)
    # optbinning's bins hold their lower end, ours their upper one.
    cuts = {float(np.nextafter(s, -np.inf)) for s in _splits("numerical", x, y, w, options)}
    for low, high in options.together:
        cuts = {low if low < cut < high else cut for cut in cuts}
    axis = replace(plain, cuts=tuple(sorted(cuts)))
    return _join_small_intervals(axis, values, rows, settings)


def _join_small_intervals(
    axis: NumberBins, values: Floats, rows: Rows, settings: ScorecardSettings
) -> NumberBins:
    """Drop the threshold between a too small interval and the neighbour with the nearest evidence."""
    while axis.cuts:
        goods, bads = counts(axis.encode(values), rows.y, rows.w, axis.size)
        small = np.flatnonzero(too_small(goods, bads, settings.least_expected)[: axis.ordered])
        small = np.union1d(small, np.flatnonzero((goods + bads)[: axis.ordered] == 0))
        if not len(small):
            break
        woe = weights_of_evidence(goods, bads, max(settings.pseudo_bads, 0.5))
        first = int(small[np.argmin((goods + bads)[small])])
        sides = [i for i in (first - 1, first + 1) if 0 <= i < axis.ordered]
        nearest = min(sides, key=lambda i: abs(woe[i] - woe[first]))
        gone = min(first, nearest)
        axis = replace(axis, cuts=axis.cuts[:gone] + axis.cuts[gone + 1 :])
    return axis


def _join_small_ends(
    axis: Bins,
    codes: Codes,
    groups: Codes,
    rows: Rows,
    options: VariableOptions,
    settings: ScorecardSettings,
) -> Codes:
    """Give bins of missing values, special codes and other levels that are too small another bin's group."""
    groups = groups.copy()
    observed = axis.ordered if isinstance(axis, NumberBins) else len(axis.levels)
    goods, bads = counts(codes, rows.y, rows.w, axis.size)
    empty = (goods + bads) == 0
    small = too_small(goods, bads, settings.least_expected)
    known = np.flatnonzero(~empty[:observed])
    # The bins' own evidence, before anything is joined; groups of levels have theirs together.
    woe = evidence_of("", axis, codes, groups, rows.y, rows.w, max(settings.pseudo_bads, 0.5)).woe
    for end in range(observed, axis.size):
        if options.small == "own" or not (small[end] or empty[end]) or not len(known):
            continue
        if options.small == "worst":
            groups[end] = groups[known[np.argmin(woe[known])]]
        elif options.small == "average" or empty[end]:
            groups[end] = -1
        else:
            distance = np.abs(woe[known] - woe[end])
            ties = known[distance == distance.min()]
            groups[end] = groups[ties[np.argmax((goods + bads)[ties])]]
    return groups


def _levels(
    levels: pd.Categorical, rows: Rows, options: VariableOptions, settings: ScorecardSettings
) -> tuple[CategoryBins, Codes]:
    """Levels and the group of each bin: levels that act alike share one weight of evidence."""
    seen = levels.codes >= 0
    # Levels that must share a bin enter as the first of them.
    leader = {level: group[0] for group in options.groups for level in group}
    followers: dict[str, list[str]] = {}
    for level in levels.categories:
        followers.setdefault(leader.get(level, level), []).append(level)
    groups: list[list[str]] = []
    if seen.any() and len(np.unique(rows.y[seen])) == 2:
        named = np.asarray([leader.get(level, level) for level in levels.categories], dtype=object)
        x = named[levels.codes[seen]]
        # Where every level is rare all are others, and there is nothing to be split.
        common = pd.Series(x).value_counts(normalize=True).iloc[0] >= RARE
        if len(set(x)) > 1 and common:
            # Rare levels that optbinning put together come back as its last group.
            found = _splits("categorical", x, rows.y[seen], rows.w[seen], options)
            groups = [[level for v in group for level in followers[str(v)]] for group in found]
    axis = CategoryBins(tuple(dict.fromkeys(level for group in groups for level in group)))
    of = {level: number for number, group in enumerate(groups) for level in group}
    number = np.asarray(
        [*(of[level] for level in axis.levels), len(groups), len(groups) + 1], dtype=np.intp
    )
    goods, bads = counts(number[axis.encode(levels)], rows.y, rows.w, len(groups) + 2)
    while len(set(number[:-2])) > 1:
        small = np.flatnonzero(too_small(goods, bads, settings.least_expected)[: len(groups)])
        if not len(small):
            break
        woe = weights_of_evidence(goods, bads, max(settings.pseudo_bads, 0.5))
        others = np.setdiff1d(np.flatnonzero((goods + bads)[: len(groups)] > 0), small[:1])
        nearest = int(others[np.argmin(np.abs(woe[others] - woe[small[0]]))])
        number[number == small[0]] = nearest
        for part in (goods, bads):
            part[nearest] += part[small[0]]
            part[small[0]] = 0.0
    return axis, number


def _splits(kind: str, x: object, y: Floats, w: Floats, options: VariableOptions) -> list[Any]:
    from optbinning import OptimalBinning

    trend = str(options.trend)
    optimal = OptimalBinning(
        dtype=kind,
        solver="cp",
        monotonic_trend=None if kind == "categorical" else _TRENDS.get(trend, trend),
        max_n_bins=options.max_bins,
        min_bin_size=options.least_share,
        time_limit=20,
        **({"cat_cutoff": RARE} if kind == "categorical" else {}),
    )
    # Only how weights relate counts: optbinning compares their sum with shares of the number of rows.
    weight = None if (w == w[0]).all() else w / w.mean()
    with warnings.catch_warnings(), interrupts_kept():
        warnings.simplefilter("ignore")  # of libraries below optbinning; its result is checked here
        optimal.fit(x, y.astype(np.int8), sample_weight=weight)
    return list(optimal.splits)
