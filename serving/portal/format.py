"""How values are written for people: units, shares, money, points."""

from __future__ import annotations

from typing import Any

from serving.portal.texts import text


def value_text(value: Any, unit: str, language: str) -> str:
    """A feature value with its unit.

    >>> value_text(0.256, "share", "en"), value_text(None, "", "zh"), value_text(12000.0, "USD", "en")
    ('25.6%', '无记录', '12,000 USD')
    """
    if value is None:
        return text("missing", language)
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return text("yes" if value else "no", language)
    if unit in ("share", "ratio"):
        return f"{value:.1%}"
    return f"{number_text(value)} {unit}".strip()


def number_text(value: float) -> str:
    """A number with separators and no more digits than it needs.

    >>> number_text(1234567.0), number_text(0.123456), number_text(-3.5)
    ('1,234,567', '0.123', '-3.5')
    """
    if float(value).is_integer():
        return f"{value:,.0f}"
    digits = 0 if abs(value) >= 1000 else 1 if abs(value) >= 100 else 2 if abs(value) >= 1 else 3
    return f"{value:,.{digits}f}".rstrip("0").rstrip(".")


def points_text(points: float) -> str:
    """Score points with their sign.

    >>> points_text(12.34), points_text(-0.04)
    ('+12.3', '0.0')
    """
    rounded = round(points, 1)
    return f"{rounded:+.1f}" if rounded else "0.0"


def share_text(share: float) -> str:
    """A probability for people.

    >>> share_text(0.0312), share_text(0.00042)
    ('3.1%', '0.04%')
    """
    return f"{share:.1%}" if share >= 0.01 else f"{share:.2%}"
