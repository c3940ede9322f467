"""How feature values are written for people: titles, units, shares, codes, points; in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models.reasons.wording import with_unit
from models.schema import Field, Schema
from serving.texts import Both

MISSING = Both("无记录", "no record")
YES, NO = Both("是", "yes"), Both("否", "no")


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
    return Both(*with_unit(field, value))


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
