"""LightGBM trees that never join more than two features, grown fold by fold.

Every fold leaves a part of the rows out. The folds grow in step, and the number of rounds is the one at
which the rows left out are predicted best, all folds taken together: with twenty bads in a fold, one
fold's own best round would be noise.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import lightgbm as lgb
import numpy as np
from numpy.typing import NDArray

from models.bins import Bins, Codes, Floats, NumberBins
from models.glassbox.coding import Rows
from models.schema import Field

# Folds grow side by side on one thread each: LightGBM's own threads wait for each other at every node,
# which costs more than it brings on small nodes, and twenty times more on a busy machine.
WORKERS = 2
BLOCK = 10

Matrix = NDArray[np.float32]


@dataclass(frozen=True)
class Column:
    """A column that LightGBM sees.

    Attributes
    ----------
    field, bins
        The input and its bins.
    special
        Whether the column tells the special codes of a number apart (0 where the value is none of
        them). The number's own column holds NaN for missing values and special codes, so that no
        order binds them.
    levels
        How many levels of a category the column tells apart, where not all of them.
    """

    field: Field
    bins: Bins
    special: bool = False
    levels: int | None = None

    @property
    def direction(self) -> int:
        """Direction that binds the column."""
        return 0 if self.special else self.field.direction

    @property
    def values(self) -> Floats:
        """What LightGBM sees for each bin."""
        own = np.arange(self.bins.size, dtype=np.float64)
        if not isinstance(self.bins, NumberBins):
            if self.levels is not None:
                own[self.levels : self.bins.other] = self.bins.other
            return own
        if self.special:
            return np.maximum(own - self.bins.missing, 0.0)
        own[self.bins.unknown] = np.nan
        return own


def columns_of(fields: Sequence[Field], bins: Mapping[str, Bins]) -> list[Column]:
    """One column an input; a second one for the special codes of a number that has them."""
    out = []
    for field in fields:
        axis = bins[field.name]
        out.append(Column(field, axis))
        if isinstance(axis, NumberBins) and axis.special:
            out.append(Column(field, axis, special=True))
    return out


@dataclass(frozen=True)
class Forest:
    """The boosters of all folds, cut at the same round.

    Attributes
    ----------
    boosters, trees
        One booster a fold, and how many of its first trees count.
    rounds
        The round at which all folds are cut. A round in which a fold found no split adds no tree, so
        a fold may have fewer trees than rounds.
    losses
        Mean log loss of the rows left out after each round.
    """

    boosters: tuple[lgb.Booster, ...]
    trees: tuple[int, ...]
    rounds: int
    losses: tuple[float, ...]


def matrix(columns: Sequence[Column], codes: Mapping[str, Codes]) -> Matrix:
    """Write rows for LightGBM from their bin numbers; shape (n, columns)."""
    rows = len(next(iter(codes.values())))
    out = np.empty((rows, len(columns)), dtype=np.float32, order="F")
    for position, column in enumerate(columns):
        out[:, position] = column.values.astype(np.float32)[codes[column.field.name]]
    return out


def grow(
    columns: Sequence[Sequence[Column]],
    groups: Sequence[Sequence[Sequence[int]]],
    data: Callable[[int], Matrix],
    y: Floats,
    weight: Floats,
    start: Callable[[int], Floats],
    folds: Sequence[Rows],
    parameters: dict[str, Any],
    most_rounds: int,
    patience: int,
    least_rounds: int = 0,
) -> Forest:
    """Grow one booster a fold, in step.

    Parameters
    ----------
    columns, groups
        The columns of each fold, and which of them may meet on one branch (positions).
    data, start
        Rows for LightGBM and the log odds to start from, both of all n rows, of a fold by its number.
    y, weight
        Label and weight; length n.
    folds
        Positions of the rows that each fold leaves out.
    parameters
        LightGBM's own parameters beside those set here.
    most_rounds, patience
        Stop after `most_rounds`, or when `patience` rounds brought nothing to the rows left out.
    least_rounds
        Keep at least so many: with a handful of bads the loss of the rows left out is mostly chance,
        and a few strongly shrunk rounds rank better than none.
    """
    settings = {
        "objective": "binary",
        "boost_from_average": False,
        "verbose": -1,
        "num_threads": 1,
        "deterministic": True,
        "force_col_wise": True,
        "max_bin": 255,
        "min_data_in_bin": 1,
        "feature_pre_filter": False,
        "enable_bundle": False,
        **parameters,
    }
    everyone = np.ones(len(y), dtype=bool)
    boosters, lengths = [], []
    for number, fold in enumerate(folds):
        inside = everyone.copy()
        inside[fold] = False
        rows, first = data(number), start(number)
        own = {
            **settings,
            "seed": settings.get("seed", 0) + number,
            "interaction_constraints": [list(group) for group in groups[number]],
            "monotone_constraints": [column.direction for column in columns[number]],
        }
        categorical = [
            i for i, c in enumerate(columns[number]) if not isinstance(c.bins, NumberBins)
        ]
        train = lgb.Dataset(
            rows[inside],
            label=y[inside],
            weight=weight[inside],
            init_score=first[inside],
            categorical_feature=categorical,
            params=own,
        )
        booster = lgb.Booster(own, train)
        booster.add_valid(
            lgb.Dataset(
                rows[fold],
                label=y[fold],
                weight=weight[fold],
                init_score=first[fold],
                categorical_feature=categorical,
                reference=train,
                params=own,
            ),
            "held_out",
        )
        boosters.append(booster)
        lengths.append(float(weight[fold].sum()))
    share = np.asarray(lengths) / sum(lengths)
    with ThreadPoolExecutor(max_workers=WORKERS, initializer=_quiet) as pool:
        curves = [[booster.eval_valid()[0][2]] for booster in boosters]
        counts = [[0] for _ in boosters]
        while True:
            list(pool.map(_advance, boosters, curves, counts))
            losses = np.asarray(curves).T @ share
            best_round = int(losses.argmin())
            done = len(losses) - 1
            if done - best_round >= patience or done >= most_rounds:
                break
    best_round = min(max(best_round, least_rounds), done)
    return Forest(
        tuple(boosters),
        tuple(count[best_round] for count in counts),
        best_round,
        tuple(losses.tolist()),
    )


def _quiet() -> None:
    # LightGBM keeps its log level per thread and sets it when it reads parameters.
    lgb.Dataset(np.zeros((2, 1)), params={"verbose": -1}).construct()


def _advance(booster: lgb.Booster, curve: list[float], trees: list[int]) -> None:
    for _ in range(BLOCK):
        booster.update()
        curve.append(booster.eval_valid()[0][2])
        trees.append(booster.current_iteration())
