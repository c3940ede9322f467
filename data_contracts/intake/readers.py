"""Readers of suppliers' files: Parquet and CSV in, Arrow tables with line numbers out.

The suffix decides. A reader gives every row of the file, as it stands there, or raises
:class:`ContractsError` that names the file and, where it makes sense, line and column.
"""

from __future__ import annotations

import csv
import hashlib
from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from data_contracts.errors import ContractsError

ROWS_A_PART = 65_536
_BLOCK = 1 << 22
SUFFIXES = (".parquet", ".csv")


@dataclass(frozen=True)
class Scan:
    """What one pass over a file's bytes tells.

    ``regular`` says that a CSV file has one record on each line: no blank line, no line break inside
    quotes, no lone carriage return. Line numbers are then a matter of counting rows.
    """

    digest: str
    regular: bool
    lines: int


@dataclass(frozen=True)
class Source:
    """An opened file: its digest, number of rows, and its parts."""

    path: Path
    digest: str
    rows: int
    parts: Iterator[pa.Table]
    """Tables with ``_line`` (BIGINT, as an editor counts; in Parquet the row number) and columns."""


def open_source(path: Path, columns: Sequence[str]) -> Source:
    """Open a supplier's file.

    Parameters
    ----------
    path
        A ``.parquet`` or ``.csv`` file (UTF-8, comma, first line with the column names).
    columns
        Columns to read; each must be there. Other columns are left alone.

    Raises
    ------
    ContractsError
        For a file that is missing, empty, not of its kind, or without one of the columns. While
        the parts are read: for a file that is truncated or damaged further in.
    """
    path = Path(path)
    if path.suffix.lower() not in SUFFIXES:
        raise ContractsError(
            f"files of kind {path.suffix or 'without suffix'!r} are not read.",
            expected=" or ".join(SUFFIXES),
            file=path,
        )
    scan = scan_file(path)
    if path.suffix.lower() == ".parquet":
        return _open_parquet(path, columns, scan)
    return _open_csv(path, columns, scan)


def scan_file(path: Path) -> Scan:
    """Read the bytes of a file once: SHA-256, and whether CSV lines and records coincide.

    Raises
    ------
    ContractsError
        For a file that is missing, unreadable or empty.
    """
    try:
        return _scan(path)
    except OSError as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: OSError) -> ContractsError:
    return ContractsError(
        f"the file cannot be read: {error.strerror or 'it is damaged'}.",
        expected="a file that may be read",
        hint="check the path, the permissions and that the transfer was complete",
        file=path,
    )


def file_digest(path: Path) -> str:
    """SHA-256 of a file's bytes, hexadecimal."""
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise _unreadable(path, error) from error


def _scan(path: Path) -> Scan:
    digest = hashlib.sha256()
    lines, regular, odd, last = 0, True, False, b"\n"  # a file begins as if after a line feed
    empty = True
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            empty = False
            digest.update(block)
            lines += block.count(b"\n")
            if regular:
                joined = last + block
                # A blank line is LF LF, or LF CR LF; a CR that no LF follows ends a line by itself.
                lone = joined.count(b"\r") - joined.count(b"\r\n") - joined.endswith(b"\r")
                broken, odd = _breaks_inside_quotes(block, odd)
                regular = not (b"\n\n" in joined or b"\n\r" in joined or lone or broken)
            last = block[-1:]
    if empty:
        raise ContractsError("the file is empty.", expected="column names and rows", file=path)
    lines += last != b"\n"
    return Scan(digest.hexdigest(), regular and not odd and last != b"\r", lines)


def _breaks_inside_quotes(block: bytes, odd: bool) -> tuple[bool, bool]:
    """Whether a line ends inside quotes, and whether the block ends inside them."""
    if b'"' not in block:
        return odd and b"\n" in block, odd
    codes = np.frombuffer(block, np.uint8)
    quotes = np.flatnonzero(codes == 34)
    before = np.searchsorted(quotes, np.flatnonzero(codes == 10)) + odd
    return bool((before % 2).any()), bool((len(quotes) + odd) % 2)


def _refuse_columns(
    path: Path, names: Sequence[str], wanted: Sequence[str], line: int | None
) -> None:
    missing = [name for name in wanted if name not in names]
    if missing:
        raise ContractsError(
            f"{len(missing)} column(s) missing.",
            expected=f"the columns {', '.join(wanted)}",
            hint="compare the spelling; column names are case-sensitive",
            file=path,
            line=line,
            column=", ".join(missing),
        )
    twice = [name for name, count in Counter(names).items() if count > 1 and name in wanted]
    if twice:
        raise ContractsError(
            "a column name occurs twice.", file=path, line=line, column=", ".join(twice)
        )


# ---- Parquet ---------------------------------------------------------------------------------


def _open_parquet(path: Path, columns: Sequence[str], scan: Scan) -> Source:
    try:
        file = pq.ParquetFile(path)
        names, rows = file.schema_arrow.names, file.metadata.num_rows
    except (pa.ArrowException, OSError, ValueError) as error:
        raise _damaged(path) from error
    _refuse_columns(path, names, columns, None)
    if rows == 0:
        raise _no_rows(path)
    return Source(path, scan.digest, rows, _parquet_parts(file, path, columns, rows))


