"""Five-class loan classification (五级分类): floors by days past due, and the status digit of a month.

The card floors follow 商业银行信用卡业务监督管理办法 §92. The general floors follow 商业银行金融资产风险分类办法
(2023) from memory, so they are defaults that a caller may replace, and are not to be shown as law.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Floor:
    """From ``days`` past due on, a loan is at least in class ``five_class``."""

    days: int
    five_class: str
    source: str


GENERAL_FLOORS: tuple[Floor, ...] = (
    Floor(1, "2", "MEM"),
    Floor(91, "3", "MEM"),
    Floor(271, "4", "MEM"),
    Floor(361, "5", "MEM"),
)
"""At least special mention from day 1, substandard over 90, doubtful over 270, loss over 360 days."""

CARD_FLOORS: tuple[Floor, ...] = (
    Floor(1, "2", "PUB"),
    Floor(91, "3", "PUB"),
    Floor(121, "4", "PUB"),
    Floor(181, "5", "PUB"),
)
"""Credit cards: special mention 1-90, substandard 91-120, doubtful 121-180, loss over 180 days."""


def floor_class(days: int | None, floors: Sequence[Floor] = GENERAL_FLOORS) -> str | None:
    """Lowest (best) class that the days past due allow, ``"1"`` to ``"5"``; None for unknown days.

    Examples
    --------
    >>> [floor_class(days) for days in (0, 1, 90, 91, 270, 271, 360, 361)]
    ['1', '2', '2', '3', '3', '4', '4', '5']
    >>> [floor_class(days, CARD_FLOORS) for days in (90, 91, 120, 121, 180, 181)]
    ['2', '3', '3', '4', '4', '5']
    """
    if days is None:
        return None
    return max((floor.five_class for floor in floors if days >= floor.days), default="1")


def floor_class_sql(days_sql: str, floors: Sequence[Floor] = GENERAL_FLOORS) -> str:
    """:func:`floor_class` as a DuckDB expression over a number of days.

    Examples
    --------
    >>> floor_class_sql("d", CARD_FLOORS[:1])
    "CASE WHEN (d) IS NULL THEN NULL WHEN (d) >= 1 THEN '2' ELSE '1' END"
    """
    steps = sorted(floors, key=lambda floor: floor.five_class, reverse=True)
    cases = " ".join(f"WHEN ({days_sql}) >= {step.days} THEN '{step.five_class}'" for step in steps)
    return f"CASE WHEN ({days_sql}) IS NULL THEN NULL {cases} ELSE '1' END"


def non_performing(five_class: str | None) -> bool | None:
    """Whether a class is non-performing (不良: the last three); None for unknown.

    Examples
    --------
    >>> non_performing("2"), non_performing("3"), non_performing("9")
    (False, True, None)
    """
    if five_class is None or five_class not in ("1", "2", "3", "4", "5"):
        return None
    return five_class in ("3", "4", "5")


def status_digit(days: int | None) -> str | None:
    """Digit of the repayment status for days past due: 1-30 is 1 ... 151-180 is 6, more is 7.

    Returns
    -------
    str or None
        None where there is no arrears or the days are unknown.

    Examples
    --------
    >>> [status_digit(days) for days in (0, 1, 30, 31, 180, 181)]
    [None, '1', '1', '2', '6', '7']
    """
    if days is None or days < 1:
        return None
    return str(min((days - 1) // 30 + 1, 7))


def status_digit_sql(days_sql: str) -> str:
    """:func:`status_digit` as a DuckDB expression over a whole number of days."""
    return (
        f"CASE WHEN ({days_sql}) >= 1 "
        f"THEN CAST(least((({days_sql}) - 1) // 30 + 1, 7) AS VARCHAR) END"
    )
