"""Computed items derived once more from the payment history."""

from __future__ import annotations

from datetime import date

import pytest

from data_contracts.errors import ContractsError
from data_contracts.finance.credit_month import CreditMonth
from data_contracts.rules.history import legal_histories
from data_contracts.rules.rederive import ORIGINS, Counts, derive, differences


def test_every_item_has_an_origin() -> None:
    assert list(ORIGINS) == list(CreditMonth.model_fields)
    computed = {name for name, origin in ORIGINS.items() if origin == "COMPUTE"}
    assert computed == {
        "status_24", "overdue_count", "max_overdue_periods", "overdue_periods", "months_left",
    }  # fmt: skip
    assert ORIGINS["balance_cents"] == "DIRECT"
    assert ORIGINS["five_class"] == "CONVERT"


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        ("*", Counts(0, 0, 0)),
        ("*N1", Counts(1, 1, 1)),
        ("*N12N1", Counts(1, 2, 3)),
        ("*1234567", Counts(7, 7, 7)),
        ("*123456777", Counts(9, 9, 9)),
        ("*12345677N1", Counts(1, 8, 9)),
        ("*N11C", Counts(0, 1, 2)),
    ],
)
def test_counts_by_hand(history: str, expected: Counts) -> None:
    assert derive(history) == expected


def test_months_left_count_down_to_zero() -> None:
    assert derive("*", due_on=date(2024, 1, 28), bill_on=date(2023, 12, 20)).months_left == 1
    assert derive("*", due_on=date(2024, 1, 28), bill_on=date(2024, 3, 20)).months_left == 0


def test_differences_name_the_items_and_pass_over_letters() -> None:
    record = {
        "overdue_periods": 1,
        "max_overdue_periods": 2,
        "overdue_count": None,
        "months_left": "O",
    }
    counts = derive("*N1", due_on=date(2024, 1, 28), bill_on=date(2023, 12, 20))
    assert differences(record, counts) == ("max_overdue_periods",)
    assert differences(record | {"months_left": "002"}, counts) == (
        "max_overdue_periods",
        "months_left",
    )


def test_an_empty_history_is_refused() -> None:
    with pytest.raises(ContractsError, match="without a month"):
        derive("")


def test_the_counts_of_legal_histories_are_derived_again() -> None:
    table = legal_histories(400, 20, seed=11)
    checked = 0
    for record in table.to_pylist():
        history = record["status_24"].lstrip("/")
        # Twenty months of reports and at most 24 of history: whole lives only, and no run of falls after 7.
        if record["status_24"].startswith("/") and "7" not in history:
            found = derive(history, due_on=record["due_on"], bill_on=record["bill_on"])
            assert differences(record, found) == ()
            checked += 1
    assert checked > 1000
