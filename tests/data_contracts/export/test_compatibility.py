"""Every kind of change of a contract, on toy contracts."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

import pytest

from data_contracts.contract import About, Compare, Contract, item
from data_contracts.errors import ContractsError
from data_contracts.export.compatibility import breaking_changes, changes, missing_version
from data_contracts.export.odcs import odcs

ABOUT: dict[str, Any] = {
    "name": "toy", "version": "1.0", "title_zh": "示例", "title_en": "Toy", "supplier_zh": "示例",
    "supplier_en": "Toy maker", "subject_kinds": ("enterprise", "farmer"), "key": ("toy_no",),
    "event": "made_on", "end": "gone_on", "negative": False, "retention_years": None,
    "frequency_zh": "每日", "frequency_en": "daily", "sensitivity": "restricted",
}  # fmt: skip
DAY = {"ge": date(1950, 1, 1), "le": date(2100, 1, 1)}
ITEMS: dict[str, tuple[Any, dict[str, Any]]] = {
    "toy_no": (str, {"max_length": 10}),
    "other_no": (str, {"max_length": 10}),
    "subject_id": (str, {"max_length": 40}),
    "maker_id": (str, {"max_length": 40}),
    "made_on": (date, DAY),
    "sold_on": (date, DAY),
    "gone_on": (date | None, DAY),
    "price_cents": (int, {"ge": 1, "le": 100, "unit": "CNY cents"}),
    "weight": (float | None, {"ge": 0.0, "le": 9.0, "unit": "kg"}),
    "colour": (str, {"codes": {"r": ("红", "Red"), "b": ("蓝", "Blue")}, "max_length": 9}),
    "batch": (str, {"pattern": "^[0-9]{3}$"}),
    "tag": (str, {"pattern": "^[0-9]{3}$", "max_length": 3}),
    "code": (str | None, {"max_length": 18, "identifier": "uscc", "severity": "REVIEW"}),
    "cheap": (bool, {}),
}
RULE = Compare("order", "made_on", "<=", "sold_on", "先产后销", "Made before it is sold")
LAX = Compare("order", "made_on", "<=", "sold_on", "先产后销", "Made before it is sold", "REVIEW")


def toy(
    items: dict[str, tuple[Any, dict[str, Any]] | None] | None = None,
    rules: tuple[Compare, ...] = (RULE,),
    **about: Any,
) -> type[Contract]:
    """Declare a toy contract: the items above with some changed, added or (None) dropped."""
    declared = {**ITEMS, **(items or {})}
    kept = {name: found for name, found in declared.items() if found is not None}
    body: dict[str, Any] = {
        "__module__": __name__,
        "__doc__": "A toy.",
        "__annotations__": {
            "about": ClassVar[About], "rules": ClassVar[tuple[Compare, ...]],
            **{name: kind for name, (kind, _) in kept.items()},
        },
        "about": About(**{**ABOUT, **about}),
        "rules": rules,
        **{name: item(name, name, **settings) for name, (_, settings) in kept.items()},
    }  # fmt: skip
    return type("Toy", (Contract,), body)


def changed(name: str, kind: Any = None, **settings: Any) -> dict[str, Any]:
    """One item of the toy with other settings (None: without it)."""
    old_kind, old = ITEMS[name]
    new = {key: value for key, value in {**old, **settings}.items() if value is not None}
    return {name: (kind or old_kind, new)}


PUBLISHED = odcs(toy())

BREAKING = [
    (toy(changed("weight") | {"cheap": None}), "cheap: the item is dropped"),
    (toy({"extra": (int, {"ge": 0, "le": 1})}), "extra: a new item that is required"),
    (toy(changed("price_cents", float)), "price_cents: the type was integer, now number"),
    (toy(changed("weight", float)), "weight: null was allowed, now it is not"),
    (toy(changed("price_cents", int | None)), "price_cents: was never null, now it may be"),
    (toy(changed("price_cents", ge=2)), "price_cents: the minimum was 1, now 2"),
    (toy(changed("price_cents", le=99)), "price_cents: the maximum was 100, now 99"),
    (
        toy(changed("made_on", ge=date(1960, 1, 1))),
        "made_on: the minimum was 1950-01-01, now 1960-01-01",
    ),
    (toy(changed("toy_no", max_length=9)), "toy_no: the maxLength was 10, now 9"),
    (toy(changed("batch", max_length=5)), "batch: the maxLength was nothing, now 5"),
    (toy(changed("batch", pattern="^[0-9]{4}$")), "batch: the pattern has changed"),
    (toy(changed("toy_no", pattern="^x.*$")), "toy_no: the pattern has changed"),
    (toy(changed("colour", codes={"r": ("红", "Red")})), "colour: the code table has lost b"),
    (
        toy(changed("toy_no", codes={"1": ("一", "One")})),
        "toy_no: only codes of a table are allowed now",
    ),
    (toy(changed("price_cents", unit="USD cents")), "price_cents: the unit was CNY cents, now USD"),
    (toy(changed("code", severity="ERROR")), "code: must now be a valid uscc"),
    (toy(changed("other_no", identifier="cnaps")), "other_no: must now be a valid cnaps"),
    (toy(changed("other_no", max_length=None, seal="hmac")), "other_no: the seal was nothing, now"),
    (
        toy(changed("cheap", sensitivity="consent")),
        "cheap: the sensitivity was restricted, now consent",
    ),
    (
        toy(changed("price_cents", written_consent="income")),
        "price_cents: the class of written consent has changed",
    ),
    (toy(key=("toy_no", "other_no")), "the key was toy_no, now toy_no + other_no"),
    (toy(event="sold_on"), "the event was made_on, now sold_on"),
    (toy(subject="maker_id"), "the subject was subject_id, now maker_id"),
    (toy(end=None), "the end was gone_on, now nothing"),
    (toy(negative=True, retention_years=5), "the negative was nothing, now True"),
    (toy(subject_kinds=("enterprise",)), "subjectKinds no longer has farmer"),
    (toy(purposes=("SELF",)), "purposes no longer has CARD_APPROVAL"),
    (toy(sensitivity="consent"), "the contract: the sensitivity was restricted, now consent"),
    (
        toy(rules=(RULE, Compare("same", "toy_no", "=", "other_no", "相同", "The same"))),
        "a new rule toy.same",
    ),
    (
        toy(rules=(Compare("order", "made_on", "<", "sold_on", "先产后销", "Made before"),)),
        "the rule toy.order now asks for made_on < sold_on",
    ),
]

COMPATIBLE = [
    toy({"extra": (int | None, {"ge": 0, "le": 1})}),
    toy(changed("price_cents", ge=0, le=101)),
    toy(changed("toy_no", max_length=11)),
    toy(changed("colour", codes={**ITEMS["colour"][1]["codes"], "g": ("绿", "Green")})),
    toy(changed("colour", codes=None)),
    toy(changed("tag", pattern=None)),
    toy(changed("code", identifier=None)),
    toy(changed("cheap", sensitivity="public")),
    toy(changed("cheap", personal=True)),
    toy(rules=()),
    toy(rules=(LAX,)),
    toy(subject_kinds=("enterprise", "farmer", "individual")),
]


@pytest.mark.parametrize(("declared", "sentence"), BREAKING, ids=[text for _, text in BREAKING])
def test_a_breaking_change_is_told(declared: type[Contract], sentence: str) -> None:
    (found,) = breaking_changes(PUBLISHED, declared)
    assert found.startswith(sentence)


@pytest.mark.parametrize("declared", COMPATIBLE)
def test_a_compatible_change_breaks_nothing_but_is_seen(declared: type[Contract]) -> None:
    found = changes(PUBLISHED, declared)
    assert found.breaking == ()
    assert found.compatible


def test_a_rule_that_becomes_an_error_breaks() -> None:
    lax = odcs(toy(rules=(LAX,)))
    assert breaking_changes(lax, toy()) == ["the rule toy.order was of severity warning, now error"]


def test_the_same_contract_and_other_titles_change_nothing() -> None:
    assert changes(PUBLISHED, toy()) == changes(PUBLISHED, toy(title_en="Another name"))
    assert changes(PUBLISHED, toy()).breaking == changes(PUBLISHED, toy()).compatible == ()


@pytest.mark.parametrize(
    ("items", "version", "sentence"),
    [
        ({"cheap": None}, "1.0", "toy: needs version 2.0, because it breaks"),
        ({"cheap": None}, "1.9", "toy: needs version 2.0, because it breaks"),
        ({"cheap": None}, "2.0", ""),
        ({"extra": (int | None, {"ge": 0, "le": 1})}, "1.0", "toy: needs version 1.1, because it"),
        ({"extra": (int | None, {"ge": 0, "le": 1})}, "1.1", ""),
        ({}, "1.0", ""),
        ({}, "1.3", ""),
    ],
)
def test_the_version_that_a_change_needs(
    items: dict[str, Any], version: str, sentence: str
) -> None:
    found = missing_version(PUBLISHED, toy(items, version=version))
    assert found.startswith(sentence)
    assert bool(found) == bool(sentence)


def test_a_version_does_not_fall() -> None:
    published = odcs(toy(version="2.1"))
    assert missing_version(published, toy(version="2.0")) == (
        "toy: version 2.0 is lower than published"
    )


@pytest.mark.parametrize("broken", [{}, {"schema": []}, {"schema": [{}], "customProperties": None}])
def test_a_published_document_of_another_shape_is_refused(broken: dict[str, Any]) -> None:
    with pytest.raises(ContractsError, match="a file that the export wrote"):
        changes(broken, toy())
