"""How columns are read: by hand."""

from __future__ import annotations

import datetime
import decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from data_contracts.errors import ContractsError
from tests.training.table.tables import loans, written
from training.errors import TrainingError
from training.table.read import read_table, typed


def read(values: list[Any], kind: pa.DataType | None = None) -> tuple[Any, str | None, set[str]]:
    found, of, remarks = typed("c", pa.chunked_array([pa.array(values, kind)]))
    return found, of, {remark.code for remark in remarks}


@pytest.mark.parametrize(
    ("texts", "numbers", "told"),
    [
        (["1", " 2.5 ", None, "", "NA", "?"], [1, 2.5, *[np.nan] * 4], set()),
        (["$1,234.50 ", "￥5", "-3"], [1234.5, 5, -3], {"decorated"}),
        (["12%", "3.5 %"], [12, 3.5], {"decorated"}),
        (["none", "3", "4"], [np.nan, 3, 4], {"not_numbers"}),
        (["inf", "1"], [np.nan, 1], {"infinite"}),
        (["true", "False", None], [1, 0, np.nan], set()),
        (["1e3", "0007"], [1000, 7], set()),
    ],
)
def test_texts_that_are_numbers(texts: list[Any], numbers: list[float], told: set[str]) -> None:
    found, kind, codes = read(texts, pa.string())
    assert kind == "number"
    assert codes == told
    np.testing.assert_array_equal(found, numbers)


def test_a_few_garbled_numbers_count_as_missing_and_many_make_a_category() -> None:
    found, kind, codes = read([*map(str, range(99)), "x7"])
    assert (kind, codes) == ("number", {"not_numbers"})
    assert np.isnan(found[-1])
    assert read([*map(str, range(8)), "a", "b"])[1] == "category"


@pytest.mark.parametrize(
    "texts",
    [
        ["2020-03-01", "2020-03-31"],
        ["2020/3/1", "2020/3/31"],
        ["2020年3月1日", "2020年3月31日"],
        ["2020-03-01T00:00:00Z", "2020-03-31 00:00:00+00:00"],
        ["01-Mar-20", "31-Mar-20"],
        ["01/03/2020", "31/03/2020"],
    ],
)
def test_texts_that_are_dates(texts: list[str]) -> None:
    found, kind, codes = read(texts)
    assert kind == "date"
    assert not codes
    assert [str(day)[:10] for day in found] == ["2020-03-01", "2020-03-31"]


def test_a_date_of_two_readings_is_told() -> None:
    assert read(["01/02/2020", "03/04/2020"])[2] == {"month_first"}


def test_categories_are_trimmed_and_missing_words_are_missing() -> None:
    found, kind, _ = read(["P I F", " P I F ", "CHGOFF", "null", None, "none"])
    assert kind == "category"
    assert list(found) == ["P I F", "P I F", "CHGOFF", np.nan, np.nan, "none"]


@pytest.mark.parametrize(
    ("values", "kind", "expected"),
    [
        ([True, None], pa.bool_(), [1, np.nan]),
        ([decimal.Decimal("1.5")], None, [1.5]),
        ([2**63], pa.uint64(), [2.0**63]),
        ([datetime.timedelta(days=1)], pa.duration("s"), [86400]),
    ],
)
def test_stored_types_are_numbers(
    values: list[Any], kind: pa.DataType | None, expected: list[float]
) -> None:
    found, of, _ = read(values, kind)
    assert of == "number"
    np.testing.assert_array_equal(found, expected)


def test_a_day_far_away_is_a_day_and_bytes_are_told() -> None:
    found, kind, _ = read([datetime.date(9999, 12, 31), None])
    assert kind == "date"
    assert str(found[0])[:10] == "9999-12-31"
    assert np.isnat(found[1])
    assert read([b"x"]) == (None, None, {"unreadable"})


@pytest.mark.parametrize("name", ["loans.csv", "loans.parquet"])
def test_both_kinds_of_file_give_the_same_table(tmp_path: Path, name: str) -> None:
    frame = loans(50)
    table = read_table(written(frame, tmp_path, name))
    kinds = ["category", "number", "number", "number", "category", "date", "number"]
    assert table.kinds == dict(zip(frame.columns, kinds, strict=True))
    np.testing.assert_array_equal(table.frame["use"], frame["use"])
    assert list(table.frame["region"]) == list(frame["region"])
    assert (table.frame["approved"].to_numpy() == frame["approved"].to_numpy()).all()


def test_encodings_and_delimiters(tmp_path: Path) -> None:
    frame = loans(20)
    for name, options in {
        "a.csv": {"encoding": "gb18030"},
        "b.csv": {"encoding": "utf-8-sig"},
        "c.txt": {"sep": ";"},
        "d.tsv": {"sep": "\t"},
    }.items():
        table = read_table(written(frame, tmp_path, name, **options))
        assert list(table.frame["region"]) == list(frame["region"])


def test_the_index_that_pandas_writes_is_no_column(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    frame = loans(30)
    frame[frame["arrears"] >= 0].sample(20, random_state=0).to_parquet(path)
    assert list(read_table(path).frame.columns) == list(frame.columns)


def test_another_table_is_read_as_the_first_was(tmp_path: Path) -> None:
    first = read_table(written(pd.DataFrame({"k": ["a", "1"], "x": [1, 2]}), tmp_path))
    second = written(pd.DataFrame({"k": [1, 2], "x": ["3", "oops"], "z": 1}), tmp_path, "2.parquet")
    table = read_table(second, first.kinds)
    assert list(table.frame["k"]) == ["1", "2"]
    np.testing.assert_array_equal(table.frame["x"], [3, np.nan])
    assert "z" not in table.frame
    with pytest.raises(TrainingError, match="has no column 'x'"):
        read_table(written(pd.DataFrame({"k": ["a"]}), tmp_path, "3.csv"), first.kinds)
    day = pd.DataFrame({"k": ["a"], "x": [pd.Timestamp("2020-01-01")]})
    with pytest.raises(TrainingError, match="Column 'x' holds dates here"):
        read_table(written(day, tmp_path, "4.parquet"), first.kinds)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"a,b\n", "no rows"),
        (b"a,a\n1,2\n", "column a: a column name occurs twice"),
        (b"a,b\n1\n", "line 2"),
        (b"PAR1", "Parquet under the name .csv"),
        (b"\xff\xfea\x00", "UTF-16"),
    ],
)
def test_files_that_can_not_be_read_are_named(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    with pytest.raises(ContractsError, match=words):
        read_table(path)
