"""Rules of eligibility, as data: may this lender's product be shown to this borrower?

Each rule answers TRUE, FALSE or UNKNOWN, for one borrower and product with the texts, and for many pairs at once as
numbers. `eligibility.py` puts the answers together. No score enters here.

The products are inferred from past loans, so absence proves something only where it would surprise: rules say FALSE
when the lender made enough loans for the absence to count as its choice, else UNKNOWN, to be asked of the lender.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np

from models.matching.products import Product, ProductTable
from models.matching.requests import Request, Requests
from models.matching.wording import money, programme_title, sector_title

State = Literal["TRUE", "FALSE", "UNKNOWN"]

TRUE, FALSE, UNKNOWN_STATE = 1, 0, -1
STATES: Mapping[int, State] = {TRUE: "TRUE", FALSE: "FALSE", UNKNOWN_STATE: "UNKNOWN"}

MIN_LOANS = 20
"""Loans from which on a lender's smallest and largest amount are its limits (ours)."""

MIN_EXPECTED = 3.0
"""Absence counts once so many loans were to be expected at the market's shares: by chance it then has 5 % (ours)."""


@dataclass(frozen=True)
class Market:
    """Shares of sectors and programmes among all lenders' loans: what to expect of a lender without a preference."""

    sectors: Mapping[str, float]
    programmes: Mapping[str, float]


@dataclass(frozen=True)
class Verdict:
    """Answer of one rule for one borrower and product.

    Attributes
    ----------
    rule_id : str
    state : {"TRUE", "FALSE", "UNKNOWN"}
    text_zh, text_en : str
        Why, for the borrower.
    field : str
        The request's field that the rule reads.
    supply : {"borrower", "lender"} or None
        Who can settle an UNKNOWN: the borrower by supplying `field`, or the lender by saying so.
    allowed : tuple of str, or (low, high) in cents
        Values of the field with which the rule would be TRUE.
    """

    rule_id: str
    state: State
    text_zh: str
    text_en: str
    field: str
    supply: Literal["borrower", "lender"] | None
    allowed: tuple[str, ...] | tuple[int, int]


