"""Readers give every row with its line, or say what is wrong and where."""

from __future__ import annotations

import csv
import hashlib
import io
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_contracts.errors import ContractsError
from data_contracts.intake.readers import open_source, scan_file


def read(path: Path, columns: list[str]) -> list[dict[str, object]]:
    return pa.concat_tables(open_source(path, columns).parts).to_pylist()


def csv_file(folder: Path, content: bytes | str, name: str = "f.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_csv_rows_and_lines(tmp_path: Path) -> None:
    path = csv_file(tmp_path, 'a,b,c\n1,,x\n2,"p, q",y\n')
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
def test_lines_are_those_of_an_editor(tmp_path: Path, content: str, lines: list[int]) -> None:
    assert [row["_line"] for row in read(csv_file(tmp_path, content), ["b"])] == lines


def test_lines_hold_across_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    body = "".join(f'{n},"{"x" * (n % 7)}"\r\n' for n in range(3000))
    path = csv_file(tmp_path, "a,b\r\n" + body)
    for block in (7, 64, 1000):
        monkeypatch.setattr("data_contracts.intake.readers._BLOCK", block)
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
        (b'a,b\n1,2\n3,"4\n', "line 3: the file is no well-formed CSV"),
        (b"a,b\n1,2\n3,\xff\n", "line 3: the text is not UTF-8"),
        ("编号,b\n1,2\n".encode("gb18030"), "line 1: the text is not UTF-8"),
        ("a,b\n1,2\n".encode("utf-16"), "not UTF-8"),
    ],
)
def test_a_broken_csv_file_is_named_with_its_line(
    tmp_path: Path, content: bytes, match: str
) -> None:
    path = csv_file(tmp_path, content)
    with pytest.raises(ContractsError, match=match) as caught:
        read(path, ["a", "b"])
    assert caught.value.file == str(path)


def test_an_error_does_not_repeat_the_content(tmp_path: Path) -> None:
    path = csv_file(tmp_path, "a,b\nsecret-1,2\nsecret-3\n")
    with pytest.raises(ContractsError) as caught:
        read(path, ["a", "b"])
    assert "secret" not in str(caught.value)
    assert caught.value.line == 3


def test_what_is_no_file_is_named(tmp_path: Path) -> None:
    for path, match in (
        (tmp_path / "absent.csv", "No such file"),
        (tmp_path / "absent.parquet", "No such file"),
        (tmp_path / "x.xlsx", "not read. Expected: .parquet or .csv"),
        (tmp_path / "x", "not read"),
    ):
        with pytest.raises(ContractsError, match=match):
            open_source(path, ["a"])
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(ContractsError, match="directory"):
        open_source(tmp_path / "folder.csv", ["a"])


def test_parquet_rows_and_lines(tmp_path: Path) -> None:
    path = tmp_path / "f.parquet"
    table = pa.table({"a": [1, 2], "b": pa.array(["x", None]).dictionary_encode(), "c": [0, 0]})
    pq.write_table(table, path)
    assert open_source(path, ["b"]).rows == 2
    assert read(path, ["b", "a"]) == [
        {"_line": 1, "b": "x", "a": 1},
        {"_line": 2, "b": None, "a": 2},
    ]


def test_a_broken_parquet_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "f.parquet"
    pq.write_table(pa.table({"a": list(range(5000)), "b": ["x"] * 5000}), path)
    whole = path.read_bytes()
    for content, match in (
        (b"", "empty"),
        (whole[:-100], "no whole Parquet"),
        (whole[: len(whole) // 2], "no whole Parquet"),
        (whole[:4] + b"\x00" * 400 + whole[404:], "no whole Parquet"),
        (b"a,b\n1,2\n", "no whole Parquet"),
    ):
        path.write_bytes(content)
        with pytest.raises(ContractsError, match=match):
            read(path, ["a", "b"])
    pq.write_table(pa.table({"a": [1]}), path)
    with pytest.raises(ContractsError, match="column b, c: 2 column"):
        read(path, ["a", "b", "c"])
    pq.write_table(pa.table({"a": pa.array([], pa.int64())}), path)
    with pytest.raises(ContractsError, match="no rows"):
        read(path, ["a"])


def test_text_that_is_no_utf8_inside_parquet_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "f.parquet"
    bad = pa.array([b"\xff\xfe"]).view(pa.string())
    pq.write_table(pa.table({"a": bad}), path)
    with pytest.raises(ContractsError, match="no whole Parquet"):
        read(path, ["a"])


cell = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=6)


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(st.tuples(cell, cell), min_size=1, max_size=8),
    ending=st.sampled_from(["\n", "\r\n"]),
    blank=st.sets(st.integers(0, 7)),
)
def test_every_row_of_any_csv_comes_back(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[tuple[str, str]],
    ending: str,
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
    path = csv_file(tmp_path_factory.mktemp("csv"), out.getvalue())
    found = read(path, ["a", "b"])
    assert [row["_line"] for row in found] == begins
    assert [(row["a"] or "", row["b"] or "") for row in found] == rows


@settings(max_examples=80, deadline=None)
@given(content=st.binary(max_size=60), suffix=st.sampled_from([".csv", ".parquet"]))
def test_random_bytes_raise_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, suffix: str
) -> None:
    path = tmp_path_factory.mktemp("bytes") / f"f{suffix}"
    path.write_bytes(b"a,b\n" * (suffix == ".csv") + content)
    try:
        rows = read(path, ["a", "b"])
    except ContractsError:
        return
    assert rows
