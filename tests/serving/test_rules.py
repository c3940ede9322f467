"""Report rules: each holds for its one example and not for the other, and names its records."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest

from serving.records import Dossier, Record
from serving.reports.examples import AS_OF, card, firm
from serving.reports.rules import RULES, Rule, arrears, hints


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_each_rule_holds_for_one_example_and_not_for_the_other(rule: Rule) -> None:
    finding = rule.find(rule.holds_for)
    assert finding is not None
    assert finding.records
    assert rule.find(rule.not_for) is None
    assert rule.find(Dossier("enterprise", "x", AS_OF, {})) is None


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_each_rule_names_records_that_are_in_the_dossier(rule: Rule) -> None:
    finding = rule.find(rule.holds_for)
    assert finding is not None
    present = [record for records in rule.holds_for.records.values() for record in records]
    assert all(record in present for record in finding.records)


def test_ids_are_unique_and_texts_are_whole() -> None:
    ids = [rule.id for rule in RULES]
    assert ids == sorted(set(ids))
    for rule in RULES:
        assert re.fullmatch(r"RH-\d{3}", rule.id)
        assert set(re.findall(r"{\w+}", rule.text_zh)) == set(re.findall(r"{\w+}", rule.text_en))
        assert re.search("[\u4e00-\u9fff]", rule.text_zh)
        assert not re.search("[\u4e00-\u9fff]", rule.text_en)


def test_arrears_by_hand() -> None:
    def month(status: str) -> Record:
        return Record("card_repayment", "k", AS_OF, {"status_24": "#" * 23 + status})

    assert [arrears(month(s)) for s in "N*#17CG"] == [0, 0, 0, 1, 7, 0, 0]


def test_two_arrears_by_hand() -> None:
    found = {hint.rule_id: hint for hint in hints(card(statuses="N1N2NN"))}
    assert set(found) == {"RH-001"}
    hint = found["RH-001"]
    assert hint.text.en == "2 of the known months were in arrears, at worst by 2 months."
    assert [record.event for record in hint.records] == [date(2005, 5, 31), date(2005, 7, 31)]


def test_attention_comes_first() -> None:
    found = hints(firm(new_business=True, amount_cents=90_000_000, employees=2))
    assert [hint.rule_id for hint in found] == ["RH-009", "RH-007"]


def test_the_boundary_of_utilisation_is_inclusive() -> None:
    at = card(bills=(90, 90, 90, 90, 90, 90))
    below = card(bills=(89, 89, 89, 89, 89, 89))
    assert "RH-004" in {hint.rule_id for hint in hints(at)}
    assert "RH-004" not in {hint.rule_id for hint in hints(below)}


def test_a_bill_of_nothing_is_no_small_payment() -> None:
    dossier = card(bills=(0, 0, 0, 0, 0, 0), payments=(0, 0, 0, 0, 0, 0))
    assert "RH-005" not in {hint.rule_id for hint in hints(dossier)}


def test_missing_items_raise_no_hint_and_no_error() -> None:
    empty = replace(
        firm(), records={"registration": firm(new_business=None).records["registration"]}
    )
    assert hints(empty) == ()
