"""Credit accounts: a loan, a card, and a month of a card's repayment."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from data_contracts.contract import About, Compare, Contract, item
from data_contracts.finance.loan_application import (
    EARLIEST,
    GUARANTEE,
    LARGEST,
    LATEST,
    NUMBER_PATTERN,
    SUBJECT_PATTERN,
)


class LoanAccount(Contract):
    """A loan that was approved and opened."""

    about: ClassVar[About] = About(
        name="loan_account",
        version=1,
        title_zh="贷款账户",
        title_en="Loan account",
        supplier_zh="金融机构",
        supplier_en="Financial institution",
        subject_kinds=("enterprise",),
        key=("account_no",),
        event="opened_on",
        negative=False,
        retention_years=5,
        frequency_zh="次一工作日",
        frequency_en="next working day",
        sensitivity="consent",
    )
    rules: ClassVar[tuple[Compare, ...]] = (GUARANTEE,)

    account_no: str = item(
        "账户编号",
        "Account number",
        pattern=NUMBER_PATTERN,
        form=("字母、数字、连字符", "letters, digits, hyphens"),
    )
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
    institution: str | None = item("放款机构", "Lender", max_length=120, sensitivity="public")
    amount_cents: int = item(
        "批准金额", "Approved amount", unit="USD cents", ge=1, le=LARGEST, sensitivity="consent"
    )
    guaranteed_cents: int = item(
        "担保金额", "Guaranteed amount", unit="USD cents", ge=0, le=LARGEST, sensitivity="consent"
    )
    opened_on: date = item("开户日期", "Approved on", ge=EARLIEST, le=LATEST)


class CardAccount(Contract):
    """A credit card account and its limit."""

    about: ClassVar[About] = About(
        name="card_account",
        version=1,
        title_zh="贷记卡账户",
        title_en="Card account",
        supplier_zh="金融机构",
        supplier_en="Financial institution",
        subject_kinds=("individual",),
        key=("account_no",),
        event="observed_on",
        negative=False,
        retention_years=5,
        frequency_zh="每月",
        frequency_en="monthly",
        sensitivity="consent",
    )

    account_no: str = item(
        "账户编号",
        "Account number",
        pattern=NUMBER_PATTERN,
        form=("字母、数字、连字符", "letters, digits, hyphens"),
        personal=True,
    )
    subject_id: str = item(
        "主体编号",
        "Subject id",
        pattern=SUBJECT_PATTERN,
        form=("前缀-编号", "PREFIX-number"),
        personal=True,
    )
    credit_limit_cents: int = item(
        "授信额度", "Credit limit", unit="TWD cents", ge=1, le=LARGEST, sensitivity="consent"
    )
    observed_on: date = item("记录日期", "Observed on", ge=EARLIEST, le=LATEST)


class CardRepayment(Contract):
    """One billing month of a card: the 24-month repayment status, the bill and the payment."""

    about: ClassVar[About] = About(
        name="card_repayment",
        version=1,
        title_zh="贷记卡月度还款记录",
        title_en="Monthly card repayment",
        supplier_zh="金融机构",
        supplier_en="Financial institution",
        subject_kinds=("individual",),
        key=("account_no", "bill_on"),
        event="bill_on",
        # An unpaid month is an adverse fact of that month alone: it ends with its own bill date.
        end="bill_on",
        negative=True,
        retention_years=5,
        frequency_zh="每月",
        frequency_en="monthly",
        sensitivity="consent",
    )

    account_no: str = item(
        "账户编号",
        "Account number",
        pattern=NUMBER_PATTERN,
        form=("字母、数字、连字符", "letters, digits, hyphens"),
        personal=True,
    )
    subject_id: str = item(
        "主体编号",
        "Subject id",
        pattern=SUBJECT_PATTERN,
        form=("前缀-编号", "PREFIX-number"),
        personal=True,
    )
    bill_on: date = item("结算日期", "Billing date", ge=EARLIEST, le=LATEST)
    status_24: str = item(
        "24个月还款状态",
        "24-month repayment status",
        description=(
            "One character a month, the last is this month: N paid as agreed, * nothing due, 1 to 7 "
            "months in arrears (7: seven or more), C settled, G closed otherwise, D paid by a "
            "guarantor, Z settled in kind, / not yet opened, # unknown."
        ),
        pattern="^[/*N1-7DZCG#]{23}[/*N1-7DZCG]$",
        form=(
            "24 个字符，取自 / * N 1-7 D Z C G #，末位已知",
            "24 characters of / * N 1-7 D Z C G #, the last one known",
        ),
        sensitivity="consent",
    )
    billed_cents: int = item(
        "账单金额",
        "Billed amount",
        description="Negative when the client has paid too much.",
        unit="TWD cents",
        ge=-LARGEST,
        le=LARGEST,
        sensitivity="consent",
    )
    paid_cents: int = item(
        "还款金额", "Paid amount", unit="TWD cents", ge=0, le=LARGEST, sensitivity="consent"
    )
