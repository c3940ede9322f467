"""Which pairs of features may act jointly: ranked on what single features leave unexplained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from models.bins import Bins, CategoryBins, Codes, Floats
from models.glassbox.coding import Coded
from models.glassbox.tables import Effects

# Rows that the ranking looks at; more would hardly change the order.
MINING_ROWS = 100_000
# Pairs are sought among so many features, those that act most on their own.
MOST_FEATURES = 60
# Cuts before the trees: how many at most, which share of each is taken, and the gain below which a cut may
# be chance, or what trees find as well: at 20, cuts between inputs that go together cost trees their gain.
MOST_CUTS, CUT_SHARE, CHANCE = 20, 0.5, 30.0


def most_features(rows: int) -> int:
    """Among how many features pairs are sought: few rows can not tell many pairs apart."""
    return min(MOST_FEATURES, 15 + rows // 250)


def rank_pairs(
    codes: dict[str, Codes],
    bins: dict[str, Bins],
    residual: Floats,
    hessian: Floats,
    ridge: float,
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
    step = -(-len(residual) // MINING_ROWS)
    residual, hessian = residual[::step], hessian[::step]
    codes = {name: code[::step] for name, code in codes.items()}
    ranked = []
    for pair in combinations(codes, 2):
        cut = quadrants(pair, codes, bins, residual, hessian, ridge)
        ranked.append((*pair, cut.gain))
    return sorted(ranked, key=lambda entry: -entry[2])


@dataclass(frozen=True)
class Quadrants:
    """The best cut of a pair's grid into two times two parts.

    Attributes
    ----------
    gain
        How much loss the four parts take away (twice that, in log likelihood).
    rows, columns
        Part (0 or 1) of every bin of both features.
    residual, hessian
        Sums over the four parts, shape (2, 2), without what rows and columns explain.
    """

    gain: float
    rows: Codes
    columns: Codes
    residual: Floats
    hessian: Floats


def quadrants(
    pair: tuple[str, str],
    codes: Mapping[str, Codes],
    bins: Mapping[str, Bins],
    residual: Floats,
    hessian: Floats,
    ridge: float,
) -> Quadrants:
    """Cut the grid of a pair where the residuals act most jointly.

    Levels have no order of their own: they are put in the one that half of the rows suggest, and the
    gain is that of the other half, or a category of many levels would win by chance.
    """
    shape = (bins[pair[0]].size, bins[pair[1]].size)
    cell = codes[pair[0]] * shape[1] + codes[pair[1]]

    def grid(rows: slice) -> tuple[Floats, Floats]:
        g, h = (
            np.bincount(cell[rows], weights=part[rows], minlength=shape[0] * shape[1])
            .astype(np.float64)
            .reshape(shape)
            for part in (residual, hessian)
        )
        return g, h

    unordered = [isinstance(bins[name], CategoryBins) for name in pair]
    order = (np.arange(shape[0]), np.arange(shape[1]))
    scale = 1.0
    if any(unordered):
        order = _order(*grid(slice(0, None, 2)), ridge, unordered)
        g, h = grid(slice(1, None, 2))
        scale = 2.0
    else:
        g, h = grid(slice(None))
    rest, h = _rest(g[np.ix_(*order)], h[np.ix_(*order)]), h[np.ix_(*order)]
    gains, parts = _cuts(rest, h, ridge)
    i, j = np.unravel_index(int(gains.argmax()), gains.shape)
    sides = [np.zeros(size, dtype=np.intp) for size in shape]
    sides[0][order[0][i + 1 :]] = 1
    sides[1][order[1][j + 1 :]] = 1
    sums = scale * np.array([[side[i, j] for side in part] for part in parts])
    rows, columns = sides
    return Quadrants(
        scale * float(gains[i, j]),
        rows,
        columns,
        sums[:, 0].reshape(2, 2),
        sums[:, 1].reshape(2, 2),
    )


def cut_jointly(
    pairs: Sequence[tuple[str, str]],
    codes: Mapping[str, Codes],
    coded: Coded,
    log_odds: Floats,
    y: Floats,
    weight: Floats,
    ridge: float,
) -> Effects:
    """Boost tables of two times two parts, the best pair first, while no chance explains the gain.

    Each table keeps the declared directions: parts that would break one are taken together.
    """
    effects: Effects = {}
    z = log_odds.copy()
    scale = weight / weight.mean()
    for _ in range(MOST_CUTS if pairs else 0):
        p = 1 / (1 + np.exp(-np.clip(z, -30, 30)))
        residual, hessian = scale * (y - p), scale * p * (1 - p)
        cuts = [quadrants(pair, codes, coded.coarse, residual, hessian, ridge) for pair in pairs]
        best = max(range(len(pairs)), key=lambda i: cuts[i].gain)
        cut, pair = cuts[best], pairs[best]
        if cut.gain < CHANCE:
            break
        directions = (coded.schema[pair[0]].direction, coded.schema[pair[1]].direction)
        values = CUT_SHARE * directed(cut.residual, cut.hessian + ridge, directions)
        if not values.any():
            pairs = [other for other in pairs if other != pair]
            if not pairs:
                break
            continue
        table = values[np.ix_(cut.rows, cut.columns)]
        effects[pair] = effects[pair] + table if pair in effects else table
        z += table[codes[pair[0]], codes[pair[1]]]
    return effects


def directed(g: Floats, h: Floats, directions: tuple[int, int]) -> Floats:
    """Values of two times two parts; where two of them break a direction both get their mean."""
    values = g / h
    for _ in range(20):
        before = values
        for axis, direction in enumerate(directions):
            low, high = np.moveaxis(values, axis, 0)
            broken = direction * (high - low) < 0
            a, b = np.moveaxis(h, axis, 0)
            mean = (a * low + b * high) / (a + b)
            pooled = np.stack([np.where(broken, mean, low), np.where(broken, mean, high)])
            values = np.moveaxis(pooled, 0, axis)
        if np.abs(values - before).max() < 1e-12:
            return values
    return np.zeros_like(values)


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


def _cuts(
    rest: Floats, h: Floats, ridge: float
) -> tuple[Floats, tuple[tuple[Floats, Floats], ...]]:
    """Gain of every two-by-two cut, and the sums of its four parts.

    As FAST does (Lou et al., 2013): robust against thin cells.
    """
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
    gains = sum((pg * pg / (np.maximum(ph, 0.0) + ridge) for pg, ph in parts), np.zeros_like(gc))
    return gains, parts
