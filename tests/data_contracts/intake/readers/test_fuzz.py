"""Whatever the bytes: either all announced rows are given, or ContractsError; nothing else, and no hang."""

from __future__ import annotations

import datetime
import io
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_contracts.errors import ContractsError
from data_contracts.intake.readers import SUFFIXES, ReadOptions, open_source

Read = Callable[..., list[dict[str, Any]]]
Write = Callable[..., Path]
few = settings(max_examples=50, deadline=None)
WANTED = st.sampled_from([None, ["a"], ["名称", "a"]])


def rows_or_refusal(path: Path, columns: list[str] | None, **options: Any) -> int:
    """Rows given, 0 when refused; anything else fails."""
    try:
        source = open_source(path, columns, options=ReadOptions(**options))
        parts = list(source.parts)
    except ContractsError:
        return 0
    lines = pa.concat_tables(parts).column("_line").to_pylist()
    assert len(lines) == source.rows > 0
    assert lines == sorted(set(lines))
    return source.rows


@st.composite
def mutated(draw: st.DrawFn, whole: bytes) -> bytes:
    """The file truncated, twice, or with some bits, bytes or stretches changed."""
    kind = draw(st.sampled_from(["cut", "twice", "flip", "swap", "drop", "insert"]))
    place = st.integers(0, len(whole) - 1)
    if kind == "cut":
        return whole[: draw(place)]
    if kind == "twice":
        at = draw(place)
        return whole + whole[at:] + whole
    changed = bytearray(whole)
    for at in draw(st.lists(place, min_size=1, max_size=4)):
        if kind == "flip":
            changed[at % len(changed)] ^= 1 << draw(st.integers(0, 7))
        elif kind == "swap":
            changed[at % len(changed)] = draw(st.integers(0, 255))
        elif kind == "drop":
            del changed[at % len(changed) :][: draw(st.integers(1, 9))]
            changed = changed[: max(1, len(changed))]
        else:
            changed[at:at] = draw(st.binary(min_size=1, max_size=9))
    return bytes(changed) or b"x"


@pytest.mark.parametrize("suffix", SUFFIXES)
@few
@given(content=st.binary(max_size=80), columns=WANTED)
def test_random_bytes(write: Write, suffix: str, content: bytes, columns: list[str] | None) -> None:
    rows_or_refusal(write(content, f"f{suffix}"), columns)
    rows_or_refusal(write(b"a,b\n" + content, f"f{suffix}"), columns)


signs = st.sampled_from(
    [*'",;|\t\n\r a1=-', "\r\n", '""', "名", "é", "\ufeff", "\0", "\u2028", "𠀀"]
)


@few
@given(
    body=st.lists(signs, max_size=40).map("".join),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"]),
    head=st.sampled_from(["", "a,b\n", "名称;a\r\n", '"a\n",名称\n', "标题\na\t名称\n"]),
    columns=WANTED,
    header_row=st.sampled_from([None, None, 1, 2, 3]),
    footer=st.integers(0, 2),
)
def test_random_delimited_text(
    write: Write,
    body: str,
    encoding: str,
    head: str,
    columns: list[str] | None,
    header_row: int | None,
    footer: int,
) -> None:
    path = write((head + body).encode(encoding))
    rows_or_refusal(path, columns, header_row=header_row, skip_footer=footer)


@few
@given(data=st.data(), encoding=st.sampled_from(["utf-8", "gb18030"]))
def test_mutated_delimited_text(write: Write, data: st.DataObject, encoding: str) -> None:
    whole = '名称,a\r\n"甲""公司\n",1\r\n乙,"2,3"\r\n\r\n丙,4\r\n'.encode(encoding)
    rows_or_refusal(write(data.draw(mutated(whole))), data.draw(WANTED))


@few
@given(data=st.data())
def test_mutated_json_lines(write: Write, data: st.DataObject) -> None:
    whole = '{"名称": "甲\\u7532", "a": 1.5}\n\n{"a": null, "b": true}\n{"a": -1e5}\n'.encode()
    rows_or_refusal(write(data.draw(mutated(whole)), "f.jsonl"), data.draw(WANTED))


def workbook_bytes() -> bytes:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    for row in (["名称", "a"], ["甲", 1], ["乙", 2.5], ["丙", True]):
        sheet.append(row)
    sheet.merge_cells("D1:E1")
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


WORKBOOK = workbook_bytes()


@few
@given(data=st.data())
def test_mutated_workbooks(write: Write, data: st.DataObject) -> None:
    rows_or_refusal(write(data.draw(mutated(WORKBOOK)), "f.xlsx"), data.draw(WANTED))


