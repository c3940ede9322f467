"""Delimited text: every row with its line, or what is wrong and where."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_contracts.errors import ContractsError
from data_contracts.intake.readers import open_source, record_lines, scan_file

Read = Callable[..., list[dict[str, Any]]]
Write = Callable[..., Path]


def test_csv_rows_and_lines(read: Read, write: Write) -> None:
    path = write('a,b,c\n1,,x\n2,"p, q",y\n')
    assert read(path, ["c", "b"]) == [
        {"_line": 2, "c": "x", "b": None},
        {"_line": 3, "c": "y", "b": "p, q"},
    ]
    assert open_source(path, ["a"]).digest == hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        ("a,b\n1,2\n3,4", [2, 3]),
        ("a,b\r\n1,2\r\n3,4\r\n", [2, 3]),
        ("a,b\r1,2\r3,4\r", [2, 3]),
        ("\ufeffa,b\n1,2\n", [2]),
        ("a,b\n1,2\n\n3,4\n", [2, 4]),
        ("a,b\r\n1,2\r\n\r\n3,4\r\n", [2, 4]),
        ("\n\na,b\n1,2\n", [4]),
        ('a,b\n1,"x\ny"\n3,4\n', [2, 4]),
        ('a,b\n1,"x\r\ny"\r\n3,4\r\n', [2, 4]),
        ('a,b\n1,"x""y"\n3,"""\n"""\n5,6\n', [2, 3, 5]),
        ('"a\nz",b\n1,2\n', [3]),
    ],
)
def test_lines_are_those_of_an_editor(
    read: Read, write: Write, content: str, lines: list[int]
) -> None:
    assert [row["_line"] for row in read(write(content), ["b"])] == lines


def test_lines_hold_across_blocks(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    body = "".join(f'{n},"{"x" * (n % 7)}"\r\n' for n in range(3000))
    path = write("a,b\r\n" + body)
    for block in (7, 64, 1000):
        monkeypatch.setattr("data_contracts.intake.readers.guards.BLOCK", block)
        assert scan_file(path).regular
        path.write_text("a,b\n1,2\n" + "\n" + "3,4\n" * 500, newline="")
        assert not scan_file(path).regular
        path.write_bytes(("a,b\r\n" + body).encode())


@pytest.mark.parametrize(
    ("content", "match"),
    [
        (b"", "empty"),
        (b"\n\n", "no line with column names"),
        (b"a,b\n", "no rows"),
        (b"a,b", "no rows"),
        (b"a,c\n1,2\n", "column b: 1 column.s. missing"),
        (b"A,B\n1,2\n", "case-sensitive"),
        (b"a,b,b\n1,2,3\n", "column b: a column name occurs twice"),
        (b"a,b\n1,2\n3\n", "line 3: the row has 1 fields. Expected: 2"),
        (b"a,b\n1,2\n\n3,4,5\n", "line 4: the row has 3 fields"),
        (b'a,b\n1,2\n3,"4\n', "line 3: the file is no well-formed CSV: it ends inside quotes"),
        (b"a,b\n1,2\n3,\xff\n", "line 3: the text is not UTF-8"),
        (b"a,b\n1,\x00\n", "line 2: the text holds a NUL"),
        (b'a,b\n1,2\n3,"4"5\n', "line 3: the file is no well-formed CSV"),
        ("a,b\n1,2\n".encode("utf-16"), "not UTF-8"),
    ],
)
def test_a_broken_csv_file_is_named_with_its_line(
    read: Read, write: Write, content: bytes, match: str
) -> None:
    path = write(content)
    with pytest.raises(ContractsError, match=match) as caught:
        read(path, ["a", "b"])
    assert caught.value.file == str(path)


def test_an_error_does_not_repeat_the_content(read: Read, write: Write) -> None:
    path = write("a,b\nsecret-1,2\nsecret-3\n")
    with pytest.raises(ContractsError) as caught:
        read(path, ["a", "b"])
    assert "secret" not in str(caught.value)
    assert caught.value.line == 3


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(read: Read, write: Write, delimiter: str) -> None:
    text = "名称,a;b|c,d\n甲,1;2|3,4\n"
    swap = {",": delimiter, delimiter: ","}
    path = write("".join(swap.get(sign, sign) for sign in '"x,1",y,z\n"p,2",q,r\n'))
    assert read(path, ["y"])[0]["y"] == "q"
    plain = write("a,b;c\n1,2;3\n4,5;6\n")
    assert read(plain, ["a"])[1]["a"] == "4"
    assert read(plain, ["c"])[1]["c"] == "6"  # the wanted name decides
    assert read(write(text), delimiter="|")[0]["c,d"] == "3,4"


def test_title_lines_above_the_header_are_passed_over(read: Read, write: Write) -> None:
    path = write('清单 "A\n\n单位：万元\n名称,金额\n甲,1\n\n乙,2\n')
    rows = read(path, ["金额"], header_row=4)
    assert rows == [{"_line": 5, "金额": "1"}, {"_line": 7, "金额": "2"}]
    with pytest.raises(ContractsError, match=r"column 金额: .*header_row"):
        read(path, ["金额"])
    for row in (2, 40):
        with pytest.raises(ContractsError, match=f"line {row}: the file has no line with column"):
            read(path, ["金额"], header_row=row)
    regular = write("title,\na,b\n1,2\n")
    assert read(regular, ["b"], header_row=2) == [{"_line": 3, "b": "2"}]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_rows_at_the_end_that_are_no_records_are_passed_over(
    read: Read, write: Write, encoding: str
) -> None:
    path = write("名称,b\n甲,2\n乙,4\n\n合计\n制表人,,,\n".encode(encoding))
    assert [row["_line"] for row in read(path, ["b"], skip_footer=2)] == [2, 3]
    with pytest.raises(ContractsError, match="line 5: the row has 1 fields"):
        read(path, ["b"], skip_footer=1)
    with pytest.raises(ContractsError, match="no rows"):
        read(path, ["b"], skip_footer=9)


def test_a_name_that_occurs_twice_hurts_only_who_wants_it(read: Read, write: Write) -> None:
    path = write("a,b,b,\n1,2,3,4\n")
    assert read(path, ["a"]) == [{"_line": 2, "a": "1"}]
    assert read(path, ["unnamed_4"]) == [{"_line": 2, "unnamed_4": "4"}]
    for columns in (["b"], None):
        with pytest.raises(ContractsError, match="column b: a column name occurs twice"):
            read(path, columns)


def test_a_formula_is_refused_where_it_is_read(read: Read, write: Write) -> None:
    path = write("a,b,c\n-1,+2,@x\n3,4,=cmd|' /C calc'!A0\n")
    assert read(path, ["a", "b"])[0] == {"_line": 2, "a": "-1", "b": "+2"}
    with pytest.raises(ContractsError, match="line 3, column c: a cell holds a formula") as caught:
        read(path, ["a", "c"])
    assert "calc" not in str(caught.value)
    assert "not formulas" in caught.value.hint


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("a,b\n1,2\n3," + "x" * 2000 + "\n", 3),
        ('a,b\n1,2\n3,"' + "x\n" * 1000 + '"\n', 3),
        ('a,b\n1,2\n3,"' + "x\n" * 90_000, 3),
        ("a,b\n1,2\n3," + "x" * 90_000, 3),
        ("a," + "x" * 1500 + "\n1,2\n", 1),
    ],
)
def test_a_long_cell_is_refused_with_its_line(
    read: Read, write: Write, content: str, line: int
) -> None:
    path = write(content)
    with pytest.raises(ContractsError, match=r"a cell .*takes more than") as caught:
        read(path, ["a"], max_cell_bytes=1000)
    # Of a row that is too long as a whole the line is where reading stopped.
    assert caught.value.line == line or "whole row" in caught.value.problem


def test_long_rows_of_short_cells_are_read(read: Read, write: Write) -> None:
    wide = ",".join(["x" * 900] * 10)
    path = write("a,b,c,d,e,f,g,h,i,j\n" + (wide + "\n") * 3)
    assert [row["_line"] for row in read(path, ["j"], max_cell_bytes=1000)] == [2, 3, 4]
    path = write("a,b\n1," + "名" * 300_000 + "\n")
    assert read(path, ["b"])[0]["b"] == "名" * 300_000
    with pytest.raises(ContractsError, match="line 2: a cell takes more than 1,000,000"):
        read(write("a,b\n1," + "名" * 340_000 + "\n"), ["b"])


def test_a_cell_of_ten_megabytes_is_refused(read: Read, write: Write) -> None:
    with pytest.raises(ContractsError, match="line 2: a cell takes more than 1,000,000 bytes"):
        read(write("a,b\n1," + "x" * 10_000_000 + "\n2,3\n"), ["a"])


def test_quotes_inside_bare_cells_are_text(read: Read, write: Write) -> None:
    path = write('a,b,c\n1,5" pipe,"x\ny"\n2,"p",q\n')
    assert [(row["_line"], row["b"]) for row in read(path)] == [(2, '5" pipe'), (4, "p")]


def test_record_lines_follow_quoted_breaks(write: Write) -> None:
    path = write('a,b\n1,"x\ny"\n\n2,3\n')
    assert record_lines(path, 2).tolist() == [2, 5]
    with pytest.raises(ContractsError, match="line 1: the row has 2 fields"):
        record_lines(path, 3)


cell = st.text(
    st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=6
).filter(lambda text: not text.startswith("="))


@settings(max_examples=50, deadline=None)
@given(
    rows=st.lists(st.tuples(cell, cell), min_size=1, max_size=8),
    ending=st.sampled_from(["\n", "\r\n"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "gb18030"]),
    blank=st.sets(st.integers(0, 7)),
)
def test_every_row_of_any_csv_comes_back(
    read: Read,
    write: Write,
    rows: list[tuple[str, str]],
    ending: str,
    encoding: str,
    blank: set[int],
) -> None:
    """Whatever is in the cells: rows, values and lines are those of the file."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator=ending)
    writer.writerow(["a", "b"])
    begins = []
    for place, row in enumerate(rows):
        if place in blank:
            out.write(ending)
        before = out.getvalue().replace("\r\n", "\n").replace("\r", "\n")
        begins.append(before.count("\n") + 1)
        writer.writerow(row)
    path = write(out.getvalue().encode(encoding))
    found = read(path, ["a", "b"], encoding=encoding)
    assert [row["_line"] for row in found] == begins
    assert [(row["a"] or "", row["b"] or "") for row in found] == rows
