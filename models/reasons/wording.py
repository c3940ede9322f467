"""Words of reasons: values as people read them, and one true sentence for a part of a score."""

from __future__ import annotations

from typing import NamedTuple

from features.view import UNITS
from models.reasons.reference import Value
from models.schema import Field

_YES_NO = {1.0: ("是", "yes"), 0.0: ("否", "no")}
_UNITS_WITHIN = ("fraction", "yes/no", "code", "")  # written by the value itself
_SINGULAR = {
    "people": "person", "jobs": "job", "months": "month", "days": "day", "times": "time",
    "records": "record", "accounts": "account", "lenders": "lender", "kinds": "kind",
}  # fmt: skip


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


def with_unit(field: Field, value: Value) -> tuple[str, str]:
    """Write a value with its unit.

    >>> with_unit(Field("a", "number", unit="USD"), 12000.0)
    ('12,000 美元', '12,000 US dollars')
    >>> with_unit(Field("m", "number", unit="months"), 1.0)
    ('1 个月', '1 month')
    """
    zh, en = shown(field, value)
    if value is None or value != value or isinstance(value, str) or field.unit in _UNITS_WITHIN:
        return zh, en
    unit_zh, unit_en = UNITS.get(field.unit, (field.unit, field.unit))
    if en == "1":
        unit_en = _SINGULAR.get(field.unit, unit_en)
    return f"{zh} {unit_zh}", f"{en} {unit_en}"


def titles(field: Field) -> tuple[str, str]:
    """Titles of an input; its name where it has none."""
    return field.title_zh or field.name, field.title_en or field.name


def _number(unit: str, value: float) -> str:
    if unit == "fraction":
        return f"{value:.1%}"
    if unit in ("USD", "TWD", "CNY"):
        return f"{value:,.0f}"
    return f"{value:,.2f}".rstrip("0").rstrip(".")


class Told(NamedTuple):
    """A sentence about one table, with the values that it compares; whether they differ."""

    names: tuple[str, ...]
    values: tuple[Value, ...]
    usual: tuple[Value, ...]
    zh: str
    en: str
    differs: bool


def tell(
    fields: tuple[Field, ...],
    values: tuple[Value, ...],
    usual: tuple[Value, ...],
    helped: bool,
    approved: bool,
) -> Told:
    """Say what one table found.

    Parameters
    ----------
    fields, values, usual
        One or two inputs, the row's values and what is usual (None: most have no value, or not known).
    helped
        Whether it raised the score.
    approved
        Whether the usual is that of those approved near the cut-off, or of all.
    """
    if len(fields) == 2:
        zh, en = _pair(fields, values, usual, helped, approved)
    elif helped:
        zh, en = _helped(fields[0], values[0], usual[0], approved)
    else:
        zh, en = _harmed(fields[0], values[0], usual[0], approved)
    differs = any(
        not _same(field, value, other)
        for field, value, other in zip(fields, values, usual, strict=True)
    )
    return Told(tuple(field.name for field in fields), values, usual, zh, en, differs)


def _missing(value: Value) -> bool:
    return value is None or value != value


def _compare(field: Field, value: Value, usual: Value, approved: bool) -> tuple[str, str]:
    """What others usually have, as the end of a sentence; nothing where that is not known or obvious."""
    if not approved and _missing(usual):
        return "", ""
    if field.unit == "yes/no" and not _missing(value) and not _missing(usual):
        return "", ""  # who is told yes knows that the others have no
    zh, en = with_unit(field, usual)
    who_zh, who_en = (
        ("获批者通常为", "those approved usually have") if approved else ("一般为", "usual is")
    )
    return f"，{who_zh} {zh}", f"; {who_en} {en}"


def _same(field: Field, value: Value, usual: Value) -> bool:
    """Whether people would read the value and the usual one as the same."""
    return shown(field, value) == shown(field, usual)


def _harmed(field: Field, value: Value, usual: Value, approved: bool) -> tuple[str, str]:
    title_zh, title_en = titles(field)
    compare_zh, compare_en = _compare(field, value, usual, approved)
    if _missing(value):
        zh = f"{title_zh}：{field.null_zh or '没有记录'}"
        en = f"{title_en}: {field.null_en or 'nothing on record'}"
        if _missing(usual):
            return zh, en  # as usual: nothing to compare
        return zh + compare_zh, en + compare_en
    high = True
    if value is not None and not isinstance(value, str):
        number = float(usual) if isinstance(usual, (int, float)) and not _missing(usual) else None
        high = field.direction > 0 if field.direction else number is None or value > number
        if field.unit == "yes/no":
            high = value > 0  # both texts state a fact; neither compares
        elif number is not None and (value <= number if high else value >= number):
            # It harmed against the mean of the others although it is the usual value or on its better
            # side: to call it high or low would be untrue.
            return _usual(field, value)
    elif _same(field, value, usual):
        return _usual(field, value)
    zh, en = with_unit(field, value)
    text_zh = (field.too_high_zh if high else field.too_low_zh) or f"您的{title_zh}为 {zh}"
    text_en = (field.too_high_en if high else field.too_low_en) or f"Your {title_en} is {en}"
    plain_zh, plain_en = shown(field, value)
    return (
        text_zh.replace("{value}", plain_zh) + compare_zh,
        text_en.replace("{value}", plain_en) + compare_en,
    )


def _usual(field: Field, value: Value) -> tuple[str, str]:
    title_zh, title_en = titles(field)
    zh, en = with_unit(field, value)
    return (
        f"{title_zh}为 {zh}，处于常见水平，未能加分",
        f"{title_en} is {en}: usual, so it earns no points",
    )


def _helped(field: Field, value: Value, usual: Value, approved: bool) -> tuple[str, str]:
    title_zh, title_en = titles(field)
    if _missing(value):
        zh, en = field.null_zh or "没有记录", field.null_en or "nothing on record"
    else:
        zh, en = with_unit(field, value)
    if _same(field, value, usual):
        return f"{title_zh}：{zh}，有利于评分", f"{title_en}: {en}, which helps"
    compare_zh, compare_en = _compare(field, value, usual, approved)
    return f"{title_zh}：{zh}{compare_zh}", f"{title_en}: {en}{compare_en}"


def _pair(
    fields: tuple[Field, ...],
    values: tuple[Value, ...],
    usual: tuple[Value, ...],
    helped: bool,
    approved: bool,
) -> tuple[str, str]:
    # Which of the two is to blame can't be told apart: their combination is the reason.
    zh_parts, en_parts = [], []
    for field, value in zip(fields, values, strict=True):
        (title_zh, title_en), (zh, en) = titles(field), with_unit(field, value)
        zh_parts.append(f"{title_zh}（{zh}）")
        en_parts.append(f"{title_en} ({en})")
    who_zh, who_en = (
        ("获批者常见的", "those usual among the approved")
        if approved
        else ("较常见的", "usual ones")
    )
    more_zh, more_en = ("更低", "less") if helped else ("更高", "more")
    return (
        f"{'与'.join(zh_parts)}的组合，较{who_zh.removeprefix('较')}组合风险{more_zh}",
        f"The combination of {' and '.join(en_parts)} carries {more_en} risk than {who_en}",
    )
