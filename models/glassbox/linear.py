"""A regularised logistic regression in the form of tables, fold by fold.

With few rows a straight line and a few weights of evidence predict better than trees; with many rows
they still steady them. A logistic regression over columns that each look at one feature is a set of
one-feature tables, so it can be mixed with the boosted tables exactly.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from models.bins import Bins, CategoryBins, Codes, Floats, NumberBins, project
from models.glassbox.coding import Rows
from models.glassbox.levels import smoothed_rates
from models.glassbox.tables import Effects
from models.schema import Field, Schema

MOST_ROWS = 60_000
"""More rows would not move the coefficients of so few columns; half of them for each class."""
STEPS = 12

# Feature, declared direction, value of each fine bin, value of each row.
Basis = tuple[str, int, Floats, Floats]


def fit_linear(
    schema: Schema,
    fine: dict[str, Bins],
    coarse: dict[str, Bins],
    codes: dict[str, Codes],
    y: Floats,
    weight: Floats,
    inside: Rows,
    part: Codes,
    ridge: float,
) -> tuple[float, Effects]:
    """Fit on the rows `inside`; give log odds as a constant and one-feature tables on the fine bins.

    Every feature offers the smoothed log odds of its bins; a number also its rank and its value, clipped
    to the range of the middle 98 % of the rows. Levels have no columns of their own: beside their evidence
    those tell little in the period they were learnt in, and mislead in the next. A column whose weight
    would go against the declared direction, or turn its own evidence round, is left out.

    A row is weighed by the evidence of the other parts (`part`, numbered like `y`), or every row would be a
    witness for itself: twenty levels and fifty bads fit each other in any sample.
    """
    inside, w = _thinned(inside, y, weight)
    label = y[inside]
    columns: list[Basis] = []
    for field in schema:
        code = codes[field.name][inside]
        columns += _columns(
            field, fine[field.name], coarse[field.name], code, label, w, part[inside]
        )
    x = np.column_stack([seen for *_, seen in columns])
    signs = np.array([sign for _, sign, *_ in columns])
    centre = np.average(x, axis=0, weights=w)
    spread = np.sqrt(np.average((x - centre) ** 2, axis=0, weights=w))
    alive = spread > 1e-9
    beta, level = np.zeros(len(columns)), 0.0
    for _ in range(10):
        kept = np.flatnonzero(alive)
        if not len(kept):
            break
        scaled = (x[:, kept] - centre[kept]) / spread[kept]
        level, found = _ridge(scaled, label, w, ridge)
        wrong = signs[kept] * found < 0
        beta[:] = 0.0
        beta[kept] = np.where(wrong, 0.0, found)
        if not wrong.any():
            break
        alive[kept[wrong]] = False
    effects: Effects = {}
    constant = level
    for position, (name, _, values, _) in enumerate(columns):
        if beta[position]:
            slope = beta[position] / spread[position]
            effects[(name,)] = effects.get((name,), np.zeros(len(values))) + slope * values
            constant -= slope * centre[position]
    return constant, effects


def _thinned(inside: Rows, y: Floats, weight: Floats) -> tuple[Rows, Floats]:
    """Take every k-th row of a class that has many, with k times its weight."""
    taken, weights = [], []
    for label in (0.0, 1.0):
        rows = inside[y[inside] == label]
        step = max(1, -(-len(rows) // (MOST_ROWS // 2)))
        taken.append(rows[::step])
        weights.append(weight[rows[::step]] * step)
    return np.concatenate(taken), np.concatenate(weights) / weight[inside].mean()


def _columns(
    field: Field, fine: Bins, coarse: Bins, code: Codes, y: Floats, w: Floats, part: Codes
) -> list[Basis]:
    name = field.name

    def column(sign: int, values: Floats) -> Basis:
        return name, sign, values, values[code]

    if isinstance(fine, CategoryBins):
        return [(name, 1, *_evidence(code, fine, y, w, part, 0))]
    mass = np.bincount(code, weights=w, minlength=fine.size)
    down = project(fine, coarse)
    values, seen = _evidence(down[code], coarse, y, w, part, field.direction)
    out: list[Basis] = [(name, 1, values[down], seen)]
    k = fine.ordered
    if k > 1 and mass[:k].sum() > 0:
        rank = (np.cumsum(mass[:k]) - mass[:k] / 2) / mass[:k].sum()
        middle = float((rank * mass[:k]).sum() / mass[:k].sum())
        unknown = fine.size - k
        out.append(column(field.direction, np.append(rank, np.full(unknown, middle))))
        cuts = np.asarray(fine.cuts)
        value = np.concatenate([cuts[:1], (cuts[:-1] + cuts[1:]) / 2, cuts[-1:]])
        low, high = np.interp([0.01, 0.99], rank, value)
        if 0 < high - low < 1e100:  # not where a value is infinite
            value = np.clip(value, low, high)
            centre = float((value * mass[:k]).sum() / mass[:k].sum())
            out.append(column(field.direction, np.append(value, np.full(unknown, centre))))
        for position in fine.unknown:
            if mass[position] > 0:
                out.append(column(0, np.eye(fine.size)[position]))
    return out


def _evidence(
    code: Codes, bins: Bins, y: Floats, w: Floats, part: Codes, direction: int
) -> tuple[Floats, Floats]:
    """Smoothed log odds of every bin, and of every row as the other parts see its bin."""
    parts = int(part.max()) + 1
    cell = part * bins.size + code
    bads, mass = (
        np.bincount(cell, weights=own, minlength=parts * bins.size)
        .astype(np.float64)
        .reshape(parts, bins.size)
        for own in (w * y, w)
    )

    rate = bads.sum() / mass.sum()

    def log_odds(bads: Floats, mass: Floats) -> Floats:
        p = smoothed_rates(bads, mass, rate)
        out: Floats = np.log(p / (1 - p)) - np.log(rate / (1 - rate))
        if direction and isinstance(bins, NumberBins):
            k = bins.ordered
            out[:k] = direction * _rising(direction * out[:k], mass[:k] + 1e-9)
        return out

    all_bads, all_mass = bads.sum(axis=0), mass.sum(axis=0)
    others = [log_odds(all_bads - b, all_mass - m) for b, m in zip(bads, mass, strict=True)]
    return log_odds(all_bads, all_mass), np.stack(others)[part, code]


def _rising(values: Floats, mass: Floats) -> Floats:
    """Nearest rising values (pool adjacent violators)."""
    blocks: list[list[float]] = []
    for value, weight in zip(values, mass, strict=True):
        blocks.append([float(value), float(weight), 1])
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            v, w, n = blocks.pop()
            u, x, m = blocks[-1]
            blocks[-1] = [(u * x + v * w) / (x + w), x + w, m + n]
    return np.concatenate([np.full(int(n), v) for v, _, n in blocks])


def _ridge(x: Floats, y: Floats, w: Floats, ridge: float) -> tuple[float, Floats]:
    """Logistic regression by Newton's steps; the level carries no penalty."""
    rate = float(np.average(y, weights=w))
    level, beta = float(np.log(rate / (1 - rate))), np.zeros(x.shape[1])
    full = np.column_stack([np.ones(len(x)), x])
    penalty = np.diag([1e-9, *[ridge] * x.shape[1]])
    for _ in range(STEPS):
        z = np.clip(level + x @ beta, -30, 30)
        p = 1 / (1 + np.exp(-z))
        h = w * p * (1 - p)
        gradient = full.T @ (w * (y - p)) - penalty @ np.append(level * 0, beta)
        step = np.linalg.solve((full * h[:, None]).T @ full + penalty, gradient)
        step *= min(1.0, 5.0 / max(np.abs(step).max(), 1e-12))
        level, beta = level + float(step[0]), beta + step[1:]
        if np.abs(step).max() < 1e-5:
            break
    return level, beta


def add_up(parts: Sequence[tuple[float, Effects, float]]) -> tuple[float, Effects]:
    """Weighted sum of several sets of tables on the same bins."""
    constant, total = 0.0, Effects()
    for own, effects, share in parts:
        constant += share * own
        for term, values in effects.items():
            moved = values * share
            total[term] = total[term] + moved if term in total else moved
    return constant, total