def _parquet_parts(
    file: pq.ParquetFile, path: Path, columns: Sequence[str], rows: int
) -> Iterator[pa.Table]:
    done = 0
    try:
        with file:
            for batch in file.iter_batches(ROWS_A_PART, columns=list(columns)):
                batch.validate(full=True)
                table = pa.Table.from_batches([batch]).select(list(columns))
                yield _with_lines(_plain(table), np.arange(done + 1, done + 1 + len(batch)))
                done += len(batch)
    except (pa.ArrowException, OSError, ValueError, NotImplementedError) as error:
        raise _damaged(path) from error
    if done != rows:
        raise _damaged(path)


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


def _no_rows(path: Path) -> ContractsError:
    return ContractsError("the file holds no rows.", expected="at least one row", file=path)


def _with_lines(table: pa.Table, lines: np.ndarray) -> pa.Table:
    return table.add_column(0, "_line", pa.array(lines, pa.int64()))


# ---- CSV -------------------------------------------------------------------------------------


def _open_csv(path: Path, columns: Sequence[str], scan: Scan) -> Source:
    header, first_line = _header(path)
    _refuse_columns(path, header, columns, first_line)
    lines = None if scan.regular else record_lines(path, len(header))
    parts = _csv_parts(path, header, columns, first_line, lines)
    rows = scan.lines - first_line if lines is None else len(lines)
    return Source(path, scan.digest, rows, parts)


def _header(path: Path) -> tuple[list[str], int]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.reader(stream, strict=True)
            for fields in reader:
                if fields:
                    return fields, reader.line_num
    except UnicodeDecodeError as error:
        raise _not_utf8(path, _undecodable_line(path)) from error
    except csv.Error as error:
        raise _not_csv(path, 1) from error
    except OSError as error:
        raise _unreadable(path, error) from error
    raise ContractsError("the file has no line with column names.", file=path, line=1)


def _csv_parts(
    path: Path,
    header: Sequence[str],
    columns: Sequence[str],
    first_line: int,
    lines: np.ndarray | None,
) -> Iterator[pa.Table]:
    done = 0
    try:
        reader = pa_csv.open_csv(
            path,
            read_options=pa_csv.ReadOptions(use_threads=False, block_size=_BLOCK),
            parse_options=pa_csv.ParseOptions(newlines_in_values=True),
            convert_options=pa_csv.ConvertOptions(
                column_types={name: pa.string() for name in header},
                include_columns=list(columns),
                strings_can_be_null=True,
                null_values=[""],
            ),
        )
        with reader:
            for batch in reader:
                if lines is None:
                    here = np.arange(done + first_line + 1, done + first_line + 1 + len(batch))
                else:
                    here = lines[done : done + len(batch)]
                    if len(here) < len(batch):
                        raise _not_csv(path, None)
                yield _with_lines(pa.Table.from_batches([batch]), here)
                done += len(batch)
    except (pa.ArrowException, UnicodeDecodeError, ValueError) as error:
        # Names the line and the fault, if it can be placed.
        if len(record_lines(path, len(header))) == 0:
            raise _no_rows(path) from error
        raise _not_csv(path, None) from error
    if done == 0:
        raise _no_rows(path)
    if lines is not None and done != len(lines):
        raise _not_csv(path, None)


def record_lines(path: Path, fields: int) -> np.ndarray:
    """Line on which each record of a CSV file begins, by reading it record by record.

    Needed only where lines and records differ, and to place a fault.

    Raises
    ------
    ContractsError
        At the first record that is not well formed; the message gives its line, never its content.
    """
    found = array("q")
    begins = line = 1
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.reader(stream, strict=True)
            for record in reader:
                begins, line = line, reader.line_num + 1
                if not record:
                    continue
                if len(record) != fields:
                    raise ContractsError(
                        f"the row has {len(record)} fields.",
                        expected=f"{fields}, as many as there are column names",
                        hint="a truncated file ends like this; or a comma or quote is not quoted",
                        file=path,
                        line=begins,
                    )
                found.append(begins)
    except UnicodeDecodeError as error:
        raise _not_utf8(path, _undecodable_line(path)) from error
    except csv.Error as error:
        raise _not_csv(path, line) from error
    return np.array(found[1:], dtype=np.int64)


def _undecodable_line(path: Path) -> int | None:
    with path.open("rb") as stream:
        for number, line in enumerate(stream, start=1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                return number
    return None


def _not_utf8(path: Path, line: int | None) -> ContractsError:
    return ContractsError(
        "the text is not UTF-8.", hint="save the file as CSV UTF-8", file=path, line=line
    )


def _not_csv(path: Path, line: int | None) -> ContractsError:
    return ContractsError(
        "the file is no well-formed CSV.",
        expected="comma-separated values, quotes in pairs, one field for each column name",
        file=path,
        line=line,
    )
