"""Forests grown on small rows, for the tests that compare tables with LightGBM itself."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.bins import Codes, NumberBins, categories, numbers
from models.glassbox.boost import Column, Forest, columns_of, grow, matrix
from models.glassbox.coding import Coded, code_rows
from models.glassbox.tables import Effects, collapse
from tests.models.rows import SCHEMA

PAIRS = (("arrears", "use"), ("arrears", "income"), ("use", "sector"))


@dataclass(frozen=True)
class Grown:
    """A forest with everything that made it."""

    coded: Coded
    columns: list[Column]
    pairs: tuple[tuple[str, str], ...]
    start: np.ndarray
    folds: tuple[np.ndarray, ...]
    forest: Forest

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.field.name for column in self.columns)

    def codes(self, frame: pd.DataFrame) -> dict[str, Codes]:
        """Bin numbers of other rows."""
        out = {}
        for name, axis in self.coded.fine.items():
            read = numbers if isinstance(axis, NumberBins) else categories
            out[name] = axis.encode(read(name, frame[name]))  # type: ignore[arg-type]
        return out

    def matrix(self, frame: pd.DataFrame) -> np.ndarray:
        """Other rows as LightGBM sees them."""
        return matrix(self.columns, self.codes(frame))

    def collapsed(
        self, number: int, allowed: frozenset[tuple[str, str]] | None = None
    ) -> tuple[float, Effects]:
        """Tables of one fold."""
        trees = self.forest.boosters[number].dump_model(num_iteration=self.forest.trees[number])
        pairs = frozenset(self.pairs) if allowed is None else allowed
        return collapse(trees["tree_info"], self.columns, pairs)

    def add_up(self, constant: float, effects: Effects, frame: pd.DataFrame) -> np.ndarray:
        """Sum the tables' cells of each row, in the plainest way."""
        codes = self.codes(frame)
        total = np.full(len(frame), constant)
        for term, values in effects.items():
            total += values[tuple(codes[name] for name in term)]
        return total


def grow_forest(
    frame: pd.DataFrame,
    bad: np.ndarray,
    *,
    rounds: int,
    least: int = 0,
    folds: int = 2,
    leaves: int = 6,
    bins: int = 12,
    least_rows: int | None = None,
    pairs: tuple[tuple[str, str], ...] = PAIRS,
    seed: int = 0,
) -> Grown:
    """Grow a small forest over the inputs that vary."""
    coded = code_rows(frame, SCHEMA, bins, bins, bins)
    names = list(coded.codes)
    pairs = tuple((a, b) for a, b in pairs if a in names and b in names)
    columns = columns_of(list(coded.schema), coded.fine)
    groups = [[i] for i in range(len(names))]
    groups += [[names.index(a), names.index(b)] for a, b in pairs]
    y = bad.astype(np.float64)
    start = np.full(len(y), np.log(y.mean() / (1 - y.mean())))
    parts = [np.arange(len(y))[fold::folds] for fold in range(folds)]
    parameters = {
        "learning_rate": 0.1,
        "num_leaves": leaves,
        "min_data_in_leaf": least_rows or max(1, len(y) // 60),
        "lambda_l2": 1.0,
        "feature_fraction": 0.75,
        "bagging_fraction": 0.7,
        "bagging_freq": 1,
        "seed": seed,
    }
    data = matrix(columns, coded.codes)
    forest = grow(
        [columns] * len(parts),
        [groups] * len(parts),
        lambda _: data,
        y,
        np.ones(len(y)),
        lambda _: start,
        parts,
        parameters,
        rounds,
        rounds,
        max(least, min(rounds, 20)),
    )
    return Grown(coded, columns, pairs, start, tuple(parts), forest)
