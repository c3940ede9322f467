"""The layout: published widths, and declarations that no parser could follow."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from data_contracts.errors import ContractsError
from data_contracts.finance.borrower import Borrower
from data_contracts.finance.credit_month import CreditMonth
from data_contracts.finance.guarantor import Guarantor
from data_contracts.intake.message import STANDARD, Field, Segment

A = [14, 2, 60, 40, 6, 8, 8, 3, 10, 10, 10, 1, 2, 3, 3, 3, 10, 8, 8, 10, 10, 10, 2, 10, 10, 10, 10,
     10, 3, 2, 1, 1, 24, 1, 30, 1, 18, 30]  # fmt: skip


def test_published_widths() -> None:
    widths = {
        tag: [field.width for field in segment.fields] for tag, segment in STANDARD.segments.items()
    }
    assert widths["A"][:-2] == A[:-1]
    assert sum(widths["A"][-2:]) == A[-1]  # the reserved bytes hold consent and notice
    assert widths["S"] == [14, 40, 30, 1, 18, 2, 10, 6, 8, 1]
    assert widths["H"] == [60, 8, 8, 3, 10, 1]
    assert widths["E"] == [30, 1, 18, 10, 1]
    assert widths["T"] == [30, 1, 18, 10]
    assert widths["G"] == [14, 30, 1, 18, 40, 1, 8, 4, 10, 200]
    assert widths["C"] == [1, 60, 1, 60, 6, 4, 1, 1, 10]
    assert widths["D"] == [60, 6, 1]
    assert widths["P"][:4] == [14, 30, 1, 18]
    assert widths["B"][:5] == [1, 8, 2, 2, 1]


def test_items_are_items_of_the_contracts() -> None:
    items = {
        "A": set(CreditMonth.arrow_schema().names),
        **{tag: set(Borrower.arrow_schema().names) for tag in "BCD"},
    }
    owner = {"name", "id_kind", "id_number"}
    for tag, names in items.items():
        fields = STANDARD.segments[tag].fields
        assert {f.item for f in fields if f.name not in owner} <= names
    assert {"amount_cents", "state"} <= set(Guarantor.arrow_schema().names)


def test_personal_fields_follow_the_contracts() -> None:
    for tag, contract in (("A", CreditMonth), ("B", Borrower), ("C", Borrower), ("D", Borrower)):
        masked = {column.name for column in contract.columns() if column.item.masked}
        for field in STANDARD.segments[tag].fields:
            assert field.personal or field.item not in masked, f"{tag}.{field.name}"


def field(name: str = "x", width: int = 4, **more: Any) -> Field:
    return Field(name, width, more.pop("kind", "text"), "某", "Some", **more)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"version": "12"}, "three characters"),
        ({"segments": {"Z": Segment("Y", "某", "Some", (field(),))}}, "not declared right"),
        ({"segments": {"1": Segment("1", "某", "Some", (field(),))}}, "not declared right"),
        ({"segments": {"Z": Segment("Z", "某", "Some", (field(), field()))}}, "not declared right"),
        ({"segments": {"Z": Segment("Z", "某", "Some", (field(width=0),))}}, "not declared right"),
        ({"segments": {"Z": Segment("Z", "某", "Some", (field(kind="date"),))}}, "8 bytes"),
        (
            {"segments": {"Z": Segment("Z", "某", "Some", (field(width=17, kind="number"),))}},
            "16 bytes",
        ),
        ({"follows": {"A": {"Z": 1}}}, "does not declare"),
        ({"follows": {"A": {"G": 1}}}, "never both"),
        ({"follows": {"A": {"E": 200}}}, "too long"),
    ],
)
def test_layouts_that_are_refused(changes: dict[str, Any], problem: str) -> None:
    if "segments" in changes:
        changes = {"segments": {**STANDARD.segments, **changes["segments"]}}
    with pytest.raises(ContractsError, match=problem):
        replace(STANDARD, **changes)


def test_widths_of_unknown_fields_are_refused() -> None:
    with pytest.raises(ContractsError, match="no such field"):
        STANDARD.with_widths({"A.nothing": 3})
