"""Separate consent for sensitive information, and what makes a month of an account adverse."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar

import duckdb
import pyarrow as pa
import pytest

from data_contracts.catalogue import CONTRACTS
from data_contracts.contract import About, Contract, item
from data_contracts.finance.credit_account import CardRepayment
from data_contracts.finance.credit_month import CreditMonth
from data_contracts.lawful import hits_sql, lawful_checks

DAY = date(2024, 3, 1)
PERSON, FIRM = "PID-" + "0a" * 16, "USCC-91110000600037341L"


def consent(**more: Any) -> dict[str, Any]:
    return {
        "consent_no": "C1", "subject_id": PERSON, "kind": "electronic", "adverse_notice": False,
        "legal_basis": "consent", "item_classes": "toy_income;toy_health;credit_month;card_repayment",
        "granted_on": date(2024, 1, 1), "valid_until": None, "revoked_on": None, **more,
    }  # fmt: skip


def judge(
    contract: type[Contract], record: Mapping[str, Any], *consents: Mapping[str, Any]
) -> set[str]:
    """Rules of the law that a record of the day breaks; items that are not given are null."""
    schema = pa.schema([field.with_nullable(True) for field in contract.arrow_schema()])
    table = pa.Table.from_pylist([{**dict.fromkeys(schema.names), **record}], schema=schema)
    table = table.append_column("_line", pa.array([1], pa.int64()))
    dates = {name: pa.date32() for name in ("granted_on", "valid_until", "revoked_on")}
    columns = {
        name: pa.array([one[name] for one in consents], dates.get(name)) for name in consents[0]
    }
    with duckdb.connect() as connection:
        connection.register("fresh", table)
        connection.register("consents", pa.table(columns))
        connection.execute(f"SET VARIABLE load_date = DATE '{DAY}'")
        rows = connection.execute(str(hits_sql(contract, "fresh", "consents"))).fetchall()
    return {rule for _, rule, _ in rows}


class Health(Contract):
    """A toy record that needs a separate consent, as sensitive information does."""

    about: ClassVar[About] = About(
        name="toy_health",
        version="1.0",
        title_zh="参保",
        title_en="Insurance",
        supplier_zh="医保局",
        supplier_en="Medical security bureau",
        subject_kinds=("enterprise", "individual"),
        key=("subject_id",),
        event="on",
        negative=False,
        retention_years=None,
        frequency_zh="每月",
        frequency_en="monthly",
        sensitivity="separate-consent",
    )

    subject_id: str = item("主体", "Subject", max_length=40)
    paid_months: int = item("缴费月数", "Months paid", ge=0, le=999)
    on: date = item("日期", "Day")


SENSITIVE = {"subject_id": PERSON, "paid_months": 3, "on": DAY}


@pytest.mark.parametrize(
    ("given", "rules"),
    [
        (consent(legal_basis="separate_consent"), set()),
        (consent(), {"REG-01"}),  # a general consent is none for sensitive information
        (consent(kind="written", adverse_notice=True), {"REG-01"}),  # nor is a written one
        (consent(legal_basis="separate_consent", item_classes="toy_income"), {"REG-01"}),
        (consent(legal_basis="separate_consent", revoked_on=DAY), {"REG-01"}),
        (consent(legal_basis="separate_consent", valid_until=date(2024, 2, 29)), {"REG-01"}),
        (consent(legal_basis="separate_consent", subject_id="PID-x"), {"REG-01"}),
    ],
)
def test_sensitive_information_needs_a_separate_consent(
    given: dict[str, Any], rules: set[str]
) -> None:
    assert judge(Health, SENSITIVE, given) == rules


def test_one_of_several_consents_must_be_separate_and_in_force() -> None:
    old = consent(legal_basis="separate_consent", revoked_on=DAY)
    assert judge(Health, SENSITIVE, old, consent()) == {"REG-01"}
    fresh = consent(legal_basis="separate_consent", consent_no="C2")
    assert judge(Health, SENSITIVE, old, consent(), fresh) == set()


def test_a_firm_needs_none_and_a_public_source_lifts_it() -> None:
    assert judge(Health, {**SENSITIVE, "subject_id": FIRM}, consent()) == set()
    assert lawful_checks(Health, "https://example.org/notice") == ()


def test_every_contract_of_sensitive_information_asks_for_a_separate_consent() -> None:
    asked = {
        contract.about.name
        for contract in CONTRACTS
        for check in lawful_checks(contract)
        if check.rule_id == "REG-01" and "'separate_consent'" in check.broken
    }
    sensitive = {
        contract.about.name
        for contract in CONTRACTS
        if contract.about.sensitivity == "separate-consent" and contract.about.personal
    }
    assert asked == sensitive


CLEAN = {
    "subject_id": PERSON, "consent_no": "C1", "business": "1", "overdue_periods": 0, "overdue_cents": 0,
    "five_class": "1", "account_status": "1", "status_24": "N" * 24, "bill_on": DAY,
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "adverse"),
    [
        ({}, False),
        ({"overdue_periods": 1}, True),
        ({"overdue_cents": 1}, True),
        ({"overdue_periods": None, "overdue_cents": None}, False),
        ({"five_class": "2"}, False),  # special mention is a warning, no default
        ({"five_class": "3"}, True),
        ({"five_class": "4"}, True),
        ({"five_class": "5"}, True),
        ({"five_class": "9"}, False),  # unknown
        ({"account_status": "2"}, False),  # the periods tell it
        ({"account_status": "4"}, True),  # a loan's bad debt
        ({"account_status": "5"}, False),  # a loan that was transferred out
        ({"business": "2", "account_status": "4"}, False),  # a card that was cancelled
        ({"business": "2", "account_status": "5"}, True),  # a card's bad debt
        *(({"status_24": "N" * 23 + last}, True) for last in "1234567DZGB"),
        *(({"status_24": "N" * 23 + last}, False) for last in "N*C#/AM"),
        ({"status_24": "7" * 23 + "N"}, False),  # each month was told in its own record
    ],
)
def test_what_makes_a_month_of_an_account_adverse(change: dict[str, Any], adverse: bool) -> None:
    record = {**CLEAN, **change}
    assert judge(CreditMonth, record, consent()) == ({"REG-04"} if adverse else set())
    told = {**record, "negative_notice_on": DAY}
    assert judge(CreditMonth, told, consent()) == set()
    late = {**record, "negative_notice_on": date(2024, 3, 2)}
    assert judge(CreditMonth, late, consent()) == ({"REG-04"} if adverse else set())
    assert judge(CreditMonth, {**record, "subject_id": FIRM}, consent()) == set()


@pytest.mark.parametrize(
    ("last", "adverse"), [("1", True), ("G", True), ("N", False), ("C", False)]
)
def test_a_card_month_is_adverse_by_its_last_letter(last: str, adverse: bool) -> None:
    record = {"subject_id": PERSON, "consent_no": "C1", "status_24": "N" * 23 + last}
    assert judge(CardRepayment, record, consent()) == ({"REG-04"} if adverse else set())