Judge = Callable[[Request, Product, Market], Verdict]
JudgePairs = Callable[[Requests, ProductTable, np.ndarray, np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Rule:
    """One rule with its texts, an example that passes and one that fails, and its two equal implementations."""

    rule_id: str
    field: str
    title_zh: str
    title_en: str
    text_zh: str
    text_en: str
    passing: Mapping[str, object]
    failing: Mapping[str, object]
    judge: Judge
    judge_pairs: JudgePairs


def _listed(values: Mapping[str, int], names: Callable[[str], str] = str, limit: int = 8) -> str:
    """The commonest values first, by name."""
    ordered = sorted(values, key=lambda v: (-values[v], v))
    more = f", … ({len(ordered)})" if len(ordered) > limit else ""
    return ", ".join(names(v) for v in ordered[:limit]) + more


def _ask(
    rule_id: str, field: str, zh: str, en: str, allowed: tuple[str, ...] | tuple[int, int]
) -> Verdict:
    text_zh, text_en = f"请补充{zh}，才能判断", f"supply the {en} to decide"
    return Verdict(rule_id, "UNKNOWN", text_zh, text_en, field, "borrower", allowed)


def _amount(request: Request, product: Product, market: Market) -> Verdict:
    low, high = product.amount_low_cents, product.amount_high_cents
    rule, field, allowed = "E-AMOUNT", "amount_cents", (low, high)
    if request.amount_cents is None:
        return _ask(rule, field, "申请金额", "amount", allowed)
    served_zh = f"该机构发放过的金额为 {money(low)} 至 {money(high)}"
    served_en = f"the lender's loans ran from {money(low)} to {money(high)}"
    if low <= request.amount_cents <= high:
        return Verdict(rule, "TRUE", served_zh, served_en, field, None, allowed)
    if product.loans >= MIN_LOANS:
        return Verdict(
            rule,
            "FALSE",
            f"申请金额超出范围：{served_zh}（{product.loans} 笔）",
            f"the amount is outside its range: {served_en} ({product.loans} loans)",
            field,
            None,
            allowed,
        )
    return Verdict(
        rule,
        "UNKNOWN",
        f"请向机构确认金额：{served_zh}，但仅有 {product.loans} 笔",
        f"ask the lender about the amount: {served_en}, but there are only {product.loans}",
        field,
        "lender",
        allowed,
    )


def _amount_pairs(asked: Requests, table: ProductTable, q: np.ndarray, p: np.ndarray) -> np.ndarray:
    amount = asked.amount[q]
    inside = (table.amount_low[p] <= amount) & (amount <= table.amount_high[p])
    enough = table.loans[p] >= MIN_LOANS
    state = np.where(inside, TRUE, np.where(enough, FALSE, UNKNOWN_STATE))
    return np.where(amount < 0, UNKNOWN_STATE, state)


def _region(request: Request, product: Product, market: Market) -> Verdict:
    rule, field, allowed = "E-REGION", "region", tuple(sorted(product.regions))
    if request.region is None:
        return _ask(rule, field, "所在地区", "region", allowed)
    if request.region in product.regions:
        n = product.regions[request.region]
        zh, en = (
            f"该机构在 {request.region} 发放过 {n} 笔",
            f"it made {n} loans in {request.region}",
        )
        return Verdict(rule, "TRUE", zh, en, field, None, allowed)
    return Verdict(
        rule,
        "FALSE",
        f"该机构未在 {request.region} 发放过贷款，其服务地区：{_listed(product.regions)}",
        f"it made no loan in {request.region}; it served: {_listed(product.regions)}",
        field,
        None,
        allowed,
    )


def _region_pairs(asked: Requests, table: ProductTable, q: np.ndarray, p: np.ndarray) -> np.ndarray:
    region = asked.region[q]
    state = np.where(table.regions[p, region] > 0, TRUE, FALSE)
    return np.where(region == 0, UNKNOWN_STATE, state)


def _served(
    rule: str,
    field: str,
    value: str,
    counts: Mapping[str, int],
    shares: Mapping[str, float],
    titles: Callable[[str], tuple[str, str]],
) -> Verdict:
    """A value is served, is absent by choice, or the loans are too few to tell."""
    allowed, n, (zh, en) = tuple(sorted(counts)), sum(counts.values()), titles(value)
    if value in counts:
        return Verdict(
            rule,
            "TRUE",
            f"该机构发放过 {counts[value]} 笔{zh}贷款",
            f"the lender made {counts[value]} loans of {en}",
            field,
            None,
            allowed,
        )
    expected = n * shares.get(value, 0.0)
    if expected >= MIN_EXPECTED:
        served_zh = _listed(counts, lambda v: titles(v)[0])
        served_en = _listed(counts, lambda v: titles(v)[1])
        return Verdict(
            rule,
            "FALSE",
            f"该机构 {n} 笔贷款中没有{zh}（按市场占比应约有 {expected:.0f} 笔），其服务范围：{served_zh}",
            f"none of the lender's {n} loans is of {en} (the market's share would make about {expected:.0f}); "
            f"it served: {served_en}",
            field,
            None,
            allowed,
        )
    return Verdict(
        rule,
        "UNKNOWN",
        f"请向机构确认是否受理{zh}：可比贷款仅 {n} 笔，无法判断",
        f"ask the lender whether it takes {en}: {n} comparable loans are too few to tell",
        field,
        "lender",
        allowed,
    )


def _served_pairs(
    counts: np.ndarray, shares: np.ndarray, code: np.ndarray, lender: np.ndarray
) -> np.ndarray:
    expected = counts.sum(axis=1)[lender] * shares[code]
    absent = np.where(expected >= MIN_EXPECTED, FALSE, UNKNOWN_STATE)
    return np.where(counts[lender, code] > 0, TRUE, absent)


def _industry(request: Request, product: Product, market: Market) -> Verdict:
    rule, field = "E-INDUSTRY", "industry_code"
    if request.sector is None:
        return _ask(rule, field, "行业代码", "industry code", tuple(sorted(product.industries)))
    counts, shares = product.industries, market.sectors
    return _served(rule, field, request.sector, counts, shares, sector_title)


def _industry_pairs(
    asked: Requests, table: ProductTable, q: np.ndarray, p: np.ndarray
) -> np.ndarray:
    sector = asked.sector[q]
    state = _served_pairs(table.sectors, table.sector_share, sector, p)
    return np.where(sector == 0, UNKNOWN_STATE, state)


def _programme(request: Request, product: Product, market: Market) -> Verdict:
    rule, field = "E-PROGRAMME", "programme"
    if request.programme is None:
        allowed = tuple(sorted(product.programmes))
        return Verdict(
            rule, "TRUE", "未指定贷款项目", "no programme was asked for", field, None, allowed
        )
    counts, shares = product.programmes, market.programmes
    return _served(rule, field, request.programme, counts, shares, programme_title)


def _programme_pairs(
    asked: Requests, table: ProductTable, q: np.ndarray, p: np.ndarray
) -> np.ndarray:
    programme = asked.programme[q]
    state = _served_pairs(table.programmes, table.programme_share, programme, p)
    return np.where(programme == 0, TRUE, state)


RULES: tuple[Rule, ...] = (
    Rule(
        "E-REGION",
        "region",
        "服务地区",
        "Region",
        "该机构在借款人所在地区发放过贷款",
        "the lender has made a loan in the borrower's region",
        {"region": "US-CA"},
        {"region": "US-NY"},
        _region,
        _region_pairs,
    ),
    Rule(
        "E-AMOUNT",
        "amount_cents",
        "申请金额",
        "Amount",
        f"申请金额在该机构发放过的最小与最大金额之间；该机构贷款不足 {MIN_LOANS} 笔时须向机构确认",
        "the amount lies between the lender's smallest and largest loan; with fewer than "
        f"{MIN_LOANS} loans, ask the lender",
        {"amount_cents": 5_000_000},
        {"amount_cents": 500_000_000},
        _amount,
        _amount_pairs,
    ),
    Rule(
        "E-INDUSTRY",
        "industry_code",
        "行业",
        "Industry",
        f"该机构向借款人所属行业（代码前两位）发放过贷款；按市场占比应有不足 {MIN_EXPECTED:.0f} 笔时须向机构确认",
        "the lender has lent to the borrower's sector (first two digits); where fewer than "
        f"{MIN_EXPECTED:.0f} such loans were to be expected, ask the lender",
        {"industry_code": "722410"},
        {"industry_code": "236115"},
        _industry,
        _industry_pairs,
    ),
    Rule(
        "E-PROGRAMME",
        "programme",
        "贷款项目",
        "Programme",
        f"该机构发放过借款人指定的贷款项目；按市场占比应有不足 {MIN_EXPECTED:.0f} 笔时须向机构确认",
        "the lender has lent under the programme asked for; where fewer than "
        f"{MIN_EXPECTED:.0f} such loans were to be expected, ask the lender",
        {"programme": "standard"},
        {"programme": "lowdoc"},
        _programme,
        _programme_pairs,
    ),
)
"""All rules are hard. The examples are judged against `EXAMPLE_PRODUCT` in the tests of this module."""

EXAMPLE_PRODUCT = Product(
    product_id="LP-example",
    institution="EXAMPLE BANK",
    version_date=date(2007, 1, 1),
    loans=200,
    amount_low_cents=1_000_000,
    amount_high_cents=100_000_000,
    typical_low_cents=2_500_000,
    typical_high_cents=35_000_000,
    regions={"US-CA": 150, "US-NV": 50},
    industries={"44": 120, "72": 80},
    programmes={"standard": 140, "revolving": 60},
    lender_region="US-CA",
)
"""A product of no real lender, for the examples of the rules."""

EXAMPLE_MARKET = Market(
    {"23": 0.1, "44": 0.4, "72": 0.5}, {"lowdoc": 0.1, "revolving": 0.3, "standard": 0.6}
)
