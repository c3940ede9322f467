"""Money that a lender paid out under an account."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from data_contracts.contract import About, Compare, Contract, item
from data_contracts.finance.items import (
    consent_no,
    currency,
    day,
    institution_code,
    money,
    number,
    rate_bp,
    subject,
)
from data_contracts.finance.product_terms import LOAN_PURPOSES


class Disbursement(Contract):
    """One payment of a loan: how much, to whom it went and when it is due."""

    about: ClassVar[About] = About(
        name="disbursement",
        version="1.0",
        title_zh="贷款发放",
        title_en="Disbursement",
        supplier_zh="金融机构",
        supplier_en="Financial institution",
        subject_kinds=("enterprise", "sole_trader", "farmer", "individual"),
        key=("disbursement_no",),
        event="disbursed_on",
        negative=False,
        retention_years=5,
        frequency_zh="次一工作日",
        frequency_en="next working day",
        latency_days=1,
        sensitivity="consent",
        used_in=("match", "report", "monitor"),
    )
    rules: ClassVar[tuple[Compare, ...]] = (
        Compare(
            "due",
            "disbursed_on",
            "<=",
            "due_on",
            "到期日期不得早于发放日期",
            "A loan is not due before it is paid out",
        ),
    )

    disbursement_no: str = number("发放编号", "Disbursement number")
    account_no: str = number("账户编号", "Account number", copy_of="loan_account.account_no")
    application_no: str | None = number(
        "申请编号", "Application number", copy_of="loan_application.application_no"
    )
    subject_id: str = subject()
    institution_code: str = institution_code()
    amount_cents: int = money("发放金额", "Amount", ge=1)
    currency: str | None = currency()
    rate_bp: int | None = rate_bp("执行年利率", "Yearly rate")
    payment: str = item(
        "支付方式",
        "Way of payment",
        codes={
            "entrusted": ("受托支付", "To the borrower's supplier"),
            "own": ("自主支付", "To the borrower"),
        },
        sensitivity="consent",
    )
    purpose: str | None = item("贷款用途", "Purpose", codes=LOAN_PURPOSES, sensitivity="consent")
    disbursed_on: date = day("发放日期", "Disbursed on", sensitivity="consent")
    due_on: date | None = day("到期日期", "Due on", sensitivity="consent")
    consent_no: str | None = consent_no()