@few
@given(data=st.data())
def test_workbooks_with_mutated_parts(write: Write, data: st.DataObject) -> None:
    """The archive is whole, so that the mutation reaches the XML."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(WORKBOOK)) as old, zipfile.ZipFile(out, "w") as new:
        victim = data.draw(st.sampled_from(old.namelist() + ["xl/worksheets/sheet1.xml"] * 9))
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, data.draw(mutated(content)) if name == victim else content)
    rows_or_refusal(write(out.getvalue(), "f.xlsx"), data.draw(WANTED))


@few
@given(data=st.data())
def test_workbooks_with_other_words_in_the_sheet(write: Write, data: st.DataObject) -> None:
    """Attributes and values replaced by others that could stand there; the XML stays well-formed."""
    out = io.BytesIO()
    word = st.sampled_from(
        [
            "A1",
            "B2",
            "XFD1048576",
            "s",
            "str",
            "b",
            "e",
            "d",
            "0",
            "-1",
            "99999999999",
            "1e400",
            "",
            "x",
        ]
    )
    with zipfile.ZipFile(io.BytesIO(WORKBOOK)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            text = old.read(name).decode()
            if name.endswith(("sheet1.xml", "styles.xml", "sharedStrings.xml")):
                spots = [found.span(1) for found in re.finditer(r'="([^":/]*)"|<v>([^<]*)<', text)]
                spots = [spot for spot in spots if spot[0] >= 0]
                begin, end = data.draw(st.sampled_from(spots)) if spots else (0, 0)
                text = text[:begin] + (data.draw(word) if spots else "") + text[end:]
            new.writestr(name, text)
    rows_or_refusal(write(out.getvalue(), "f.xlsx"), data.draw(WANTED))


def parquet_bytes(**options: Any) -> bytes:
    out = io.BytesIO()
    table = pa.table(
        {"名称": ["甲", "乙", None] * 20, "a": list(range(60)), "d": [1.5, None, 2.5] * 20}
    )
    pq.write_table(table, out, row_group_size=25, **options)
    return out.getvalue()


PARQUETS = [
    parquet_bytes(),
    parquet_bytes(compression="none", write_page_checksum=True),
    parquet_bytes(use_dictionary=False, compression="gzip", data_page_version="2.0"),
]


@few
@given(data=st.data(), whole=st.sampled_from(PARQUETS))
def test_mutated_parquet(write: Write, data: st.DataObject, whole: bytes) -> None:
    rows_or_refusal(write(data.draw(mutated(whole)), "f.parquet"), data.draw(WANTED))


# ---- tables come back ------------------------------------------------------------------------

plain = st.text(
    st.characters(
        min_codepoint=32, exclude_categories=("Cs", "Co", "Cn"), exclude_characters="\u007f"
    ),
    max_size=8,
).filter(lambda text: not text.startswith("=") and not re.search("_x[0-9a-fA-F]{4}_", text))
tables = st.lists(st.tuples(plain, plain, plain), min_size=1, max_size=6)


@few
@given(rows=tables)
def test_tables_come_back_from_json_lines(
    read: Read, write: Write, rows: list[tuple[str, str, str]]
) -> None:
    lines = [json.dumps(dict(zip("abc", row, strict=True)), ensure_ascii=False) for row in rows]
    found = read(write("\n".join(lines), "f.jsonl"), list("abc"))
    assert [tuple(row[name] or "" for name in "abc") for row in found] == rows


@few
@given(rows=tables, above=st.integers(0, 3))
def test_tables_come_back_from_workbooks(
    read: Read, write: Write, rows: list[tuple[str, str, str]], above: int
) -> None:
    # A cell of blanks alone is empty to the library that reads it.
    rows = [
        (a if a.strip() else "", b if b.strip() else "", c if c.strip() else "") for a, b, c in rows
    ]
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    for row in (*[("title",)] * above, ("a", "b", "c"), *rows):
        sheet.append(row)
    out = io.BytesIO()
    workbook.save(out)
    full = [(above + 2 + place, *row) for place, row in enumerate(rows) if any(row)]
    path = write(out.getvalue(), "f.xlsx")
    if not full:
        assert rows_or_refusal(path, ["a"], header_row=above + 1) == 0
        return
    found = read(path, list("abc"), header_row=above + 1)
    names = ("a", "b", "c")
    assert [(row["_line"], *(row[name] or "" for name in names)) for row in found] == full


@few
@given(
    rows=st.lists(
        st.tuples(
            st.integers(-(10**14), 10**14),
            st.integers(-(10**9), 10**9).map(lambda cents: cents / 100),
            st.booleans(),
            st.dates(min_value=datetime.date(1900, 3, 1)),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_values_come_back_from_workbooks(
    read: Read, write: Write, rows: list[tuple[int, float, bool, Any]]
) -> None:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    for row in ([*"abcd"], *rows):
        sheet.append(row)
    out = io.BytesIO()
    workbook.save(out)
    found = read(write(out.getvalue(), "f.xlsx"))
    for row, (whole, amount, truth, day) in zip(found, rows, strict=True):
        assert (row["a"], row["c"]) == (str(whole), str(truth).lower())
        assert float(row["b"]) == amount
        assert "E" not in row["b"]
        assert row["d"] == day.isoformat()


@few
@given(rows=tables, dictionary=st.booleans())
def test_tables_come_back_from_parquet(
    read: Read, write: Write, rows: list[tuple[str, str, str]], dictionary: bool
) -> None:
    table = pa.table(dict(zip("abc", map(list, zip(*rows, strict=True)), strict=True)))
    out = io.BytesIO()
    pq.write_table(table, out, use_dictionary=dictionary)
    found = read(write(out.getvalue(), "f.parquet"), list("abc"))
    assert [tuple(row[name] for name in "abc") for row in found] == rows


def test_the_mutations_start_from_files_that_are_read(write: Write) -> None:
    assert rows_or_refusal(write(WORKBOOK, "f.xlsx"), ["名称", "a"]) == 3
    for whole in PARQUETS:
        assert rows_or_refusal(write(whole, "f.parquet"), ["名称", "a"]) == 60
