"""Credit accounts: a loan, a card, and a month of a card's repayment."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from data_contracts.contract import About, Compare, Contract, item
from data_contracts.finance.items import consent_no, negative_notice_on
from data_contracts.finance.loan_application import (
    EARLIEST,
    GUARANTEE,
    LARGEST,
    LATEST,
    NUMBER_PATTERN,
    SUBJECT_PATTERN,
)
from data_contracts.finance.product_terms import GUARANTEES, LOAN_PURPOSES


class LoanAccount(Contract):
    """A loan that was approved and opened."""

    about: ClassVar[About] = About(
        name="loan_account",
        version="1.1",
        title_zh="贷款账户",
        title_en="Loan account",
        supplier_zh="金融机构",
        supplier_en="Financial institution",
        subject_kinds=("enterprise", "sole_trader", "farmer", "individual"),
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
    term_months: int | None = item("贷款期限", "Term", unit="months", ge=0, le=600)
    due_on: date | None = item("到期日期", "Due on", ge=EARLIEST, le=LATEST)
    guarantee_kind: str | None = item(
        "担保方式", "Kind of guarantee", codes=GUARANTEES, sensitivity="consent"
    )
    rate_bp: int | None = item(
        "年利率", "Yearly rate", unit="basis points", ge=0, le=100_000, sensitivity="consent"
    )
    group_application_no: str | None = item(
        "统一申请编号",
        "Number of the joint application",
        pattern=NUMBER_PATTERN,
        form=("字母、数字、连字符", "letters, digits, hyphens"),
    )
    consent_no: str | None = item(
        "授权编号",
        "Consent number",
        description="Of the subject's consent, where the subject is a natural person (REG-01).",
        pattern=NUMBER_PATTERN,
        form=("字母、数字、连字符", "letters, digits, hyphens"),
        copy_of="consent.consent_no",
    )


class CardAccount(Contract):
    """A credit card account and its limit."""

    about: ClassVar[About] = About(
        name="card_account",
        version="1.0",
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
        version="1.1",
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
    negative_notice_on: date | None = negative_notice_on()
    consent_no: str | None = consent_no()
