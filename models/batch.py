"""Many rows, scored by blocks that stay in the processor's cache, on two threads.

numpy gives its lock away while it searches and looks up, so blocks run side by side in one process.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeAlias

import numpy as np
import pandas as pd

from models.bins import Bins, Codes, Floats, NumberBins, categories, numbers
from models.errors import ModelsError

BLOCK = 4096  # rows: a column, its codes and the points of a block fit into the second-level cache
THREADS = 2

Visit: TypeAlias = Callable[[slice, Floats, Floats], None]
Encode: TypeAlias = Callable[[slice], Codes]


class ManyRows:
    """The prepared look-ups of a model; called with a frame."""

    __slots__ = ("_base", "_bins", "_lookups")

    def __init__(
        self,
        bins: Mapping[str, Bins],
        terms: tuple[tuple[str, ...], ...],
        points: tuple[Floats, ...],
        base: float,
    ) -> None:
        self._bins = bins
        self._base = base
        position = {name: i for i, name in enumerate(bins)}
        # One feature looks up points[code]; a pair looks up points[code * width + code].
        self._lookups = [
            (
                flat,
                position[term[0]],
                *((bins[term[1]].size, position[term[1]]) if term[1:] else (0, 0)),
            )
            for term, flat in zip(terms, points, strict=True)
        ]

    def margin(self, frame: pd.DataFrame) -> Floats:
        """Add up the points of each row; shape (n,)."""
        encoders, margin = self._encoders(frame), np.empty(len(frame))

        def score(rows: slice) -> None:
            part = np.empty(rows.stop - rows.start)
            self._add(encoders, rows, margin[rows], lambda _: part)

        _by_blocks(len(frame), score)
        return margin

    def explain(self, frame: pd.DataFrame, visit: Visit | None = None) -> tuple[Floats, Floats]:
        """Give the margin, shape (n,), and the points of every table, shape (n, tables).

        Parameters
        ----------
        visit
            Called with the rows, margins and points of each block while they are at hand, from two
            threads: what is derived from points is fastest derived here.
        """
        encoders, margin = self._encoders(frame), np.empty(len(frame))
        points = np.empty((len(frame), len(self._lookups)), order="F")

        def explain(rows: slice) -> None:
            part = points[rows]
            self._add(encoders, rows, margin[rows], lambda table: part[:, table])
            if visit is not None:
                visit(rows, margin[rows], part)

        _by_blocks(len(frame), explain)
        return margin, points

    def _encoders(self, frame: pd.DataFrame) -> list[Encode]:
        """Read the inputs; each gives the bin numbers of a block of rows."""
        absent = [name for name in self._bins if name not in frame.columns]
        if absent:
            raise ModelsError(
                f"Missing column {', '.join(map(repr, absent))}; the model needs these "
                f"{len(self._bins)} inputs, in any order."
            )
        encoders: list[Encode] = []
        for name, axis in self._bins.items():
            column = frame[name]
            if not isinstance(column, pd.Series):
                raise ModelsError(f"Column {name!r} appears more than once.")
            if isinstance(axis, NumberBins):
                encoders.append(partial(_number_codes, axis, numbers(name, column)))
            else:
                encoders.append(axis.encode(categories(name, column)).__getitem__)
        return encoders

    def _add(
        self, encoders: list[Encode], rows: slice, margin: Floats, room: Callable[[int], Floats]
    ) -> None:
        """Write the points of each table into its room, and their sum in the order of the tables."""
        codes = [encode(rows) for encode in encoders]
        margin.fill(self._base)
        for table, (flat, first, width, second) in enumerate(self._lookups):
            index = codes[first] * width + codes[second] if width else codes[first]
            part = room(table)
            flat.take(index, out=part, mode="clip")  # codes are in range; "clip" spares a copy
            margin += part


def _number_codes(axis: NumberBins, values: Floats, rows: slice) -> Codes:
    return axis.encode(values[rows])


def _by_blocks(rows: int, work: Callable[[slice], None]) -> None:
    blocks = [slice(start, min(start + BLOCK, rows)) for start in range(0, rows, BLOCK)]
    if len(blocks) < 2:
        for block in blocks:
            work(block)
        return
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(work, blocks))
