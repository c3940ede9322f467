"""Which two features act together: measured on what single features left unexplained."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

import numpy as np

from models.bins import Bins, Codes, Floats, project

# Rows beyond this many do not change which pairs come first.
MINING_ROWS = 200_000


def rank_pairs(
    codes: Mapping[str, Codes],
    fine: Mapping[str, Bins],
    coarse: Mapping[str, Bins],
    residual: Floats,
    hessian: Floats,
    ridge: float,
    seed: int,
) -> list[tuple[str, str, float]]:
    """Rank all pairs by the loss that one joint table would take away, largest first.

    For each pair the residuals are summed over the grid of coarse bins; what the row sums and column
    sums explain belongs to single features and is taken out; the gain is that of the rest, with each
    cell shrunk by `ridge` (in units of the hessian) so that thin cells do not win by chance.

    Parameters
    ----------
    codes, fine, coarse
        Bin numbers of the rows in the fine bins, and both bins, by name.
    residual, hessian
        Label minus predicted probability and ``p (1 - p)``, both times weight, of predictions that
        did not see the row.
    """
    rows = len(residual)
    if rows > MINING_ROWS:
        keep = np.random.default_rng(seed).choice(rows, MINING_ROWS, replace=False)
        residual, hessian = residual[keep], hessian[keep]
        codes = {name: code[keep] for name, code in codes.items()}
    rough = {name: project(fine[name], coarse[name])[code] for name, code in codes.items()}
    ranked = []
    for a, b in combinations(codes, 2):
        width = coarse[b].size
        cell = rough[a] * width + rough[b]
        cells = coarse[a].size * width
        shape = (coarse[a].size, width)
        g, h = (
            np.bincount(cell, weights=part, minlength=cells).astype(np.float64).reshape(shape)
            for part in (residual, hessian)
        )
        ranked.append((a, b, joint_gain(g, h, ridge)))
    return sorted(ranked, key=lambda entry: -entry[2])


def joint_gain(g: Floats, h: Floats, ridge: float) -> float:
    """Gain of a joint table over two single ones, from summed residuals and hessians of a grid."""
    rest = g.copy()
    # Two sweeps take out what rows and columns explain; the second corrects the first.
    for _ in range(2):
        for axis in (1, 0):
            sums = rest.sum(axis=axis, keepdims=True)
            mass = h.sum(axis=axis, keepdims=True)
            rest = rest - h * np.divide(sums, mass, out=np.zeros_like(sums), where=mass > 0)
    # Best two-by-two split of the rest, as FAST does (Lou et al., 2013): robust against thin cells.
    gc = rest.cumsum(axis=0).cumsum(axis=1)
    hc = h.cumsum(axis=0).cumsum(axis=1)
    best = np.zeros(())
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
