"""The contracts of the credit message: keys, seals and consents."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from data_contracts.contract import Contract
from data_contracts.finance.borrower import SEGMENTS, Borrower
from data_contracts.finance.credit_month import CreditMonth
from data_contracts.finance.guarantor import Guarantor
from data_contracts.rules.history import legal_histories

ACCOUNT = ("institution_code", "business", "account_no")


def test_the_account_key_is_institution_business_and_number() -> None:
    assert CreditMonth.about.key == (*ACCOUNT, "bill_on")
    assert Borrower.about.key == (*ACCOUNT, "reported_on")
    assert Guarantor.about.key == (*ACCOUNT, "reported_on", "guarantor_no")


def test_an_unpaid_month_ends_with_its_own_bill() -> None:
    about = CreditMonth.about
    assert (about.negative, about.end, about.retention_years) == (True, "bill_on", 5)
    assert about.needs_consent
    assert "consent_no" in CreditMonth.model_fields


@pytest.mark.parametrize("contract", [Borrower, Guarantor])
def test_names_numbers_and_phones_are_sealed(contract: type[Contract]) -> None:
    for column in contract.columns():
        if column.name.endswith("_hmac"):
            assert column.item.seal == "hmac"
        if column.name.endswith("_masked"):
            assert column.item.seal == "mask"
        if column.item.seal:
            assert column.item.masked
            assert column.name.endswith(("_hmac", "_masked"))
    assert any(column.item.seal == "hmac" for column in contract.columns())


def test_income_needs_written_consent() -> None:
    needing = {c.name: c.item.written_consent for c in Borrower.columns() if c.item.written_consent}
    assert needing == {"annual_income_cents": "income"}


def test_sex_birth_and_marriage_are_kept_for_fairness_alone() -> None:
    protected = {c.name for c in Borrower.columns() if c.item.sensitivity == "protected"}
    assert protected == {"sex", "birth_on", "marital_status"}


def test_segments_name_items_that_exist() -> None:
    assert list(SEGMENTS) == ["B", "C", "D"]
    for items in SEGMENTS.values():
        assert set(items) <= set(Borrower.model_fields)


def test_a_legal_record_is_valid_and_a_wrong_one_refused() -> None:
    record: dict[str, Any] = legal_histories(5, 3, seed=2).to_pylist()[0]
    made = CreditMonth(**record)
    assert made.bill_on.year == 2024
    for item, value in (
        ("business", "3"),
        ("status_24", "N" * 23),
        ("overdue_periods", -1),
        ("bill_on", date(1949, 12, 31)),
        ("institution_code", "x"),
        ("format_generation", 3),
    ):
        with pytest.raises(ValidationError):
            CreditMonth(**record | {item: value})
