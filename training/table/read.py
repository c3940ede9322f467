"""A file as a table of typed columns: numbers, categories and dates, whatever the file calls them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from data_contracts.errors import ContractsError
from data_contracts.intake.readers import open_source
from training.errors import TrainingError
from training.table.remark import Remark, need_columns
from training.table.texts import Kind, Values, finite, read_text

_PLURAL = {"number": "numbers", "category": "categories", "date": "dates"}


@dataclass
class Table:
    """The columns of a file.

    Attributes
    ----------
    path, digest
        The file and the SHA-256 of its bytes.
    frame
        float64 for numbers (NaN missing), categoricals of texts, datetime64 for dates.
    kinds
        Kind of each column.
    remarks
        How columns were read, where that is not plain.
    """

    path: Path
    digest: str
    frame: pd.DataFrame
    kinds: dict[str, Kind]
    remarks: list[Remark] = field(default_factory=list)


def read_table(path: Path, kinds: Mapping[str, Kind | None] | None = None) -> Table:
    """Read a table: delimited text (UTF-8 or GB18030), Parquet, a workbook or JSON lines.

    Parameters
    ----------
    path
        The file; its suffix tells its kind.
    kinds
        The columns that are wanted, each with the kind that a model or another table reads it as (None: as it
        stands); others are left out. All columns, if omitted.

    Raises
    ------
    ContractsError
        For a file that is absent, empty, damaged, or names a column twice.
    TrainingError
        When columns of `kinds` are missing, or are of another kind here.
    """
    source = open_source(path)
    if kinds is not None:
        need_columns(kinds, source.names, path.name)
    parts = list(source.parts)
    if not parts:
        raise ContractsError("the file holds no rows.", expected="at least one row", file=path)
    whole = pa.concat_tables(parts, promote_options="permissive").drop_columns(["_line"])
    table = Table(path, source.digest, pd.DataFrame(), {})
    columns: dict[str, Values] = {}
    for name in whole.column_names:
        # What pandas adds when it writes an index is not the analyst's column.
        if (kinds is not None and name not in kinds) or name.startswith("__index_level_"):
            continue
        column, kind, remarks = typed(name, whole.column(name), kinds[name] if kinds else None)
        table.remarks += remarks
        if column is None or kind is None:
            continue
        columns[name], table.kinds[name] = column, kind
    table.frame = pd.DataFrame(columns, copy=False)
    if not len(table.frame.columns):
        raise TrainingError(f"{path} holds no column of numbers, texts or dates.")
    return table


def typed(
    name: str, column: pa.ChunkedArray, wanted: Kind | None = None
) -> tuple[Values | None, Kind | None, list[Remark]]:
    """One column as numbers, categories or dates, and what is to be told of it.

    Returns
    -------
    values, kind, remarks
        None, None for a column that no model can read.

    Raises
    ------
    TrainingError
        When the column can not be read as the wanted kind.
    """
    if _is_text(column.type):
        return read_text(name, column, wanted)
    if pa.types.is_null(column.type):
        return _all_missing(len(column), wanted)
    values, kind, remarks = _plain(name, column)
    if kind is None or wanted in (None, kind):
        return values, kind, remarks
    if wanted == "category" and kind == "number":
        # The model learned texts: the same code is written alike in both.
        return read_text(name, pc.cast(column, pa.string(), safe=False), wanted)
    raise TrainingError(
        f"Column {name!r} holds {_PLURAL[kind]} here, where {_PLURAL[wanted]} are needed.",
        "give it the form that it had where the model was trained",
    )


def _plain(name: str, column: pa.ChunkedArray) -> tuple[Values | None, Kind | None, list[Remark]]:
    """A column that is stored as something else than text."""
    stored = column.type
    if pa.types.is_date(stored) or pa.types.is_timestamp(stored):
        seconds = column.cast(pa.timestamp("s"), safe=False).to_numpy()
        return seconds.astype("datetime64[s]"), "date", []
    if pa.types.is_boolean(stored):
        column = column.cast(pa.int8())
    elif pa.types.is_duration(stored):
        column = column.cast(pa.duration("s"), safe=False).cast(pa.int64())
    elif not (
        pa.types.is_integer(stored) or pa.types.is_floating(stored) or pa.types.is_decimal(stored)
    ):
        told = Remark(
            "unreadable",
            "warning",
            f"列 {name} 的类型 {stored} 不能作为输入，已略去。",
            f"Column {name} is of the type {stored}, which no model reads; it is left out.",
            name,
        )
        return None, None, [told]
    found = column.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)
    values, remarks = finite(name, np.array(found, dtype=np.float64))
    return values, "number", remarks


def _all_missing(rows: int, wanted: Kind | None) -> tuple[Values, Kind, list[Remark]]:
    if wanted == "category":
        return pd.Categorical([None] * rows, categories=pd.Index([], dtype=object)), wanted, []
    if wanted == "date":
        return np.full(rows, np.datetime64("NaT"), dtype="datetime64[s]"), wanted, []
    return np.full(rows, np.nan), "number", []


def _is_text(kind: pa.DataType) -> bool:
    return bool(
        pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)
    )
