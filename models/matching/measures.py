"""How good an order is: the taken lender's place, recall and NDCG, with bootstrap intervals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.matching.book import per_query

MISSED = 1_000_000
"""Place of a lender that was not in the list at all."""


def places(
    query: np.ndarray, lender: np.ndarray, score: np.ndarray, taken: np.ndarray
) -> np.ndarray:
    """Place (from 1) of the taken lender in each request's list.

    Parameters
    ----------
    query : int array (n,)
        Sorted.
    lender : int array (n,)
        Also settles ties: the smaller code comes first.
    score : float array (n,)
        Higher is better; -inf keeps a lender out of the list.
    taken : int array (requests,)

    Returns
    -------
    int array (requests,)
        `MISSED` where the taken lender is not in the list.

    Examples
    --------
    >>> places(np.array([0, 0, 0]), np.array([1, 2, 3]), np.array([0.1, 0.9, 0.5]), np.array([3]))
    array([2])
    """
    place = np.full(len(taken), MISSED)
    hit = (lender == taken[query]) & np.isfinite(score)
    mine = np.full(len(taken), np.nan)
    mine[query[hit]] = score[hit]
    ahead = (score > mine[query]) | ((score == mine[query]) & (lender < taken[query]))
    starts, _ = per_query(query)
    if len(starts):
        found = query[starts]
        place[found] = np.add.reduceat(ahead, starts, dtype=np.int64) + 1
    place[np.isnan(mine)] = MISSED
    return place


def recall_each(place: np.ndarray, k: int = 10) -> np.ndarray:
    """1 where the taken lender is among the first k."""
    return (place <= k).astype(float)


def ndcg_each(place: np.ndarray, k: int = 10) -> np.ndarray:
    """NDCG@k of one taken lender: 1 / log2(1 + place) within the first k, else 0.

    >>> ndcg_each(np.array([1, 3, 11]))
    array([1. , 0.5, 0. ])
    """
    return np.where(place <= k, 1.0 / np.log2(1.0 + place), 0.0)


@dataclass(frozen=True)
class Interval:
    """A mean over requests with its 95 % bootstrap interval."""

    mean: float
    low: float
    high: float


def bootstrap(each: np.ndarray, seed: int, resamples: int = 500) -> list[Interval]:
    """Means of the columns with percentile intervals; all columns are resampled together, so differences are paired.

    Parameters
    ----------
    each : float array (requests, columns)
    seed : int
    resamples : int

    Returns
    -------
    list of Interval
        One per column.
    """
    random, n = np.random.default_rng(seed), len(each)
    means = np.empty((resamples, each.shape[1]))
    for i in range(resamples):
        weight = np.bincount(random.integers(0, n, n), minlength=n)
        means[i] = weight @ each / n
    low, high = np.quantile(means, [0.025, 0.975], axis=0)
    return [
        Interval(*map(float, found)) for found in zip(each.mean(axis=0), low, high, strict=True)
    ]
