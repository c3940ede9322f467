"""Bills of water, gas and electricity: use, what was due, what was paid (水、气、电)."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from data_contracts.contract import About, Compare, Contract
from data_contracts.government.bureaux import GAS, POWER, WATER
from data_contracts.government.shapes import consented
from data_contracts.government.subject import NoticedSubject

RULES: tuple[Compare, ...] = (
    Compare(
        "order", "month_on", "<=", "settled_on",
        "结清日期不早于所属月份", "A bill is settled no earlier than its month",
    ),
    Compare(
        "arrears", "arrears_cents", "<=", "due_cents",
        "欠缴金额不超过应缴金额", "What is owed of a bill is at most what was due", "REVIEW",
    ),
    Compare(
        "account", "account_opened_on", "<=", "billed_on",
        "开户日期不晚于出账日期", "An account is opened no later than its bill", "REVIEW",
    ),
)  # fmt: skip


class BillSubject(NoticedSubject):
    """What the bills of every utility have in common."""

    customer_no: str = consented.text(
        "用户编号",
        "Customer number",
        40,
        description="Of the supplier; often masked.",
        personal=True,
    )
    month_on: date = consented.month("账单月份", "Month of the bill")
    billed_on: date | None = consented.day("出账日期", "Billed on")
    account_opened_on: date | None = consented.day("开户日期", "Account opened on")
    own_meter: bool | None = consented.flag("是否一户一表", "Has a meter of its own")
    address: str | None = consented.text("用户地址", "Address", 300, personal=True)
    due_cents: int = consented.cents("应缴金额", "Due")
    received_cents: int | None = consented.cents("实缴金额", "Paid")
    arrears_cents: int | None = consented.cents("欠缴金额", "Owed")
    prepaid_cents: int | None = consented.cents("预缴金额", "Paid in advance")
    settled_on: date | None = consented.day(
        "结清日期", "Settled on", description="Null while the bill is owed."
    )


class WaterBill(BillSubject, Contract):
    """A month's water bill."""

    about: ClassVar[About] = About(
        name="water_bill",
        version="1.1",
        title_zh="用水缴费信息",
        title_en="Water bill",
        **WATER,
        subject_kinds=("enterprise", "sole_trader"),
        key=("subject_id", "customer_no", "month_on"),
        event="month_on",
        end="settled_on",
        negative=True,
        retention_years=5,
        frequency_zh="每月",
        frequency_en="monthly",
        sensitivity="consent",
        catalogue_id="C10-1",
        latency_days=46,
        used_in=("score", "report"),
    )
    rules: ClassVar[tuple[Compare, ...]] = RULES

    used_m3: float | None = consented.quantity("用水量", "Water used", "m3", 1e9)


class GasBill(BillSubject, Contract):
    """A month's gas bill."""

    about: ClassVar[About] = About(
        name="gas_bill",
        version="1.1",
        title_zh="用气缴费信息",
        title_en="Gas bill",
        **GAS,
        subject_kinds=("enterprise", "sole_trader"),
        key=("subject_id", "customer_no", "month_on"),
        event="month_on",
        end="settled_on",
        negative=True,
        retention_years=5,
        frequency_zh="每月",
        frequency_en="monthly",
        sensitivity="consent",
        catalogue_id="C10-2",
        latency_days=46,
        used_in=("score", "report"),
    )
    rules: ClassVar[tuple[Compare, ...]] = RULES

    used_m3: float | None = consented.quantity("用气量", "Gas used", "m3", 1e9)
    average_3m_m3: float | None = consented.quantity(
        "近三个月平均用量", "Average use of three months", "m3", 1e9
    )
    average_6m_m3: float | None = consented.quantity(
        "近六个月平均用量", "Average use of six months", "m3", 1e9
    )


class ElectricityBill(BillSubject, Contract):
    """A month's electricity bill."""

    about: ClassVar[About] = About(
        name="electricity_bill",
        version="1.1",
        title_zh="用电缴费信息",
        title_en="Electricity bill",
        **POWER,
        subject_kinds=("enterprise", "sole_trader"),
        key=("subject_id", "customer_no", "month_on"),
        event="month_on",
        end="settled_on",
        negative=True,
        retention_years=5,
        frequency_zh="每月",
        frequency_en="monthly",
        sensitivity="consent",
        catalogue_id="C11-1",
        latency_days=46,
        used_in=("score", "report"),
    )
    rules: ClassVar[tuple[Compare, ...]] = RULES

    used_kwh: float | None = consented.quantity("用电量", "Electricity used", "kWh", 1e11)
    capacity_kva: float | None = consented.quantity("合同容量", "Contracted capacity", "kVA", 1e7)
    penalty_cents: int | None = consented.cents("违约金", "Late-payment penalty")
