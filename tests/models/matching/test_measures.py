"""Places, recall, NDCG and intervals, hand-worked."""

from __future__ import annotations

import numpy as np
import pytest

from models.matching.measures import MISSED, bootstrap, ndcg_each, places, recall_each


def test_places_with_ties_misses_and_exclusions() -> None:
    query = np.array([0, 0, 0, 1, 1, 3])
    lender = np.array([1, 2, 3, 2, 5, 4])
    score = np.array([0.5, 0.9, 0.5, 0.1, 0.1, -np.inf])
    taken = np.array([3, 5, 7, 4])
    # query 0: lender 2 is ahead and lender 1 ties with a smaller code; query 1: a tie; 2: no list; 3: kept out
    assert places(query, lender, score, taken).tolist() == [3, 2, MISSED, MISSED]


def test_recall_and_ndcg() -> None:
    place = np.array([1, 2, 10, 11, MISSED])
    assert recall_each(place).tolist() == [1, 1, 1, 0, 0]
    assert ndcg_each(place) == pytest.approx([1.0, 1 / np.log2(3), 1 / np.log2(11), 0, 0])


def test_bootstrap_is_paired() -> None:
    random = np.random.default_rng(0)
    theirs = (random.random(500) < 0.5).astype(float)
    mine = theirs.copy()
    mine[:10] = 1.0
    both = bootstrap(np.column_stack([mine, theirs, mine - theirs]), seed=1, resamples=300)
    assert both[0].mean == pytest.approx(mine.mean())
    assert both[0].low < both[0].mean < both[0].high
    # The same resamples serve all columns: the difference is far surer than either mean.
    assert both[2].high - both[2].low < 0.3 * (both[0].high - both[0].low)
    assert both == bootstrap(np.column_stack([mine, theirs, mine - theirs]), seed=1, resamples=300)
