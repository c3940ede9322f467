"""Reasons: harmful parts only, largest first, and only true sentences."""

from __future__ import annotations

import math

import pytest

from models.bins import CategoryBins, NumberBins
from models.reasons import Value, choose_reasons, shown
from models.schema import Field, Schema
from models.scorer import AdditiveModel
from tests.models.rows import hand_model, table

TEXTS = {
    "too_high_zh": "负债 {value},偏高",
    "too_high_en": "Debt is {value}, high",
    "too_low_zh": "负债 {value},偏低",
    "too_low_en": "Debt is {value}, low",
    "null_zh": "没有报表",
    "null_en": "no statement",
}


def model_of(*fields: Field, effect: float = 0.5) -> AdditiveModel:
    """Single tables that do harm whatever the value is, the later the more."""
    tables = []
    for i, field in enumerate(fields):
        axis = NumberBins(()) if field.kind == "number" else CategoryBins(())
        tables.append(table((field.name,), (axis,), [effect * (i + 1)] * axis.size))
    return AdditiveModel(Schema(fields), tuple(tables), -2.0)


def told(field: Field, value: Value, typical: Value = None) -> tuple[str, str]:
    model = model_of(field)
    reasons = choose_reasons(
        model.explain({field.name: value}), model.schema, typical={field.name: typical}
    )
    assert len(reasons) == 1
    return reasons[0].text_zh, reasons[0].text_en


def test_only_harm_counts_largest_first() -> None:
    model = hand_model()
    # x = 9 costs 0.7, c = "b" earns 0.2, the pair is neutral.
    reasons = choose_reasons(model.explain({"x": 9.0, "c": "b"}), model.schema)
    assert [reason.features for reason in reasons] == [("x",)]
    assert reasons[0].points == pytest.approx(-0.7 * 40 / math.log(2), abs=1e-9)
    # x = 9 costs 0.7, the pair with "a" 0.3, c = "a" 0.2.
    reasons = choose_reasons(model.explain({"x": 9.0, "c": "a"}), model.schema)
    assert [reason.features for reason in reasons] == [("x",), ("x", "c"), ("c",)]
    assert [reason.code for reason in reasons] == ["R-X", "R-X+C", "R-C"]


def test_no_reason_where_nothing_harmed() -> None:
    model = hand_model(pair=[[0.0] * 3] * 3)
    assert choose_reasons(model.explain({"x": 0.0, "c": "b"}), model.schema) == []


@pytest.mark.parametrize("k", [0, 1, 4, 9])
def test_at_most_k(k: int) -> None:
    model = model_of(*(Field(f"f{i}", "number") for i in range(6)))
    reasons = choose_reasons(model.explain(dict.fromkeys(model.inputs)), model.schema, k)
    assert [reason.features[0] for reason in reasons] == [f"f{i}" for i in (5, 4, 3, 2, 1, 0)][:k]


def test_equal_harm_keeps_the_order_of_the_tables() -> None:
    model = model_of(Field("b", "number"), Field("a", "number"), effect=0.0)
    model = AdditiveModel(
        model.schema,
        tuple(part.with_values(part.values + 0.25) for part in model.tables),
        model.intercept,
    )
    reasons = choose_reasons(model.explain({"a": 1.0, "b": 1.0}), model.schema)
    assert [reason.features for reason in reasons] == [("b",), ("a",)]


def test_a_pair_is_one_reason_that_names_both_with_their_values() -> None:
    schema = Schema(
        (
            Field("use", "number", title_zh="使用率", title_en="Utilisation", unit="fraction"),
            Field("sector", "category", title_zh="行业", title_en="Sector"),
        )
    )
    pair = table(("use", "sector"), (NumberBins(()), CategoryBins(())), [[0.4] * 2] * 2)
    model = AdditiveModel(schema, (pair,), 0.0)
    (reason,) = choose_reasons(model.explain({"use": 0.5, "sector": None}), schema)
    assert (reason.features, reason.values) == (("use", "sector"), (0.5, None))
    for part in ("使用率", "50.0%", "行业", "无记录"):
        assert part in reason.text_zh
    for part in ("Utilisation (50.0%)", "Sector (none on record)"):
        assert part in reason.text_en


@pytest.mark.parametrize("missing", [None, math.nan])
def test_a_missing_value_is_told_as_missing(missing: Value) -> None:
    field = Field("debt", "number", "负债", "Debt", direction=1, **TEXTS)
    assert told(field, missing, 3.0) == ("负债:没有报表", "Debt: no statement")
    assert told(Field("debt", "number"), missing) == ("debt:没有记录", "debt: nothing on record")


@pytest.mark.parametrize(
    ("direction", "value", "expected"),
    [
        (1, 9.0, "Debt is 9, high"),
        (-1, 1.0, "Debt is 1, low"),
        (0, 9.0, "Debt is 9, high"),
        (0, 1.0, "Debt is 1, low"),
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
    assert told(field, "lowdoc", "standard") == ("项目 简易贷款", "programme low documentation")
    assert told(field, "odd", "standard") == ("项目 odd", "programme odd")


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


def test_every_fitted_reason_is_harm_in_order(fitted: AdditiveModel) -> None:
    from tests.models.rows import make_rows, row_values

    frame = make_rows(100, seed=4)[0]
    for i in range(len(frame)):
        explanation = fitted.explain(row_values(frame, i))
        reasons = choose_reasons(explanation, fitted.schema, typical=fitted.typical)
        points = [reason.points for reason in reasons]
        assert points == sorted(p for p in explanation.points if p < 0)[:4]
