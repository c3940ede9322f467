"""An application for a loan, as the lender received it."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from data_contracts.contract import About, Compare, Contract, item
from data_contracts.finance.product_terms import GUARANTEES, LOAN_PURPOSES
from data_contracts.subject_id import SUBJECT_ID

EARLIEST, LATEST = date(1950, 1, 1), date(2100, 1, 1)
LARGEST = (
    100_000_000_000_00  # 100 billion in main units: beyond it an amount is a typing error (ours)
)

GUARANTEE = Compare(
    "guarantee",
    "guaranteed_cents",
    "<=",
    "amount_cents",
    "担保金额不得大于贷款金额",
    "The guaranteed amount must not exceed the amount",
)
SUBJECT_PATTERN = SUBJECT_ID
NUMBER_PATTERN = "^[0-9A-Za-z-]{1,40}$"


class LoanApplication(Contract):
    """Who asked which lender for how much, under which programme."""

    about: ClassVar[About] = About(
        name="loan_application",
        version="1.1",
        title_zh="贷款申请",
        title_en="Loan application",
        supplier_zh="金融机构",
        supplier_en="Financial institution",
        subject_kinds=("enterprise", "sole_trader", "farmer", "individual"),
        key=("application_no",),
        event="applied_on",
        negative=False,
        retention_years=5,
        frequency_zh="次一工作日",
        frequency_en="next working day",
        sensitivity="consent",
        used_in=("score", "match", "report"),
    )
    rules: ClassVar[tuple[Compare, ...]] = (GUARANTEE,)

    application_no: str = item(
        "申请编号",
        "Application number",
        pattern=NUMBER_PATTERN,
        form=("字母、数字、连字符", "letters, digits, hyphens"),
    )
    subject_id: str = item(
        "主体编号",
        "Subject id",
        pattern=SUBJECT_PATTERN,
        form=("前缀-编号", "PREFIX-number"),
        sensitivity="public",
    )
    institution: str | None = item("受理机构", "Lender", max_length=120, sensitivity="public")
    institution_region: str | None = item(
        "机构所在地区",
        "Lender's region",
        pattern="^[A-Z]{2}-[A-Z0-9]{1,3}$",
        form=("国家-地区，如 US-CA", "country-division, such as US-CA"),
        sensitivity="public",
    )
    programme: str = item(
        "贷款项目",
        "Programme",
        codes={
            "standard": ("普通贷款", "Standard"),
            "lowdoc": ("简化资料贷款", "Low documentation"),
            "revolving": ("循环额度贷款", "Revolving line of credit"),
            "unknown": ("不明", "Unknown"),
        },
    )
    amount_cents: int = item(
        "申请金额", "Amount", unit="USD cents", ge=1, le=LARGEST, sensitivity="consent"
    )
    guaranteed_cents: int = item(
        "担保金额", "Guaranteed amount", unit="USD cents", ge=0, le=LARGEST, sensitivity="consent"
    )
    jobs_created: int = item("预计新增岗位", "Jobs to be created", unit="jobs", ge=0, le=1_000_000)
    jobs_retained: int = item(
        "预计保留岗位", "Jobs to be retained", unit="jobs", ge=0, le=1_000_000
    )
    applied_on: date = item("申请日期", "Applied on", ge=EARLIEST, le=LATEST)
    currency: str | None = item(
        "币种",
        "Currency",
        description="ISO 4217 code of the amounts; absent: USD.",
        pattern="^[A-Z]{3}$",
        form=("三位字母，如 CNY", "three letters, such as CNY"),
        sensitivity="public",
    )
    institution_code: str | None = item(
        "金融机构编码",
        "Institution code",
        pattern="^[A-HZ][0-9]{13}$",
        form=("类别字母加 13 位数字", "a class letter and 13 digits"),
        identifier="institution_code",
        sensitivity="public",
    )
    product_id: str | None = item(
        "产品编号",
        "Product id",
        pattern=NUMBER_PATTERN,
        form=("字母、数字、连字符", "letters, digits, hyphens"),
        sensitivity="public",
    )
    product_version: int | None = item(
        "产品版本", "Version of the product", unit="version", ge=1, le=100_000, sensitivity="public"
    )
    purpose: str | None = item("贷款用途", "Purpose", codes=LOAN_PURPOSES, sensitivity="consent")
    term_months: int | None = item("申请期限", "Term asked", unit="months", ge=0, le=600)
    guarantee_kind: str | None = item(
        "担保方式", "Kind of guarantee", codes=GUARANTEES, sensitivity="consent"
    )
    group_application_no: str | None = item(
        "统一申请编号",
        "Number of the joint application",
        description="One number for one need that is put to several lenders, so that nobody applies twice.",
        pattern=NUMBER_PATTERN,
        form=("字母、数字、连字符", "letters, digits, hyphens"),
    )
    rate_bp: int | None = item(
        "期望年利率上限",
        "Largest yearly rate asked",
        unit="basis points",
        ge=0,
        le=100_000,
        sensitivity="consent",
    )
    consent_no: str | None = item(
        "授权编号",
        "Consent number",
        description="Of the subject's consent, where the subject is a natural person (REG-01).",
        pattern=NUMBER_PATTERN,
        form=("字母、数字、连字符", "letters, digits, hyphens"),
        copy_of="consent.consent_no",
    )
