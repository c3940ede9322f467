"""Which pairs of features may act jointly: ranked on what single features leave unexplained."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from models.bins import Bins, CategoryBins, Codes, Floats

# Rows that the ranking looks at; more would hardly change the order.
MINING_ROWS = 100_000
# Pairs are sought among so many features, those that act most on their own.
MOST_FEATURES = 60


def rank_pairs(
    codes: dict[str, Codes],
    bins: dict[str, Bins],
    residual: Floats,
    hessian: Floats,
    ridge: float,
    seed: int,
) -> list[tuple[str, str, float]]:
    """Rank all pairs by the loss that one joint table would take away, largest first.

    For each pair the residuals are summed over the grid of bins; what the row sums and column
    sums explain belongs to single features and is taken out; the gain is that of the rest.

    Parameters
    ----------
    codes, bins
        Coarse bin numbers of the rows and their bins, by name.
    residual, hessian
        Label minus predicted probability and ``p (1 - p)``, both times weight, of predictions that
        did not see the row.
    ridge
        Shrinks each part of the grid, in units of the hessian, so that thin ones do not win by chance.
    """
    rows = len(residual)
    if rows > MINING_ROWS:
        keep = np.random.default_rng(seed).choice(rows, MINING_ROWS, replace=False)
        residual, hessian = residual[keep], hessian[keep]
        codes = {name: code[keep] for name, code in codes.items()}
    halves = [slice(0, None, 2), slice(1, None, 2)]
    ranked = []
    for a, b in combinations(codes, 2):
        shape = (bins[a].size, bins[b].size)
        cell = codes[a] * shape[1] + codes[b]

        def grid(
            rows: slice, cell: Codes = cell, shape: tuple[int, int] = shape
        ) -> tuple[Floats, Floats]:
            size = shape[0] * shape[1]
            g, h = (
                np.bincount(cell[rows], weights=part[rows], minlength=size).astype(np.float64)
                for part in (residual, hessian)
            )
            return g.reshape(shape), h.reshape(shape)

        unordered = [isinstance(bins[name], CategoryBins) for name in (a, b)]
        if any(unordered):
            order = _order(*grid(halves[0]), ridge, unordered)
            g, h = grid(halves[1])
            gain = 2 * joint_gain(g[np.ix_(*order)], h[np.ix_(*order)], ridge)
        else:
            gain = joint_gain(*grid(slice(None)), ridge)
        ranked.append((a, b, gain))
    return sorted(ranked, key=lambda entry: -entry[2])


def _order(g: Floats, h: Floats, ridge: float, unordered: Sequence[bool]) -> tuple[Codes, Codes]:
    """Put levels in the order in which they act jointly, as seen on one half of the rows.

    The gain is then measured on the other half, or a category of many levels would win by chance.
    """
    left, _, right = np.linalg.svd(_rest(g, h) / np.sqrt(h + ridge), full_matrices=False)
    sides = (left[:, 0], right[0])
    return (
        np.argsort(sides[0], kind="stable") if unordered[0] else np.arange(g.shape[0]),
        np.argsort(sides[1], kind="stable") if unordered[1] else np.arange(g.shape[1]),
    )


def _rest(g: Floats, h: Floats) -> Floats:
    """Take out what rows and columns explain, in two sweeps; the second corrects the first."""
    rest = g.copy()
    for _ in range(2):
        for axis in (1, 0):
            sums = rest.sum(axis=axis, keepdims=True)
            mass = h.sum(axis=axis, keepdims=True)
            rest = rest - h * np.divide(sums, mass, out=np.zeros_like(sums), where=mass > 0)
    return rest


def joint_gain(g: Floats, h: Floats, ridge: float) -> float:
    """Gain of a joint table over two single ones, from summed residuals and hessians of a grid."""
    rest = _rest(g, h)
    # Best two-by-two split of the rest, as FAST does (Lou et al., 2013): robust against thin cells.
    gc = rest.cumsum(axis=0).cumsum(axis=1)
    hc = h.cumsum(axis=0).cumsum(axis=1)
    total_g, total_h = gc[-1, -1], hc[-1, -1]
    left_g, left_h = gc[:, -1:], hc[:, -1:]
    top_g, top_h = gc[-1:, :], hc[-1:, :]
    parts = (
        (gc, hc),
        (left_g - gc, left_h - hc),
        (top_g - gc, top_h - hc),
        (total_g - left_g - top_g + gc, total_h - left_h - top_h + hc),
    )
    best = sum((pg * pg / (np.maximum(ph, 0.0) + ridge) for pg, ph in parts), np.zeros_like(gc))
    return float(best.max())
