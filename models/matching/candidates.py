"""From all lenders to the few that are worth ranking: the rules first, then a rough order by past lending."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.matching.book import LONG, SEASON, YEAR, LendingBook, order_within, per_query
from models.matching.eligibility import NOT_ELIGIBLE, judge_pairs
from models.matching.products import ProductTable
from models.matching.requests import Requests

LIMIT = 40
"""Candidates per request (ours): more did not raise recall on validation data."""

LEARN_LIMIT = 30
"""Candidates per request to learn from (ours): the far ones teach nothing more and cost time."""

# How much a loan in each circle counts for the rough order, on top of the wider circles around it (ours).
_ROUGH = {
    "postal_programme": 1.0,
    "postal": 0.3,
    "area_programme": 1.0,
    "area": 0.2,
    "area_amount": 0.5,
    "region_programme_amount": 0.05,
    "region_programme": 0.02,
    "region": 0.005,
}


@dataclass(frozen=True)
class Pairs:
    """Pairs of a request and a lender, sorted by request.

    Attributes
    ----------
    query, lender : int arrays (n,)
    status : int8 array (n,)
        As `judge_pairs` answers.
    """

    query: np.ndarray
    lender: np.ndarray
    status: np.ndarray

    def take(self, rows: np.ndarray) -> Pairs:
        """Some of the pairs."""
        return Pairs(self.query[rows], self.lender[rows], self.status[rows])


def judged_pairs(requests: Requests, table: ProductTable) -> Pairs:
    """Every lender that served the request's region, judged by all rules.

    A lender that did not serve it fails E-REGION, so it needs no further look. Without a region all lenders are judged.
    """
    reach = [table.by_region[r] for r in requests.region]
    query = np.repeat(np.arange(len(reach)), [len(r) for r in reach])
    lender = np.concatenate(reach) if reach else np.zeros(0, int)
    return Pairs(query, lender, judge_pairs(requests, table, query, lender))


def rough_score(
    book: LendingBook, requests: Requests, query: np.ndarray, lender: np.ndarray
) -> np.ndarray:
    """Faded loans around the request, nearer circles and newer loans counting more; float64 (n,)."""
    score = np.zeros(len(query))
    for name, weight in _ROUGH.items():
        found = np.nan_to_num(book.counts(name, requests, query, lender))
        score += weight * (2.0 * found[:, SEASON] + found[:, YEAR])
        if name == "region":
            score += 0.001 * found[:, LONG]
    # Nothing is known of the region: the size of the lender is all there is.
    score += 1e-7 * book.counts("all", requests, query, lender)[:, LONG]
    return score


def best(query: np.ndarray, score: np.ndarray, tie: np.ndarray, limit: int) -> np.ndarray:
    """Positions of the `limit` highest scores of each query, in falling order; ties by rising `tie`."""
    order = order_within(query, (-score, tie))
    starts, lengths = per_query(query[order])
    place = np.arange(len(order)) - np.repeat(starts, lengths)
    chosen: np.ndarray = order[place < limit]
    return chosen


def candidates(
    book: LendingBook, requests: Requests, table: ProductTable, limit: int = LIMIT
) -> Pairs:
    """The lenders to rank: not failing any rule, the `limit` best by the rough order.

    Parameters
    ----------
    book : LendingBook
    requests : Requests
        All of days on which `table` is the version in force.
    table : ProductTable
    limit : int

    Returns
    -------
    Pairs
        Sorted by request and falling rough score.
    """
    pairs = judged_pairs(requests, table)
    pairs = pairs.take(np.flatnonzero(pairs.status != NOT_ELIGIBLE))
    score = rough_score(book, requests, pairs.query, pairs.lender)
    return pairs.take(best(pairs.query, score, pairs.lender, limit))
