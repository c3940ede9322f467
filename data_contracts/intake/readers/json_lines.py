"""JSON Lines: one object on each line, flat."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from data_contracts.errors import ContractsError
from data_contracts.intake.readers import guards
from data_contracts.intake.readers.encoding import open_text
from data_contracts.intake.readers.header import Columns, choose
from data_contracts.intake.readers.scan import scan_file

if TYPE_CHECKING:
    from data_contracts.intake.readers.source import ReadOptions, Source

_BYTES_A_PART = 64_000_000


class _Pairs(list[tuple[str, Any]]):
    """An object, its keys as they stand, also when they repeat."""


def open_json_lines(path: Path, columns: Sequence[str] | None, options: ReadOptions) -> Source:
    """Open JSON Lines; see :func:`~data_contracts.intake.readers.source.open_source`.

    All lines are parsed once before rows are given: the names are the keys of all objects. Cells are text:
    numbers as they are written, ``true`` and ``false``, null for null, for "" and for a key that is not there.

    Raises
    ------
    ContractsError
        As there; for nested values, keys that repeat, and values that are no JSON.
    """
    from data_contracts.intake.readers.source import Source

    scan = scan_file(path, options.encoding, max_cell_bytes=options.max_cell_bytes)
    names: dict[str, int] = {}
    rows = 0
    for line, record in _records(path, scan.encoding, options):
        rows += 1
        if not names.keys() >= record.keys():
            for name in record:
                names.setdefault(name, len(names))
            if len(names) > guards.MAX_COLUMNS:
                raise ContractsError(
                    f"there are more than {guards.MAX_COLUMNS:,} different keys.",
                    file=path,
                    line=line,
                )
    if rows == 0:
        raise guards.no_rows(path)
    chosen = choose(path, list(names), columns, None)
    parts = _parts(path, scan.encoding, list(names), chosen, options, rows)
    return Source(path, scan.digest, rows, parts, chosen.names)


def _records(
    path: Path, encoding: str, options: ReadOptions
) -> Iterator[tuple[int, dict[str, str | None]]]:
    longest = options.max_cell_bytes * guards.CELLS_A_ROW
    with open_text(path, encoding, newline="\n") as stream:
        line = 0
        while text := stream.readline(longest + 1):
            line += 1
            if len(text) > longest:
                raise guards.row_too_long(path, options.max_cell_bytes, line)
            if not text.isspace():
                yield line, _record(path, line, text, options.max_cell_bytes)


def _record(path: Path, line: int, text: str, limit: int) -> dict[str, str | None]:
    try:
        value = _DECODER.decode(text)
    except RecursionError:
        raise _nested(path, line, None) from None
    except ValueError:  # the parser's own words give positions, its error object the text
        raise ContractsError(
            "the line is no JSON.",
            expected="one object on each line, in braces",
            hint="a truncated file ends like this",
            file=path,
            line=line,
        ) from None
    if not isinstance(value, _Pairs):
        raise ContractsError(
            "the line holds no JSON object.",
            expected="one object on each line, in braces",
            file=path,
            line=line,
        )
    record: dict[str, str | None] = {}
    for name, cell in value:
        _refuse_unusable(path, line, name, None, limit)
        if name in record:
            raise ContractsError("a key occurs twice.", file=path, line=line, column=name[:80])
        if isinstance(cell, list):
            raise _nested(path, line, name[:80])
        if isinstance(cell, bool):
            cell = "true" if cell else "false"
        elif isinstance(cell, str):
            _refuse_unusable(path, line, cell, name[:80], limit)
        record[name] = cell or None
    return record


def _no_constant(name: str) -> str:
    raise ValueError("not JSON")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_Pairs, parse_float=str, parse_int=str, parse_constant=_no_constant
)  # numbers stay the text they were


def _refuse_unusable(path: Path, line: int, text: str, column: str | None, limit: int) -> None:
    if len(text) * 4 > limit and len(text.encode(errors="replace")) > limit:
        raise guards.cell_too_long(path, limit, line, column)
    if text.isascii():
        if "\0" in text:
            raise guards.has_nul(path, line, column)
        return
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ContractsError(
            "an escape stands for half a character.", file=path, line=line
        ) from None
    if "\0" in text:
        raise guards.has_nul(path, line, column)


def _nested(path: Path, line: int, column: str | None) -> ContractsError:
    return ContractsError(
        "a value is nested.",
        expected="text, numbers, true, false or null",
        hint="give each inner value a key of its own, or a file of its own",
        file=path,
        line=line,
        column=column,
    )


def _parts(
    path: Path, encoding: str, names: list[str], chosen: Columns, options: ReadOptions, rows: int
) -> Iterator[pa.Table]:
    keys = [names[place] for place in chosen.places]
    lines: list[int] = []
    cells: list[list[str | None]] = [[] for _ in keys]
    size = done = 0
    for line, record in _records(path, encoding, options):
        lines.append(line)
        for column, name in zip(cells, keys, strict=True):
            cell = record.get(name)
            column.append(cell)
            size += len(cell) if cell else 0
        done += 1
        if len(lines) == guards.ROWS_A_PART or size > _BYTES_A_PART or done == rows:
            yield _table(chosen, cells, lines)
            lines, cells, size = [], [[] for _ in keys], 0
    if lines or done != rows:
        raise ContractsError("the file changed while it was read.", file=path)


def _table(chosen: Columns, cells: list[list[str | None]], lines: list[int]) -> pa.Table:
    table = pa.table([pa.array(column, pa.string()) for column in cells], names=list(chosen.wanted))
    return guards.with_lines(table, np.array(lines))
