"""Delimited text read record by record: the line that each begins on, and where one is not well formed."""

from __future__ import annotations

import csv
import io
from array import array
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from data_contracts.errors import ContractsError
from data_contracts.intake.readers import guards
from data_contracts.intake.readers.encoding import open_text

if TYPE_CHECKING:
    from data_contracts.intake.readers.source import ReadOptions


@dataclass(frozen=True)
class Head:
    """The header: its names, the last line of it, its end in bytes of UTF-8, and the delimiter."""

    names: list[str]
    line: int
    end: int
    delimiter: str


@dataclass(frozen=True)
class Index:
    """What reading record by record tells: lines, where the footer begins, characters of the longest record."""

    lines: np.ndarray
    end: int | None
    longest: int


class Lines:
    """Lines of a text, never longer than allowed; counts characters since the last record and lines and bytes."""

    def __init__(
        self, stream: io.TextIOWrapper, path: Path, limit: int, *, bytes_too: bool
    ) -> None:
        self._stream, self._path, self._limit = stream, path, limit
        self._longest = limit * guards.CELLS_A_ROW
        self._bytes_too = bytes_too
        self.size = self.line = self.bytes = 0

    def __iter__(self) -> Lines:
        return self

    def __next__(self) -> str:
        text = self._stream.readline(self._longest + 1)
        if not text:
            raise StopIteration
        self.line += 1
        self.size += len(text)
        if self.size > self._longest:
            raise guards.row_too_long(self._path, self._limit, self.line)
        if self._bytes_too:
            self.bytes += len(text.encode())
        return text


def allow_cells(limit: int) -> None:
    """Let the csv module, which has one limit for the whole process, pass cells of our limit."""
    if csv.field_size_limit() < limit:
        csv.field_size_limit(limit)


def index_records(path: Path, encoding: str, head: Head, options: ReadOptions) -> Index:
    """Read record by record: needed where lines and records differ, and to place a fault.

    Raises
    ------
    ContractsError
        At the first record that is not well formed; the message gives its line, never its content.
    """
    found, longest = array("q"), 0
    fields, limit, footer = len(head.names), options.max_cell_bytes, options.skip_footer
    held: deque[tuple[int, int, int]] = deque()  # the last records: line, bytes before, fields
    begins, before = head.line + 1, head.end
    with open_text(path, encoding) as stream:
        lines = Lines(stream, path, limit, bytes_too=bool(footer))
        for _ in range(head.line):
            lines.size = 0
            next(lines, None)
        lines.size = 0
        try:
            for record in csv.reader(lines, delimiter=head.delimiter, strict=True):
                size, lines.size = lines.size, 0
                if record:
                    longest = max(longest, size)
                    if size * 4 > limit and any(len(cell.encode()) > limit for cell in record):
                        raise guards.cell_too_long(path, limit, begins)
                    held.append((begins, before, len(record)))
                    if len(held) > footer:
                        line, _, count = held.popleft()
                        if count != fields:
                            raise ragged(path, count, fields, line)
                        found.append(line)
                begins, before = lines.line + 1, lines.bytes
        except csv.Error as error:
            raise not_csv(path, begins, error, options) from None
    end = held[0][1] if held else None
    return Index(np.array(found, dtype=np.int64), end, longest)


def ragged(path: Path, found: int, fields: int, line: int) -> ContractsError:
    """The error for a record with more or fewer fields than there are names."""
    return ContractsError(
        f"the row has {found} fields.",
        expected=f"{fields}, as many as there are column names",
        hint="a truncated file ends like this; or a comma or quote is not quoted",
        file=path,
        line=line,
    )


def not_csv(
    path: Path, line: int | None, error: csv.Error | None, options: ReadOptions
) -> ContractsError:
    """The error for text that is no well-formed CSV, by what the csv module said."""
    words = str(error or "")
    if "field limit" in words:
        return guards.cell_too_long(path, options.max_cell_bytes, line)
    ends = "unexpected end of data" in words
    return ContractsError(
        "the file is no well-formed CSV" + (": it ends inside quotes." if ends else "."),
        expected="comma-separated values, quotes in pairs, one field for each column name",
        hint="a truncated file ends like this" if ends else "",
        file=path,
        line=line,
    )
