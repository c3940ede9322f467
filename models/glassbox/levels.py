"""Categories of many levels: each level a rank by its bad rate, so that trees can cut between alike levels.

The rate of a level is drawn to the overall rate (`smoothed_rates`). A training
row's rank comes from other rows only (cross-fitting), or the label of a rare level's only row would be
its own predictor. Left-out rows and the tables use the rates of all training rows of the fold.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.bins import CategoryBins, Codes, Floats, NumberBins

FEW = 32
"""A category of at most so many levels is left to LightGBM's own splits."""
PRIOR = 3.0
"""Bads (or goods, whichever are fewer) of the average rows that every level or bin is given on top of its own:
with one bad in a thousand, ten rows more would leave a bin without bads at minus five log odds."""
PARTS = 5
RANKS = 48


@dataclass(frozen=True)
class Ranked:
    """A category's levels on a scale of ranks, for one fold.

    Attributes
    ----------
    bins
        Ranks as number bins; the last one holds missing values.
    rows
        Rank of every row of the table, shape (n,).
    levels
        Rank of every bin of the category.
    """

    bins: NumberBins
    rows: Codes
    levels: Codes


def rank_levels(
    axis: CategoryBins,
    codes: Codes,
    y: Floats,
    weight: Floats,
    inside: NDArray[np.bool_],
    seed: int,
) -> Ranked:
    """Rank the levels by the bad rate of the rows `inside` the fold."""
    part = np.random.default_rng(seed).integers(0, PARTS, len(y))
    bads, mass = _sums(axis, codes[inside], y[inside], weight[inside])
    rate = bads.sum() / mass.sum()
    whole = smoothed_rates(bads, mass, rate)
    known = np.arange(axis.size) != axis.missing
    order = np.argsort(whole[known], kind="stable")
    # One heavy level, or all the rare ones together, takes one rank and not most of them.
    even = np.minimum(mass[known], mass[known].sum() / RANKS)
    share = np.cumsum(even[order]) / max(even.sum(), 1e-12)
    targets = np.searchsorted(share, np.arange(1, RANKS) / RANKS)
    edges = np.unique(whole[known][order][np.minimum(targets, known.sum() - 1)])
    bins = NumberBins(tuple(float(i) + 0.5 for i in range(len(edges))))

    def rank(rates: Floats) -> Codes:
        out = np.searchsorted(edges, rates, side="left")
        out[axis.missing] = bins.missing
        return out

    levels = rank(whole)
    rows = levels[codes]
    for number in range(PARTS):
        own = inside & (part == number)
        less, lighter = _sums(axis, codes[own], y[own], weight[own])
        rows[own] = rank(smoothed_rates(bads - less, mass - lighter, rate))[codes[own]]
    return Ranked(bins, rows, levels)


def _sums(axis: CategoryBins, codes: Codes, y: Floats, weight: Floats) -> tuple[Floats, Floats]:
    bads = np.bincount(codes, weights=weight * y, minlength=axis.size)
    mass = np.bincount(codes, weights=weight, minlength=axis.size)
    return bads.astype(np.float64), mass.astype(np.float64)


def smoothed_rates(bads: Floats, mass: Floats, rate: float) -> Floats:
    """Bad rates drawn to the overall rate, as if average rows with `PRIOR` bads had been seen in each."""
    prior = PRIOR / min(rate, 1 - rate)
    out: Floats = (bads + prior * rate) / (mass + prior)
    return out
