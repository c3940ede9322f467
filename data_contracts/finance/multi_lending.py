"""Borrowing from several lenders, as the sharing platforms of online and small lenders report it."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from data_contracts.contract import About, Contract, item
from data_contracts.finance.items import (
    consent_no,
    day,
    licence_ref,
    money,
    negative_notice_on,
    number,
    subject,
)


class MultiLending(Contract):
    """One event of one borrower at one member lender: asked, granted, lent, overdue, settled.

    Windows of it count how many lenders a person asked or owes. Members see each other's records only
    under a code, and the operator must name its licence (REG-31).
    """

    about: ClassVar[About] = About(
        name="multi_lending",
        version="1.0",
        catalogue_id="X-2",
        title_zh="网络与小额信贷多头借贷信息",
        title_en="Borrowing from several online and small lenders",
        supplier_zh="网络金融征信系统、小额信贷共享平台",
        supplier_en="Sharing platforms of online and small lenders",
        subject_kinds=("enterprise", "sole_trader", "farmer", "individual"),
        key=("platform", "record_no"),
        event="occurred_on",
        end="ended_on",
        negative=True,
        retention_years=5,
        frequency_zh="每日",
        frequency_en="daily",
        latency_days=2,
        sensitivity="consent",
        used_in=("score", "report", "rule"),
    )

    platform: str = item(
        "来源平台",
        "Platform",
        codes={
            "NFCS": ("网络金融征信系统", "Online-finance credit system"),
            "MSP": ("小额信贷行业信用信息共享平台", "Sharing platform of small lenders"),
            "OTHER": ("其他平台", "Another platform"),
        },
        sensitivity="public",
    )
    record_no: str = number("记录编号", "Record number", personal=True)
    subject_id: str = subject()
    identity: str | None = item(
        "证件号码密文",
        "Identity number, hashed",
        sensitivity="consent",
        personal=True,
        identifier="resident_id",
        severity="REVIEW",
        seal="hmac",
    )
    phone: str | None = item(
        "手机号密文",
        "Mobile number, hashed",
        sensitivity="consent",
        personal=True,
        identifier="mobile",
        severity="REVIEW",
        seal="hmac",
    )
    member_code: str = number(
        "成员机构代号",
        "Member lender's code",
        description="A code of the platform that does not name the lender to other members.",
    )
    event_kind: str = item(
        "事件",
        "Event",
        codes={
            "applied": ("申请", "Applied"),
            "approved": ("审批通过", "Approved"),
            "rejected": ("审批拒绝", "Rejected"),
            "lent": ("放款", "Lent"),
            "overdue": ("逾期", "Overdue"),
            "settled": ("结清", "Settled"),
        },
        sensitivity="consent",
    )
    occurred_on: date = day("发生日期", "Occurred on", sensitivity="consent")
    ended_on: date | None = day(
        "结束日期",
        "Ended on",
        description="When arrears were paid; equal to the day of the event for all other events.",
        sensitivity="consent",
    )
    amount_cents: int | None = money("金额", "Amount")
    overdue_days: int | None = item(
        "逾期天数", "Days overdue", unit="days", ge=0, le=36_500, sensitivity="consent"
    )
    licence_ref: str | None = licence_ref()
    negative_notice_on: date | None = negative_notice_on()
    consent_no: str | None = consent_no()
