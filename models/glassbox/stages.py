"""The parts of a glass box, each as tables of every fold: single features, pairs, and a logistic regression."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from models.bins import CategoryBins, Codes, Floats, NumberBins
from models.glassbox.boost import Column, Forest, Matrix, columns_of, grow, matrix
from models.glassbox.coding import Coded, Rows
from models.glassbox.levels import FEW, Ranked, rank_levels
from models.glassbox.linear import add_up, fit_linear
from models.glassbox.pairs import cut_jointly, most_features, rank_pairs
from models.glassbox.settings import GlassBoxSettings
from models.glassbox.tables import Effects, collapse, values_of

MANY = 1_000
"""Bads (or goods, whichever are fewer) from which all rows rank the pairs, and effects may be shared out anew."""

Pairs = list[tuple[str, str]]
Part = tuple[float, Effects]


@dataclass(frozen=True)
class Training:
    """What every stage needs: coded rows, labels, weights, and the rows that each fold leaves out.

    Folds come deal after deal, `dealt` of them in each.
    """

    coded: Coded
    y: Floats
    weight: Floats
    start: float
    folds: list[Rows]
    dealt: int
    settings: GlassBoxSettings
    seed: int

    @property
    def rows(self) -> int:
        """Count the rows."""
        return len(self.y)

    @property
    def rarer(self) -> float:
        """Count the bads or the goods, whichever are fewer."""
        return float(min(self.y.sum(), (1 - self.y).sum()))

    def inside(self, number: int) -> NDArray[np.bool_]:
        """Tell which rows train a fold."""
        out = np.ones(self.rows, dtype=bool)
        out[self.folds[number]] = False
        return out

    def part(self, number: int) -> Codes:
        """Tell by which fold each row is left out, in the deal that fold `number` belongs to."""
        out = np.empty(self.rows, dtype=np.intp)
        first = number - number % self.dealt
        for position, fold in enumerate(self.folds[first : first + self.dealt]):
            out[fold] = position
        return out

    @cached_property
    def ranked(self) -> dict[str, list[Ranked]]:
        """Ranks of the levels of every wide category, for each fold."""
        return {
            name: [
                rank_levels(
                    axis,
                    self.coded.codes[name],
                    self.y,
                    self.weight,
                    self.inside(number),
                    self.seed,
                )
                for number in range(len(self.folds))
            ]
            for name, axis in self.coded.fine.items()
            if isinstance(axis, CategoryBins) and len(axis.levels) > FEW
        }

    def log_odds(self, part: Part) -> Floats:
        """Log odds of each row by the tables of a fold."""
        constant, effects = part
        out: Floats = np.full(self.rows, self.start + constant)
        return out + values_of(effects, self.coded) if effects else out

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
    """Tables of every fold, and the round at which the forest that they come from was cut."""

    parts: list[Part]
    rounds: int


def linear_parts(train: Training) -> list[Part]:
    """Fit the logistic regression on every fold."""
    out = []
    # Few columns: threads of the linear algebra would only wait for each other.
    with threadpool_limits(limits=1, user_api="blas"):
        for number in range(len(train.folds)):
            constant, effects = fit_linear(
                train.coded.schema,
                train.coded.fine,
                train.coded.coarse,
                train.coded.codes,
                train.y,
                train.weight,
                np.flatnonzero(train.inside(number)),
                train.part(number),
                train.settings.ridge,
            )
            out.append((constant - train.start, effects))
    return out


def grow_singles(train: Training, before: list[Part] | None = None) -> Stage:
    """Grow trees of single features on the fine bins, from where other tables of each fold ended if there are any."""
    coded, names = train.coded, list(train.coded.codes)
    ranked = train.ranked
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

    forest = grow(
        whole,
        [_groups(columns, [(name,) for name in names], coded) for columns in whole],
        data,
        train.y,
        train.weight,
        lambda number: train.log_odds(before[number] if before else (0.0, {})),
        train.folds,
        {
            **train.settings.parameters(train.rows, train.rarer, train.seed),
            "learning_rate": train.settings.rate(train.settings.learning_rate, train.rows),
            "num_leaves": train.settings.num_leaves,
        },
        train.settings.most_rounds,
        train.settings.patience,
        0 if before else train.settings.least_rounds,
    )

    parts = _collapse(forest, whole, [frozenset()] * len(whole))
    for number, (_, effects) in enumerate(parts):
        for name, folds in ranked.items():
            if (name,) in effects:
                effects[(name,)] = effects[(name,)][folds[number].levels]
    return Stage(parts, forest.rounds)


def choose_pairs(train: Training, before: list[Part]) -> list[Pairs]:
    """Rank pairs on what the predictions of `before` leave unexplained.

    Each row is predicted without itself. With few bads the rows that judge a fold must not choose its
    pairs either, or the best of a thousand pairs looks good by chance: they are ranked inside every fold.
    Many bads rank them once. Pairs for whose cells there is no room are passed over.
    """
    coded, settings = train.coded, train.settings
    spread: dict[str, float] = dict.fromkeys(coded.codes, 0.0)
    for _, effects in before:
        for term, values in effects.items():
            if len(term) == 1:
                spread[term[0]] += float(values[coded.codes[term[0]][:50_000]].std())
    first = sorted(spread, key=lambda name: -spread[name])[: most_features(train.rows)]
    names = [name for name in coded.codes if name in first]
    predicted = 1 / (1 + np.exp(-(train.start + train.held_out(before))))
    residual = train.weight * (train.y - predicted)
    hessian = train.weight * predicted * (1 - predicted)

    room = settings.most_cells - sum(axis.size for axis in coded.fine.values())
    taken: dict[tuple[str, str], int] = {}

    def best(rows: Rows) -> Pairs:
        ranked = rank_pairs(
            {name: coded.rough[name][rows] for name in names},
            {name: coded.coarse[name] for name in names},
            residual[rows],
            hessian[rows],
            settings.pair_ridge,
        )
        own: Pairs = []
        for a, b, _ in ranked:
            cells = int(np.prod([axis.size for axis in coded.axes((a, b))]))
            if (a, b) in taken or sum(taken.values()) + cells <= room:
                taken[(a, b)] = cells
                own.append((a, b))
            if len(own) == settings.most_pairs(train.rows):
                break
        return own

    if train.rarer >= MANY:
        return [best(np.arange(train.rows))] * len(train.folds)
    return [best(np.flatnonzero(train.inside(number))) for number in range(len(train.folds))]


def grow_pairs(train: Training, singles: list[Part], pairs: list[Pairs]) -> list[Stage]:
    """Grow pairs on the coarse bins, from where the single features of each fold ended.

    Cuts into two times two parts come first, then trees: a tree cuts one feature at a time, and of two features that
    tell something only together neither cut is worth anything alone.

    Where directions bind pairs, single features start anew beside them (`_start_anew`), without such cuts, which are
    of what single features leave unexplained; what the fine bins still tell comes last.
    """
    coded, settings, codes = train.coded, train.settings, train.coded.rough
    anew = _start_anew(train, pairs)
    begun, columns = [], []
    for number, (constant, effects) in enumerate(singles):
        rows = np.flatnonzero(train.inside(number))
        found = cut_jointly(
            [
                pair
                for pair in pairs[number]
                if not (coded.both_wide(pair) or (anew and _directed(train, pair)))
            ],
            {name: code[rows] for name, code in codes.items()},
            coded,
            train.log_odds(singles[number])[rows],
            train.y[rows],
            train.weight[rows],
            settings.pair_ridge,
        )
        kept = {term: values for term, values in effects.items() if term[0] not in anew}
        begun.append(add_up([(constant, kept, 1.0), (0.0, found, 1.0)]))
        names = [n for n in codes if n in anew or any(n in pair for pair in pairs[number])]
        columns.append(
            [
                *columns_of([coded.schema[name] for name in names], coded.coarse),
                *_short_columns(coded, pairs[number]),
            ]
        )
    alone = [(name,) for name in anew]
    forest = grow(
        columns,
        [
            _groups(own, [*alone, *chosen], coded)
            for own, chosen in zip(columns, pairs, strict=True)
        ],
        lambda number: matrix(columns[number], codes),
        train.y,
        train.weight,
        lambda number: train.log_odds(begun[number]),
        train.folds,
        {
            **settings.parameters(train.rows, train.rarer, train.seed + 7919),
            "learning_rate": settings.rate(settings.pair_rate, train.rows),
            "num_leaves": settings.leaves(train.rows, train.rarer),
            # A tree that sees one of two features alone would give it what belongs to both.
            **({"feature_fraction": 1.0} if anew else {}),
        },
        settings.most_rounds,
        settings.patience,
    )
    parts = []
    grown = _collapse(forest, columns, [frozenset(chosen) for chosen in pairs])
    for before, (constant, effects) in zip(begun, grown, strict=True):
        fine = {term: _on_axes(values, term, coded) for term, values in effects.items()}
        parts.append(add_up([(*before, 1.0), (constant, fine, 1.0)]))
    stages = [Stage(parts, forest.rounds)]
    if anew:
        finer = grow_singles(train, parts)
        both = [
            add_up([(*one, 1.0), (*two, 1.0)]) for one, two in zip(parts, finer.parts, strict=True)
        ]
        stages.append(Stage(both, finer.rounds))
    return stages


def _start_anew(train: Training, pairs: list[Pairs]) -> list[str]:
    """Features that grow once more beside the pairs: where some pair has a direction, all that coarse bins can hold.

    Had each feature's own table its whole effect already, a pair could not say that two risks together add less than
    each alone, since its table would have to fall. Few bads are not enough to share an effect out between tables.
    """
    coded = train.coded
    bound = any(_directed(train, pair) for own in pairs for pair in own)
    if not bound or train.rarer < MANY:
        return []
    return [
        name
        for name, axis in coded.fine.items()
        if isinstance(axis, NumberBins)
        or (axis.size == coded.coarse[name].size and name not in train.ranked)
    ]


def _directed(train: Training, pair: tuple[str, str]) -> bool:
    return any(train.coded.schema[name].direction for name in pair)


def _short_columns(coded: Coded, pairs: Pairs) -> list[Column]:
    """Second columns of the wide categories that meet each other: coarse bins of which fewer levels are told apart."""
    names = sorted({name for pair in pairs if coded.both_wide(pair) for name in pair})
    return [
        Column(coded.schema[name], coded.coarse[name], levels=len(coded.short[name].levels))
        for name in names
    ]


def _groups(
    columns: list[Column], terms: Sequence[tuple[str, ...]], coded: Coded
) -> list[list[int]]:
    """Positions of the columns that may meet on one branch."""
    return [
        [
            i
            for i, column in enumerate(columns)
            if column.field.name in term and coded.both_wide(term) == (column.levels is not None)
        ]
        for term in terms
    ]


def _on_axes(values: Floats, term: tuple[str, ...], coded: Coded) -> Floats:
    """Write a table of coarse bins on the bins of its term: fine ones, or short ones."""
    if len(term) == 1:
        return values[coded.onto_coarse[term[0]]]
    if not coded.both_wide(term):
        return values
    # Levels beyond the short ones have the effect of the others.
    kept = [
        np.r_[: len(coded.short[n].levels), coded.coarse[n].size - 2 : coded.coarse[n].size]
        for n in term
    ]
    return values[np.ix_(*kept)]


def _collapse(
    forest: Forest,
    columns: list[list[Column]],
    allowed: list[frozenset[tuple[str, str]]],
) -> list[Part]:
    out = []
    for number, (booster, trees) in enumerate(zip(forest.boosters, forest.trees, strict=True)):
        grown = booster.dump_model(num_iteration=trees)["tree_info"] if trees else ()
        out.append(collapse(grown, columns[number], allowed[number]))
    return out
