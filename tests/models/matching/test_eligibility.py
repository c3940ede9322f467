"""The rules of eligibility: examples, three values, all failing rules, one pair as many."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.matching.eligibility import STATUS, judge, judge_pairs, market_of
from models.matching.loans import Loans, day_number
from models.matching.products import Product, derive_products
from models.matching.requests import Request, Requests
from models.matching.rules import EXAMPLE_MARKET, EXAMPLE_PRODUCT, RULES, Rule, Verdict

GOOD = Request(region="US-CA", industry_code="722410", programme="standard", amount_cents=5_000_000)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.rule_id)
def test_every_rule_has_texts_and_examples_that_hold(rule: Rule) -> None:
    passing = rule.judge(Request.parse(dict(rule.passing)), EXAMPLE_PRODUCT, EXAMPLE_MARKET)
    failing = rule.judge(Request.parse(dict(rule.failing)), EXAMPLE_PRODUCT, EXAMPLE_MARKET)
    assert (passing.state, failing.state) == ("TRUE", "FALSE")
    for verdict in (passing, failing):
        assert verdict.rule_id == rule.rule_id
        assert verdict.field == rule.field
        assert verdict.text_zh
        assert verdict.text_en
    assert rule.title_zh
    assert rule.title_en
    assert rule.text_zh
    assert rule.text_en


def test_rule_ids_are_distinct() -> None:
    assert len({rule.rule_id for rule in RULES}) == len(RULES)


def test_all_failing_rules_are_told() -> None:
    request = Request(region="US-NY", industry_code="236115", programme="lowdoc", amount_cents=99)
    found = judge(request, EXAMPLE_PRODUCT, EXAMPLE_MARKET)
    assert found.status == "not_eligible"
    assert [v.rule_id for v in found.failing] == [rule.rule_id for rule in RULES]


def test_an_unknown_industry_is_conditional_and_says_what_to_supply() -> None:
    found = judge(replace(GOOD, industry_code=None), EXAMPLE_PRODUCT, EXAMPLE_MARKET)
    assert found.status == "conditional"
    assert [(v.rule_id, v.supply, v.field) for v in found.open] == [
        ("E-INDUSTRY", "borrower", "industry_code")
    ]


def test_absence_proves_nothing_of_a_lender_with_few_loans() -> None:
    # 28 loans with a known sector, a tenth of the market's are of sector 23: 2.8 expected, below 3
    few = replace(EXAMPLE_PRODUCT, industries={"44": 18, "72": 10})
    found = judge(replace(GOOD, industry_code="236115"), few, EXAMPLE_MARKET)
    assert found.status == "conditional"
    assert found.open[0].supply == "lender"
    enough = replace(EXAMPLE_PRODUCT, industries={"44": 20, "72": 10})
    assert (
        judge(replace(GOOD, industry_code="236115"), enough, EXAMPLE_MARKET).status
        == "not_eligible"
    )


@pytest.mark.parametrize(("loans", "status"), [(19, "conditional"), (20, "not_eligible")])
def test_an_amount_out_of_range_counts_from_twenty_loans(loans: int, status: str) -> None:
    product = replace(EXAMPLE_PRODUCT, loans=loans)
    assert judge(replace(GOOD, amount_cents=100_000_001), product, EXAMPLE_MARKET).status == status
    assert (
        judge(replace(GOOD, amount_cents=100_000_000), product, EXAMPLE_MARKET).status == "eligible"
    )


def test_no_programme_asked_for_is_no_obstacle() -> None:
    assert (
        judge(replace(GOOD, programme=None), EXAMPLE_PRODUCT, EXAMPLE_MARKET).status == "eligible"
    )


REQUESTS = st.builds(
    Request,
    region=st.sampled_from([None, "US-CA", "US-NV", "US-TX"]),
    postal_code=st.sampled_from([None, "94016", "89501", "12345"]),
    industry_code=st.sampled_from([None, "722410", "441110", "111110"]),
    programme=st.sampled_from([None, "standard", "revolving", "lowdoc"]),
    amount_cents=st.one_of(st.none(), st.integers(1, 100_000_000)),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(REQUESTS, min_size=1, max_size=6), st.dates(date(2004, 1, 15), date(2006, 12, 1)))
def test_many_pairs_equal_one_by_one(town: Loans, requests: list[Request], on: date) -> None:
    day = day_number(on)
    table = derive_products(town, day)
    market = market_of(table)
    parts = [Requests.of_request(town, request, day) for request in requests]
    many = Requests(
        *(np.concatenate([getattr(p, n) for p in parts]) for n in Requests.__dataclass_fields__)
    )
    query = np.repeat(np.arange(len(requests)), len(table.codes))
    lender = np.tile(table.codes, len(requests))
    found = [STATUS[int(s)] for s in judge_pairs(many, table, query, lender)]
    expected = [
        judge(requests[q], table.product(p), market).status
        for q, p in zip(query, lender, strict=True)
    ]
    assert found == expected


def _mended(request: Request, verdicts: tuple[Verdict, ...]) -> Request:
    """The request with every named field set to a value that the verdict allows."""
    for verdict in verdicts:
        if verdict.field == "amount_cents":
            request = replace(request, amount_cents=int(verdict.allowed[1]))
        else:
            request = replace(request, **{verdict.field: str(verdict.allowed[0])})
    return request


COUNTS = st.integers(1, 400)
PRODUCTS = st.builds(
    lambda low, more, loans, regions, industries, programmes: replace(
        EXAMPLE_PRODUCT,
        amount_low_cents=low,
        amount_high_cents=low + more,
        loans=loans,
        regions=regions,
        industries=industries,
        programmes=programmes,
    ),
    st.integers(1, 10_000_000),
    st.integers(0, 90_000_000),
    st.integers(1, 400),
    st.dictionaries(st.sampled_from(["US-CA", "US-NV"]), COUNTS, min_size=1),
    st.dictionaries(st.sampled_from(["44", "72", "11"]), COUNTS, min_size=1),
    st.dictionaries(st.sampled_from(["standard", "revolving"]), COUNTS, min_size=1),
)


@settings(max_examples=150, deadline=None)
@given(REQUESTS, PRODUCTS)
def test_mending_every_failing_rule_makes_a_product_eligible(
    request_: Request, product: Product
) -> None:
    found = judge(request_, product, EXAMPLE_MARKET)
    assert (found.status == "not_eligible") == bool(found.failing)
    mended = judge(_mended(request_, found.failing), product, EXAMPLE_MARKET)
    assert mended.status != "not_eligible"
    assert {v.rule_id for v in mended.open} == {v.rule_id for v in found.open}
    assert (
        judge(_mended(request_, found.failing + found.open), product, EXAMPLE_MARKET).status
        == "eligible"
    )
