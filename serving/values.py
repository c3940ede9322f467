"""How feature values are written for people: titles, units, shares, codes, points; in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from features.view import UNITS
from models.reasons import shown
from models.schema import Field, Schema
from serving.texts import Both

MISSING = Both("无记录", "no record")
YES, NO = Both("是", "yes"), Both("否", "no")
_UNITS_WITHIN = ("fraction", "yes/no", "code", "")  # written by the value itself
_SINGULAR = {"people": "person", "jobs": "job", "months": "month", "times": "time"}


def feature_value(field: Field | None, value: Any) -> Both:
    """A feature's value with its unit, a code by its title.

    >>> feature_value(Field("share", "number", unit="fraction"), 0.256).en
    '25.6%'
    >>> feature_value(Field("amount", "number", unit="USD"), 12000.0).en
    '12,000 US dollars'
    >>> feature_value(Field("ratio", "number", unit="times"), 1.5).zh, feature_value(None, None).en
    ('1.5 倍', 'no record')
    """
    if value is None:
        return MISSING
    if field is None:
        return Both(str(value), str(value))
    zh, en = shown(field, value)
    if isinstance(value, str) or field.unit in _UNITS_WITHIN:
        return Both(zh, en)
    unit_zh, unit_en = UNITS.get(field.unit, (field.unit, field.unit))
    if en == "1":
        unit_en = _SINGULAR.get(field.unit, unit_en)
    return Both(f"{zh} {unit_zh}".strip(), f"{en} {unit_en}".strip())


def part_title(schema: Schema, part: Mapping[str, Any]) -> Both:
    """Titles of the features of a contribution or reason; names stand in for what is unknown."""
    fields = [schema.by_name.get(name) for name in part["features"]]
    names = part["features"]
    zh = [f.title_zh if f and f.title_zh else n for f, n in zip(fields, names, strict=True)]
    en = [f.title_en if f and f.title_en else n for f, n in zip(fields, names, strict=True)]
    return Both(" × ".join(zh), " × ".join(en))


def part_value(schema: Schema, part: Mapping[str, Any]) -> Both:
    """Values of the features of a contribution or reason."""
    parts = [
        feature_value(schema.by_name.get(name), value)
        for name, value in zip(part["features"], part["values"], strict=True)
    ]
    return Both(" · ".join(v.zh for v in parts), " · ".join(v.en for v in parts))


def raising(answer: Mapping[str, Any], most: int = 4) -> list[Mapping[str, Any]]:
    """The contributions that raised a score most, largest first."""
    helpful = [part for part in answer["contributions"] if part["points"] > 0]
    return sorted(helpful, key=lambda part: (-part["points"], part["features"]))[:most]


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
