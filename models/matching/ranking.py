"""The ranking artefact: past loans, products and a fitted order, which answer one request in milliseconds."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from models.errors import ModelsError
from models.matching.answers import Item, NotEligible, Recommendations
from models.matching.book import LendingBook, order_within
from models.matching.candidates import LIMIT, Pairs, best, candidates, judged_pairs, rough_score
from models.matching.eligibility import (
    ELIGIBLE,
    NOT_ELIGIBLE,
    STATUS,
    judge,
    judge_pairs,
    market_of,
)
from models.matching.loans import Loans, date_of, month_start
from models.matching.pairs import pair_features
from models.matching.products import WINDOW_DAYS, ProductTable, derive_products
from models.matching.ranker import Ranker
from models.matching.reasons import Facts, group_contributions
from models.matching.requests import Request, Requests, checked_day

FORMAT = 1
NOT_SHOWN = 5
"""How many products that are not eligible an answer explains (ours)."""

_CACHED_VERSIONS = 12


class Ranking:
    """Recommends lenders' products to a borrower.

    Parameters
    ----------
    loans : Loans
        Known past loans.
    ranker : Ranker
    version_day : int
        Day number up to which `loans` is complete. A later request is answered as of this day.
    window_days, limit : int
        See `derive_products` and `candidates`.
    facts : mapping
        What is worth keeping beside the artefact (seed, periods, figures); JSON-able.
    book : LendingBook, optional
        Of the same loans, when it is there already.
    """

    def __init__(
        self,
        loans: Loans,
        ranker: Ranker,
        version_day: int,
        *,
        window_days: int = WINDOW_DAYS,
        limit: int = LIMIT,
        facts: Mapping[str, Any] | None = None,
        book: LendingBook | None = None,
    ) -> None:
        self.loans, self.ranker, self.version_day = loans, ranker, version_day
        self.window_days, self.limit, self.facts = window_days, limit, dict(facts or {})
        self.book = book or LendingBook(loans)
        self._tables: dict[int, ProductTable] = {}

    @property
    def version_date(self) -> date:
        """The day up to which loans are known."""
        return date_of(self.version_day)

    def table_at(self, day: int) -> ProductTable:
        """The products in force on a day: as known on its month's first day, as when the order was learned."""
        day = month_start(day)
        if day not in self._tables:
            if len(self._tables) >= _CACHED_VERSIONS:
                self._tables.pop(next(iter(self._tables)))
            self._tables[day] = derive_products(self.loans, day, self.window_days)
        return self._tables[day]

    def recommend(
        self,
        request: Mapping[str, Any] | Request,
        k: int = 10,
        *,
        as_of: date | None = None,
        personalised: bool = True,
        not_shown: int = NOT_SHOWN,
    ) -> Recommendations:
        """Recommend products: the rules first, then the learned order.

        Parameters
        ----------
        request : mapping or Request
            Fields of `Request`; all may be absent.
        k : int
            Products at most, 1 to 100.
        as_of : date, optional
            Only loans with an event before it, known by it, are used; default and latest: `version_date`.
        personalised : bool
            False: eligible products only, in an order that depends on the day and the products' ids alone.
        not_shown : int
            How many products that are not eligible to explain.

        Returns
        -------
        Recommendations

        Raises
        ------
        ModelsError
            Naming the field of the request that has the wrong form.
        """
        request = request if isinstance(request, Request) else Request.parse(request)
        if isinstance(k, bool) or not isinstance(k, int) or not 1 <= k <= 100:
            raise ModelsError("k must be a whole number from 1 to 100.")
        day = self.version_day if as_of is None else checked_day("as_of", as_of)
        day = min(day, self.version_day)
        asked = Requests.of_request(self.loans, request, day)
        table = self.table_at(day)
        order = self._ranked if personalised else self._neutral
        items = order(request, asked, table, k)
        refused = self._refused(request, asked, table, not_shown, personalised)
        zh, en = _note(table, personalised, bool(items))
        return Recommendations(tuple(items), tuple(refused), personalised, date_of(day), zh, en)

    def score_many(self, requests: Requests, table: ProductTable) -> tuple[Pairs, np.ndarray]:
        """Candidates of many requests and their scores; all requests of days on which `table` is in force."""
        pairs = candidates(self.book, requests, table, self.limit)
        inputs = pair_features(self.book, requests, pairs.query, pairs.lender)
        return pairs, self.ranker.score(inputs, threads=2)

    def _ranked(self, request: Request, asked: Requests, table: ProductTable, k: int) -> list[Item]:
        pairs = candidates(self.book, asked, table, self.limit)
        inputs = pair_features(self.book, asked, pairs.query, pairs.lender)
        score = self.ranker.score(inputs)
        chosen = best(pairs.query, score, pairs.lender, k)
        parts = self.ranker.contributions(inputs[chosen])
        facts, market = Facts(self.loans, request, asked), market_of(table)
        items = []
        for place, (row, part) in enumerate(zip(chosen, parts, strict=True)):
            lender = int(pairs.lender[row])
            product = table.product(lender)
            contributions = group_contributions(part[:-1])
            items.append(
                Item(
                    product=product,
                    rank=place + 1,
                    score=float(part.sum()),
                    eligibility=STATUS[int(pairs.status[row])],
                    conditions=judge(request, product, market).open,
                    reasons=facts.reasons(lender, contributions),
                    base=float(part[-1]),
                    contributions=contributions,
                )
            )
        return items

    def _neutral(
        self, request: Request, asked: Requests, table: ProductTable, k: int
    ) -> list[Item]:
        pairs = judged_pairs(asked, table)
        lenders = pairs.lender[pairs.status == ELIGIBLE]
        products = sorted(
            (table.product(c) for c in lenders), key=lambda p: _turn(p.product_id, asked)
        )
        return [
            Item(product, place + 1, None, "eligible", (), (), None, ())
            for place, product in enumerate(products[:k])
        ]

    def _refused(
        self, request: Request, asked: Requests, table: ProductTable, most: int, personalised: bool
    ) -> list[NotEligible]:
        """The most active lenders around the borrower that fail a rule, then the largest elsewhere."""
        lender = table.codes
        query = np.zeros(len(lender), dtype=np.int64)
        failing = judge_pairs(asked, table, query, lender) == NOT_ELIGIBLE
        lender, query = lender[failing], query[failing]
        size = table.loans[lender].astype(float)
        near = rough_score(self.book, asked, query, lender) if personalised else size
        chosen = order_within(query, (-near, -size, lender))[:most]
        market = market_of(table)
        products = [table.product(int(lender[row])) for row in chosen]
        return [NotEligible(p, judge(request, p, market).failing) for p in products]

    def save(self, folder: Path) -> None:
        """Write the artefact, see `store.save`."""
        from models.matching.store import save

        save(self, folder)

    @classmethod
    def load(cls, folder: Path) -> Ranking:
        """Read an artefact, see `store.load`."""
        from models.matching.store import load

        return load(folder)


def _turn(product_id: str, asked: Requests) -> str:
    """A neutral key: it depends on the product and the day alone, so that nobody is first for ever."""
    return hashlib.sha256(f"{int(asked.day[0])}:{product_id}".encode()).hexdigest()


def _note(table: ProductTable, personalised: bool, any_items: bool) -> tuple[str, str]:
    day = date_of(table.day)
    zh = f"产品根据各机构在 {day} 之前实际发放的贷款归纳，不是报价或承诺；能否获批、额度与价格由机构决定。"
    en = (
        f"The products are derived from what the lenders served before {day}; they are no offers. Approval, amount "
        "and price are the lender's decision."
    )
    if not any_items:
        return f"没有符合准入规则的产品。{zh}", f"No product passes the rules of eligibility. {en}"
    if personalised:
        return (
            f"按模型预计的选择倾向排序，可关闭个性化。{zh}",
            f"In the order that the model expects borrowers to choose; it can be switched off. {en}",
        )
    return (
        f"未使用个性化排序：仅列符合准入规则的产品，顺序按日期与产品编号轮换。{zh}",
        f"Not personalised: eligible products only, in an order that rotates by day and product id. {en}",
    )
