"""From application to outcome: an example of each contract, and what each refuses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from data_contracts.contract import Contract
from data_contracts.finance import CONTRACTS
from data_contracts.finance.collateral import Collateral
from data_contracts.finance.credit_account import LoanAccount
from data_contracts.finance.credit_decision import CreditDecision
from data_contracts.finance.credit_enquiry import CreditEnquiry
from data_contracts.finance.disbursement import Disbursement
from data_contracts.finance.financial_statement import FinancialStatement
from data_contracts.finance.guarantee import Guarantee
from data_contracts.finance.loan_application import LoanApplication
from data_contracts.finance.loan_outcome import LoanOutcome

FIRM = "USCC-91110000600037341L"
LENDER = "C1010211000012"
PRODUCT = {"institution_code": LENDER, "product_id": "P01", "product_version": 1}
DAY = date(2024, 3, 1)

EXAMPLES: dict[type[Contract], dict[str, Any]] = {
    LoanApplication: {
        "application_no": "A-1", "subject_id": FIRM, "institution": "示例银行",
        "institution_region": None, "programme": "standard", "amount_cents": 100_000_000,
        "guaranteed_cents": 0, "jobs_created": 2, "jobs_retained": 10, "applied_on": DAY,
        "currency": "CNY", **PRODUCT, "purpose": "materials", "term_months": 12,
        "guarantee_kind": "credit", "group_application_no": "GA-1", "rate_bp": 500,
        "consent_no": None,
    },
    CreditDecision: {
        "decision_no": "D-1", "application_no": "A-1", "subject_id": FIRM, **PRODUCT,
        "decision": "approved", "amount_cents": 80_000_000, "currency": None, "term_months": 12,
        "rate_bp": 450, "guarantee_kinds": "credit", "reasons": "TAX-A;YEARS-5",
        "method": "assisted", "model_version": "sba-3", "decided_on": DAY,
        "valid_until": date(2024, 6, 1), "consent_no": None,
    },
    LoanAccount: {
        "account_no": "L-1", "application_no": "A-1", "subject_id": FIRM, "institution": None,
        "amount_cents": 80_000_000, "guaranteed_cents": 0, "opened_on": DAY, "currency": "CNY",
        **PRODUCT, "purpose": "materials", "term_months": 12, "due_on": date(2025, 3, 1),
        "guarantee_kind": "credit", "rate_bp": 450, "group_application_no": None, "consent_no": None,
    },
    Disbursement: {
        "disbursement_no": "B-1", "account_no": "L-1", "application_no": "A-1",
        "subject_id": FIRM, "institution_code": LENDER, "amount_cents": 80_000_000,
        "currency": None, "rate_bp": 450, "payment": "entrusted", "purpose": "materials",
        "disbursed_on": DAY, "due_on": date(2025, 3, 1), "consent_no": None,
    },
    LoanOutcome: {
        "account_no": "L-1", "subject_id": FIRM, "institution": None, "status": "PERFORMING",
        "outcome_on": date(2025, 1, 1), "institution_code": LENDER, "loss_cents": None,
        "negative_notice_on": None, "consent_no": None,
    },
    Guarantee: {
        "guarantee_no": "G-1", "subject_id": "USCC-914403001922038216", "guaranteed_id": FIRM,
        "account_no": "L-1", "institution_code": LENDER, "kind": "joint", "joint_group_no": None,
        "amount_cents": 80_000_000, "currency": None, "fee_bp": 60, "from_on": DAY,
        "until_on": date(2027, 3, 1), "state": "live", "compensated_on": None,
        "compensated_cents": None, "consent_no": None,
    },
    Collateral: {
        "collateral_no": "K-1", "subject_id": FIRM, "borrower_id": FIRM, "account_no": "L-1",
        "institution_code": LENDER, "kind": "plant", "certificate_no": "京2024不动产权第0000001号",
        "appraised_cents": 200_000_000, "currency": None, "appraised_on": date(2024, 2, 1),
        "appraised_by": "示例评估", "ltv_bp": 4_000, "secured_cents": 80_000_000, "rank": 1,
        "register_office": "real_estate", "register_no": "R-1", "registered_on": DAY,
        "released_on": None, "consent_no": None,
    },
    CreditEnquiry: {
        "enquiry_no": "Q-1", "subject_id": FIRM, "institution_code": LENDER, "asked_by": "u001",
        "purpose": "LOAN_APPROVAL", "channel": "api", "answered": True, "refusal": None,
        "enquired_on": DAY, "consent_no": "C-1",
    },
    FinancialStatement: {
        **dict.fromkeys(FinancialStatement.model_fields),
        "subject_id": FIRM, "period_start": date(2023, 1, 1), "period_end": date(2023, 12, 31),
        "period_kind": "year", "scope": "single", "standard": "small", "audited": False,
        "cash_cents": 10, "current_assets_cents": 40, "total_assets_cents": 100,
        "current_liabilities_cents": 30, "total_liabilities_cents": 60, "equity_cents": 40,
        "liabilities_and_equity_cents": 100, "revenue_cents": 500, "total_profit_cents": -5,
        "net_profit_cents": -5,
    },
}  # fmt: skip

BAD = [
    (LoanApplication, {"purpose": "gambling"}, {"purpose.codes"}),
    (LoanApplication, {"currency": "RMB¥"}, {"currency.pattern"}),
    (LoanApplication, {"term_months": 601}, {"term_months.le"}),
    (LoanApplication, {"guaranteed_cents": 100_000_001}, {"guarantee"}),
    (CreditDecision, {"decision": "maybe"}, {"decision.codes"}),
    (CreditDecision, {"reasons": "TAX-A, YEARS-5"}, {"reasons.pattern"}),
    (CreditDecision, {"reasons": ";"}, {"reasons.pattern"}),
    (CreditDecision, {"rate_bp": -1}, {"rate_bp.ge"}),
    (LoanAccount, {"institution_code": "I1010211000012"}, {"institution_code.pattern"}),
    (Disbursement, {"amount_cents": 0}, {"amount_cents.ge"}),
    (Disbursement, {"due_on": date(2024, 2, 1)}, {"due"}),
    (LoanOutcome, {"loss_cents": -1}, {"loss_cents.ge"}),
    (Guarantee, {"until_on": date(2024, 2, 1)}, {"period"}),
    (Guarantee, {"compensated_cents": 80_000_001}, {"compensated"}),
    (Guarantee, {"guaranteed_id": "somebody"}, {"guaranteed_id.pattern"}),
    (Collateral, {"released_on": date(2024, 2, 1)}, {"release"}),
    (Collateral, {"secured_cents": 200_000_001}, {"secured"}),
    (Collateral, {"kind": "kidney"}, {"kind.codes"}),
    (CreditEnquiry, {"purpose": "CURIOSITY"}, {"purpose.codes"}),
    (CreditEnquiry, {"answered": None}, {"answered.required"}),
    (FinancialStatement, {"liabilities_and_equity_cents": 99}, {"balance"}),
    (FinancialStatement, {"cash_cents": 41}, {"cash"}),
    (FinancialStatement, {"current_assets_cents": 101}, {"current_assets"}),
    (FinancialStatement, {"net_profit_cents": 0}, {"net_profit"}),
    (FinancialStatement, {"period_start": date(2023, 12, 31)}, {"period"}),
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


def test_real_estate_of_a_person_needs_written_consent() -> None:
    for name in ("certificate_no", "appraised_cents"):
        assert Collateral.column(name).item.written_consent == "real_estate"


def test_what_the_first_version_asked_is_still_enough() -> None:
    """The items added to the contracts of version 1.0 may all be null."""
    added: dict[type[Contract], str] = {
        LoanApplication: "currency institution_code product_id product_version purpose term_months "
        "guarantee_kind group_application_no rate_bp consent_no",
        LoanAccount: "currency institution_code product_id product_version purpose term_months "
        "due_on guarantee_kind rate_bp group_application_no consent_no",
        LoanOutcome: "institution_code loss_cents negative_notice_on consent_no",
    }
    for contract, names in added.items():
        assert contract.about.version == "1.1"
        assert all(contract.column(name).nullable for name in names.split())


def test_every_contract_of_the_package_is_listed_once() -> None:
    names = [contract.about.name for contract in CONTRACTS]
    assert len(set(names)) == len(names)
    assert {contract.about.catalogue_id for contract in CONTRACTS} >= {
        f"X-{number}" for number in range(2, 8)
    }


def test_a_copy_names_an_item_that_exists() -> None:
    from data_contracts.platform import CONTRACTS as PLATFORM

    declared = {
        f"{contract.about.name}.{column.name}"
        for contract in CONTRACTS + PLATFORM
        for column in contract.columns()
    }
    copies = {
        column.item.copy_of
        for contract in CONTRACTS
        for column in contract.columns()
        if column.item.copy_of
    }
    assert {"consent.consent_no", "loan_account.account_no"} <= copies <= declared
