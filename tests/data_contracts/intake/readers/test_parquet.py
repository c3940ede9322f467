"""Parquet: stored types, row numbers, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data_contracts.errors import ContractsError
from data_contracts.intake.readers import open_source

Read = Callable[..., list[dict[str, Any]]]


def test_parquet_rows_and_lines(tmp_path: Path, read: Read) -> None:
    path = tmp_path / "f.parquet"
    table = pa.table({"a": [1, 2], "b": pa.array(["x", None]).dictionary_encode(), "c ": [0, 0]})
    pq.write_table(table, path)
    assert open_source(path, ["b"]).rows == 2
    assert open_source(path).names == ("a", "b", "c")
    assert read(path, ["b", "a"]) == [
        {"_line": 1, "b": "x", "a": 1},
        {"_line": 2, "b": None, "a": 2},
    ]
    assert read(path, ["c"])[1] == {"_line": 2, "c": 0}


def test_a_broken_parquet_file_is_named(tmp_path: Path, read: Read) -> None:
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


def test_text_that_is_no_utf8_inside_parquet_is_refused(tmp_path: Path, read: Read) -> None:
    path = tmp_path / "f.parquet"
    bad = pa.array([b"\xff\xfe"]).view(pa.string())
    pq.write_table(pa.table({"a": bad}), path)
    with pytest.raises(ContractsError, match="no whole Parquet"):
        read(path, ["a"])


def test_nested_columns_are_refused_where_they_are_read(tmp_path: Path, read: Read) -> None:
    path = tmp_path / "f.parquet"
    nested = pa.array([[1], [2, 3]])
    pq.write_table(pa.table({"a": [1, 2], "b": nested}), path)
    assert [row["a"] for row in read(path, ["a"])] == [1, 2]
    for columns in (["b"], None):
        with pytest.raises(ContractsError, match=r"column b: .*nested"):
            read(path, columns)


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.binary(), pa.string_view()])
@pytest.mark.parametrize("dictionary", [True, False])
def test_long_cells_are_refused_with_their_row(
    tmp_path: Path, read: Read, kind: pa.DataType, dictionary: bool
) -> None:
    path = tmp_path / "f.parquet"
    column = pa.array(["x", "secret" * 200, None]).cast(kind)
    pq.write_table(pa.table({"a": [1, 2, 3], "b": column}), path, use_dictionary=dictionary)
    assert len(read(path, ["b"], max_cell_bytes=1200)) == 3
    with pytest.raises(ContractsError, match="line 2, column b: a cell takes more") as caught:
        read(path, ["b"], max_cell_bytes=1199)
    assert "secret" not in str(caught.value)


def test_nul_in_text_is_refused(tmp_path: Path, read: Read) -> None:
    path = tmp_path / "f.parquet"
    pq.write_table(pa.table({"a": ["x", "y\0"]}), path)
    with pytest.raises(ContractsError, match="line 2, column a: the text holds a NUL"):
        read(path, ["a"])


@pytest.mark.parametrize("encoding", ["dictionary", "prefix"])
def test_text_that_a_small_file_repeats_comes_in_small_parts(
    tmp_path: Path, encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("data_contracts.intake.readers.parquet._BYTES_A_PART", 10_000_000)
    path = tmp_path / "f.parquet"
    if encoding == "dictionary":
        indices = pa.array([0] * 400_000, pa.int32())  # 4 GB of text
        table = pa.table({"a": pa.DictionaryArray.from_arrays(indices, ["x" * 10_000])})
        pq.write_table(table, path)
    else:
        table = pa.table({"a": ["x" * 10_000] * 3000})
        pq.write_table(table, path, use_dictionary=False, column_encoding="DELTA_BYTE_ARRAY")
    assert path.stat().st_size < 1_000_000
    source = open_source(path)
    assert source.rows == len(table)
    assert next(source.parts).num_rows == (1000 if encoding == "dictionary" else 1024)
    source.parts.close()  # type: ignore[attr-defined]
