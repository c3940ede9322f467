"""A month of trade on an e-commerce or payment platform."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from data_contracts.contract import About, Compare, Contract, item
from data_contracts.finance.items import consent_no, day, licence_ref, money, subject


class PlatformTrade(Contract):
    """What one shop or payee account took in one month, and how its customers judged it."""

    about: ClassVar[About] = About(
        name="platform_trade",
        version="1.0",
        catalogue_id="X-4",
        title_zh="电商与支付平台经营数据",
        title_en="Trade on e-commerce and payment platforms",
        supplier_zh="电商、支付平台",
        supplier_en="E-commerce or payment platform",
        subject_kinds=("enterprise", "sole_trader", "farmer", "individual"),
        key=("platform", "account", "month_end"),
        event="month_end",
        negative=False,
        retention_years=5,
        frequency_zh="每月",
        frequency_en="monthly",
        latency_days=20,
        sensitivity="consent",
        used_in=("score", "report"),
    )
    rules: ClassVar[tuple[Compare, ...]] = (
        Compare(
            "refund",
            "refunded_cents",
            "<=",
            "gross_cents",
            "退款金额一般不大于成交金额",
            "Refunds are rarely larger than the month's sales",
            "REVIEW",
        ),
        Compare(
            "refund_orders",
            "refunded_orders",
            "<=",
            "orders",
            "退款笔数一般不大于成交笔数",
            "Refunded orders are rarely more than the month's orders",
            "REVIEW",
        ),
    )

    platform: str = item("平台", "Platform", max_length=60, sensitivity="public")
    account: str = item(
        "店铺或收款账户密文",
        "Shop or payee account, hashed",
        sensitivity="consent",
        personal=True,
        seal="hmac",
    )
    account_masked: str | None = item(
        "店铺或收款账户掩码",
        "Shop or payee account, masked",
        sensitivity="consent",
        personal=True,
        seal="mask",
    )
    subject_id: str = subject()
    month_end: date = day("月末日期", "Last day of the month", sensitivity="consent")
    orders: int = item(
        "成交笔数", "Orders", unit="orders", ge=0, le=1_000_000_000, sensitivity="consent"
    )
    gross_cents: int = money("成交金额", "Sales")
    refunded_orders: int | None = item(
        "退款笔数", "Refunded orders", unit="orders", ge=0, le=1_000_000_000, sensitivity="consent"
    )
    refunded_cents: int | None = money("退款金额", "Refunds")
    buyers: int | None = item(
        "买家数", "Buyers", unit="buyers", ge=0, le=1_000_000_000, sensitivity="consent"
    )
    rating: float | None = item(
        "买家评分", "Buyers' rating", unit="points of 5", ge=0, le=5, sensitivity="consent"
    )
    disputes: int | None = item(
        "纠纷笔数", "Disputes", unit="orders", ge=0, le=1_000_000_000, sensitivity="consent"
    )
    opened_on: date | None = day("开店日期", "Account opened on", sensitivity="consent")
    licence_ref: str | None = licence_ref()
    consent_no: str | None = consent_no()
