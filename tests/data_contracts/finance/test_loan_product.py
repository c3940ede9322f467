"""Products: the twelve archetypes, their rules, and what a product may not say."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from data_contracts.finance import CONTRACTS as FINANCE
from data_contracts.finance.loan_product import LoanProduct
from data_contracts.finance.product_archetypes import FORBIDDEN_USES, archetype, archetypes
from data_contracts.finance.product_terms import COLLATERAL_KINDS, LOAN_PURPOSES
from data_contracts.government import CONTRACTS as GOVERNMENT

LENDER = "C1999944000001"
PRODUCTS = archetypes(LENDER, date(2024, 1, 1))

# products.md: ten thousand yuan, months, basis points over the 1-year LPR
FIGURES = {
    "P01": (1, 300, 12, 30, 200),
    "P02": (50, 1000, 36, 0, 130),
    "P03": (0.5, 300, 36, 50, 300),
    "P06": (10, 1000, 120, -20, 120),
    "P08": (50, 5000, 120, -30, 80),
    "P10": (10, 1500, 12, 0, 150),
    "P11": (5, 200, 24, 20, 150),
}


@pytest.mark.parametrize("product", PRODUCTS, ids=lambda found: found.product_id[:3])
def test_an_archetype_is_a_valid_product(
    product: LoanProduct, judge: Callable[..., set[str]]
) -> None:
    assert judge(LoanProduct, product.model_dump()) == set()


def test_there_are_twelve_and_all_are_labelled_fictional() -> None:
    assert [found.product_id[:3] for found in PRODUCTS] == [f"P{n:02}" for n in range(1, 13)]
    assert all(found.fictional and "示例" in found.name for found in PRODUCTS)
    assert all("no lender's offer" in (found.summary or "") for found in PRODUCTS)


@pytest.mark.parametrize(("name", "figures"), FIGURES.items())
def test_figures_of_an_archetype(name: str, figures: tuple[float, ...]) -> None:
    product = archetype(name, LENDER, date(2024, 1, 1))
    assert (
        product.amount_min_cents / 1_000_000,
        product.amount_max_cents / 1_000_000,
        product.term_max_months,
        product.spread_min_bp,
        product.spread_max_bp,
    ) == figures


def test_predicates_read_items_that_exist() -> None:
    declared = {
        f"{contract.about.name}.{column.name}"
        for contract in (*GOVERNMENT, *FINANCE)
        for column in contract.columns()
    }
    ids = []
    for product in PRODUCTS:
        for text in (product.eligibility, product.exclusions):
            for predicate in json.loads(text):
                assert set(predicate) == {
                    "id", "expr", "source", "hard", "reason_zh", "reason_en",
                }  # fmt: skip
                assert set(predicate["source"]) <= declared
                ids.append(predicate["id"])
    assert len(set(ids)) == len(ids)


def test_exclusions_are_hard() -> None:
    for product in PRODUCTS:
        assert all(predicate["hard"] for predicate in json.loads(product.exclusions))


def test_what_the_law_forbids_is_forbidden_and_every_use_is_a_known_purpose() -> None:
    for product in PRODUCTS:
        assert set(FORBIDDEN_USES.split(";")) <= set(product.use_deny.split(";"))
        allowed = set((product.use_allow or "").split(";"))
        assert allowed <= set(LOAN_PURPOSES) - set(product.use_deny.split(";"))


def test_collateral_kinds_are_known() -> None:
    for product in PRODUCTS:
        for pair in (product.ltv_by_collateral or "").split(";"):
            assert not pair or pair.split("=")[0] in COLLATERAL_KINDS


@pytest.mark.parametrize(
    ("changed", "rules"),
    [
        ({"amount_max_cents": 999_999}, {"amount"}),
        ({"term_max_months": 0}, {"term"}),
        ({"bullet_max_months": 13}, {"bullet"}),
        ({"spread_max_bp": 29}, {"spread"}),
        ({"valid_until": date(2023, 12, 31)}, {"validity"}),
        ({"customer_types": "E_micro,E_small"}, {"customer_types.pattern"}),
        ({"customer_types": ""}, {"customer_types.pattern"}),
        ({"repayment": "bullet;whenever"}, {"repayment.pattern"}),
        ({"ltv_by_collateral": "house=70%"}, {"ltv_by_collateral.pattern"}),
        ({"subject_id": "USCC-91110000600037341L"}, {"subject_id.pattern"}),
        ({"category": "loan shark"}, {"category.codes"}),
        ({"sla_days": 366}, {"sla_days.le"}),
        ({"eligibility": "x" * 20_001}, {"eligibility.max_length"}),
        ({"version": 0}, {"version.ge"}),
    ],
)
def test_a_bad_value_breaks_its_rule(
    changed: dict[str, Any], rules: set[str], judge: Callable[..., set[str]]
) -> None:
    example = archetype("P01", LENDER, date(2024, 1, 1)).model_dump()
    assert judge(LoanProduct, example, **changed) == rules


def test_a_version_is_part_of_the_key() -> None:
    assert LoanProduct.about.key == ("product_id", "version")
