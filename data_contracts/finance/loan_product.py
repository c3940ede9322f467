"""A loan product as its lender publishes it; every change is a new version."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from data_contracts.contract import About, Compare, Contract, item
from data_contracts.finance.items import (
    LARGEST,
    code_list,
    day,
    institution_code,
    institution_subject,
    months,
    number,
    rate_bp,
    validity,
)
from data_contracts.finance.product_terms import (
    CATEGORIES,
    CHANNELS,
    CUSTOMER_TYPES,
    GUARANTEES,
    PREDICATES_FORM,
    REPAYMENTS,
)


class LoanProduct(Contract):
    """One version of one product: for whom, how much, how long, at what cost, under which conditions.

    A version never changes: matching uses the one that is valid on the day of the match.
    """

    about: ClassVar[About] = About(
        name="loan_product",
        version="1.0",
        title_zh="信贷产品",
        title_en="Loan product",
        supplier_zh="金融机构",
        supplier_en="Financial institution",
        subject_kinds=("institution",),
        key=("product_id", "version"),
        event="valid_from",
        negative=False,
        retention_years=None,
        frequency_zh="发布或变更时",
        frequency_en="when published or changed",
        latency_days=1,
        mode="api",
        sensitivity="public",
        purposes=("MATCHING", "SUPERVISION"),
        used_in=("match", "report"),
    )
    rules: ClassVar[tuple[Compare, ...]] = (
        Compare(
            "amount",
            "amount_min_cents",
            "<=",
            "amount_max_cents",
            "最低额度不得高于最高额度",
            "The smallest amount must not exceed the largest",
        ),
        Compare(
            "term",
            "term_min_months",
            "<=",
            "term_max_months",
            "最短期限不得长于最长期限",
            "The shortest term must not exceed the longest",
        ),
        Compare(
            "bullet",
            "bullet_max_months",
            "<=",
            "term_max_months",
            "一次还本期限不得长于最长期限",
            "The longest bullet term must not exceed the longest term",
        ),
        Compare(
            "spread",
            "spread_min_bp",
            "<=",
            "spread_max_bp",
            "最低加点不得高于最高加点",
            "The smallest spread must not exceed the largest",
        ),
        Compare(
            "validity",
            "valid_from",
            "<=",
            "valid_until",
            "失效日期不得早于生效日期",
            "A version does not end before it begins",
        ),
    )

    product_id: str = number("产品编号", "Product id", sensitivity="public")
    version: int = item("版本", "Version", ge=1, le=100_000, unit="version", sensitivity="public")
    subject_id: str = institution_subject()
    institution_code: str = institution_code()
    valid_from: date = validity("from")
    valid_until: date | None = validity("until")
    status: str = item(
        "状态",
        "Status",
        codes={
            "draft": ("待审核", "Waiting for review"),
            "published": ("已发布", "Published"),
            "suspended": ("暂停受理", "Suspended"),
            "withdrawn": ("下架", "Withdrawn"),
        },
        sensitivity="public",
    )
    name: str = item("产品名称", "Name", max_length=120, sensitivity="public")
    category: str = item("类别", "Category", codes=CATEGORIES, sensitivity="public")
    channel: str = item("办理渠道", "Channel", codes=CHANNELS, sensitivity="public")
    summary: str | None = item("产品简介", "Summary", max_length=2_000, sensitivity="public")

    customer_types: str = code_list("适用对象", "Customers", tuple(CUSTOMER_TYPES))
    regions: str | None = code_list(
        "适用地区",
        "Regions",
        "[0-9]{2,6}",
        description="Prefixes of GB/T 2260 codes; absent: everywhere.",
        form=("以分号连接的行政区划代码前缀", "area code prefixes joined by semicolons"),
    )
    industries_allow: str | None = code_list(
        "适用行业",
        "Industries allowed",
        "[A-T]?[0-9]{0,4}",
        description="Prefixes of GB/T 4754 codes; absent: all.",
        form=("以分号连接的行业代码前缀", "industry code prefixes joined by semicolons"),
    )
    industries_deny: str | None = code_list(
        "限制行业",
        "Industries excluded",
        "[A-T]?[0-9]{0,4}",
        form=("以分号连接的行业代码前缀", "industry code prefixes joined by semicolons"),
    )

    amount_min_cents: int = item(
        "最低额度", "Smallest amount", unit="CNY cents", ge=0, le=LARGEST, sensitivity="public"
    )
    amount_max_cents: int = item(
        "最高额度", "Largest amount", unit="CNY cents", ge=1, le=LARGEST, sensitivity="public"
    )
    amount_formula: str | None = item(
        "额度测算规则",
        "Formula of the amount",
        description=(
            'JSON: {"op": "min"|"max"|"multiply", "of": [...]} over numbers in cents, '
            '{"item": "contract.item", "window_months": n}, "cap", "collateral_value" and "old_balance".'
        ),
        max_length=2_000,
        sensitivity="public",
    )
    term_min_months: int = months("最短期限", "Shortest term")
    term_max_months: int = months("最长期限", "Longest term")
    revolving: bool = item("可循环", "Revolving", sensitivity="public")
    bullet_max_months: int | None = months(
        "一次还本最长期限",
        "Longest bullet term",
        description="Longest term with the principal due at once; absent: bullet is not offered.",
    )

    rate_type: str = item(
        "利率类型",
        "Kind of rate",
        codes={
            "floating_lpr1y": ("一年期 LPR 加点浮动", "Floating over the 1-year LPR"),
            "floating_lpr5y": ("五年期以上 LPR 加点浮动", "Floating over the 5-year LPR"),
            "fixed_lpr1y": ("按一年期 LPR 加点固定", "Fixed over the 1-year LPR"),
            "fixed": ("固定利率", "Fixed"),
        },
        description="Yearly, simple interest.",
        sensitivity="public",
    )
    spread_min_bp: int = rate_bp(
        "最低加点", "Smallest spread", ge=-10_000, description="Over the LPR; the rate if fixed."
    )
    spread_max_bp: int = rate_bp("最高加点", "Largest spread", ge=-10_000)
    lpr_on: date | None = day(
        "LPR 日期",
        "Date of the LPR",
        description="Publication day of the LPR that shown rates are reckoned from.",
        sensitivity="public",
    )
    subsidy: str | None = item("贴息", "Interest subsidy", max_length=1_000, sensitivity="public")
    subsidy_bp: int | None = rate_bp("贴息幅度", "Subsidised part of the rate")
    repayment: str = code_list("还款方式", "Repayment", tuple(REPAYMENTS))
    guarantee_kinds: str = code_list("担保方式", "Guarantee", tuple(GUARANTEES))
    ltv_by_collateral: str | None = code_list(
        "抵质押率",
        "Loan to value by collateral",
        "[a-z_]{1,30}=[0-9]{1,5}",
        description="Kind of collateral and largest share of its value in basis points.",
        form=("以分号连接的 种类=基点，如 house=7000", "kind=basis points, such as house=7000"),
    )

    eligibility: str = item(
        "准入条件",
        "Eligibility",
        description=PREDICATES_FORM + " A rule is hard (it decides) or soft (it ranks).",
        max_length=20_000,
        sensitivity="public",
    )
    exclusions: str = item(
        "准入负面清单",
        "Exclusions",
        description=PREDICATES_FORM + " All are hard; one that is TRUE excludes.",
        max_length=20_000,
        sensitivity="public",
    )
    fee_bp: int = rate_bp(
        "费用率", "Fees", description="All fees a year, as a share of the amount."
    )
    fees: str | None = item("费用说明", "Fees explained", max_length=1_000, sensitivity="public")
    all_in_max_bp: int | None = rate_bp(
        "最高综合年化成本",
        "Largest all-in yearly cost",
        description="Interest and fees a year, at the LPR of its date.",
    )
    early_repay: str = item(
        "提前还款",
        "Early repayment",
        codes={
            "free": ("可提前还款，无费用", "Allowed without a fee"),
            "fee": ("可提前还款，收取费用", "Allowed for a fee"),
            "none": ("不可提前还款", "Not allowed"),
        },
        sensitivity="public",
    )
    use_allow: str | None = code_list(
        "允许用途",
        "Uses allowed",
        "[a-z_]{1,30}",
        description="Codes of the purpose of a loan application; absent: all that are lawful.",
        form=("以分号连接的用途代码", "codes of purposes joined by semicolons"),
    )
    use_deny: str = code_list(
        "禁止用途",
        "Uses forbidden",
        "[a-z_]{1,30}",
        description=(
            "At least house_purchase, mortgage_repayment, securities, wealth_products and equity "
            "(REG-52)."
        ),
        form=("以分号连接的用途代码", "codes of purposes joined by semicolons"),
    )
    documents: str | None = item(
        "申请材料",
        "Documents to supply",
        description="Names of documents joined by semicolons.",
        max_length=2_000,
        sensitivity="public",
    )
    sla_days: int = item(
        "审批时限", "Days to a decision", unit="days", ge=0, le=365, sensitivity="public"
    )
    funding_policy: str | None = item(
        "政策依据",
        "Policy it rests on",
        description="Numbers of policy articles joined by semicolons.",
        max_length=1_000,
        sensitivity="public",
    )
    risk_band_min: str | None = item(
        "最低评分等级",
        "Lowest score grade",
        description="Open to everybody: no product has a secret rule.",
        max_length=4,
        sensitivity="public",
    )
    fictional: bool = item(
        "示例产品",
        "Fictional product",
        description="Made up as an example or a fixture; never a lender's offer.",
        sensitivity="public",
    )
