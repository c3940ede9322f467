"""The platform's own records: an example of each, and what each refuses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from data_contracts.contract import PURPOSES, Contract
from data_contracts.platform import CONTRACTS
from data_contracts.platform.acceptance import Acceptance
from data_contracts.platform.branch import Branch
from data_contracts.platform.consent import Consent
from data_contracts.platform.institution import Institution
from data_contracts.platform.policy_article import PolicyArticle
from data_contracts.platform.waiver import Waiver

CODE = "C1010211000012"
DAY = date(2024, 3, 1)

EXAMPLES: dict[type[Contract], dict[str, Any]] = {
    Institution: {
        **dict.fromkeys(Institution.model_fields),
        "institution_code": CODE, "subject_id": "INST-" + CODE, "changed_on": DAY,
        "change": "create", "state": "active", "name": "示例银行", "institution_class": "C",
        "kind": "state_bank", "tier": "national", "area": "110000", "origin": "CN",
        "access_tier": "direct_query", "reporting_from": DAY, "query_from": date(2024, 6, 1),
    },
    Branch: {
        **dict.fromkeys(Branch.model_fields),
        "branch_code": "C1010211000013", "subject_id": "INST-" + CODE, "institution_code": CODE,
        "changed_on": DAY, "change": "create", "state": "active", "name": "示例支行",
        "level": "sub", "area": "110101", "latitude": 39.9, "longitude": 116.4,
        "telephone": "010-12345678",
    },
    PolicyArticle: {
        **dict.fromkeys(PolicyArticle.model_fields),
        "article_no": "POLICY-START-UP", "version": 2, "subject_id": "GOV-RSJ-440300",
        "issuer": "示例人社局", "title": "创业担保贷款贴息（示例）", "text": "示例条文",
        "kind": "subsidy", "level": "city", "area": "440300", "customer_types": "PERSON;E_micro",
        "parameters": '{"person_max_cents": 30000000}', "published_on": DAY, "valid_from": DAY,
    },
    Consent: {
        "consent_no": "C-1", "subject_id": "PID-" + "0123456789abcdef" * 2, "kind": "written",
        "legal_basis": "separate_consent", "purposes": "LOAN_APPROVAL;MATCHING",
        "item_classes": "real_estate;housing_fund", "recipient": "INST-" + CODE,
        "adverse_notice": True, "notice_version": "2024.1", "notice_digest": "a" * 64,
        "granted_on": DAY, "valid_until": date(2025, 2, 28), "revoked_on": None,
    },
    Waiver: {
        "contract": "credit_month", "rule_id": "LR-09", "record_key": f"{CODE}|1|L-1|2024-03-31",
        "subject_id": "INST-" + CODE, "institution_code": CODE, "reason": "银行系统按季结息",
        "waived_by": "u001", "waived_on": DAY, "valid_until": None,
    },
    Acceptance: {
        "acceptance_no": "ACC-1", "subject_id": "INST-" + CODE, "institution_code": CODE,
        "contract": "credit_month", "contract_version": "1.0", "first_month": date(2024, 1, 1),
        "last_month": date(2024, 3, 1), "months": 3, "result": "passed", "figures": "{}",
        "report_digest": "b" * 64, "accepted_by": "u002", "accepted_on": date(2024, 4, 20),
        "query_from": date(2024, 5, 1),
    },
}  # fmt: skip

BAD = [
    (Institution, {"institution_code": "1010211000012"}, {"institution_code.pattern"}),
    (Institution, {"institution_class": "K"}, {"institution_class.codes"}),
    (Institution, {"query_from": date(2024, 2, 1)}, {"query"}),
    (Institution, {"access_tier": "all"}, {"access_tier.codes"}),
    (Institution, {"origin": "cn"}, {"origin.pattern"}),
    (Branch, {"latitude": 91.0}, {"latitude.le"}),
    (Branch, {"telephone": "call me"}, {"telephone.pattern"}),
    (Branch, {"level": "kiosk"}, {"level.codes"}),
    (PolicyArticle, {"subject_id": "USCC-91110000600037341L"}, {"subject_id.pattern"}),
    (PolicyArticle, {"valid_until": date(2024, 2, 1)}, {"validity"}),
    (PolicyArticle, {"customer_types": "EVERYBODY"}, {"customer_types.pattern"}),
    (Consent, {"kind": "oral"}, {"kind.codes"}),
    (Consent, {"purposes": "LOAN_APPROVAL;ANYTHING"}, {"purposes.pattern"}),
    (Consent, {"recipient": "everybody"}, {"recipient.pattern"}),
    (Consent, {"valid_until": date(2024, 2, 1)}, {"validity"}),
    (Consent, {"revoked_on": date(2024, 2, 1)}, {"revocation"}),
    (Consent, {"adverse_notice": None}, {"adverse_notice.required"}),
    (Waiver, {"rule_id": "LR 09"}, {"rule_id.pattern"}),
    (Waiver, {"reason": "x" * 501}, {"reason.max_length"}),
    (Acceptance, {"result": "fine"}, {"result.codes"}),
    (Acceptance, {"last_month": date(2023, 12, 1)}, {"months"}),
    (Acceptance, {"query_from": DAY}, {"query"}),
    (Acceptance, {"report_digest": "B" * 64}, {"report_digest.pattern"}),
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


def test_each_contract_has_an_example() -> None:
    assert set(EXAMPLES) == set(CONTRACTS)


@pytest.mark.parametrize("purpose", PURPOSES)
def test_a_consent_may_name_every_purpose(purpose: str, judge: Callable[..., set[str]]) -> None:
    assert judge(Consent, EXAMPLES[Consent], purposes=purpose) == set()


def test_each_change_of_an_institution_is_a_record_of_its_own() -> None:
    assert Institution.about.key == ("institution_code", "changed_on")
    assert Branch.about.key == ("branch_code", "changed_on")
