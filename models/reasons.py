"""Reasons: the contributions that lowered a score most, told to the person concerned in both languages.

Every contribution stays available in the answer; reasons are only the choice among them. A table is one
reason, and a pair of features is one reason that names both.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from models.explain import Contribution, Explanation
from models.schema import Field, Schema

Value = float | str | None

_YES_NO = {1.0: ("是", "yes"), 0.0: ("否", "no")}


class Reason(NamedTuple):
    """One reason for a score that is not higher.

    Attributes
    ----------
    code
        Stable: ``R-`` and the features' names.
    features, values
        What the table looked at.
    points
        Score points that it took away; always negative.
    text_zh, text_en
        One sentence each.
    """

    code: str
    features: tuple[str, ...]
    values: tuple[Value, ...]
    points: float
    text_zh: str
    text_en: str


def choose_reasons(
    explanation: Explanation,
    schema: Schema,
    k: int = 4,
    typical: Mapping[str, Value] | None = None,
) -> list[Reason]:
    """Choose at most `k` reasons: harmful contributions only, largest harm first.

    Parameters
    ----------
    explanation
        A scored row.
    schema
        Titles, units, directions and reason texts of the inputs.
    k
        At most this many.
    typical
        Typical value of each input, which tells "too high" from "too low" where no direction is
        declared.

    Returns
    -------
    list of Reason
        Empty when nothing lowered the score below the average. Equal harms keep the order of the
        tables, so that the choice is the same each time.
    """
    points = explanation.points
    harmful = sorted((i for i, p in enumerate(points) if p < 0), key=points.__getitem__)
    return [_reason(explanation.part(i), schema, typical or {}) for i in harmful[:k]]


def shown(field: Field, value: Value) -> tuple[str, str]:
    """Write a value as people read it, in Chinese and in English.

    >>> shown(Field("u", "number", unit="fraction"), 0.256)
    ('25.6%', '25.6%')
    >>> shown(Field("a", "number", unit="USD"), 12500.0)
    ('12,500', '12,500')
    """
    if value is None or value != value:
        return "无记录", "none on record"
    if isinstance(value, str):
        for code, zh, en in field.labels:
            if code == value:
                return zh, en
        return value, value
    if field.unit == "yes/no" and value in _YES_NO:
        return _YES_NO[value]
    text = _number(field.unit, float(value))
    return text, text


def _number(unit: str, value: float) -> str:
    if unit == "fraction":
        return f"{value:.1%}"
    if unit in ("USD", "TWD", "CNY"):
        return f"{value:,.0f}"
    return f"{value:,.2f}".rstrip("0").rstrip(".")


def _reason(part: Contribution, schema: Schema, typical: Mapping[str, Value]) -> Reason:
    code = "R-" + "+".join(name.upper() for name in part.features)
    fields = [schema[name] for name in part.features]
    if len(fields) == 1:
        zh, en = _single(fields[0], part.values[0], typical.get(part.features[0]))
    else:
        # Which of the two is to blame can't be told apart: their combination is the reason.
        zh_parts, en_parts = zip(
            *(_named(field, value) for field, value in zip(fields, part.values, strict=True)),
            strict=True,
        )
        zh = f"{'与'.join(zh_parts)}的组合,较常见的组合风险更高"
        en = (
            f"The combination of {' and '.join(en_parts)} carries more risk than usual combinations"
        )
    return Reason(code, part.features, part.values, part.points, zh, en)


def _named(field: Field, value: Value) -> tuple[str, str]:
    zh, en = shown(field, value)
    return f"{field.title_zh or field.name}({zh})", f"{field.title_en or field.name} ({en})"


def _single(field: Field, value: Value, typical: Value) -> tuple[str, str]:
    title_zh, title_en = field.title_zh or field.name, field.title_en or field.name
    if value is None or value != value:
        return (
            f"{title_zh}:{field.null_zh or '没有记录'}",
            f"{title_en}: {field.null_en or 'nothing on record'}",
        )
    zh, en = shown(field, value)
    high = True
    if not isinstance(value, str):
        usual = float(typical) if isinstance(typical, (int, float)) else None
        high = field.direction > 0 if field.direction else usual is None or value > usual
        if field.unit == "yes/no":
            high = value > 0  # both texts state a fact; neither compares
        elif usual is not None and (value <= usual if high else value >= usual):
            # It harmed against the average although it is the usual value or on its better side:
            # to call it high or low would be untrue.
            return (
                f"{title_zh}为 {zh},处于常见水平,未能加分",
                f"{title_en} is {en}: usual, so it earns no points",
            )
    text_zh = (field.too_high_zh if high else field.too_low_zh) or f"{title_zh}为 {{value}}"
    text_en = (field.too_high_en if high else field.too_low_en) or f"{title_en} is {{value}}"
    return text_zh.replace("{value}", zh), text_en.replace("{value}", en)
