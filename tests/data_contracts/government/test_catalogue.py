"""What the contracts of bureaux say of themselves: coverage, sources, dates, privacy."""

from __future__ import annotations

from typing import Any

import pytest

from data_contracts.contract import PERSONS, Contract
from data_contracts.government import CONTRACTS, bureaux
from data_contracts.government.public_credit import REPAIRABLE
from data_contracts.prohibited import prohibited_class

BY_NAME = {contract.about.name: contract for contract in CONTRACTS}
IDS = list(BY_NAME)

NEGATIVE_ITEMS = {
    "C01-4", "C03-1", "C03-2", "C04-1", "C04-2", "C04-3", "C05-1", "C05-3", "C06-2", "C06-3", "C08-1",
    "C10-1", "C10-2", "C11-1", "C17-1",
}  # fmt: skip
"""Items of the catalogue of which every contract is adverse, or may be."""

ITEMS = NEGATIVE_ITEMS | {
    "C01-1", "C01-2", "C01-3", "C01-5", "C01-6", "C02-1", "C05-2", "C05-4", "C06-1", "C07-1", "C09-1",
    "C12-1", "C12-2", "C13-1", "C13-2", "C14-1", "C14-2", "C15-1", "C16-1", "C17-2",
}  # fmt: skip

OURS = {"C02-2": "inspection", "C16-2": "policy_support"}
"""Ids that the catalogue has not: the records are published, no item fits them."""

RESTRICTED = {"key_person", "public_credit_rating"}


def test_every_item_of_the_catalogue_is_covered_and_no_other_claimed() -> None:
    claimed = {contract.about.catalogue_id for contract in CONTRACTS}
    assert claimed - {""} == ITEMS | set(OURS)
    for item_id, name in OURS.items():
        assert [c.about.name for c in CONTRACTS if c.about.catalogue_id == item_id] == [name]
        assert item_id in BY_NAME[name].about.description


def test_names_are_unique_and_one_word_each() -> None:
    assert len(BY_NAME) == len(CONTRACTS)
    assert all(name.replace("_", "").isalpha() and name.islower() for name in BY_NAME)


@pytest.mark.parametrize("contract", CONTRACTS, ids=IDS)
def test_each_contract_has_one_supplier(contract: type[Contract]) -> None:
    about = contract.about
    known = [
        value for name, value in vars(bureaux).items() if name.isupper() and isinstance(value, dict)
    ]
    assert len(known) == len({value["supplier_zh"] for value in known})
    supplier = {"supplier_zh": about.supplier_zh, "supplier_en": about.supplier_en}
    assert supplier in known or about.name == "person"


@pytest.mark.parametrize("contract", CONTRACTS, ids=IDS)
def test_adverse_contracts_know_when_a_fact_ended(contract: type[Contract]) -> None:
    about = contract.about
    if about.catalogue_id in NEGATIVE_ITEMS:
        assert about.negative
    if about.negative:
        assert about.end is not None
        assert contract.column(about.end).nullable
        assert about.end != about.event
        assert about.retention_years == 5
        ordered = [r for r in contract.rules if r.right == about.end]
        assert ordered, "an end before the beginning must be seen"


@pytest.mark.parametrize("contract", CONTRACTS, ids=IDS)
def test_titles_are_chinese_and_english(contract: type[Contract]) -> None:
    def chinese(text: str) -> bool:
        return any("\u4e00" <= char <= "\u9fff" for char in text)

    about = contract.about
    pairs = [
        (about.title_zh, about.title_en),
        (about.supplier_zh, about.supplier_en),
        (about.frequency_zh, about.frequency_en),
        *((rule.text_zh, rule.text_en) for rule in contract.rules),
    ]
    for column in contract.columns():
        declared = column.item
        pairs += [(declared.title_zh, declared.title_en), *declared.codes.values()]
    for zh, en in pairs:
        assert chinese(zh), (zh, en)
        assert en
        assert not chinese(en), (zh, en)
    titles = [column.item.title_en for column in contract.columns()]
    assert len(set(titles)) == len(titles), "two items with one title"
    rules = [rule.name for rule in contract.rules]
    assert len(set(rules)) == len(rules)


