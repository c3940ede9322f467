"""What a subject states of itself, with a credit commitment."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from data_contracts.contract import About, Compare, Contract, item
from data_contracts.finance.items import EARLIEST, LATEST, consent_no, day, number, subject


class VoluntaryStatement(Contract):
    """One statement on one theme; it weighs nothing until somebody has verified it."""

    about: ClassVar[About] = About(
        name="voluntary_statement",
        version="1.0",
        catalogue_id="X-6",
        title_zh="自愿填报与信用承诺",
        title_en="Voluntary statement and credit commitment",
        supplier_zh="主体本人",
        supplier_en="The subject itself",
        subject_kinds=("enterprise", "sole_trader", "farmer", "individual"),
        key=("statement_no",),
        event="stated_on",
        negative=False,
        retention_years=5,
        frequency_zh="填报时",
        frequency_en="when stated",
        latency_days=1,
        mode="api",
        sensitivity="restricted",
        used_in=("match", "report"),
    )
    rules: ClassVar[tuple[Compare, ...]] = (
        Compare(
            "verified",
            "stated_on",
            "<=",
            "verified_on",
            "核实日期不得早于填报日期",
            "A statement is not verified before it is made",
        ),
    )

    statement_no: str = number("填报编号", "Statement number", personal=True)
    subject_id: str = subject()
    theme: str = item(
        "填报事项",
        "Theme",
        codes={
            "revenue": ("营业收入", "Revenue"),
            "assets": ("资产", "Assets"),
            "employees": ("从业人数", "Employees"),
            "orders": ("在手订单", "Orders in hand"),
            "land": ("经营土地", "Land worked"),
            "livestock": ("养殖规模", "Livestock"),
            "equipment": ("设备", "Equipment"),
            "certificates": ("资质证书", "Certificates"),
            "other_debt": ("其他负债", "Other debt"),
            "explanation": ("情况说明", "Explanation"),
        },
    )
    statement: str = item("填报内容", "Statement", max_length=2_000, personal=True)
    value: float | None = item(
        "填报数值",
        "Stated value",
        description="In the unit named beside it.",
        ge=-1e15,
        le=1e15,
        personal=True,
    )
    value_unit: str | None = item("数值单位", "Unit of the value", max_length=20)
    commitment_signed: bool = item(
        "已签信用承诺",
        "Credit commitment signed",
        description="The subject has declared that the statement is true.",
        sensitivity="public",
    )
    commitment_digest: str | None = item(
        "承诺书摘要",
        "Digest of the commitment",
        pattern="^[0-9a-f]{64}$",
        form=("SHA-256 的 64 位十六进制", "64 hexadecimal digits of SHA-256"),
    )
    stated_on: date = day("填报日期", "Stated on")
    valid_until: date | None = item(
        "有效期至", "Valid until", ge=EARLIEST, le=LATEST, sensitivity="public"
    )
    verification: str = item(
        "核实结果",
        "Verification",
        codes={
            "unverified": ("未核实", "Not verified"),
            "verified": ("属实", "Found true"),
            "refuted": ("不属实", "Found untrue"),
        },
    )
    verified_on: date | None = day("核实日期", "Verified on")
    verified_by: str | None = item("核实单位", "Verified by", max_length=120)
    consent_no: str | None = consent_no()
