"""Counts that fade with age, as of any day, from one sorted array.

A loan of day e counts `2 ** -((T - e) / half_life)` for a request of day T, once T has reached the day from which
the loan may be seen. Corrections leave again: each loan version is an entry at `seen` and, when superseded, a
negative entry at `until`. Within a key the running sum of `weight * 2 ** (event / half_life)` turns into the count
of any later day by one multiplication, so that a look-up is one binary search.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.matching.loans import NEVER

_DAY_BITS = 16


@dataclass(frozen=True)
class When:
    """Event day, first day of visibility and first day after it, per loan; as in `Loans`."""

    event: np.ndarray
    seen: np.ndarray
    until: np.ndarray

    def take(self, rows: np.ndarray) -> When:
        """Some of the loans."""
        return When(self.event[rows], self.seen[rows], self.until[rows])


class FadingCounts:
    """Sums by key and lender, readable as of any day.

    Parameters
    ----------
    key : int array (n,)
        Not negative.
    when : When
    half_lives : tuple of float
        Days; one column of the answer each.
    weight : float array (n,), optional
        What a loan adds; 1 if absent.
    """

    def __init__(
        self,
        key: np.ndarray,
        when: When,
        half_lives: tuple[float, ...],
        weight: np.ndarray | None = None,
    ) -> None:
        self.half_lives = half_lives
        self._rate = np.array([1.0 / h for h in half_lives])
        weight = np.ones(len(key)) if weight is None else np.asarray(weight, dtype=float)
        gone = np.flatnonzero(when.until < NEVER)
        key = np.concatenate([key, key[gone]]).astype(np.int64)
        entry = np.concatenate([when.seen, when.until[gone]]).astype(np.int64)
        event = np.concatenate([when.event, when.event[gone]]).astype(np.int64)
        weight = np.concatenate([weight, -weight[gone]])

        combined = (key << _DAY_BITS) | entry
        order = np.argsort(combined, kind="stable")
        combined = combined[order]
        last = (
            np.append(combined[1:] != combined[:-1], True) if len(combined) else np.zeros(0, bool)
        )
        self._combined = combined[last]
        self._day = (self._combined & ((1 << _DAY_BITS) - 1)).astype(np.int32)
        # A common origin keeps the powers small; it cancels out.
        origin = int(event.min()) if len(event) else 0
        age, weight = (event[order] - origin).astype(float), weight[order]
        run = np.exp2(age[:, None] * self._rate) * weight[:, None]
        run = pd.DataFrame(run).groupby(combined >> _DAY_BITS, sort=False).cumsum().to_numpy()
        at = (self._day - origin).astype(float)
        self._state = (run[last] * np.exp2(-at[:, None] * self._rate)).astype(np.float32)

    def at(self, key: np.ndarray, day: np.ndarray) -> np.ndarray:
        """Faded sums as of days.

        Parameters
        ----------
        key, day : int arrays (n,)

        Returns
        -------
        float32 array (n, number of half-lives)
            0 for a key without visible loans.
        """
        if not len(self._combined):
            return np.zeros((len(key), len(self.half_lives)), dtype=np.float32)
        wanted = (key.astype(np.int64) << _DAY_BITS) | day
        position = np.maximum(np.searchsorted(self._combined, wanted, "right") - 1, 0)
        # At position 0 the entry may lie after the wanted one; its key or day then tells.
        found = (self._combined[position] >> _DAY_BITS == key) & (
            self._combined[position] <= wanted
        )
        idle = np.where(found, day - self._day[position], 0).astype(np.float32)
        faded = self._state[position] * np.exp2(-idle[:, None] * self._rate.astype(np.float32))
        return np.where(found[:, None], faded, np.float32(0.0))
