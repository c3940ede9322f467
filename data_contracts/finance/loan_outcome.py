"""How a loan or card ended, or stood when it was last observed: the labels come from here."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from data_contracts.contract import About, Contract, item
from data_contracts.finance.loan_application import (
    EARLIEST,
    LARGEST,
    LATEST,
    NUMBER_PATTERN,
    SUBJECT_PATTERN,
)


class LoanOutcome(Contract):
    """Charged off, paid in full, in default or performing."""

    about: ClassVar[About] = About(
        name="loan_outcome",
        version="1.1",
        title_zh="贷款结果",
        title_en="Loan outcome",
        supplier_zh="金融机构",
        supplier_en="Financial institution",
        subject_kinds=("enterprise", "sole_trader", "farmer", "individual"),
        key=("account_no",),
        event="outcome_on",
        # A charge-off ends the loan, so the adverse fact ends on the day it happens.
        end="outcome_on",
        negative=True,
        retention_years=5,
        frequency_zh="次一工作日",
        frequency_en="next working day",
        sensitivity="consent",
    )

    account_no: str = item(
        "账户编号",
        "Account number",
        pattern=NUMBER_PATTERN,
        form=("字母、数字、连字符", "letters, digits, hyphens"),
        sensitivity="consent",
    )
    subject_id: str = item(
        "主体编号", "Subject id", pattern=SUBJECT_PATTERN, form=("前缀-编号", "PREFIX-number")
    )
    institution: str | None = item("放款机构", "Lender", max_length=120, sensitivity="public")
    status: str = item(
        "结果",
        "Outcome",
        codes={
            "CHARGED_OFF": ("核销", "Charged off"),
            "PAID_IN_FULL": ("结清", "Paid in full"),
            "DEFAULTED": ("违约", "Defaulted"),
            "PERFORMING": ("正常", "Performing"),
        },
        sensitivity="consent",
    )
    outcome_on: date = item("结果日期", "Date of the outcome", ge=EARLIEST, le=LATEST)
    institution_code: str | None = item(
        "金融机构编码",
        "Institution code",
        pattern="^[A-HZ][0-9]{13}$",
        form=("类别字母加 13 位数字", "a class letter and 13 digits"),
        identifier="institution_code",
        sensitivity="public",
    )
    loss_cents: int | None = item(
        "核销金额", "Amount charged off", unit="CNY cents", ge=0, le=LARGEST, sensitivity="consent"
    )
    negative_notice_on: date | None = item(
        "不良信息告知日期",
        "Adverse-record notice given on",
        description="The provider tells a natural person before it sends an adverse record (REG-04).",
        ge=EARLIEST,
        le=LATEST,
    )
    consent_no: str | None = item(
        "授权编号",
        "Consent number",
        description="Of the subject's consent, where the subject is a natural person (REG-01).",
        pattern=NUMBER_PATTERN,
        form=("字母、数字、连字符", "letters, digits, hyphens"),
        copy_of="consent.consent_no",
    )
