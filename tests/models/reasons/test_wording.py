"""Sentences of reasons: only what is true, in both languages, values as people read them."""

from __future__ import annotations

import math

import pytest

from models.bins import CategoryBins, NumberBins
from models.reasons.chooser import ReasonChooser
from models.reasons.reference import Reference, Value
from models.reasons.wording import shown, with_unit
from models.schema import Field, Schema
from models.scorer import AdditiveModel
from tests.models.rows import table

TEXTS = {
    "too_high_zh": "负债 {value},偏高",
    "too_high_en": "Debt is {value}, high",
    "too_low_zh": "负债 {value},偏低",
    "too_low_en": "Debt is {value}, low",
    "null_zh": "没有报表",
    "null_en": "no statement",
}


def told(
    field: Field, value: Value, typical: Value = None, approved: bool = False, effect: float = 0.5
) -> tuple[str, str]:
    """The one sentence about a table that does harm (negative effect: help) whatever the value is."""
    axis = NumberBins(()) if field.kind == "number" else CategoryBins(())
    part = table((field.name,), (axis,), [effect] * axis.size)
    usual = {field.name: typical}
    reference = Reference(600, 600.0, 640.0, 50, (0.0,), usual) if approved else None
    model = AdditiveModel(Schema((field,)), (part,), -2.0, typical=usual, reference=reference)
    chooser, row = ReasonChooser(model), model.explain({field.name: value})
    (reason,) = chooser.reasons(row) if effect > 0 else chooser.helpful(row)
    return reason.text_zh, reason.text_en


def test_a_pair_is_one_reason_that_names_both_with_their_values() -> None:
    schema = Schema(
        (
            Field("use", "number", title_zh="使用率", title_en="Utilisation", unit="fraction"),
            Field("sector", "category", title_zh="行业", title_en="Sector"),
        )
    )
    pair = table(("use", "sector"), (NumberBins(()), CategoryBins(())), [[0.4] * 2] * 2)
    model = AdditiveModel(schema, (pair,), 0.0)
    (reason,) = ReasonChooser(model).reasons(model.explain({"use": 0.5, "sector": None}))
    assert (reason.features, reason.values) == (("use", "sector"), (0.5, None))
    for part in ("使用率", "50.0%", "行业", "无记录"):
        assert part in reason.text_zh
    for part in ("Utilisation (50.0%)", "Sector (none on record)"):
        assert part in reason.text_en


@pytest.mark.parametrize("missing", [None, math.nan])
def test_a_missing_value_is_told_as_missing(missing: Value) -> None:
    field = Field("debt", "number", "负债", "Debt", direction=1, **TEXTS)
    assert told(field, missing) == ("负债：没有报表", "Debt: no statement")
    assert told(Field("debt", "number"), missing) == ("debt：没有记录", "debt: nothing on record")
    assert told(field, missing, 3.0, approved=True) == (
        "负债：没有报表，获批者通常为 3",
        "Debt: no statement; those approved usually have 3",
    )
    assert told(field, missing, None, approved=True)[0] == "负债：没有报表"


@pytest.mark.parametrize(
    ("direction", "value", "expected"),
    [
        (1, 9.0, "Debt is 9, high; usual is 3"),
        (-1, 1.0, "Debt is 1, low; usual is 3"),
        (0, 9.0, "Debt is 9, high; usual is 3"),
        (0, 1.0, "Debt is 1, low; usual is 3"),
    ],
)
def test_high_and_low_follow_direction_or_the_usual_value(
    direction: int, value: float, expected: str
) -> None:
    field = Field("debt", "number", "负债", "Debt", direction=direction, **TEXTS)
    assert told(field, value, 3.0)[1] == expected


