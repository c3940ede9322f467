"""The writer pads in bytes, cuts nothing, and writes what the reader reads."""

from __future__ import annotations

import string
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_contracts.errors import ContractsError
from data_contracts.intake.message import STANDARD, open_message
from data_contracts.intake.message.layout import Field
from tests.data_contracts.intake.message.samples import (
    ACCOUNT,
    GENERATED,
    NAME,
    account_record,
    header,
    table,
    written,
)

KEY = {"institution_code": "C1010211000012", "business_detail": "91", "bill_on": "20240131"}


def test_bytes_of_a_message(tmp_path: Path) -> None:
    path = written(tmp_path, {"A": table([dict(ACCOUNT)])}, suffix=".txt")
    assert path.name == NAME + ".txt"
    assert path.read_bytes() == header() + b"\n" + account_record() + b"\n"


def test_typed_columns_and_negative_numbers(tmp_path: Path) -> None:
    columns = {name: pa.array([value]) for name, value in ACCOUNT.items()}
    columns |= {
        "_line": pa.array([1]),
        "bill_on": pa.array([date(2024, 1, 31)]),
        "balance_yuan": pa.array([-120]),
        "paid_yuan": pa.array([None], pa.int64()),
    }
    path = written(tmp_path, {"A": pa.table(columns)})
    (part,) = open_message(path).parts()
    (row,) = part.tables["A"].to_pylist()
    assert row["balance_yuan"] == "-000000120"
    assert row["paid_yuan"] is None
    assert row["bill_on"] == "20240131"


@pytest.mark.parametrize(
    ("changes", "column", "problem"),
    [
        ({"name": "张" * 16}, "A.name", "too long"),
        ({"name": "𠮷" * 8}, "A.name", "too long"),
        ({"account_no": "N" * 41}, "A.account_no", "too long"),
        ({"account_no": "号"}, "A.account_no", "cannot hold"),
        ({"account_no": None}, "A.account_no", "must be filled"),
        ({"limit_yuan": "12345678901"}, "A.limit_yuan", "too long"),
        ({"limit_yuan": "-1"}, "A.limit_yuan", "no number"),
        ({"balance_yuan": "1-1"}, "A.balance_yuan", "no number"),
        ({"limit_yuan": "1.5"}, "A.limit_yuan", "no number"),
        ({"opened_on": "20240230"}, "A.opened_on", "no date"),
        ({"opened_on": "2024-1-1"}, "A.opened_on", "no date"),
        ({"name": "张\n三"}, "A.name", "control character"),
        ({"name": "张\x7f"}, "A.name", "control character"),
    ],
)
def test_what_does_not_fit_is_refused(
    tmp_path: Path, changes: dict[str, Any], column: str, problem: str
) -> None:
    rows = table([dict(ACCOUNT), {**ACCOUNT, "account_no": "B", **changes}])
    with pytest.raises(ContractsError, match=problem) as raised:
        written(tmp_path, {"A": rows})
    assert (raised.value.line, raised.value.column) == (2, column)
    assert not any(value in str(raised.value) for value in changes.values() if value)
    assert list(tmp_path.iterdir()) == []  # nothing half written


@pytest.mark.parametrize(
    ("segments", "kind", "problem"),
    [
        ({}, "1", "needs records"),
        ({"D": [{"_line": 1}]}, "1", "needs records"),
        ({"X": [KEY]}, "1", "needs records"),
        ({"A": [{**KEY, "account_no": "1"}]}, "4", "needs records"),
        (
            {"A": [{**KEY, "account_no": "1", "_line": 5}, {**KEY, "account_no": "2", "_line": 5}]},
            "1",
            "same number",
        ),
        ({"A": [{**KEY, "account_no": "1"}], "D": [{"_line": 2}]}, "1", "may not stand here"),
        (
            {"A": [{**KEY, "account_no": "1"}], "D": [{"_line": 1}, {"_line": 1}]},
            "1",
            "so often",
        ),
    ],
)
def test_segments_out_of_place_are_refused(
    tmp_path: Path, segments: dict[str, list[dict[str, Any]]], kind: str, problem: str
) -> None:
    with pytest.raises(ContractsError, match=problem):
        written(tmp_path, {tag: table(rows) for tag, rows in segments.items()}, kind)


