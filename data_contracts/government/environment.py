"""Environmental credit and discharge permits (生态环境); penalties are in ``penalty``."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from data_contracts.contract import About, Compare, Contract
from data_contracts.government.bureaux import ENVIRONMENT
from data_contracts.government.shapes import public
from data_contracts.government.subject import PublicSubject


class EnvironmentRating(PublicSubject, Contract):
    """The environmental credit grade of an enterprise in a year."""

    about: ClassVar[About] = About(
        name="environment_rating",
        version="1.1",
        title_zh="环保信用评价与排污信息",
        title_en="Environmental credit rating",
        **ENVIRONMENT,
        subject_kinds=("enterprise", "sole_trader"),
        key=("subject_id", "year", "assessed_on"),
        event="assessed_on",
        end="ended_on",
        negative=True,
        retention_years=5,
        frequency_zh="每季",
        frequency_en="quarterly",
        sensitivity="public",
        catalogue_id="C08-1",
        latency_days=31,
        used_in=("score", "rule", "match", "report"),
    )
    rules: ClassVar[tuple[Compare, ...]] = (
        Compare(
            "order", "assessed_on", "<=", "ended_on",
            "失效日期不早于评定日期", "A grade ends no earlier than it was assessed",
        ),
        Compare(
            "exceedance", "exceeded_days", "<=", "monitored_days",
            "超标天数不超过监测天数", "Days above the limit are days monitored",
        ),
    )  # fmt: skip

    year: int = public.year("评价年度", "Year assessed")
    assessed_on: date = public.day("评定日期", "Assessed on")
    grade: str = public.code(
        "环保信用等级",
        "Grade",
        {
            "green": ("绿（环保诚信）", "Green"),
            "blue": ("蓝（环保良好）", "Blue"),
            "yellow": ("黄（环保警示）", "Yellow"),
            "red": ("红（环保不良）", "Red"),
            "black": ("黑（严重不良）", "Black"),
        },
    )
    points: float | None = public.quantity("评价得分", "Points", "points", 1000.0)
    key_polluter: bool | None = public.flag("是否重点排污单位", "Key polluter")
    permit_no: str | None = public.text("排污许可证编号", "Number of the discharge permit", 60)
    permit_until: date | None = public.day("排污许可证有效期止", "Permit valid until")
    monitored_days: int | None = public.count("监测天数", "Days monitored", "days", 366)
    exceeded_days: int | None = public.count("超标天数", "Days above the limit", "days", 366)
    unremedied: bool | None = public.flag(
        "是否有未整改的环境违法", "Environmental breach not remedied"
    )
    ended_on: date | None = public.day("失效日期", "Ended on")
