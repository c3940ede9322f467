"""Is a trend the same in every period? Counted period by period; bins are merged until it is, where asked."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.bins import Codes, Floats


@dataclass(frozen=True)
class Trends:
    """Weighted goods and bads of a variable's ordered bins in each period; shape (periods, bins)."""

    labels: tuple[str, ...]
    goods: Floats
    bads: Floats

    @property
    def rates(self) -> Floats:
        """Share of bads, not a number where a period has no row in a bin."""
        rows = self.goods + self.bads
        return np.where(rows > 0, self.bads / np.maximum(rows, 1e-300), np.nan)

    def reversals(self) -> Floats:
        """Standard errors by which each step runs against the whole sample; shape (periods, bins - 1).

        A step goes from a bin to the next one that has rows in that period; it is zero where it runs
        along, or where the period has no rows on either side of it.
        """
        overall = self.bads.sum(axis=0) / (self.goods + self.bads).sum(axis=0)
        out = np.zeros((len(self.goods), self.goods.shape[1] - 1))
        rates, rows = self.rates, self.goods + self.bads
        for period in range(len(out)):
            seen = np.flatnonzero(rows[period] > 0)
            for a, b in pairwise(seen):
                step = rates[period, b] - rates[period, a]
                if step * (overall[b] - overall[a]) < 0:
                    mean = self.bads[period, [a, b]].sum() / rows[period, [a, b]].sum()
                    error = np.sqrt(mean * (1 - mean) * (1 / rows[period, [a, b]]).sum())
                    out[period, a] = abs(step) / error
        return out

    def merged(self, position: int) -> Trends:
        """Put bin `position` and the next one together."""
        starts = [i for i in range(self.goods.shape[1]) if i != position + 1]
        return Trends(
            self.labels,
            np.add.reduceat(self.goods, starts, axis=1),
            np.add.reduceat(self.bads, starts, axis=1),
        )

    def to_json(self) -> dict[str, Any]:
        """Give the table for the notes: rates of bads by period and bin, and where a step is reversed."""
        reversals = self.reversals()
        return {
            "periods": list(self.labels),
            "bad_rates": [[None if np.isnan(r) else float(r) for r in row] for row in self.rates],
            "monotone": [bool(not row.any()) for row in reversals],
            "largest_reversal": float(reversals.max(initial=0.0)),
        }


def trends(
    codes: Codes, y: Floats, w: Floats, period: Codes, labels: tuple[str, ...], ordered: int
) -> Trends:
    """Count goods and bads of the ordered bins period by period."""
    rows = codes < ordered
    cell = period[rows] * ordered + codes[rows]
    shape = (len(labels), ordered)
    size = shape[0] * shape[1]
    bads = (
        np.bincount(cell, weights=(w * y)[rows], minlength=size).astype(np.float64).reshape(shape)
    )
    total = np.bincount(cell, weights=w[rows], minlength=size).astype(np.float64).reshape(shape)
    return Trends(labels, np.maximum(total - bads, 0.0), bads)


def steps_to_merge(found: Trends) -> list[int]:
    """Positions of the thresholds to drop, so that every period has the trend of the whole sample.

    The step that is reversed most surely, all periods together, goes first; then all is counted again.
    """
    position = list(range(found.goods.shape[1] - 1))
    dropped: list[int] = []
    while position:
        reversed_by: NDArray[np.float64] = found.reversals().sum(axis=0)
        if not reversed_by.any():
            break
        worst = int(reversed_by.argmax())
        dropped.append(position.pop(worst))
        found = found.merged(worst)
    return dropped