def test_an_existing_file_stays(tmp_path: Path) -> None:
    segments = {"A": table([dict(ACCOUNT)])}
    before = written(tmp_path, segments).read_bytes()
    with pytest.raises(ContractsError, match="there already"):
        written(tmp_path, segments)
    assert (tmp_path / NAME).read_bytes() == before


@pytest.mark.parametrize(
    ("more", "column"), [({"contact": "联" * 16}, "contact"), ({"phone": "1\n2"}, "phone")]
)
def test_header_values_must_fit(tmp_path: Path, more: dict[str, str], column: str) -> None:
    with pytest.raises(ContractsError, match="does not fit") as raised:
        written(tmp_path, {"A": table([dict(ACCOUNT)])}, **more)
    assert raised.value.column == column


def test_header_comes_back(tmp_path: Path) -> None:
    path = written(tmp_path, {"A": table([dict(ACCOUNT)])}, "2", contact="王经理", phone="0760-1")
    found = open_message(path).header
    assert (found.contact, found.phone, found.rereport, found.message_class) == (
        "王经理",
        "0760-1",
        True,
        "2",
    )
    assert found.generated == GENERATED


# ---- round trip ------------------------------------------------------------------------------

letters = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\x7f"), max_size=12
)
ascii_letters = st.text(string.ascii_letters + string.digits + "/*#-_", max_size=12)


def cut(text: str, width: int) -> str:
    """As much of a text as fits, without blanks at its ends."""
    while len(text.encode("gb18030")) > width:
        text = text[:-1]
    return text.strip(" ")


def fitting(field: Field) -> st.SearchStrategy[str | None]:
    """Values that fit a field, as the reader gives them back."""
    if field.name.endswith("institution_code"):
        return st.just(ACCOUNT["institution_code"])  # a message is of one institution
    if field.kind == "date":
        some = st.dates(date(1000, 1, 1)).map(lambda day: f"{day:%Y%m%d}".rjust(8, "0"))
    elif field.kind == "number":
        some = st.integers(0, 10**field.width - 1).map(lambda n: f"{n:0{field.width}d}")
        if field.signed:
            some |= st.integers(1, 10 ** (field.width - 1) - 1).map(
                lambda n: f"-{n:0{field.width - 1}d}"
            )
    else:
        base = ascii_letters if field.kind == "code" else letters | st.just("𠮷野家㐂")
        some = base.map(lambda text: cut(text, field.width) or "7")
    return some if field.required else st.none() | some


def rows_of(tag: str) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {field.name: fitting(field) for field in STANDARD.segments[tag].fields}
    )


@st.composite
def messages(draw: st.DrawFn) -> tuple[str, dict[str, list[dict[str, Any]]]]:
    kind = draw(st.sampled_from(["1", "2", "3", "4", "5"]))
    found: dict[str, list[dict[str, Any]]] = {}
    for line in range(1, draw(st.integers(1, 4)) + 1):
        base = draw(st.sampled_from(STANDARD.bases[kind]))
        found.setdefault(base, []).append({"_line": line, **draw(rows_of(base))})
        for tag, most in STANDARD.follows.get(base, {}).items():
            for _ in range(draw(st.integers(0, min(most, 2)))):
                found.setdefault(tag, []).append({"_line": line, **draw(rows_of(tag))})
    return kind, found


@settings(max_examples=40, deadline=None)
@given(messages())
def test_what_is_written_is_read(message: tuple[str, dict[str, list[dict[str, Any]]]]) -> None:
    kind, given_rows = message
    segments = {
        tag: pa.Table.from_pylist(
            rows,
            schema=pa.schema(
                [("_line", pa.int64()), *((f.name, pa.string()) for f in STANDARD.segments[tag].fields)]
            ),
        )
        for tag, rows in given_rows.items()
    }  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        opened = open_message(written(Path(folder), segments, kind))
        (part,) = opened.parts()
    assert part.broken.num_rows == 0
    assert (
        part.good == part.records == sum(len(given_rows.get(t, [])) for t in STANDARD.bases[kind])
    )
    assert set(part.tables) == set(segments)
    for tag, wanted in segments.items():
        assert part.tables[tag].select(wanted.column_names).equals(wanted)
