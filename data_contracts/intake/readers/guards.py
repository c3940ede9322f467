"""What is refused before a file is read, and the sentences that all readers share."""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data_contracts.errors import ContractsError

ROWS_A_PART = 65_536
BLOCK = 1 << 22
CELLS_A_ROW = 16
"""A row may take this many times the bytes of one cell (limit ours)."""
MAX_COLUMNS = 16_384
"""As many as a sheet of a workbook has."""

_BINARY = {
    b"PK\x03\x04": "a workbook or ZIP archive",
    b"\xd0\xcf\x11\xe0": "an old or encrypted workbook",
    b"PAR1": "Parquet",
    b"\x1f\x8b": "a gzip archive",
    b"%PDF": "PDF",
}


def regular_file(
    path: Path, base: Path | None = None, expected: str = "column names and rows"
) -> None:
    """Refuse what is no plain file, or lies outside a folder. Opens nothing, so that a FIFO cannot block.

    A symbolic link is followed within ``base``, or without one within the folder that the link stands in:
    whoever may put files into an inbox must not choose what else of the machine is read.

    Raises
    ------
    ContractsError
        For a missing file, a directory, a device or FIFO, an empty file, a link that leads out of its folder,
        and a path that leaves ``base`` when symbolic links are followed.
    """
    try:
        if base is not None and not path.resolve().is_relative_to(base.resolve()):
            raise ContractsError(
                "the path leaves the folder that files are taken from.",
                expected=f"a file below {base}",
                hint="links are followed; copy the file into the folder",
                file=path,
            )
        found = path.stat()
    except OSError as error:
        raise unreadable(path, error) from None
    except (ValueError, RuntimeError):  # a NUL in the name; a loop of links
        raise unreadable(path, OSError()) from None
    _refuse_kind(path, found)
    if base is None and path.is_symlink():
        _refuse_leading_out(path)
    if found.st_size == 0:
        raise ContractsError("the file is empty.", expected=expected, file=path)


def _refuse_leading_out(link: Path) -> None:
    if not link.resolve().is_relative_to(link.parent.resolve()):
        raise ContractsError(
            "this is a link that leads out of its folder.",
            expected="a file, or a link to one in the same folder",
            hint="name the file itself, or copy it here",
            file=link,
        )


def _refuse_kind(path: Path, found: os.stat_result) -> None:
    if stat.S_ISDIR(found.st_mode):
        raise ContractsError("this is a directory.", expected="a file", file=path)
    if not stat.S_ISREG(found.st_mode):
        raise ContractsError(
            "this is a device, pipe or socket.",
            expected="a file",
            hint="copy what it gives into a file first",
            file=path,
        )


def open_binary(path: Path) -> BinaryIO:
    """Open a plain file for reading; never waits for the other end of a pipe.

    Raises
    ------
    ContractsError
        For what cannot be opened or is no plain file.
    """
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        handle = os.open(path, flags)
    except OSError as error:
        raise unreadable(path, error) from None
    except ValueError:
        raise unreadable(path, OSError()) from None
    try:
        _refuse_kind(path, os.fstat(handle))
    except BaseException:
        os.close(handle)
        raise
    return os.fdopen(handle, "rb")


def file_digest(path: Path) -> str:
    """SHA-256 of a file's bytes, hexadecimal.

    Raises
    ------
    ContractsError
        For what cannot be read or is no plain file.
    """
    with open_binary(path) as stream:
        try:
            digest = hashlib.sha256()
            while block := stream.read(BLOCK):
                digest.update(block)
            return digest.hexdigest()
        except OSError as error:
            raise unreadable(path, error) from None


def text_file(path: Path) -> None:
    """Refuse a file whose first bytes say that it is no text.

    Raises
    ------
    ContractsError
        For a workbook, archive, Parquet or PDF under the name of a text file.
    """
    with open_binary(path) as stream:
        start = stream.read(4)
    for mark, kind in _BINARY.items():
        if start.startswith(mark):
            raise ContractsError(
                f"the file is {kind} under the name {path.suffix}.",
                expected="text",
                hint="give the file the suffix of its kind, or save it as text",
                file=path,
            )


def unreadable(path: Path, error: OSError) -> ContractsError:
    """The error for a file that the system does not give."""
    return ContractsError(
        f"the file cannot be read: {error.strerror or 'it is damaged'}.",
        expected="a file that may be read",
        hint="check the path, the permissions and that the transfer was complete",
        file=path,
    )


def no_rows(path: Path) -> ContractsError:
    """The error for a file with column names and nothing else."""
    return ContractsError("the file holds no rows.", expected="at least one row", file=path)


def cell_too_long(
    path: Path, limit: int, line: int | None, column: str | None = None
) -> ContractsError:
    """The error for a cell beyond the limit."""
    return ContractsError(
        f"a cell takes more than {limit:,} bytes.",
        expected="short cells",
        hint="a quote that is never closed looks like this too",
        file=path,
        line=line,
        column=column,
    )


def row_too_long(path: Path, limit: int, line: int) -> ContractsError:
    """The error for a row, or a cell in it, that is too long to be read at all."""
    return ContractsError(
        f"a cell or the whole row takes more than {limit * CELLS_A_ROW:,} bytes.",
        expected=f"cells of at most {limit:,} bytes",
        hint="line breaks may be missing, or a quote is never closed",
        file=path,
        line=line,
    )


def has_nul(path: Path, line: int | None, column: str | None = None) -> ContractsError:
    """The error for text with NUL characters."""
    return ContractsError(
        "the text holds a NUL character.",
        hint="the file is damaged, binary or UTF-16; save it as CSV UTF-8",
        file=path,
        line=line,
        column=column,
    )


def refuse_formulas(path: Path, part: pa.Table) -> None:
    """Refuse text cells that begin with ``=``: a spreadsheet would run them.

    Raises
    ------
    ContractsError
        With line and column of the first one.
    """
    for name in part.column_names[1:]:
        found = pc.starts_with(part.column(name), "=")
        if pc.any(found).as_py():
            row = pc.index(found, True).as_py()
            raise ContractsError(
                "a cell holds a formula (it begins with =).",
                expected="values",
                hint="export values, not formulas",
                file=path,
                line=part.column("_line")[row].as_py(),
                column=name,
            )


def with_lines(table: pa.Table, lines: np.ndarray) -> pa.Table:
    """Put the line numbers before the columns."""
    return pa.table(
        [pa.array(lines, pa.int64()), *table.columns], names=["_line", *table.column_names]
    )
