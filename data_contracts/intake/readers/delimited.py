"""Delimited text: CSV and its relatives."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv

from data_contracts.errors import ContractsError
from data_contracts.intake.readers import guards
from data_contracts.intake.readers.encoding import BOM, Utf8Stream, open_text
from data_contracts.intake.readers.header import Columns, choose, key
from data_contracts.intake.readers.records import (
    Head,
    Index,
    Lines,
    allow_cells,
    index_records,
    not_csv,
    ragged,
)
from data_contracts.intake.readers.scan import Scan, scan_file

if TYPE_CHECKING:
    from data_contracts.intake.readers.source import ReadOptions, Source

_CANDIDATES = (",", ";", "\t", "|")


def open_delimited(path: Path, columns: Sequence[str] | None, options: ReadOptions) -> Source:
    """Open delimited text; see :func:`~data_contracts.intake.readers.source.open_source`.

    Where each line is one record, rows are counted and nothing is read twice; otherwise every record is
    looked at before rows are given, to know the line it begins on.

    Raises
    ------
    ContractsError
        As there.
    """
    from data_contracts.intake.readers.source import Source

    scan = scan_file(
        path,
        options.encoding,
        delimiter=options.delimiter,
        max_cell_bytes=options.max_cell_bytes,
    )
    allow_cells(options.max_cell_bytes)
    head = _header(path, scan, columns, options)
    chosen = choose(path, head.names, columns, head.line)
    index = None
    if not scan.regular or options.skip_footer:
        index = index_records(path, scan.encoding, head, options)
    rows = scan.lines - head.line if index is None else len(index.lines)
    if rows == 0:
        raise guards.no_rows(path)
    parts = _parts(path, scan, head, chosen, index, options)
    return Source(path, scan.digest, rows, parts, chosen.names)


def record_lines(
    path: Path, fields: int, *, delimiter: str = ",", encoding: str = "utf-8"
) -> np.ndarray:
    """Line on which each record after the header begins, by reading record by record.

    Raises
    ------
    ContractsError
        At the first record that is not well formed; the message gives its line, never its content.
    """
    from data_contracts.intake.readers.source import ReadOptions

    options = ReadOptions(encoding=encoding, delimiter=delimiter)
    allow_cells(options.max_cell_bytes)
    head = _header(path, Scan("", False, 0, options.encoding), None, options)
    if len(head.names) != fields:
        raise ragged(path, len(head.names), fields, head.line)
    return index_records(path, options.encoding, head, options).lines


# ---- header ----------------------------------------------------------------------------------


def _header(path: Path, scan: Scan, columns: Sequence[str] | None, options: ReadOptions) -> Head:
    above = (options.header_row or 1) - 1
    candidates = (options.delimiter,) if options.delimiter else _CANDIDATES
    with open_text(path, scan.encoding) as stream:
        lines = Lines(stream, path, options.max_cell_bytes, bytes_too=True)
        for _ in range(above):
            lines.size = 0
            if next(lines, None) is None:
                raise _no_header(path, options)
        skipped = lines.bytes
        lines.size = 0
        seen: list[str] = []
        best: tuple[tuple[int, int, int], list[str], int, str] | None = None
        fault: ContractsError | None = None
        for delimiter in candidates:
            try:
                names, used, alike = _first_record(seen, lines, delimiter, options)
            except csv.Error as error:
                fault = fault or not_csv(path, above + 1, error, options)
                continue
            except ContractsError as error:
                fault = fault or error
                continue
            known = {key(name) for name in names}
            matched = sum(key(name) in known for name in columns or ())
            score = (matched, int(alike and len(names) > 1), len(names))
            if best is None or score > best[0]:
                best = score, names, used, delimiter
    if best is None:
        raise fault or _no_header(path, options)
    _, names, used, delimiter = best
    if not names:
        raise _no_header(path, options)
    if max(map(len, names)) > options.max_cell_bytes:
        raise guards.cell_too_long(path, options.max_cell_bytes, above + used)
    end = skipped + sum(len(line.encode()) for line in seen[:used])
    return Head(names, above + used, end, delimiter)


def _first_record(
    seen: list[str], lines: Lines, delimiter: str, options: ReadOptions
) -> tuple[list[str], int, bool]:
    """Names, lines they took, and whether the next record has as many fields."""

    def replay() -> Iterator[str]:
        yield from seen
        for line in lines:
            seen.append(line)
            yield line

    reader = csv.reader(replay(), delimiter=delimiter, strict=True)
    for names in reader:
        if names or options.header_row:
            used = reader.line_num
            try:
                following = next((record for record in reader if record), names)
            except (csv.Error, ContractsError):
                return names, used, False  # placed later, when the records are read
            return names, used, len(following) == len(names)
    return [], len(seen), False


def _no_header(path: Path, options: ReadOptions) -> ContractsError:
    return ContractsError(
        "the file has no line with column names.", file=path, line=options.header_row or 1
    )


# ---- rows ------------------------------------------------------------------------------------


def _parts(
    path: Path,
    scan: Scan,
    head: Head,
    chosen: Columns,
    index: Index | None,
    options: ReadOptions,
) -> Iterator[pa.Table]:
    done = 0
    lines = None if index is None else index.lines
    try:
        with (
            _stream(path, scan, head, index) as stream,
            _table_reader(stream, head, chosen, index, options) as reader,
        ):
            for batch in reader:
                begin = done + head.line + 1
                if lines is None:
                    here = np.arange(begin, begin + len(batch))
                else:
                    here = lines[done : done + len(batch)]
                    if len(here) < len(batch):
                        raise not_csv(path, None, None, options)
                table = pa.Table.from_batches([batch])
                picked = pa.table(
                    [table.column(str(place)) for place in chosen.places], names=list(chosen.wanted)
                )
                part = guards.with_lines(picked, here)
                guards.refuse_formulas(path, part)
                yield part
                done += len(batch)
    except (pa.ArrowException, OSError, ValueError, UnicodeError):
        # Names the line and the fault, if it can be placed. Arrow's own words repeat the row.
        index_records(path, scan.encoding, head, options)
        raise not_csv(path, None, None, options) from None
    if done != (scan.lines - head.line if lines is None else len(lines)):
        raise not_csv(path, None, None, options)


def _stream(path: Path, scan: Scan, head: Head, index: Index | None) -> pa.NativeFile:
    if scan.encoding == "utf-8" and (index is None or index.end is None):
        with guards.open_binary(path) as stream:
            mark = len(BOM) if stream.read(len(BOM)) == BOM else 0
        file = pa.OSFile(str(path))
        file.seek(mark + head.end)
        return file
    end = None if index is None else index.end
    return pa.PythonFile(Utf8Stream(path, scan.encoding, head.end, end), mode="r")


def _table_reader(
    stream: pa.NativeFile,
    head: Head,
    chosen: Columns,
    index: Index | None,
    options: ReadOptions,
) -> pa_csv.CSVStreamingReader:
    # Places instead of names: a name may occur twice among the columns that nobody reads.
    read = [str(place) for place in dict.fromkeys(chosen.places or (0,))]
    longest = options.max_cell_bytes if index is None else index.longest * 4
    return pa_csv.open_csv(
        stream,
        read_options=pa_csv.ReadOptions(
            use_threads=False,
            block_size=max(guards.BLOCK, longest + 2),  # a record must fit into a block
            column_names=[str(place) for place in range(len(head.names))],
        ),
        parse_options=pa_csv.ParseOptions(delimiter=head.delimiter, newlines_in_values=True),
        convert_options=pa_csv.ConvertOptions(
            column_types={name: pa.string() for name in read},
            include_columns=read,
            strings_can_be_null=True,
            null_values=[""],
        ),
    )
