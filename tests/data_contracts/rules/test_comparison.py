"""Distributions against the supplier's table, with numbers worked by hand."""

from __future__ import annotations

from datetime import date
from math import log

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_contracts.errors import ContractsError
from data_contracts.finance.credit_month import CreditMonth
from data_contracts.rules.comparison import (
    cause_recorded,
    compare_shares,
    counts,
    dates_plausible,
    differing_counts,
    judge_stability,
    large_limits,
    population_stability,
)
from tests.data_contracts.rules.support import as_table


def test_shares_are_compared_value_by_value() -> None:
    one, two, three = compare_shares({"1": 900, "2": 100}, {"1": 1798, "3": 2, "2": 200})
    assert (one.our_share, one.their_share) == (90.0, 89.9)
    assert one.points == pytest.approx(0.1)
    assert not one.differs  # 0.1 percentage points are within the tolerance
    assert (two.points, two.differs) == (0.0, False)
    assert (three.ours, three.points, three.differs) == (0, -0.1, False)


def test_more_than_a_tenth_of_a_point_differs() -> None:
    ours, theirs = {"1": 9989, "2": 11}, {"1": 10000}
    assert [b.differs for b in compare_shares(ours, theirs)] == [True, True]


def test_an_empty_side_has_no_shares() -> None:
    (only,) = compare_shares({}, {"1": 5})
    assert (only.our_share, only.points, only.differs) == (None, None, True)
    assert compare_shares({}, {}) == ()


def test_counts_by_value() -> None:
    records = [{"account_status": s, "bill_on": "2024-01-20"} for s in "1131"] + [{}]
    with duckdb.connect() as connection:
        connection.register("months", as_table(CreditMonth, records))
        assert counts(connection, "months", "account_status") == {"": 1, "1": 3, "3": 1}
        assert counts(connection, "months", "year(bill_on)") == {"": 1, "2024": 4}


def test_counts_by_year_must_be_equal() -> None:
    assert differing_counts({"2023": 1, "2024": 2}, {"2023": 1, "2024": 2}) == ()
    assert differing_counts({"2023": 1}, {"2023": 1, "2024": 1}) == ("2024",)


def test_population_stability_by_hand() -> None:
    # (0.3 - 0.2) ln(0.3 / 0.2) + (0.7 - 0.8) ln(0.7 / 0.8)
    expected = 0.1 * log(1.5) - 0.1 * log(0.875)
    assert population_stability([20, 80], [3, 7]) == pytest.approx(expected)
    assert population_stability([5, 5], [1, 1]) == 0.0
    assert population_stability([0, 0], [1, 1]) is None
    with pytest.raises(ContractsError, match="different bins"):
        population_stability([1], [1, 2])


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(1, 99), st.integers(1, 99)), min_size=1, max_size=8))
def test_population_stability_is_symmetric_and_not_negative(pairs: list[tuple[int, int]]) -> None:
    left, right = [a for a, _ in pairs], [b for _, b in pairs]
    index = population_stability(left, right)
    assert index == pytest.approx(population_stability(right, left))
    assert index is not None
    assert index >= -1e-12
    assert judge_stability(index) in ("stable", "watch", "fail")


@pytest.mark.parametrize(
    ("opened", "due", "plausible"),
    [
        (date(1990, 1, 1), None, True),
        (date(1989, 12, 31), None, False),
        (date(2000, 1, 1), date(2050, 1, 31), True),
        (date(2000, 1, 1), date(2050, 2, 1), False),
    ],
)
def test_dates_too_early_or_too_late(opened: date, due: date | None, plausible: bool) -> None:
    assert dates_plausible(opened, due) is plausible


def test_limits_above_the_cap_or_the_quantile() -> None:
    records = [
        {"institution_code": "I", "business": "1", "account_no": str(n), "business_detail": kind, "limit_cents": n}
        for kind in ("11", "91")
        for n in range(1, 1001)
    ]  # fmt: skip
    with duckdb.connect() as connection:
        connection.register("months", as_table(CreditMonth, records))
        assert large_limits(connection, "months", {"11": 990}) == {"11": 10, "91": 1}
        assert large_limits(connection, "months", {}) == {"11": 1, "91": 1}
        assert large_limits(connection, "months", {"11": 1000, "91": 1000}) == {}


def test_a_difference_needs_a_known_cause() -> None:
    assert all(cause_recorded(True, cause) for cause in ("EXTRACT", "PROGRAM", "BUSINESS"))
    assert not cause_recorded(True, "OTHER")
