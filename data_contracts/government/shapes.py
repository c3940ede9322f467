"""Shapes of items that recur in the contracts of bureaux, one instance per sensitivity class.

``public.day("列入日期", "Entered on")`` declares a date of a public record; money is in integer cents of CNY.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from data_contracts.contract import Sensitivity, item
from data_contracts.subject_id import SUBJECT_ID, SUBJECT_ID_FORM

EARLIEST, LATEST = date(1900, 1, 1), date(2100, 1, 1)

MOST_CENTS = 10**15
"""Ten trillion CNY: above any amount of one enterprise, below what a 64-bit sum overflows."""

MOST_PEOPLE = 5_000_000


@dataclass(frozen=True)
class Shapes:
    """Items of one sensitivity class."""

    sensitivity: Sensitivity

    def subject_id(self, title_zh: str, title_en: str, **more: Any) -> Any:
        """Declare the id of a subject (``<scheme>-<number>``)."""
        return item(
            title_zh,
            title_en,
            pattern=SUBJECT_ID,
            form=SUBJECT_ID_FORM,
            sensitivity=self.sensitivity,
            **more,
        )

    def text(self, title_zh: str, title_en: str, longest: int, **more: Any) -> Any:
        """Declare a text of at most so many characters."""
        return item(title_zh, title_en, max_length=longest, sensitivity=self.sensitivity, **more)

    def code(
        self, title_zh: str, title_en: str, codes: Mapping[str, tuple[str, str]], **more: Any
    ) -> Any:
        """Declare a code of a closed table."""
        return item(title_zh, title_en, codes=codes, sensitivity=self.sensitivity, **more)

    def day(self, title_zh: str, title_en: str, **more: Any) -> Any:
        """Declare a date."""
        return item(
            title_zh, title_en, ge=EARLIEST, le=LATEST, sensitivity=self.sensitivity, **more
        )

    def month(self, title_zh: str = "所属月份", title_en: str = "Month", **more: Any) -> Any:
        """Declare a month, written as its first day."""
        return self.day(title_zh, title_en, description="Its first day stands for it.", **more)

    def year(self, title_zh: str = "年度", title_en: str = "Year", **more: Any) -> Any:
        """Declare a calendar year."""
        return item(
            title_zh, title_en, unit="year", ge=1949, le=2099, sensitivity=self.sensitivity, **more
        )

    def cents(self, title_zh: str, title_en: str, *, least: int = 0, **more: Any) -> Any:
        """Declare an amount in cents of CNY; ``least`` is negative where it may be owed or lost."""
        return item(
            title_zh,
            title_en,
            unit="CNY cents",
            ge=least,
            le=MOST_CENTS,
            sensitivity=self.sensitivity,
            **more,
        )

    def people(self, title_zh: str, title_en: str, **more: Any) -> Any:
        """Declare a number of people."""
        return item(
            title_zh,
            title_en,
            unit="people",
            ge=0,
            le=MOST_PEOPLE,
            sensitivity=self.sensitivity,
            **more,
        )

    def count(self, title_zh: str, title_en: str, unit: str, most: int, **more: Any) -> Any:
        """Declare a number of things."""
        return item(
            title_zh, title_en, unit=unit, ge=0, le=most, sensitivity=self.sensitivity, **more
        )

    def quantity(self, title_zh: str, title_en: str, unit: str, most: float, **more: Any) -> Any:
        """Declare a measured quantity that is not negative."""
        return item(
            title_zh, title_en, unit=unit, ge=0.0, le=most, sensitivity=self.sensitivity, **more
        )

    def share(self, title_zh: str, title_en: str, **more: Any) -> Any:
        """Declare a share between 0 and 1."""
        return self.quantity(title_zh, title_en, "share", 1.0, **more)

    def flag(self, title_zh: str, title_en: str, **more: Any) -> Any:
        """Declare a yes or no."""
        return item(title_zh, title_en, sensitivity=self.sensitivity, **more)

    def area(self, title_zh: str = "行政区划代码", title_en: str = "Area code", **more: Any) -> Any:
        """Declare a GB/T 2260 area of six digits."""
        return item(
            title_zh,
            title_en,
            pattern="^[0-9]{6}$",
            form=("6 位数字", "6 digits"),
            identifier="area",
            severity="REVIEW",
            sensitivity=self.sensitivity,
            **more,
        )

    def entry_no(self) -> Any:
        """Declare what tells apart records that agree in the rest of the key."""
        return self.text(
            "条目序号",
            "Entry number",
            60,
            description="Tells apart records that agree in the rest of the key; 1 where there is one.",
        )

    def person_name(self, title_zh: str, title_en: str, **more: Any) -> Any:
        """Declare the name of a natural person: masked when stored."""
        return item(
            title_zh, title_en, seal="mask", personal=True, sensitivity=self.sensitivity, **more
        )

    def date_basis(self) -> Any:
        """Declare what the event date stands for, where the source lacks the date itself."""
        return self.code(
            "日期含义",
            "What the date stands for",
            {
                "event": ("事实发生日期", "The day of the fact"),
                "filed": ("立案日期", "The day the case was filed"),
                "published": ("公布日期", "The day of publication"),
            },
            description="Null: the day of the fact.",
        )


public = Shapes("public")
restricted = Shapes("restricted")
consented = Shapes("consent")
