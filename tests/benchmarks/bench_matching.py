"""Matching, measured: eligibility and ranking for many borrowers at once beside pair by pair and request by request.

Run: python tests/benchmarks/bench_matching.py [--requests 20000] [--lenders 200]

Made-up loans of as many lenders in as few regions as asked for; every lender serves every region, so that nothing is
saved by the region. Times are of one run: read the ratios.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
import pandas as pd

from models.matching.backtest import Backtest
from models.matching.book import LendingBook
from models.matching.candidates import judged_pairs
from models.matching.eligibility import judge, market_of
from models.matching.loans import Loans, loans_from_frame
from models.matching.ranker import RankerSettings, fit_ranker
from models.matching.ranking import Ranking
from models.matching.requests import Request, Requests

SEED = 20260101


def made_up(loans: int, lenders: int, random: np.random.Generator) -> Loans:
    """Loans of two years by lenders that prefer an amount."""
    lender = random.integers(0, lenders, loans)
    days = np.sort(random.integers(0, 730, loans))
    frame = pd.DataFrame(
        {
            "institution": [f"LENDER {i:03d}" for i in lender],
            "opened_on": [date(2005, 1, 1) + timedelta(days=int(d)) for d in days],
            "region": np.array(["US-CA", "US-NY", "US-TX"])[random.integers(0, 3, loans)],
            "postal_code": [f"{z:05d}" for z in random.integers(10_000, 10_300, loans) * 10],
            "industry_code": np.array(["722410", "441110", "541110", "236115"])[
                random.integers(0, 4, loans)
            ],
            "programme": np.array(["standard", "revolving"])[random.integers(0, 2, loans)],
            "amount_cents": np.exp(random.normal(15 + lender / lenders, 1, loans)).astype(int) + 1,
            "new_business": random.random(loans) < 0.3,
            "franchise": False,
            "employees": random.integers(0, 50, loans),
            "institution_region": "US-CA",
        }
    )
    return loans_from_frame(frame.assign(known_on=frame["opened_on"]))


def request_of(loans: Loans, row: int) -> Request:
    """The wish behind a loan."""

    def text(name: str) -> str:
        return loans.vocabularies[name].values[getattr(loans, name)[row] - 1]

    return Request(
        region=text("region"),
        postal_code=text("postal"),
        industry_code=text("industry"),
        programme=text("programme"),
        amount_cents=int(loans.amount[row]),
        new_business=bool(loans.new[row]),
        employees=int(loans.employees[row]),
    )


def seconds(work: Callable[[], object]) -> float:
    """Seconds of one run."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main() -> None:
    """Measure and print one table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--requests", type=int, default=20_000)
    options.add_argument("--lenders", type=int, default=200)
    asked = options.parse_args()
    random = np.random.default_rng(SEED)
    loans = made_up(60_000, asked.lenders, random)
    backtest = Backtest(loans, LendingBook(loans))
    rows = np.sort(random.choice(np.arange(30_000, 60_000), 2_000, replace=False))
    learn, stop = backtest.learning_rows(rows[:1500]), backtest.learning_rows(rows[1500:])
    ranker = fit_ranker(learn, stop, RankerSettings(trees=80), SEED)
    ranking = Ranking(loans, ranker, int(loans.seen.max()), book=backtest.book)

    table = ranking.table_at(ranking.version_day)
    market = market_of(table)
    picked = random.integers(0, len(loans), asked.requests)
    requests = Requests.of_loans(loans, picked)
    requests = Requests(
        np.full(len(picked), ranking.version_day), *list(vars(requests).values())[1:]
    )
    few = [request_of(loans, int(row)) for row in picked[:20]]
    products = [table.product(int(code)) for code in table.codes]

    one_by_one = seconds(lambda: [judge(r, p, market) for r in few for p in products]) / len(few)
    at_once = seconds(lambda: judged_pairs(requests, table)) / len(requests)
    chunks = np.array_split(np.arange(len(requests)), max(1, len(requests) // 2000))
    batch = seconds(lambda: [ranking.score_many(requests.take(c), table) for c in chunks])
    single = seconds(lambda: [ranking.recommend(r, k=5) for r in few]) / len(few)

    pairs = len(requests) * len(products)
    print(f"{len(requests):,} requests x {len(products)} products = {pairs:,} pairs")
    print(f"{'work per request':<52}{'ms':>10}{'ratio':>8}")
    for name, value, against in (
        ("eligibility, pair by pair with texts", one_by_one, one_by_one),
        ("eligibility, all at once", at_once, one_by_one),
        ("one recommendation with reasons (5 products)", single, single),
        ("eligibility, candidates and scores, all at once", batch / len(requests), single),
    ):
        print(f"{name:<52}{1000 * value:>10.3f}{against / value:>8.1f}")
    print(f"all requests at once: {batch:.1f} s, {len(requests) / batch:,.0f} requests/s")


if __name__ == "__main__":
    main()
