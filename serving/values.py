"""How feature values are written for people: titles, units, shares, codes, points; in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from data_contracts.catalogue import contract
from features.catalogue import VIEWS
from features.view import UNITS
from models.schema import Schema
from serving.texts import Both

MISSING = Both("无记录", "no record")
YES, NO = Both("是", "yes"), Both("否", "no")


def feature_value(name: str, value: Any, unit: str) -> Both:
    """A feature's value with its unit, a code by its title.

    >>> feature_value("x", 0.256, "fraction").en, feature_value("x", 1.0, "yes/no").en
    ('25.6%', 'yes')
    >>> feature_value("x", None, "USD").en, feature_value("x", 12000.0, "USD").en
    ('no record', '12,000 US dollars')
    """
    if value is None:
        return MISSING
    if isinstance(value, str):
        return Both(*_codes().get(name, {}).get(value, (value, value)))
    if unit == "yes/no":
        return YES if value else NO
    if unit == "fraction":
        return Both(f"{value:.1%}", f"{value:.1%}")
    zh, en = UNITS.get(unit, (unit, unit))
    number = number_text(float(value))
    return Both(f"{number} {zh}".strip(), f"{number} {en}".strip())


def part_title(schema: Schema, part: Mapping[str, Any]) -> Both:
    """Titles of the features of a contribution or reason; names stand in for what is unknown."""
    fields = [schema.by_name.get(name) for name in part["features"]]
    names = part["features"]
    zh = [f.title_zh if f and f.title_zh else n for f, n in zip(fields, names, strict=True)]
    en = [f.title_en if f and f.title_en else n for f, n in zip(fields, names, strict=True)]
    return Both(" × ".join(zh), " × ".join(en))


def part_value(schema: Schema, part: Mapping[str, Any]) -> Both:
    """Values of the features of a contribution or reason."""
    shown = [
        feature_value(name, value, field.unit if (field := schema.by_name.get(name)) else "")
        for name, value in zip(part["features"], part["values"], strict=True)
    ]
    return Both(" · ".join(v.zh for v in shown), " · ".join(v.en for v in shown))


def raising(answer: Mapping[str, Any], most: int = 4) -> list[Mapping[str, Any]]:
    """The contributions that raised a score most, largest first."""
    helpful = [part for part in answer["contributions"] if part["points"] > 0]
    return sorted(helpful, key=lambda part: (-part["points"], part["features"]))[:most]


def number_text(value: float) -> str:
    """A number with separators and no more digits than it needs.

    >>> number_text(1234567.0), number_text(0.123456), number_text(-3.5)
    ('1,234,567', '0.123', '-3.5')
    """
    if value.is_integer():
        return f"{value:,.0f}"
    digits = 0 if abs(value) >= 1000 else 1 if abs(value) >= 100 else 2 if abs(value) >= 1 else 3
    return f"{value:,.{digits}f}".rstrip("0").rstrip(".") if digits else f"{value:,.0f}"


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


@cache
def _codes() -> dict[str, Mapping[str, tuple[str, str]]]:
    """Code titles of the category features that are made from one coded column."""
    found: dict[str, Mapping[str, tuple[str, str]]] = {}
    for view in VIEWS.values():
        for feature in view.features:
            if feature.kind == "category" and len(feature.columns) == 1:
                name, _, column = feature.columns[0].partition(".")
                codes = contract(name).column(column).item.codes
                if codes:
                    found[feature.name] = codes
    return found