@pytest.mark.parametrize(
    ("direction", "value"), [(1, 2.0), (1, 3.0), (0, 3.0), (-1, 3.0), (-1, 4.0)]
)
def test_the_usual_value_and_its_better_side_are_not_called_high_or_low(
    direction: int, value: float
) -> None:
    field = Field("debt", "number", "负债", "Debt", direction=direction, **TEXTS)
    zh, en = told(field, value, 3.0)
    assert "usual" in en
    assert "常见" in zh
    assert not any(word in zh + en for word in ("high", "low", "偏"))


def test_without_a_usual_value_the_direction_speaks() -> None:
    field = Field("debt", "number", "负债", "Debt", direction=-1, **TEXTS)
    assert told(field, 3.0) == ("负债 3,偏低", "Debt is 3, low")


@pytest.mark.parametrize("typical", [None, 0.0, 1.0])
@pytest.mark.parametrize("direction", [-1, 0, 1])
def test_yes_and_no_are_told_as_facts(direction: int, typical: Value) -> None:
    field = Field(
        "new",
        "number",
        unit="yes/no",
        direction=direction,
        too_high_zh="新设企业",
        too_high_en="new",
        too_low_zh="既有企业",
        too_low_en="existing",
    )
    assert told(field, 1.0, typical) == ("新设企业", "new")
    assert told(field, 0.0, typical) == ("既有企业", "existing")


def test_a_category_uses_its_title_where_it_has_one() -> None:
    field = Field(
        "programme",
        "category",
        too_high_zh="项目 {value}",
        too_high_en="programme {value}",
        labels=(("lowdoc", "简易贷款", "low documentation"),),
    )
    assert told(field, "lowdoc") == ("项目 简易贷款", "programme low documentation")
    assert told(field, "odd", "lowdoc", approved=True) == (
        "项目 odd，获批者通常为 简易贷款",
        "programme odd; those approved usually have low documentation",
    )
    assert "usual" in told(field, "lowdoc", "lowdoc")[1]


def test_braces_in_a_category_are_not_read_as_a_template() -> None:
    field = Field("bank", "category", too_high_zh="机构 {value}", too_high_en="lender {value}")
    assert told(field, "{0.__class__}")[1] == "lender {0.__class__}"


@pytest.mark.parametrize(
    ("unit", "value", "text"),
    [
        ("fraction", 0.256, "25.6%"),
        ("USD", 12500.4, "12,500"),
        ("months", 3.0, "3"),
        ("", 1234.5, "1,234.5"),
        ("", 0.0, "0"),
        ("ratio", 100.0, "100"),
        ("yes/no", 1.0, "yes"),
    ],
)
def test_values_are_written_as_people_read_them(unit: str, value: float, text: str) -> None:
    assert shown(Field("a", "number", unit=unit), value)[1] == text


def test_without_a_text_of_its_own_a_reason_compares_the_two_values() -> None:
    field = Field("m", "number", "账龄", "Time on book", unit="months")
    assert told(field, 1.0, 24.0, approved=True) == (
        "您的账龄为 1 个月，获批者通常为 24 个月",
        "Your Time on book is 1 month; those approved usually have 24 months",
    )


def test_what_helped_is_told_in_the_same_form() -> None:
    field = Field(
        "m", "number", "账龄", "Time on book", unit="months", null_zh="无账户", null_en="none"
    )
    assert told(field, 60.0, 24.0, True, -0.5)[0] == "账龄：60 个月，获批者通常为 24 个月"
    assert told(field, 24.0, 24.0, True, -0.5)[1] == "Time on book: 24 months, which helps"
    assert told(field, None, 24.0, True, -0.5)[0] == "账龄：无账户，获批者通常为 24 个月"


def test_units_are_written_beside_the_number() -> None:
    assert with_unit(Field("a", "number", unit="CNY"), 12000.0) == ("12,000 元", "12,000 yuan")
    assert with_unit(Field("a", "number", unit="furlongs"), 2.0) == ("2 furlongs", "2 furlongs")
    assert with_unit(Field("a", "number", unit="fraction"), None) == ("无记录", "none on record")
