"""Imports, exports and the customs credit grade (海关)."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from data_contracts.contract import About, Compare, Contract
from data_contracts.government.bureaux import CUSTOMS
from data_contracts.government.shapes import consented
from data_contracts.government.subject import ConsentSubject


class CustomsTrade(ConsentSubject, Contract):
    """What an enterprise declared to the customs in a month."""

    about: ClassVar[About] = About(
        name="customs_trade",
        version="1.1",
        title_zh="进出口与海关信用信息",
        title_en="Imports and exports",
        **CUSTOMS,
        subject_kinds=("enterprise", "sole_trader"),
        key=("subject_id", "month_on"),
        event="month_on",
        negative=False,
        retention_years=None,
        frequency_zh="每月",
        frequency_en="monthly",
        sensitivity="consent",
        catalogue_id="C09-1",
        latency_days=46,
        mode="query-with-consent",
        used_in=("match", "score", "report"),
    )
    rules: ClassVar[tuple[Compare, ...]] = (
        Compare(
            "inspected", "inspected_count", "<=", "declaration_count",
            "查验票数不超过报关票数", "Inspected declarations are part of all",
        ),
    )  # fmt: skip

    month_on: date = consented.month()
    customs_no: str | None = consented.text("海关注册编码", "Customs registration number", 20)
    credit_grade: str | None = consented.code(
        "海关信用等级",
        "Customs credit grade",
        {
            "certified": ("高级认证企业", "Certified (AEO)"),
            "general": ("一般认证企业", "Generally certified"),
            "registered": ("注册登记和备案企业", "Registered"),
            "dishonest": ("失信企业", "Dishonest"),
        },
    )
    export_cents: int = consented.cents("出口额", "Exports", written_consent="income")
    import_cents: int = consented.cents("进口额", "Imports", written_consent="income")
    declaration_count: int | None = consented.count(
        "报关票数", "Declarations", "declarations", 10_000_000
    )
    inspected_count: int | None = consented.count(
        "查验票数", "Declarations inspected", "declarations", 10_000_000
    )
    penalised: bool | None = consented.flag("当月是否受海关处罚", "Penalised by the customs")
    main_goods: str | None = consented.text("主要商品章节", "Main chapter of goods", 60)
    main_country: str | None = consented.text("主要贸易国别", "Main country of trade", 60)
