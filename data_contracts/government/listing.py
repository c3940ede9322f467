"""Adverse lists of the market regulator (经营异常名录、严重违法失信名单)."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from data_contracts.contract import About, Compare, Contract
from data_contracts.government.bureaux import MARKET_REGULATION
from data_contracts.government.shapes import public
from data_contracts.government.subject import PublicSubject


class AbnormalOperation(PublicSubject, Contract):
    """An entry in the list of abnormal operations."""

    about: ClassVar[About] = About(
        name="abnormal_operation",
        version="1.1",
        title_zh="经营异常名录",
        title_en="List of abnormal operations",
        **MARKET_REGULATION,
        subject_kinds=("enterprise", "sole_trader"),
        key=("subject_id", "published_on"),
        event="published_on",
        end="removed_on",
        negative=True,
        retention_years=5,
        frequency_zh="每日",
        frequency_en="daily",
        sensitivity="public",
        catalogue_id="C01-5",
        latency_days=1,
        used_in=("rule", "score", "report", "monitor"),
    )
    rules: ClassVar[tuple[Compare, ...]] = (
        Compare(
            "order", "listed_on", "<=", "removed_on",
            "移出日期不早于列入日期", "An entry is removed no earlier than it was made",
        ),
    )  # fmt: skip

    published_on: date = public.day(
        "公布日期", "Published on", description="Usually the day of the entry itself."
    )
    listed_on: date | None = public.day("列入日期", "Entered on")
    reason: str | None = public.code(
        "列入原因",
        "Reason",
        {
            "no_report": ("未按期公示年度报告", "No annual report"),
            "no_disclosure": ("未按期公示有关企业信息", "Information not disclosed"),
            "concealed": ("公示信息隐瞒真实情况、弄虚作假", "Information false or concealed"),
            "no_contact": (
                "通过登记的住所或者经营场所无法联系",
                "Not reachable at the registered address",
            ),
            "other": ("其他", "Other"),
        },
    )
    reason_text: str | None = public.text("列入原因（原文）", "Reason as written", 500)
    authority: str | None = public.text("作出决定机关", "Authority", 100)
    removed_on: date | None = public.day("移出日期", "Removed on")
    removal_reason: str | None = public.text("移出原因", "Reason of the removal", 500)


class SeriousViolation(PublicSubject, Contract):
    """An entry in the list of serious violations and breaches of trust."""

    about: ClassVar[About] = About(
        name="serious_violation",
        version="1.1",
        title_zh="严重违法失信名单",
        title_en="List of serious violations",
        **MARKET_REGULATION,
        subject_kinds=("enterprise", "sole_trader"),
        key=("subject_id", "published_on"),
        event="published_on",
        end="removed_on",
        negative=True,
        retention_years=5,
        frequency_zh="每日",
        frequency_en="daily",
        sensitivity="public",
        catalogue_id="C01-5",
        latency_days=1,
        used_in=("rule", "match", "score", "report", "monitor"),
    )
    rules: ClassVar[tuple[Compare, ...]] = (
        Compare(
            "order", "listed_on", "<=", "removed_on",
            "移出日期不早于列入日期", "An entry is removed no earlier than it was made",
        ),
    )  # fmt: skip

    published_on: date = public.day(
        "公布日期", "Published on", description="Usually the day of the entry itself."
    )
    listed_on: date | None = public.day("列入日期", "Entered on")
    field: str | None = public.code(
        "失信领域",
        "Field",
        {
            "food": ("食品安全", "Food safety"),
            "drugs": ("药品安全", "Safety of drugs"),
            "equipment": ("特种设备", "Special equipment"),
            "quality": ("产品质量", "Product quality"),
            "competition": ("不正当竞争", "Unfair competition"),
            "consumer": ("消费者权益", "Consumer rights"),
            "intellectual": ("知识产权", "Intellectual property"),
            "other": ("其他", "Other"),
        },
    )
    reason_text: str | None = public.text("列入原因", "Reason", 1000)
    authority: str | None = public.text("作出决定机关", "Authority", 100)
    removed_on: date | None = public.day("移出日期", "Removed on")
    removal_reason: str | None = public.text("移出原因", "Reason of the removal", 500)
