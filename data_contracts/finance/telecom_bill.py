"""A month's bill of a phone number."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from data_contracts.contract import About, Compare, Contract, item
from data_contracts.finance.items import (
    consent_no,
    day,
    licence_ref,
    money,
    negative_notice_on,
    subject,
)


class TelecomBill(Contract):
    """What was billed, what was paid and since when arrears stand; no call or message is recorded."""

    about: ClassVar[About] = About(
        name="telecom_bill",
        version="1.0",
        catalogue_id="X-5",
        title_zh="通信缴费信息",
        title_en="Telecommunication bill",
        supplier_zh="通信运营商",
        supplier_en="Telecommunication operator",
        subject_kinds=("enterprise", "sole_trader", "farmer", "individual"),
        key=("operator", "phone", "bill_on"),
        event="bill_on",
        end="ended_on",
        negative=True,
        retention_years=5,
        frequency_zh="每月",
        frequency_en="monthly",
        latency_days=45,
        sensitivity="consent",
        used_in=("score", "report"),
    )
    rules: ClassVar[tuple[Compare, ...]] = (
        Compare(
            "due",
            "bill_on",
            "<=",
            "due_on",
            "缴费期限不得早于账单日期",
            "A bill is not due before it is issued",
        ),
    )

    operator: str = item("运营商", "Operator", max_length=60, sensitivity="public")
    phone: str = item(
        "号码密文",
        "Number, hashed",
        sensitivity="consent",
        personal=True,
        identifier="mobile",
        severity="REVIEW",
        seal="hmac",
    )
    phone_masked: str | None = item(
        "号码掩码",
        "Number, masked",
        sensitivity="consent",
        personal=True,
        identifier="mobile",
        severity="REVIEW",
        seal="mask",
    )
    subject_id: str = subject()
    bill_on: date = day("账单日期", "Billed on", sensitivity="consent")
    due_on: date | None = day("缴费期限", "Due on", sensitivity="consent")
    billed_cents: int = money("应缴金额", "Billed")
    paid_cents: int = money("实缴金额", "Paid")
    arrears_cents: int = money("欠费金额", "Arrears", description="Of all months up to this bill.")
    state: str = item(
        "号码状态",
        "State of the number",
        codes={
            "normal": ("正常", "In service"),
            "suspended": ("欠费停机", "Suspended for arrears"),
            "closed": ("销号", "Closed"),
            "closed_in_arrears": ("欠费销号", "Closed in arrears"),
        },
        sensitivity="consent",
    )
    ended_on: date | None = day(
        "缴清日期",
        "Paid up on",
        description="Day this bill was paid in full; null while something of it is owed.",
        sensitivity="consent",
    )
    in_service_months: int | None = item(
        "在网月数", "Months in service", unit="months", ge=0, le=1_200, sensitivity="consent"
    )
    licence_ref: str | None = licence_ref()
    negative_notice_on: date | None = negative_notice_on()
    consent_no: str | None = consent_no()
