"""Parquet: the stored types, row numbers as lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from data_contracts.errors import ContractsError
from data_contracts.intake.readers import guards
from data_contracts.intake.readers.header import Columns, choose

if TYPE_CHECKING:
    from data_contracts.intake.readers.source import ReadOptions, Source

_FAULTS = (pa.ArrowException, OSError, ValueError, NotImplementedError, MemoryError, OverflowError)
_BYTES_A_PART = 1 << 29
_CAREFUL_ROWS = 1024
_DICTIONARY = {"RLE_DICTIONARY", "PLAIN_DICTIONARY"}


def open_parquet(path: Path, columns: Sequence[str] | None, options: ReadOptions) -> Source:
    """Open a Parquet file; see :func:`~data_contracts.intake.readers.source.open_source`.

    Raises
    ------
    ContractsError
        As there; for columns of nested types.
    """
    from data_contracts.intake.readers.source import Source

    digest = guards.file_digest(path)
    try:
        with pq.ParquetFile(path) as file:
            schema, rows = file.schema_arrow, file.metadata.num_rows
            names = schema.names
    except _FAULTS:
        raise _damaged(path) from None
    chosen = choose(path, names, columns, None)
    for name, place in zip(chosen.wanted, chosen.places, strict=True):
        if pa.types.is_nested(schema.field(place).type):
            raise ContractsError(
                "the column cannot be used: its values are nested (lists, structures or maps).",
                expected="one plain value in each cell",
                hint="give each inner value a column of its own",
                file=path,
                line=1,
                column=name,
            )
    if rows <= 0:
        raise guards.no_rows(path)
    parts = _parts(path, schema, chosen, rows, options.max_cell_bytes)
    return Source(path, digest, rows, parts, chosen.names)


def _parts(
    path: Path, schema: pa.Schema, chosen: Columns, rows: int, limit: int
) -> Iterator[pa.Table]:
    done = 0
    stored = [schema.names[place] for place in chosen.places]
    try:
        at_once = _rows_at_once(path, stored)
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            for batch in file.iter_batches(at_once, columns=stored):
                batch.validate(full=True)
                read = pa.Table.from_batches([batch]).select(stored)
                table = _plain(read.rename_columns(list(chosen.wanted)))
                _refuse_cells(path, table, done, limit)
                yield guards.with_lines(table, np.arange(done + 1, done + 1 + len(table)))
                done += len(table)
    except _FAULTS:
        raise _damaged(path) from None
    if done != rows:
        raise _damaged(path)


def _rows_at_once(path: Path, stored: Sequence[str]) -> int:
    """How many rows of text fit into memory, whatever the file makes of few bytes.

    A dictionary lets a small file stand for terabytes of text; its longest entry tells how much a row may take.
    Prefix compression can do the same; there few rows are taken at once.
    """
    rows, prefixed = guards.ROWS_A_PART, False
    with pq.ParquetFile(path) as file:
        repeated: dict[int, list[str]] = {}
        for group in range(file.metadata.num_row_groups):
            for place in range(file.metadata.num_columns):
                chunk = file.metadata.row_group(group).column(place)
                if chunk.path_in_schema not in stored or chunk.physical_type != "BYTE_ARRAY":
                    continue
                prefixed = prefixed or "DELTA_BYTE_ARRAY" in chunk.encodings
                large = chunk.total_uncompressed_size * guards.ROWS_A_PART > _BYTES_A_PART
                if large and not _DICTIONARY.isdisjoint(chunk.encodings):
                    repeated.setdefault(group, []).append(chunk.path_in_schema)
    names = sorted({name for group in repeated.values() for name in group})
    if names:
        with pq.ParquetFile(path, read_dictionary=names) as file:
            for group, columns in repeated.items():
                batch = next(file.iter_batches(1, row_groups=[group], columns=columns), None)
                longest = sum(map(_longest_entry, batch.columns)) if batch is not None else 0
                rows = min(rows, max(1, _BYTES_A_PART // max(longest, 1)))
    return min(rows, _CAREFUL_ROWS) if prefixed else rows


def _longest_entry(column: pa.Array) -> int:
    """Bytes of the longest entry in the dictionary of a column; 0 if it holds no text."""
    text = _text(column.dictionary) if pa.types.is_dictionary(column.type) else None
    return int(pc.max(pc.binary_length(text)).as_py() or 0) if text is not None else 0


def _text(column: pa.ChunkedArray | pa.Array) -> pa.ChunkedArray | pa.Array | None:
    """The column if it holds text or bytes, in a type that lengths can be taken of."""
    kind = column.type
    if pa.types.is_string_view(kind) or pa.types.is_binary_view(kind):
        return column.cast(
            pa.large_string() if pa.types.is_string_view(kind) else pa.large_binary()
        )
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return column
    return column if pa.types.is_binary(kind) or pa.types.is_large_binary(kind) else None


def _refuse_cells(path: Path, table: pa.Table, done: int, limit: int) -> None:
    for name in table.column_names:
        text = _text(table.column(name))
        if text is None:
            continue
        if (pc.max(pc.binary_length(text)).as_py() or 0) > limit:
            raise guards.cell_too_long(path, limit, _first(text, done, limit), name)
        if pa.types.is_string(text.type) or pa.types.is_large_string(text.type):
            found = pc.match_substring(text, "\0")
            if pc.any(found).as_py():
                raise guards.has_nul(path, done + 1 + pc.index(found, True).as_py(), name)


def _first(column: pa.ChunkedArray, done: int, limit: int) -> int:
    """Row number of the first cell that is too long."""
    return int(done + 1 + pc.index(pc.greater(pc.binary_length(column), limit), True).as_py())


def _plain(table: pa.Table) -> pa.Table:
    """Replace dictionary columns by their values, so that every part has the same types."""
    for index, field in enumerate(table.schema):
        if pa.types.is_dictionary(field.type):
            column = table.column(index).cast(field.type.value_type)
            table = table.set_column(index, field.name, column)
    return table


def _damaged(path: Path) -> ContractsError:
    return ContractsError(
        "the file is no whole Parquet file.",
        expected="Parquet, complete and undamaged",
        hint="transfer it again; a truncated copy looks like this",
        file=path,
    )
