"""Every contract accepts what suppliers rightly send and refuses what it must, in both engines."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from data_contracts.catalogue import all_contracts
from data_contracts.checks import checks
from data_contracts.contract import Contract
from data_contracts.government import CONTRACTS
from tests.data_contracts.government.examples import (
    broken_by_each,
    broken_rules,
    example,
    smallest,
)

BY_NAME = {contract.about.name: contract for contract in CONTRACTS}
IDS = list(BY_NAME)


@pytest.mark.parametrize("contract", CONTRACTS, ids=IDS)
def test_a_full_and_a_smallest_record_are_valid(contract: type[Contract]) -> None:
    for record in (example(contract), smallest(contract)):
        assert contract(**record).model_dump() == record
        assert broken_rules(contract, record) == set()


@pytest.mark.parametrize("contract", CONTRACTS, ids=IDS)
def test_what_may_not_be_missing_is_refused_alike(contract: type[Contract]) -> None:
    columns = contract.columns()
    records = [smallest(contract, **{column.name: None}) for column in columns]
    all_hits = broken_by_each(contract, records)
    for column, record, hits in zip(columns, records, all_hits, strict=True):
        if column.nullable:
            assert contract(**record)
            assert hits == set()
        else:
            with pytest.raises(ValidationError, match=column.name):
                contract(**record)
            assert hits == {f"{column.name}.required"}


@pytest.mark.parametrize("contract", CONTRACTS, ids=IDS)
def test_values_beyond_the_declaration_are_refused_alike(contract: type[Contract]) -> None:
    wrong = [
        (column.name, rule, example(contract, **{column.name: bad}))
        for column in contract.columns()
        for rule, bad in wrong_values(column.item, column.kind)
    ]
    all_hits = broken_by_each(contract, [record for _, _, record in wrong])
    for (name, rule, record), hits in zip(wrong, all_hits, strict=True):
        with pytest.raises(ValidationError, match=name):
            contract(**record)
        assert f"{name}.{rule}" in hits


def wrong_values(declared: Any, kind: type) -> list[tuple[str, Any]]:
    """The nearest bad values of a column and the check that each breaks."""
    found: list[tuple[str, Any]] = []
    if kind is int:
        found += [("ge", declared.ge - 1), ("le", declared.le + 1)]
    elif kind is float:
        found += [("ge", declared.ge - 0.01), ("le", declared.le * 1.5), ("finite", float("nan"))]
    elif kind is date:
        found += [("ge", date(1899, 12, 31)), ("le", date(2100, 1, 2))]
    elif declared.codes:
        found += [("codes", "no such code"), ("codes", "")]
    elif declared.max_length is not None:
        found += [("max_length", "字" * (declared.max_length + 1))]
    elif declared.pattern is not None:
        found += [("pattern", "~"), ("pattern", "")]
    return found


@pytest.mark.parametrize(
    ("name", "changes", "hits"),
    [
        ("penalty", {"ends_on": date(2099, 12, 31), "fine_cents": None}, set()),
        ("penalty", {"ends_on": date(2024, 2, 29)}, {"order"}),
        ("penalty", {"repaired_on": date(2024, 2, 29)}, {"repaired"}),
        ("penalty", {"fine_cents": -1}, {"fine_cents.ge"}),
        ("tax_arrears", {"owed_cents": 11}, {"new_part"}),
        ("tax_arrears", {"tax_kind": "房产税"}, {"tax_kind.codes"}),
        ("tax_grade", {"grade": "E"}, {"grade.codes"}),
        ("tax_payment", {"tax_paid_cents": -500}, set()),
        ("tax_payment", {"period_starts_on": date(2024, 3, 2)}, {"period"}),
        ("tax_violation", {"ended_on": date(2024, 2, 1)}, {"order"}),
        ("export_refund", {"approved_cents": 13}, {"approved"}),
        ("invoice", {"amount_cents": -94340, "tax_cents": -5660, "total_cents": -100000}, set()),
        ("invoice", {"invoice_no": "0" * 21}, {"invoice_no.max_length"}),
        ("invoice", {"direction": "销项"}, {"direction.codes"}),
        ("invoice_month", {"void_count": 13}, {"void"}),
        ("invoice_month", {"active_days": 32, "invoice_count": 40}, {"active_days.le"}),
        ("invoice_month", {"top_share": 0.6, "top5_share": 0.5}, {"shares"}),
        ("licence", {"valid_from": date(2024, 3, 2)}, {"validity"}),
        ("technology_list", {"valid_until": date(2024, 2, 29)}, {"validity"}),
        ("abnormal_operation", {"removed_on": date(2024, 2, 29)}, {"order"}),
        ("gas_bill", {"arrears_cents": 13}, {"arrears"}),
        ("gas_bill", {"settled_on": date(2024, 2, 29)}, {"order"}),
        ("electricity_bill", {"used_kwh": -0.5}, {"used_kwh.ge"}),
        ("key_person", {"person_id": "PID-王五"}, {"person_id.pattern"}),
        ("shareholder", {"share": 1.01}, {"share.le"}),
        ("shareholder", {"until_on": date(2024, 2, 29)}, {"term"}),
        ("enforcement", {"unperformed_cents": 13}, {"unperformed"}),
        ("dishonest_debtor", {"filed_on": date(2024, 3, 2)}, {"filed"}),
        ("wage_arrears", {"cleared_on": date(2024, 2, 29)}, {"order"}),
        ("social_security", {"paying_people": 13}, {"paying"}),
        ("environment_rating", {"exceeded_days": 13}, {"exceedance"}),
        ("customs_trade", {"inspected_count": 13}, {"inspected"}),
        ("patent", {"expires_on": date(2024, 2, 29)}, {"term"}),
        ("trademark", {"nice_class": 46}, {"nice_class.le"}),
        ("farm_land", {"until_on": date(2024, 2, 29)}, {"term"}),
        ("procurement_contract", {"published_on": date(2024, 2, 29)}, {"published"}),
        ("public_credit_rating", {"grade": "优秀"}, {"grade.codes"}),
        ("credit_repair", {"repaired_contract": "invoice"}, {"repaired_contract.codes"}),
        ("registration", {"established_on": date(2024, 3, 2)}, {"established"}),
        ("registration", {"registered_capital_cents": 11}, {"paid_in"}),
    ],
)  # fmt: skip
def test_telling_records(name: str, changes: dict[str, Any], hits: set[str]) -> None:
    assert broken_rules(BY_NAME[name], example(BY_NAME[name], **changes)) == hits


def test_a_doubtful_order_is_reviewed_and_an_impossible_one_refused() -> None:
    penalty = BY_NAME["penalty"]
    assert penalty(**example(penalty, ends_on=date(2024, 2, 29)))
    refund = BY_NAME["export_refund"]
    with pytest.raises(ValidationError, match="at most the one applied for"):
        refund(**example(refund, approved_cents=13))


def test_a_wrong_number_is_refused_at_its_source_and_only_flagged_in_a_copy() -> None:
    registration, penalty = BY_NAME["registration"], BY_NAME["penalty"]
    wrong = "91110000600037341X"
    assert broken_rules(registration, example(registration, uscc=wrong)) == {"uscc.uscc"}
    assert broken_rules(penalty, example(penalty, subject_code=wrong)) == {
        "subject_code.organisation_no"
    }
    severities = {
        check.rule_id: check.severity
        for contract in (registration, penalty)
        for check in checks(contract)
    }
    assert severities["registration.uscc.uscc"] == "ERROR"
    assert severities["penalty.subject_code.organisation_no"] == "REVIEW"


def test_a_new_registration_needs_no_more_than_name_code_and_day() -> None:
    registration = BY_NAME["registration"]
    record = smallest(
        registration,
        subject_id="USCC-91110000600037341L",
        industry_scheme="GBT4754",
        name="某某科技有限公司",
        uscc="91110000600037341L",
        registered_on=date(2023, 4, 25),
    )
    assert registration(**record)
    assert broken_rules(registration, record) == set()


def test_the_catalogue_of_the_house_finds_them() -> None:
    assert all_contracts()["registration"] is BY_NAME["registration"]
    assert all_contracts()["person"] is BY_NAME["person"]
