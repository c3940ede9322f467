"""The sources outside government and lenders (X-2 to X-7): an example, and what each refuses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from data_contracts.contract import Contract
from data_contracts.finance.client_risk_notice import ClientRiskNotice
from data_contracts.finance.identity_check import IdentityCheck
from data_contracts.finance.multi_lending import MultiLending
from data_contracts.finance.platform_trade import PlatformTrade
from data_contracts.finance.telecom_bill import TelecomBill
from data_contracts.finance.voluntary_statement import VoluntaryStatement

PERSON = "PID-" + "0123456789abcdef" * 2
HASH = "0123456789abcdef" * 2
LICENCE = {"licence_ref": "备案 2024-1", "consent_no": "C-1"}

EXAMPLES: dict[type[Contract], dict[str, Any]] = {
    MultiLending: {
        "platform": "MSP", "record_no": "M-1", "subject_id": PERSON, "identity": HASH,
        "phone": None, "member_code": "L07", "event_kind": "overdue",
        "occurred_on": date(2024, 3, 1), "ended_on": None, "amount_cents": 500_000,
        "overdue_days": 12, "negative_notice_on": date(2024, 2, 28), **LICENCE,
    },
    IdentityCheck: {
        "check_no": "K-1", "subject_id": PERSON, "kind": "name_id", "result": "match",
        "identity": HASH, "identity_masked": "110***********002X", "phone": None, "card": None,
        "asked_by": "C1010211000012", "vendor": "示例核查", "checked_on": date(2024, 3, 1), **LICENCE,
    },
    PlatformTrade: {
        "platform": "示例商城", "account": HASH, "account_masked": "sh***01", "subject_id": PERSON,
        "month_end": date(2024, 2, 29), "orders": 120, "gross_cents": 8_000_000,
        "refunded_orders": 3, "refunded_cents": 150_000, "buyers": 90, "rating": 4.8,
        "disputes": 0, "opened_on": date(2020, 5, 1), **LICENCE,
    },
    TelecomBill: {
        "operator": "示例运营商", "phone": HASH, "phone_masked": "138****0000", "subject_id": PERSON,
        "bill_on": date(2024, 3, 1), "due_on": date(2024, 3, 20), "billed_cents": 5_900,
        "paid_cents": 5_900, "arrears_cents": 0, "state": "normal",
        "ended_on": date(2024, 3, 10), "in_service_months": 48, "negative_notice_on": None, **LICENCE,
    },
    VoluntaryStatement: {
        "statement_no": "V-1", "subject_id": "USCC-91110000600037341L", "theme": "orders",
        "statement": "在手订单三份", "value": 3.0, "value_unit": "份", "commitment_signed": True,
        "commitment_digest": "a" * 64, "stated_on": date(2024, 3, 1), "valid_until": None,
        "verification": "unverified", "verified_on": None, "verified_by": None, "consent_no": None,
    },
    ClientRiskNotice: {
        "notice_no": "N-1", "subject_id": "USCC-91110000600037341L", "group_no": "G-9",
        "kind": "high_risk_group", "level": "high", "reason": "集团内多家企业逾期",
        "reported_by": "C1010211000012", "exposure_cents": 9_000_000_000,
        "nonperforming_cents": 1_000_000_000, "approved_by_head": True,
        "notified_on": date(2024, 3, 1), "ended_on": None,
    },
}  # fmt: skip

BAD = [
    (MultiLending, {"platform": "P2P"}, {"platform.codes"}),
    (MultiLending, {"overdue_days": -1}, {"overdue_days.ge"}),
    (MultiLending, {"identity": "11010519491231002X"}, {"identity.pattern"}),
    (MultiLending, {"record_no": None}, {"record_no.required"}),
    (IdentityCheck, {"result": "yes"}, {"result.codes"}),
    (IdentityCheck, {"identity_masked": "1" * 65}, {"identity_masked.max_length"}),
    (IdentityCheck, {"asked_by": "101021100001"}, {"asked_by.pattern"}),
    (PlatformTrade, {"rating": 5.5}, {"rating.le"}),
    (PlatformTrade, {"refunded_cents": 9_000_000}, {"refund"}),
    (PlatformTrade, {"refunded_orders": 121}, {"refund_orders"}),
    (TelecomBill, {"due_on": date(2024, 2, 1)}, {"due"}),
    (TelecomBill, {"phone": "13800000000"}, {"phone.pattern"}),
    (TelecomBill, {"state": "off"}, {"state.codes"}),
    (VoluntaryStatement, {"commitment_digest": "abc"}, {"commitment_digest.pattern"}),
    (VoluntaryStatement, {"verified_on": date(2024, 2, 1)}, {"verified"}),
    (VoluntaryStatement, {"statement": "长" * 2001}, {"statement.max_length"}),
    (ClientRiskNotice, {"nonperforming_cents": 9_000_000_001}, {"npl"}),
    (ClientRiskNotice, {"ended_on": date(2024, 2, 1)}, {"end"}),
    (ClientRiskNotice, {"level": "low"}, {"level.codes"}),
]


@pytest.mark.parametrize("contract", EXAMPLES, ids=lambda found: found.about.name)
def test_the_example_is_accepted(contract: type[Contract], judge: Callable[..., set[str]]) -> None:
    assert judge(contract, EXAMPLES[contract]) == set()


@pytest.mark.parametrize(("contract", "changed", "rules"), BAD)
def test_a_bad_value_breaks_its_rule(
    contract: type[Contract],
    changed: dict[str, Any],
    rules: set[str],
    judge: Callable[..., set[str]],
) -> None:
    assert judge(contract, EXAMPLES[contract], **changed) == rules


def test_a_person_needs_consent_for_what_is_not_public() -> None:
    for contract in EXAMPLES:
        about = contract.about
        assert about.needs_consent == (contract is not ClientRiskNotice)
        assert ("consent_no" in contract.model_fields) == about.needs_consent


def test_numbers_of_persons_are_sealed_and_hidden() -> None:
    sealed = {
        (contract.about.name, column.name)
        for contract in EXAMPLES
        for column in contract.columns()
        if column.item.seal
    }
    assert {
        ("identity_check", "card"),
        ("telecom_bill", "phone"),
        ("multi_lending", "identity"),
    } < (sealed)
    for contract in EXAMPLES:
        for column in contract.columns():
            if column.item.identifier in ("resident_id", "mobile", "bank_card"):
                assert column.item.seal
                assert column.item.masked


def test_what_may_speak_against_somebody_ends_and_was_announced() -> None:
    for contract in (MultiLending, TelecomBill):
        assert contract.about.negative
        assert contract.about.retention_years == 5
        assert contract.column("negative_notice_on").nullable
    assert ClientRiskNotice.about.end == "ended_on"
