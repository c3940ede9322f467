"""Declarations of inputs."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from models.errors import ModelsError
from models.schema import Field, Schema, canonical


def test_a_specification_is_read_and_keys_of_other_rooms_are_passed_over() -> None:
    field = Field.from_spec(
        {
            "name": "programme",
            "kind": "category",
            "title_zh": "项目",
            "direction": None,
            "sources": ["loan_application"],
            "labels": {"lowdoc": {"zh": "简易", "en": "low documentation"}},
        }
    )
    assert field == Field(
        "programme",
        "category",
        title_zh="项目",
        labels=(("lowdoc", "简易", "low documentation"),),
    )
    assert field.label == "项目"
    assert replace(field, title_zh="").label == "programme"


def test_a_schema_survives_its_own_specification() -> None:
    schema = Schema(
        (Field("a", "number", direction=-1, missing="worst"), Field("b", "category", unit="u"))
    )
    again = Schema.from_spec(schema.to_spec())
    assert again == schema
    assert again.digest == schema.digest


@pytest.mark.parametrize(
    "change", [{"direction": 1}, {"too_low_en": "low"}, {"unit": "USD"}, {"missing": "worst"}]
)
def test_every_declaration_is_in_the_digest(change: dict[str, object]) -> None:
    field = Field("a", "number")
    assert Schema((field,)).digest != Schema((replace(field, **change),)).digest


def test_special_codes_survive_their_specification_in_rising_order() -> None:
    field = Field("a", "number", special=(-7, -9, 0.5))
    assert field.special == (-9.0, -7.0, 0.5)
    schema = Schema((field,))
    assert schema.to_spec()[0]["special"] == (-9.0, -7.0, 0.5)
    assert Schema.from_spec(json.loads(canonical(schema.to_spec()))) == schema
    assert Schema((Field("a", "number", special=(-9, 0.5, -7)),)).digest == schema.digest
    assert Schema((Field("a", "number"),)).digest != schema.digest
    assert Field.from_spec({"name": "a", "kind": "number", "special": None}).special == ()


def test_order_is_in_the_digest() -> None:
    a, b = Field("a", "number"), Field("b", "number")
    assert Schema((a, b)).digest != Schema((b, a)).digest


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"name": ""}, "needs a name"),
        ({"kind": "text"}, "kind must be"),
        ({"direction": 2}, "direction must be"),
        ({"direction": "up"}, "direction must be"),
        ({"missing": "best"}, "missing must be"),
        ({"kind": "category", "direction": 1}, "no larger values"),
        ({"kind": "category", "special": (-9.0,)}, "special codes are for numbers"),
        ({"special": (-9.0, -9)}, "different finite numbers"),
        ({"special": (float("nan"),)}, "different finite numbers"),
    ],
)
def test_a_declaration_that_no_model_could_keep_is_refused(
    wrong: dict[str, object], message: str
) -> None:
    with pytest.raises(ModelsError, match=message):
        Field(**{"name": "a", "kind": "number", **wrong})  # type: ignore[arg-type]


def test_a_specification_without_name_or_kind_is_refused() -> None:
    with pytest.raises(ModelsError, match="lacks kind"):
        Field.from_spec({"name": "a"})


def test_a_schema_has_fields_and_each_only_once() -> None:
    with pytest.raises(ModelsError, match="at least one"):
        Schema(())
    with pytest.raises(ModelsError, match="repeated: a"):
        Schema((Field("a", "number"), Field("a", "category")))


def test_fields_are_found_by_name_and_selected_in_order() -> None:
    schema = Schema((Field("a", "number"), Field("b", "number"), Field("c", "number")))
    assert schema.select(["c", "a"]).names == ("a", "c")
    assert len(schema) == 3
    with pytest.raises(ModelsError, match="no field 'z'"):
        schema["z"]


def test_canonical_json_has_one_form_and_no_word_for_nan() -> None:
    assert canonical({"b": [1, 0.1], "a": "信"}) == '{"a":"信","b":[1,0.1]}'
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical(float("nan"))
