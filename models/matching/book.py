"""The lending book: how much each lender lent to whom, faded by age, as of any day.

Every figure of a request of day T comes from loans with event < T that were known by T; later loans can not reach it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.matching.decay import FadingCounts, When
from models.matching.loans import Loans
from models.matching.requests import Requests

HALF_LIVES = (60, 365, 1460)
"""Days after which a loan counts half: this season, the last year, the long run (ours)."""

SEASON, YEAR, LONG = 0, 1, 2

BANDS_PER_DOUBLING = 1.5
"""Amounts are compared in bands of 2 ** (1 / 1.5): a factor of about 1.6 (ours)."""

FINE_BANDS_PER_DOUBLING = 4.0
"""Within a programme also in bands of a factor of about 1.2 (ours)."""


@dataclass(frozen=True)
class Circle:
    """A circle of loans like the one that is asked for: same values in all `fields`."""

    name: str
    fields: tuple[str, ...]


CIRCLES: tuple[Circle, ...] = (
    Circle("all", ()),
    Circle("postal", ("postal",)),
    Circle("area", ("area",)),
    Circle("region", ("region",)),
    Circle("programme", ("programme",)),
    Circle("postal_programme", ("postal", "programme")),
    Circle("area_programme", ("area", "programme")),
    Circle("region_programme", ("region", "programme")),
    Circle("sector", ("sector",)),
    Circle("industry", ("industry",)),
    Circle("region_sector", ("region", "sector")),
    Circle("amount", ("band",)),
    Circle("programme_amount", ("programme", "band")),
    Circle("programme_fine_amount", ("programme", "fine_band")),
    Circle("region_programme_fine_amount", ("region", "programme", "fine_band")),
    Circle("area_amount", ("area", "band")),
    Circle("region_amount", ("region", "band")),
    Circle("region_programme_amount", ("region", "programme", "band")),
    Circle("new", ("new",)),
    Circle("area_new", ("area", "new")),
    Circle("region_new", ("region", "new")),
    Circle("franchise", ("franchise",)),
)

_BANDS = {"band": BANDS_PER_DOUBLING, "fine_band": FINE_BANDS_PER_DOUBLING}
# Numbers of codes of the fields without a vocabulary; an amount has at most 47 doublings.
_NUMBERED = {"band": 96, "fine_band": 192, "new": 3, "franchise": 3}


def _field(source: Loans | Requests, name: str) -> np.ndarray:
    """Codes of a field; 0 = not known."""
    if name in _BANDS:
        amount = source.amount
        bands = np.floor(np.log2(np.maximum(amount, 100) / 100.0) * _BANDS[name]) + 1
        return np.where(amount > 0, bands, 0).astype(np.int64)
    codes = np.asarray(getattr(source, name), dtype=np.int64)
    return codes + 1 if name in _NUMBERED else codes


class LendingBook:
    """Fading counts of every circle, by lender and in all.

    Parameters
    ----------
    loans : Loans
    """

    def __init__(self, loans: Loans) -> None:
        self.loans = loans
        self._lenders = loans.vocabularies["lender"].size
        self._counts: dict[str, FadingCounts] = {}
        self._totals: dict[str, FadingCounts] = {}
        when = When(loans.event, loans.seen, loans.until)
        for circle in CIRCLES:
            key, known = self._keys(loans, circle)
            rows = np.flatnonzero(known)
            part = when.take(rows)
            pair = key[rows] * self._lenders + loans.lender[rows]
            self._counts[circle.name] = FadingCounts(pair, part, HALF_LIVES)
            self._totals[circle.name] = FadingCounts(key[rows], part, HALF_LIVES)
        amount = np.log(np.maximum(loans.amount, 100) / 100.0)
        year = HALF_LIVES[YEAR : YEAR + 1]
        self._moments = [FadingCounts(loans.lender, when, year, w) for w in (amount, amount**2)]
        staff = np.flatnonzero(loans.employees >= 0)
        lender, part = loans.lender[staff], when.take(staff)
        people = np.log1p(loans.employees[staff])
        self._staff = [FadingCounts(lender, part, year, weight) for weight in (None, people)]

    def _keys(self, source: Loans | Requests, circle: Circle) -> tuple[np.ndarray, np.ndarray]:
        """One key per row, and whether all fields are known."""
        key = np.zeros(len(source), dtype=np.int64)
        known = np.ones(len(source), dtype=bool)
        for name in circle.fields:
            codes = _field(source, name)
            size = _NUMBERED.get(name) or self.loans.vocabularies[name].size
            key = key * size + codes
            known &= codes > 0
        return key, known

    def counts(
        self, name: str, requests: Requests, query: np.ndarray, lender: np.ndarray
    ) -> np.ndarray:
        """Faded number of the lender's loans in the circle around each request.

        Parameters
        ----------
        name : str
            Of a circle.
        requests : Requests
        query, lender : int arrays (n,)

        Returns
        -------
        float32 array (n, 3)
            By half-life; NaN where a field of the circle is not known of the request.
        """
        key, known = self._keys(requests, _BY_NAME[name])
        found = self._counts[name].at(key[query] * self._lenders + lender, requests.day[query])
        return np.where(known[query, None], found, np.float32(np.nan))

    def totals(self, name: str, requests: Requests) -> np.ndarray:
        """Faded number of all lenders' loans in the circle of each request, (requests, 3); NaN as in `counts`."""
        key, known = self._keys(requests, _BY_NAME[name])
        found = self._totals[name].at(key, requests.day)
        return np.where(known[:, None], found, np.float32(np.nan))

    def amounts(self, day: np.ndarray, lender: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Faded sums of the logarithm of the lender's amounts and of its square."""
        first, second = (m.at(lender, day)[:, 0] for m in self._moments)
        return first, second

    def staff(self, day: np.ndarray, lender: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Faded number of the lender's loans with known employees and sum of log(1 + employees)."""
        number, total = (s.at(lender, day)[:, 0] for s in self._staff)
        return number, total


_BY_NAME = {circle.name: circle for circle in CIRCLES}


def per_query(query: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Start and length of each run of equal numbers in a sorted array."""
    starts = (
        np.flatnonzero(np.append(True, query[1:] != query[:-1])) if len(query) else np.zeros(0, int)
    )
    return starts, np.diff(np.append(starts, len(query)))


def order_within(query: np.ndarray, keys: Sequence[np.ndarray]) -> np.ndarray:
    """Positions sorted by query, then by the keys (first key first, rising)."""
    return np.asarray(np.lexsort((*reversed(keys), query)))
