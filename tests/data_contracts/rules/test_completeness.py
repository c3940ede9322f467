"""Fill rates, missing accounts and months in a row, on hand-made tables."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import duckdb
import pytest

from data_contracts.finance.borrower import SEGMENTS, Borrower
from data_contracts.finance.credit_month import CreditMonth
from data_contracts.rules.completeness import (
    fill_rates,
    header_agrees,
    missing_accounts,
    months_in_a_row,
    query_rights_open,
    unreported_borrowers,
)
from tests.data_contracts.rules.support import as_table

HEAD = {"institution_code": "C1099944000011", "business": "1"}


def account(name: str, opened: str, bill: str, state: str = "1") -> dict[str, Any]:
    return {
        **HEAD,
        "account_no": name,
        "opened_on": opened,
        "bill_on": bill,
        "account_status": state,
    }


def borrower(name: str, day: str, **items: Any) -> dict[str, Any]:
    return {**HEAD, "account_no": name, "reported_on": day, **items}


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    months = [
        account("A1", "2023-05-02", "2023-05-20"),
        account("A2", "2023-05-03", "2023-05-20"),
        account("A3", "2023-05-04", "2023-05-20"),
        account("A4", "2023-05-05", "2023-05-31"),
        account("OLD", "2022-01-01", "2023-05-20"),
        account("A1", "2023-05-02", "2023-06-20"),
        account("A2", "2023-05-03", "2023-06-20", "3"),
        account("A4", "2023-05-05", "2023-06-20"),
        account("A4", "2023-05-05", "2023-07-20"),
    ]
    told = [
        borrower(
            "A1", "2023-05-20", employer="甲公司", sex="1", occupation="0", annual_income_cents=9
        ),
        borrower("A2", "2023-05-20", employer="暂缺", sex="0", occupation=" "),
        borrower("A3", "2023-05-20", employer="乙公司", sex="9", annual_income_cents=0),
        borrower("OLD", "2023-05-20", employer="丙公司"),
        borrower("A4", "2023-06-20", employer="丁公司"),  # late: not with the opening month
    ]
    with duckdb.connect() as connection:
        connection.register("months", as_table(CreditMonth, months))
        connection.register("told", as_table(Borrower, told))
        yield connection


def test_fill_rates_count_new_accounts_and_real_values(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    rates = {r.item: r for r in fill_rates(connection, "months", "told", date(2023, 5, 7))}
    assert list(rates) == [item for items in SEGMENTS.values() for item in items]
    assert {r.accounts for r in rates.values()} == {4}
    assert rates["employer"].filled == 2  # 暂缺 is missing, OLD is not new, A4 came late
    assert rates["employer"].rate == 0.5
    assert rates["sex"].filled == 1  # unknown and not stated are missing
    assert rates["occupation"].filled == 1  # 0 is an occupation, a blank is none
    assert rates["annual_income_cents"].filled == 2  # no income is a value
    assert rates["degree"].rate == 0.0
    assert rates["employer"].segment == "C"


def test_without_new_accounts_a_rate_is_undefined(connection: duckdb.DuckDBPyConnection) -> None:
    rates = fill_rates(connection, "months", "told", date(2023, 7, 1))
    assert {(r.rate, r.shown) for r in rates} == {(None, "n/a")}


def test_accounts_that_went_missing(connection: duckdb.DuckDBPyConnection) -> None:
    head = tuple(HEAD.values())
    found = missing_accounts(connection, "months", date(2023, 6, 1))
    assert found == [(*head, "A3"), (*head, "OLD")]
    # A2 was settled in June, so it is not awaited in July.
    assert missing_accounts(connection, "months", date(2023, 7, 1)) == [(*head, "A1")]


def test_accounts_whose_first_report_told_nothing(connection: duckdb.DuckDBPyConnection) -> None:
    assert unreported_borrowers(connection, "months", "told") == [(*HEAD.values(), "A4")]


@pytest.mark.parametrize(
    ("months", "longest"),
    [
        ((), 0),
        (("2023-11-20", "2023-12-20", "2024-01-20"), 3),
        (("2023-11-20", "2023-11-25", "2024-01-20"), 1),
        (("2024-03-20", "2024-02-20", "2023-10-20", "2024-01-20", "2023-09-01"), 3),
    ],
)
def test_months_in_a_row(months: tuple[str, ...], longest: int) -> None:
    days = [date.fromisoformat(day) for day in months]
    assert months_in_a_row(days) == longest
    assert query_rights_open(days, on_time=True, loaded=0.99) == (longest >= 3)
    assert not query_rights_open(days, on_time=True, loaded=0.98)


def test_a_header_against_its_body() -> None:
    first, last = date(2024, 1, 10), date(2024, 1, 31)
    assert header_agrees(2, first, last, [last, first])
    assert not header_agrees(1, first, last, [last, first])
    assert not header_agrees(2, last, last, [last, first])
    assert not header_agrees(0, first, last, [])
