"""Run through past borrowers as of each one's own day: pairs to learn from, and where the taken lender was placed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from models.matching.book import LONG, LendingBook
from models.matching.candidates import LEARN_LIMIT, LIMIT, candidates
from models.matching.eligibility import NOT_ELIGIBLE, judge_pairs
from models.matching.loans import Loans, month_start
from models.matching.measures import MISSED, places
from models.matching.pairs import pair_features
from models.matching.popularity import Baseline, baseline_counts
from models.matching.products import WINDOW_DAYS, ProductTable, derive_products
from models.matching.ranker import Ranker, RankingRows
from models.matching.requests import Requests

Step = Callable[[int, int], None]

_CHUNK = 2000  # requests at once: bounds memory


@dataclass(frozen=True)
class Chunk:
    """Some past requests of one month, the lenders they took and the products then in force."""

    positions: np.ndarray
    requests: Requests
    taken: np.ndarray
    table: ProductTable


class Backtest:
    """Past requests of a set of loans, month by month.

    Parameters
    ----------
    loans : Loans
    book : LendingBook
        Of the same loans.
    window_days, limit : int
        As of the ranking.
    """

    def __init__(
        self, loans: Loans, book: LendingBook, window_days: int = WINDOW_DAYS, limit: int = LIMIT
    ) -> None:
        self.loans, self.book, self.window_days, self.limit = loans, book, window_days, limit
        lender, region = loans.lender.astype(np.int64), loans.region.astype(np.int64)
        size = loans.vocabularies["region"].size
        pairs = np.unique(lender * size + region)
        self._ever = [pairs[pairs % size == r] // size for r in range(size)]
        self._ever[0] = np.unique(lender)

    def chunks(self, rows: np.ndarray, step: Step | None = None) -> Iterator[Chunk]:
        """The requests behind loans, in order of their day.

        Parameters
        ----------
        rows : int array
            Positions of loans; sorted, so that the days rise.
        step : callable(done, total), optional

        Yields
        ------
        Chunk
            `positions` are positions in `rows`.
        """
        months = np.array([month_start(d) for d in self.loans.event[rows]])
        for month in np.unique(months):
            table = derive_products(self.loans, int(month), self.window_days)
            inside = np.flatnonzero(months == month)
            for start in range(0, len(inside), _CHUNK):
                positions = inside[start : start + _CHUNK]
                picked = rows[positions]
                yield Chunk(
                    positions,
                    Requests.of_loans(self.loans, picked),
                    self.loans.lender[picked],
                    table,
                )
                if step:
                    step(int(positions[-1]) + 1, len(rows))

    def learning_rows(
        self, rows: np.ndarray, step: Step | None = None, limit: int = LEARN_LIMIT
    ) -> RankingRows:
        """The `limit` first candidates of past requests, with the ranker's inputs and which lender was taken."""
        inputs, taken, query = [], [], []
        for chunk in self.chunks(rows, step):
            pairs = candidates(self.book, chunk.requests, chunk.table, limit)
            inputs.append(pair_features(self.book, chunk.requests, pairs.query, pairs.lender))
            taken.append((pairs.lender == chunk.taken[pairs.query]).astype(np.int8))
            query.append(chunk.positions[pairs.query])
        return RankingRows(np.concatenate(inputs), np.concatenate(taken), np.concatenate(query))

    def ranked_places(
        self, ranker: Ranker, rows: np.ndarray, step: Step | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Place of the taken lender in each recommendation, and whether it was a candidate."""
        place = np.full(len(rows), MISSED)
        candidate = np.zeros(len(rows), bool)
        for chunk in self.chunks(rows, step):
            pairs = candidates(self.book, chunk.requests, chunk.table, self.limit)
            inputs = pair_features(self.book, chunk.requests, pairs.query, pairs.lender)
            score = ranker.score(inputs, threads=2)
            found = places(pairs.query, pairs.lender, score, chunk.taken)
            place[chunk.positions] = found
            candidate[chunk.positions] = found < MISSED
        return place, candidate

    def baseline_places(
        self, baselines: Sequence[Baseline], rows: np.ndarray, step: Step | None = None
    ) -> np.ndarray:
        """Place of the taken lender in the order of each baseline, without and with the rules of eligibility.

        Without the rules a baseline orders every lender that had ever lent in the region by the request's day.

        Parameters
        ----------
        baselines : sequence of Baseline
        rows : int array
        step : callable(done, total), optional

        Returns
        -------
        int array (rows, baselines, 2)
            Last axis: all lenders, lenders that fail no rule.
        """
        place = np.full((len(rows), len(baselines), 2), MISSED)
        for chunk in self.chunks(rows, step):
            reach = [self._ever[r] for r in chunk.requests.region]
            query = np.repeat(np.arange(len(reach)), [len(r) for r in reach])
            lender = np.concatenate(reach)
            # Who had not lent there by the day is not known to do so: later loans must not help.
            name = "region" if chunk.requests.region.all() else "all"
            known = self.book.counts(name, chunk.requests, query, lender)[:, LONG] > 0
            query, lender = query[known], lender[known]
            counts = baseline_counts(self.book, chunk.requests, query, lender)
            status = judge_pairs(chunk.requests, chunk.table, query, lender)
            for b, baseline in enumerate(baselines):
                score = baseline.score(counts)
                place[chunk.positions, b, 0] = places(query, lender, score, chunk.taken)
                score = np.where(status == NOT_ELIGIBLE, -np.inf, score)
                place[chunk.positions, b, 1] = places(query, lender, score, chunk.taken)
        return place
