"""Figures of a pair, against hand-worked numbers, and the circles behind them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np
import pytest

from models.matching.backtest import Backtest
from models.matching.book import HALF_LIVES, LendingBook
from models.matching.candidates import best, candidates, judged_pairs
from models.matching.eligibility import NOT_ELIGIBLE
from models.matching.loans import Loans, day_number
from models.matching.pairs import PAIR_FEATURES, pair_features
from models.matching.popularity import all_baselines
from models.matching.products import derive_products
from models.matching.ranker import Ranker
from models.matching.requests import Request, Requests

Make = Callable[..., Loans]
NAMES = [f.name for f in PAIR_FEATURES]
DAY = day_number(date(2006, 1, 10)) + 365


def value(name: str, loans: Loans, request: Request, lender: str, day: int = DAY) -> float:
    """One figure of one pair."""
    asked = Requests.of_request(loans, request, day)
    code = loans.vocabularies["lender"].code(lender)
    found = pair_features(LendingBook(loans), asked, np.array([0]), np.array([code]))
    return float(found[0, NAMES.index(name)])


ASKED = Request("US-CA", "94016", "722410", "standard", 5_000_000, False, False, 4)


def test_share_is_the_faded_part_of_all_loans_and_one_of_nobody(make_loans: Make) -> None:
    loans = make_loans({}, {}, {"institution": "BETA BANK"})
    # A year old: two halves of three halves, and one loan of nobody
    assert value("share_area_year", loans, ASKED, "ALPHA BANK") == pytest.approx(1.0 / 2.5)
    assert value("share_area_year", loans, ASKED, "BETA BANK") == pytest.approx(0.5 / 2.5)
    long = 2 ** (-365 / HALF_LIVES[2])
    assert value("share_area_long", loans, ASKED, "ALPHA BANK") == pytest.approx(
        2 * long / (3 * long + 1)
    )


def test_lift_compares_with_the_market(make_loans: Make) -> None:
    loans = make_loans({}, {"new_business": True, "institution": "BETA BANK"})
    # Half of the market is existing business; ALPHA has half a faded loan of it and 3 beforehand at the market's mix
    expected = (0.5 + 3 * 0.5) / (0.5 + 3) / 0.5
    assert value("lift_new", loans, ASKED, "ALPHA BANK") == pytest.approx(expected, rel=1e-4)
    assert value("lift_new", loans, ASKED, "BETA BANK") < 1 < expected


def test_amount_gap_is_the_distance_in_log_amount(make_loans: Make) -> None:
    loans = make_loans(*({"amount_cents": 5_000_000} for _ in range(2000)))
    assert value("amount_gap", loans, ASKED, "ALPHA BANK") == pytest.approx(0.0, abs=0.01)
    larger = Request(amount_cents=10_000_000)
    assert value("amount_gap", loans, larger, "ALPHA BANK") == pytest.approx(np.log(2), abs=0.01)


def test_what_the_request_does_not_tell_is_missing(make_loans: Make) -> None:
    loans, nothing = make_loans({}), Request()
    for name in (
        "share_area_year",
        "share_region_sector_year",
        "lift_programme",
        "amount_gap",
        "staff_gap",
    ):
        assert np.isnan(value(name, loans, nothing, "ALPHA BANK")), name
    assert value("share_all_year", loans, nothing, "ALPHA BANK") > 0


def test_a_place_without_loans_has_share_zero(make_loans: Make) -> None:
    assert (
        value("share_area_year", make_loans({}), Request(postal_code="10001"), "ALPHA BANK") == 0.0
    )


def test_the_day_of_the_loan_itself_does_not_count(make_loans: Make) -> None:
    loans = make_loans({"opened_on": date(2006, 1, 10)})
    day = day_number(date(2006, 1, 10))
    assert value("share_region_year", loans, ASKED, "ALPHA BANK", day) == 0.0
    assert value("share_region_year", loans, ASKED, "ALPHA BANK", day + 1) > 0.0


def test_best_takes_the_highest_of_each_query_and_ties_by_code() -> None:
    query = np.array([0, 0, 0, 1, 1])
    chosen = best(query, np.array([1.0, 3.0, 3.0, 0.0, 5.0]), np.array([1, 9, 2, 1, 2]), 2)
    assert chosen.tolist() == [2, 1, 4, 3]


def test_candidates_hold_no_product_that_fails_a_rule(town: Loans) -> None:
    day = int(town.event[-1])
    rows = np.flatnonzero(town.event == day)
    requests = Requests.of_loans(town, rows)
    table = derive_products(town, day)
    pairs = candidates(LendingBook(town), requests, table, limit=3)
    assert len(pairs.query)
    assert (pairs.status != NOT_ELIGIBLE).all()
    assert np.bincount(pairs.query).max() <= 3
    judged = judged_pairs(requests, table)
    assert (table.regions[judged.lender, requests.region[judged.query]] > 0).all()


def test_shares_raise_the_score_and_never_lower_it(town: Loans, town_ranker: Ranker) -> None:
    rows = Backtest(town, LendingBook(town)).learning_rows(np.flatnonzero(town.event > 13_000)[:40])
    before = town_ranker.score(rows.inputs)
    for column, feature in enumerate(PAIR_FEATURES):
        if feature.direction:
            moved = rows.inputs.copy()
            moved[:, column] += 0.5 * feature.direction
            assert (town_ranker.score(moved) >= before - 1e-12).all(), feature.name


def test_backtest_counts_only_what_came_before(make_loans: Make) -> None:
    past = [{"opened_on": date(2005, 6, d)} for d in range(1, 21)]
    asked = {"opened_on": date(2006, 1, 10), "institution": "BETA BANK"}
    earlier = {"opened_on": date(2005, 7, 1), "institution": "BETA BANK"}
    baselines = [b for b in all_baselines() if b.family == "region"]

    def place(*loans: dict[str, object]) -> int:
        made = make_loans(*loans)
        row = np.flatnonzero(made.event == day_number(date(2006, 1, 10)))
        found = Backtest(made, LendingBook(made)).baseline_places(baselines, row)
        return int(found[0, 0, 0])

    assert place(*past, asked) > 10  # BETA's first loan is the one to be foretold
    assert place(*past, earlier, asked) == 2
    assert (
        place(
            *past, earlier, asked, *({**asked, "opened_on": date(2006, 1, 11)} for _ in range(50))
        )
        == 2
    )
