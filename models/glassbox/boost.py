"""LightGBM trees that never join more than two features, grown fold by fold.

Every fold leaves a part of the rows out. The folds grow in step, and the number of rounds is the one at
which the rows left out are predicted best, all folds taken together: with twenty bads in a fold, one
fold's own best round would be noise.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Literal

import lightgbm as lgb
import numpy as np
from numpy.typing import NDArray

from models.bins import Bins, Codes, Floats, NumberBins, project
from models.schema import Field

# Folds grow side by side on one thread each: LightGBM's own threads wait for each other at every node,
# which costs more than it brings on small nodes, and twenty times more on a busy machine.
WORKERS = 2
BLOCK = 10


@dataclass(frozen=True)
class Column:
    """A column that LightGBM sees: a field in its fine or in its coarse bins."""

    field: Field
    part: Literal["fine", "coarse"]
    bins: Bins


@dataclass(frozen=True)
class Forest:
    """The boosters of all folds, cut at the same round.

    Attributes
    ----------
    columns
        What each of LightGBM's columns stands for.
    boosters, trees
        One booster a fold, and how many of its first trees count.
    rounds
        The round at which all folds are cut. A round in which a fold found no split adds no tree, so
        a fold may have fewer trees than rounds.
    held_out
        Raw prediction of each row by the fold that left it out, start excluded; shape (n,). Rows that
        are in several left-out parts get the mean.
    losses
        Mean log loss of the rows left out after each round.
    """

    columns: tuple[Column, ...]
    boosters: tuple[lgb.Booster, ...]
    trees: tuple[int, ...]
    rounds: int
    held_out: Floats
    losses: tuple[float, ...]


def matrix(
    columns: Sequence[Column], codes: dict[str, Codes], fine: dict[str, Bins]
) -> NDArray[np.float32]:
    """Write the rows for LightGBM: bin numbers, NaN for a missing or special number; shape (n, columns)."""
    rows = len(next(iter(codes.values())))
    out = np.empty((rows, len(columns)), dtype=np.float32, order="F")
    for position, column in enumerate(columns):
        own = fine[column.field.name]
        values = np.arange(column.bins.size, dtype=np.float32)
        if isinstance(column.bins, NumberBins):
            values[column.bins.unknown] = np.nan
        out[:, position] = values[project(own, column.bins)][codes[column.field.name]]
    return out


def grow(
    columns: Sequence[Column],
    groups: Sequence[Sequence[int]],
    data: NDArray[np.float32],
    y: Floats,
    weight: Floats,
    start: Floats,
    folds: Sequence[NDArray[np.intp]],
    parameters: dict[str, Any],
    most_rounds: int,
    patience: int,
    least_rounds: int = 0,
) -> Forest:
    """Grow one booster a fold, in step.

    Parameters
    ----------
    columns, groups
        The columns and which of them may meet on one branch (positions).
    data, y, weight, start
        Rows for LightGBM, label, weight, and the log odds to start from; all of length n.
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
        "force_row_wise": True,
        "max_bin": 255,
        "min_data_in_bin": 1,
        "feature_pre_filter": False,
        "interaction_constraints": [list(group) for group in groups],
        "monotone_constraints": [column.field.direction for column in columns],
        **parameters,
    }
    whole = lgb.Dataset(
        data,
        label=y,
        weight=weight,
        init_score=start,
        categorical_feature=[i for i, c in enumerate(columns) if c.field.kind == "category"],
        params=settings,
        free_raw_data=False,
    ).construct()
    rows = np.arange(len(y))
    boosters, lengths = [], []
    for number, fold in enumerate(folds):
        train = np.setdiff1d(rows, fold, assume_unique=True).tolist()
        booster = lgb.Booster(
            {**settings, "seed": settings.get("seed", 0) + number}, whole.subset(train)
        )
        booster.add_valid(whole.subset(np.sort(fold).tolist()), "held_out")
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
    held_out = np.zeros(len(y))
    times = np.zeros(len(y))
    trees = tuple(count[best_round] for count in counts)
    for booster, fold, kept in zip(boosters, folds, trees, strict=True):
        times[fold] += 1
        if kept:
            held_out[fold] += booster.predict(data[fold], raw_score=True, num_iteration=kept)
    held_out /= np.maximum(times, 1)
    return Forest(
        tuple(columns), tuple(boosters), trees, best_round, held_out, tuple(losses.tolist())
    )


def _quiet() -> None:
    # LightGBM keeps its log level per thread and sets it when it reads parameters.
    lgb.Dataset(np.zeros((2, 1)), params={"verbose": -1}).construct()


def _advance(booster: lgb.Booster, curve: list[float], trees: list[int]) -> None:
    for _ in range(BLOCK):
        booster.update()
        curve.append(booster.eval_valid()[0][2])
        trees.append(booster.current_iteration())
