"""An application for a loan, as the lender received it."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from data_contracts.contract import About, Compare, Contract, item

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
SUBJECT_PATTERN = "^[A-Z]{2,8}-[0-9A-Za-z-]{1,40}$"
NUMBER_PATTERN = "^[0-9A-Za-z-]{1,40}$"


class LoanApplication(Contract):
    """Who asked which lender for how much, under which programme."""

    about: ClassVar[About] = About(
        name="loan_application",
        version=1,
        title_zh="贷款申请",
        title_en="Loan application",
        supplier_zh="金融机构",
        supplier_en="Financial institution",
        subject_kinds=("enterprise",),
        key=("application_no",),
        event="applied_on",
        negative=False,
        retention_years=5,
        frequency_zh="次一工作日",
        frequency_en="next working day",
        sensitivity="consent",
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
