"""The parts of a glass box, each as tables of every fold: single features, pairs, and a logistic regression."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.bins import CategoryBins, Floats
from models.glassbox.boost import Column, Forest, Matrix, columns_of, grow, matrix
from models.glassbox.coding import Coded, Rows
from models.glassbox.levels import FEW, Ranked, rank_levels
from models.glassbox.linear import fit_linear
from models.glassbox.pairs import MOST_FEATURES, rank_pairs
from models.glassbox.settings import GlassBoxSettings
from models.glassbox.tables import Effects, collapse, values_of

Pairs = list[tuple[str, str]]
Part = tuple[float, Effects]


@dataclass(frozen=True)
class Training:
    """What every stage needs: coded rows, labels, weights, and the rows that each fold leaves out."""

    coded: Coded
    y: Floats
    weight: Floats
    start: float
    folds: list[Rows]
    settings: GlassBoxSettings
    seed: int

    @property
    def rows(self) -> int:
        """Count the rows."""
        return len(self.y)

    def inside(self, number: int) -> NDArray[np.bool_]:
        """Tell which rows train a fold."""
        out = np.ones(self.rows, dtype=bool)
        out[self.folds[number]] = False
        return out

    def held_out(self, parts: list[Part]) -> Floats:
        """Log odds of each row, start excluded, by the folds that left it out; their mean."""
        total, times = np.zeros(self.rows), np.zeros(self.rows)
        for fold, (constant, effects) in zip(self.folds, parts, strict=True):
            total[fold] += constant
            if effects:
                total[fold] += values_of(effects, self.coded, fold)
            times[fold] += 1
        return total / np.maximum(times, 1)


@dataclass(frozen=True)
class Stage:
    """Tables of every fold, and how the forest that they come from was cut."""

    parts: list[Part]
    rounds: int
    loss_before: float
    loss_after: float


def linear_parts(train: Training) -> list[Part]:
    """Fit the logistic regression on every fold."""
    out = []
    for number in range(len(train.folds)):
        constant, effects = fit_linear(
            train.coded.schema,
            train.coded.fine,
            train.coded.coarse,
            train.coded.codes,
            train.y,
            train.weight,
            np.flatnonzero(train.inside(number)),
            train.settings.ridge,
        )
        out.append((constant - train.start, effects))
    return out


def grow_singles(train: Training) -> Stage:
    """Grow trees of single features on the fine bins."""
    coded, names = train.coded, list(train.coded.codes)
    ranked = _rank_wide(train)
    whole = [
        columns_of(list(coded.schema), {**coded.fine, **{n: r[f].bins for n, r in ranked.items()}})
        for f in range(len(train.folds))
    ]
    codes = dict(coded.codes)
    plain = matrix(whole[0], {**codes, **{n: r[0].rows for n, r in ranked.items()}})

    def data(number: int) -> Matrix:
        if not ranked or not number:
            return plain
        return matrix(whole[number], {**codes, **{n: r[number].rows for n, r in ranked.items()}})

    columns = whole[0]
    forest = grow(
        columns,
        _groups(columns, [(name,) for name in names]),
        data,
        train.y,
        train.weight,
        lambda _: np.full(train.rows, train.start),
        train.folds,
        {
            **train.settings.parameters(train.rows, train.seed),
            "learning_rate": train.settings.rate(train.settings.learning_rate, train.rows),
            "num_leaves": train.settings.num_leaves,
        },
        train.settings.most_rounds,
        train.settings.patience,
        train.settings.least_rounds,
    )

    parts = _collapse(forest, whole, frozenset())
    for number, (_, effects) in enumerate(parts):
        for name, folds in ranked.items():
            if (name,) in effects:
                effects[(name,)] = effects[(name,)][folds[number].levels]
    return Stage(parts, forest.rounds, forest.losses[0], forest.losses[forest.rounds])


def _rank_wide(train: Training) -> dict[str, list[Ranked]]:
    coded = train.coded
    return {
        name: [
            rank_levels(
                axis, coded.codes[name], train.y, train.weight, train.inside(number), train.seed
            )
            for number in range(len(train.folds))
        ]
        for name, axis in coded.fine.items()
        if isinstance(axis, CategoryBins) and len(axis.levels) > FEW
    }


def choose_pairs(train: Training, before: list[Part]) -> Pairs:
    """Rank pairs on what the left-out predictions of `before` leave unexplained."""
    coded, settings = train.coded, train.settings
    spread: dict[str, float] = dict.fromkeys(coded.codes, 0.0)
    for _, effects in before:
        for term, values in effects.items():
            if len(term) == 1:
                spread[term[0]] += float(values[coded.codes[term[0]][:50_000]].std())
    first = sorted(spread, key=lambda name: -spread[name])[:MOST_FEATURES]
    names = [name for name in coded.codes if name in first]
    predicted = 1 / (1 + np.exp(-(train.start + train.held_out(before))))
    ranked = rank_pairs(
        {name: coded.code_of(name, 2) for name in names},
        {name: coded.coarse[name] for name in names},
        train.weight * (train.y - predicted),
        train.weight * predicted * (1 - predicted),
        settings.pair_ridge,
        train.seed,
    )
    return [(a, b) for a, b, _ in ranked[: settings.pairs]]


def grow_pairs(train: Training, before: list[Part], pairs: Pairs) -> Stage:
    """Grow trees of pairs on the coarse bins, from where the single features of each fold ended."""
    coded, settings = train.coded, train.settings
    names = [name for name in coded.codes if any(name in pair for pair in pairs)]
    columns = columns_of([coded.schema[name] for name in names], coded.coarse)
    whole = matrix(columns, {name: coded.code_of(name, 2) for name in names})

    def start(number: int) -> Floats:
        constant, effects = before[number]
        base: Floats = np.full(train.rows, train.start + constant)
        return base + values_of(effects, coded) if effects else base

    forest = grow(
        columns,
        _groups(columns, pairs),
        lambda _: whole,
        train.y,
        train.weight,
        start,
        train.folds,
        {
            **settings.parameters(train.rows, train.seed + 7919),
            "learning_rate": settings.rate(settings.pair_rate, train.rows),
            "num_leaves": settings.pair_leaves,
        },
        settings.most_rounds,
        settings.patience,
    )
    parts = _collapse(forest, [columns] * len(train.folds), frozenset(pairs))
    fine = []
    for constant, effects in parts:
        fine.append(
            (
                constant,
                {t: v if len(t) == 2 else v[coded.down[t[0]]] for t, v in effects.items()},
            )
        )
    return Stage(fine, forest.rounds, forest.losses[0], forest.losses[forest.rounds])


def _groups(columns: list[Column], terms: Sequence[tuple[str, ...]]) -> list[list[int]]:
    """Positions of the columns that may meet on one branch."""
    return [[i for i, c in enumerate(columns) if c.field.name in term] for term in terms]


def _collapse(
    forest: Forest,
    columns: list[list[Column]],
    allowed: frozenset[tuple[str, str]],
) -> list[Part]:
    out = []
    for number, (booster, trees) in enumerate(zip(forest.boosters, forest.trees, strict=True)):
        grown = booster.dump_model(num_iteration=trees)["tree_info"] if trees else ()
        out.append(collapse(grown, columns[number], allowed))
    return out