@pytest.mark.parametrize("contract", CONTRACTS, ids=IDS)
def test_a_persons_record_can_name_its_consent(contract: type[Contract]) -> None:
    about = contract.about
    names = set(contract.model_fields)
    if about.name == "person":
        return
    if about.needs_consent:
        assert "consent_no" in names
        assert about.sensitivity != "public"
        assert ("negative_notice_on" in names) == about.negative
    elif about.sensitivity != "public":
        assert about.subject_kinds == ("enterprise",)
        if "consent_no" in names:
            return
        assert about.name in RESTRICTED
        for column in contract.columns():
            assert column.item.duty_related or not column.item.personal


def test_written_consent_is_asked_for_what_the_law_names() -> None:
    asked: dict[str, set[str]] = {}
    for contract in CONTRACTS:
        for column in contract.columns():
            if column.item.written_consent:
                assert contract.about.needs_consent, contract.about.name
                asked.setdefault(contract.about.name, set()).add(column.item.written_consent)
    assert asked["tax_payment"] == {"income", "tax_amount"}
    assert asked["real_estate"] == {"real_estate"}
    assert asked["housing_fund"] == {"income"}
    assert asked["farm_insurance"] == {"insurance"}
    for contract in CONTRACTS:
        consented = contract.about.sensitivity == "consent"
        persons = set(contract.about.subject_kinds) & set(PERSONS)
        if consented and persons and contract.about.catalogue_id in ("C05-2", "C12-1"):
            assert contract.about.name in asked


def test_names_of_natural_persons_are_masked_and_their_numbers_never_kept() -> None:
    for contract in CONTRACTS:
        for column in contract.columns():
            declared = column.item
            if column.name == "person_name":
                assert declared.seal == "mask"
                assert declared.personal
            assert (
                declared.identifier not in ("resident_id", "mobile", "bank_card") or declared.seal
            )
    assert BY_NAME["key_person"].column("person_id").item.duty_related
    assert BY_NAME["key_person"].column("person_name").item.duty_related


@pytest.mark.parametrize("contract", CONTRACTS, ids=IDS)
def test_public_records_can_be_linked_by_name_and_code(contract: type[Contract]) -> None:
    if contract.about.name in ("registration", "person"):
        return
    for name, source in (("subject_name", "name"), ("subject_code", "uscc")):
        column = contract.column(name)
        assert column.nullable
        assert column.item.copy_of == f"registration.{source}"
    assert contract.column("subject_code").item.severity == "REVIEW"


def test_copies_name_an_item_that_exists_and_is_no_copy_itself() -> None:
    for contract in CONTRACTS:
        for column in contract.columns():
            if column.item.copy_of:
                source, name = column.item.copy_of.split(".")
                original = BY_NAME[source].column(name)
                assert original.item.copy_of is None
                assert original.kind is column.kind


def test_money_is_in_cents_of_cny_and_only_money_is() -> None:
    for contract in CONTRACTS:
        for column in contract.columns():
            assert column.name.endswith("_cents") == (column.item.unit == "CNY cents")
            if column.name.endswith("_cents"):
                assert column.kind is int


def test_uses_follow_the_catalogue() -> None:
    def uses(name: str) -> set[str]:
        return set(BY_NAME[name].about.used_in)

    expected: dict[str, set[str]] = {
        "shareholder": {"identity"},
        "key_person": {"identity"},
        "penalty": {"score"},
        "dishonest_debtor": {"rule"},
        "tax_grade": {"match"},
        "tax_arrears": {"rule"},
        "tax_violation": {"rule"},
        "export_refund": {"match"},
        "wage_arrears": {"rule", "report"},
        "environment_rating": {"rule"},
        "real_estate": {"match"},
        "patent": {"match"},
        "technology_list": {"match"},
        "procurement_contract": {"match"},
        "farm_entity": {"score"},
        "gas_bill": {"score"},
    }
    for name, wanted in expected.items():
        assert wanted <= uses(name), name
    assert "score" not in uses("shareholder") | uses("key_person")


def test_a_repair_names_contracts_that_hold_adverse_records() -> None:
    for name in REPAIRABLE:
        assert name == "other" or BY_NAME[name].about.negative


def test_no_code_title_names_what_may_never_be_collected() -> None:
    for contract in CONTRACTS:
        for text in (contract.about.title_zh, contract.about.title_en, contract.about.description):
            assert prohibited_class(text) is None


def test_json_schema_says_what_is_sealed_and_copied() -> None:
    schema: dict[str, Any] = BY_NAME["dishonest_debtor"].json_schema()
    assert schema["properties"]["person_name"]["x-seal"] == "mask"
    assert schema["properties"]["subject_name"]["x-copy-of"] == "registration.name"
    assert schema["x-catalogue-id"] == "C04-1"
