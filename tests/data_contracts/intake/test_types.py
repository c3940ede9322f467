"""Parquet columns of any type: a clear error, or every row judged."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_contracts.errors import ContractsError
from data_contracts.intake.load import check_portfolio
from data_contracts.portfolios import portfolio

DAY = dt.date(1997, 2, 28)
TYPES: dict[str, tuple[pa.DataType, list[Any]]] = {
    "int64": (pa.int64(), [0, 1, -5, 2**63 - 1, -(2**63)]),
    "uint64": (pa.uint64(), [0, 2**64 - 1]),
    "int8": (pa.int8(), [0, 127, -128]),
    "float64": (pa.float64(), [0.0, -0.0, 1.5, float("nan"), float("inf"), 1e308, 5e-324]),
    "float32": (pa.float32(), [1.0, float("-inf"), 3.4e38]),
    "decimal": (pa.decimal128(38, 4), [Decimal("1.5"), Decimal("9" * 34)]),
    "bool": (pa.bool_(), [True, False]),
    "string": (pa.string(), ["", "1", "Y", "1997-02-28", "abc", "\x00", "字" * 300]),
    "large": (pa.large_string(), ["1", "x"]),
    "dictionary": (pa.dictionary(pa.int8(), pa.string()), ["1", "N"]),
    "date32": (pa.date32(), [DAY, dt.date.min, dt.date.max]),
    "timestamp": (pa.timestamp("us"), [dt.datetime(1997, 2, 28, 13)]),
    "zoned": (pa.timestamp("ms", "UTC"), [dt.datetime(1997, 2, 28)]),
    "time": (pa.time64("us"), [dt.time(12)]),
    "duration": (pa.duration("s"), [dt.timedelta(1)]),
    "binary": (pa.binary(), [b"1", b"\xff"]),
    "list": (pa.list_(pa.int64()), [[1], []]),
    "struct": (pa.struct([("a", pa.int64())]), [{"a": 1}]),
    "null": (pa.null(), [None]),
}


def write(
    folder: Path, row: dict[str, Any], rows: int, drawn: dict[str, tuple[str, list[Any]]]
) -> Path:
    columns = {}
    for name, value in row.items():
        if name in drawn:
            kind, values = drawn[name]
            columns[name] = pa.array((values * rows)[:rows], TYPES[kind][0])
        else:
            plain = [value] * rows if name not in ("ID", "LoanNr_ChkDgt") else range(1, rows + 1)
            columns[name] = pa.array([str(v) or None for v in plain], pa.string())
    path = folder / "types.parquet"
    pq.write_table(pa.table(columns), path)
    return path


@st.composite
def column(draw: st.DrawFn) -> tuple[str, list[Any]]:
    kind = draw(st.sampled_from(sorted(TYPES)))
    values = draw(st.lists(st.sampled_from([*TYPES[kind][1], None]), min_size=1, max_size=6))
    return kind, values


@pytest.mark.parametrize("name", ["sba", "cards"])
def test_any_type_in_any_column(
    name: str, tmp_path: Path, sba_row: Callable[..., Any], cards_row: Callable[..., Any]
) -> None:
    row = (sba_row if name == "sba" else cards_row)()

    @settings(max_examples=15, deadline=None)
    @given(
        drawn=st.dictionaries(st.sampled_from(sorted(row)), column(), min_size=1, max_size=4),
        rows=st.integers(1, 6),
    )
    def judge(drawn: dict[str, tuple[str, list[Any]]], rows: int) -> None:
        try:
            result = check_portfolio(name, write(tmp_path, row, rows, drawn))
        except ContractsError as error:
            assert error.column in drawn  # noqa: PT017 (one of two lawful ends)
        else:
            assert result.accepted + result.quarantined == result.rows == rows

    judge()


@pytest.mark.parametrize("kind", ["binary", "list", "struct", "bool", "time", "duration", "zoned"])
def test_a_type_that_cannot_be_read_names_the_column(
    kind: str, tmp_path: Path, sba_row: Callable[..., Any]
) -> None:
    for name in ("GrAppv", "ApprovalDate", "NoEmp", "Zip"):
        path = write(tmp_path, sba_row(), 3, {name: (kind, TYPES[kind][1][:1])})
        with pytest.raises(
            ContractsError, match=r"cannot be used: its (type is|values are nested)"
        ) as caught:
            check_portfolio("sba", path)
        assert (caught.value.column, caught.value.line) == (name, 1)


def test_a_column_without_any_value_has_no_wrong_type(
    tmp_path: Path, sba_row: Callable[..., Any]
) -> None:
    for kind in set(TYPES) - {
        "list",
        "struct",
    }:  # nested columns are refused before a value is read
        path = write(tmp_path, sba_row(), 2, {"ChgOffDate": (kind, [None])})
        assert check_portfolio("sba", path).accepted == 2
    assert portfolio("sba").column_by_name["ChgOffDate"].form == "date"
