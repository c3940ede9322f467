"""Fields whose distributions are compared with the business system (DI-01 to DI-06)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Literal

from data_contracts.documents import Text
from data_contracts.finance.credit_month import ACCOUNT_STATES, BUSINESSES

FieldKind = Literal["code", "number", "date", "money"]
_FORMATS = {4: "%Y", 7: "%Y-%m", 10: "%Y-%m-%d"}
_SETTLED = "account_status = CASE business WHEN '2' THEN '4' ELSE '3' END"


@dataclass(frozen=True)
class Field:
    """One compared field.

    Parameters
    ----------
    name, title
        Name in the table and titles.
    rule
        The published rule that asks for it.
    kind
        Codes and numbers are compared value by value; dates and amounts are grouped and get a stability
        index besides.
    column
        SQL of the value.
    where
        Which records count.
    whole_window
        Counted over all months judged, not in the last one alone.
    codes
        Values that there are; any two digits if empty.
    """

    name: str
    title: Text
    rule: str
    kind: FieldKind
    column: str
    where: str = "TRUE"
    whole_window: bool = False
    codes: tuple[str, ...] = ()

    @property
    def continuous(self) -> bool:
        """Whether its values are grouped, and get a stability index."""
        return self.kind in ("date", "money")

    @property
    def form(self) -> str:
        """How a value is written in the institution's table."""
        if self.codes:
            return " or ".join(self.codes)
        return {
            "code": "two digits, or nothing",
            "number": "a whole number, 0 or more",
            "date": "YYYY, YYYY-MM or YYYY-MM-DD, or nothing",
            "money": "an amount in yuan, or nothing",
        }[self.kind]

    def sql(self, form: int = 7) -> str:
        """SQL of the value as text, in the form of the institution's table; null is empty."""
        if self.kind == "date":
            return f"strftime({self.column}, '{_FORMATS[form]}')"
        return self.column

    def plain(self, text: str) -> str | None:
        """The value in its one form (amounts in cents), or None where it is none.

        Examples
        --------
        >>> BY_NAME["授信额度"].plain("20,000.5"), BY_NAME["opened_on"].plain("2024/3")
        ('2000050', '2024-03')
        >>> BY_NAME["overdue_count"].plain("03"), BY_NAME["account_status"].plain("99") is None
        ('3', True)
        """
        text = text.strip()
        if self.kind == "date":
            return _plain_date(text)
        if self.kind == "money":
            return _plain_money(text)
        if self.kind == "number":
            text = text.removesuffix(".0")
            return str(int(text)) if re.fullmatch("[0-9]{1,4}", text) else None
        text = text.removesuffix(".0")
        if self.codes:
            return text if text in self.codes else None
        return text if re.fullmatch("([0-9]{2})?", text) else None


def _plain_date(text: str) -> str | None:
    found = re.fullmatch(r"([0-9]{4})(?:[-/.]?([0-9]{1,2})(?:[-/.]?([0-9]{1,2}))?)?", text)
    if found is None:
        return "" if not text else None
    year, month, day = found.groups()
    try:
        date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        return None
    return "-".join([year, *(f"{int(part):02d}" for part in (month, day) if part is not None)])


def _plain_money(text: str) -> str | None:
    if not text:
        return ""
    try:
        cents = Decimal(text.replace(",", "")) * 100
    except InvalidOperation:
        return None
    whole = cents.is_finite() and 0 <= cents < 10**18 and cents == int(cents)
    return str(int(cents)) if whole else None


FIELDS: tuple[Field, ...] = (
    Field("business", Text("业务种类", "Business"), "DI-04", "code", "business",
          codes=tuple(BUSINESSES)),
    Field("business_detail", Text("业务种类细分", "Kind of business"), "DI-04", "code",
          "business_detail"),
    Field("opened_on", Text("开户日期", "Opened on"), "DI-03", "date", "opened_on"),
    Field("settled_on", Text("结清月份", "Settled in"), "DI-03", "date", "bill_on",
          where=_SETTLED, whole_window=True),
    Field("due_on", Text("到期日期", "Due on"), "DI-01", "date", "due_on"),
    Field("limit_yuan", Text("授信额度", "Credit limit"), "DI-02", "money", "limit_cents"),
    Field("overdue_count", Text("违约次数", "Periods ever overdue"), "DI-05", "number",
          "overdue_count"),
    Field("max_overdue_periods", Text("最高逾期期数", "Most periods overdue"), "DI-05", "number",
          "max_overdue_periods"),
    Field("overdue_periods", Text("当前逾期期数", "Periods overdue now"), "DI-05", "number",
          "overdue_periods"),
    Field("account_status", Text("账户状态", "Account state"), "DI-06", "code", "account_status",
          codes=tuple(ACCOUNT_STATES)),
)  # fmt: skip
BY_NAME: dict[str, Field] = {f.name: f for f in FIELDS} | {f.title.zh: f for f in FIELDS}
