"""What every reader is asked and what it gives."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from data_contracts.errors import ContractsError
from data_contracts.intake.readers import guards
from data_contracts.intake.readers.traditional import CODEC

_DELIMITED = (".csv", ".tsv", ".txt")
_JSON_LINES = (".jsonl", ".ndjson")
SUFFIXES = (".parquet", *_DELIMITED, ".xlsx", *_JSON_LINES)

_ENCODINGS = {
    "auto": "auto",
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "utf-8-sig": "utf-8",
    "gb18030": "gb18030",
    "gbk": "gb18030",
    "gb2312": "gb18030",
    "big5": CODEC,
    CODEC: CODEC,
}

_HINTS = {
    ".xls": "open it in a spreadsheet program and save it as .xlsx",
    ".xlsb": "save it as .xlsx",
    ".xlsm": "workbooks with macros are refused; save it as .xlsx",
    ".et": "save it as .xlsx",
    ".ods": "save it as .xlsx",
    ".zip": "unpack it and send the files inside",
    ".gz": "unpack it",
    ".json": "write one object on each line and call it .jsonl",
}


@dataclass(frozen=True)
class ReadOptions:
    """How a file is to be read. What does not apply to its kind is left alone.

    Parameters
    ----------
    encoding
        ``auto``, ``utf-8`` (with or without byte order mark), ``gb18030`` (also named ``gbk``,
        ``gb2312``) or ``big5``, for text files. ``auto`` never reads Big5: it is refused by name.
    header_row
        Line, from 1, on which the column names stand; what is above is not read. By default the
        first line that is not blank. For delimited text and workbooks.
    sheet
        Name of the sheet of a workbook. By default the only visible sheet that has cells.
    delimiter
        One character; by default found among comma, semicolon, tab and ``|``.
    skip_footer
        Rows at the end that are no records (totals, signatures). For delimited text and workbooks.
    base
        Folder that the file must not leave, symbolic links followed.
    max_cell_bytes
        Bytes of UTF-8 that a cell may take. Ours: 1 MB.
    max_unpacked_bytes
        Bytes that all parts of a workbook may take when unpacked. Ours: 256 MB.

    Raises
    ------
    ContractsError
        For a value outside these forms.
    """

    encoding: str = "auto"
    header_row: int | None = None
    sheet: str | None = None
    delimiter: str | None = None
    skip_footer: int = 0
    base: Path | None = None
    max_cell_bytes: int = 1_000_000
    max_unpacked_bytes: int = 256_000_000

    def __post_init__(self) -> None:
        """Refuse what no reader could follow."""
        known = _ENCODINGS.get(self.encoding.strip().lower())
        if known is None:
            raise ContractsError(
                "the reading option encoding is unknown.", expected="auto, utf-8, gb18030 or big5"
            )
        object.__setattr__(self, "encoding", known)
        if self.header_row is not None and self.header_row < 1:
            raise ContractsError("the reading option header_row is a line, counted from 1.")
        if self.delimiter is not None and (
            len(self.delimiter) != 1 or self.delimiter in '"\r\n\0' or not self.delimiter.isascii()
        ):
            raise ContractsError(
                "the reading option delimiter is not usable.",
                expected="one ASCII character that is no quote and no line break",
            )
        if self.skip_footer < 0:
            raise ContractsError("the reading option skip_footer is a number of rows.")
        if self.max_cell_bytes < 1 or self.max_unpacked_bytes < 1:
            raise ContractsError("a limit of the reading options is not positive.")


@dataclass(frozen=True)
class Source:
    """An opened file: its digest, number of rows, its parts, and the names in its header.

    The parts can be gone through once. Whether the file changed meanwhile shows by comparing
    :func:`~data_contracts.intake.readers.file_digest` with ``digest`` afterwards.
    """

    path: Path
    digest: str
    rows: int
    parts: Iterator[pa.Table]
    """Tables with ``_line`` (BIGINT, as an editor or a sheet counts; in Parquet the row number) and columns."""
    names: tuple[str, ...] = ()
    """All column names, in the order of the file, blanks around them removed; an empty one is ``unnamed_<place>``."""


_AS_IT_COMES = ReadOptions()


def open_source(
    path: Path, columns: Sequence[str] | None = None, *, options: ReadOptions = _AS_IT_COMES
) -> Source:
    """Open a supplier's file.

    Parameters
    ----------
    path
        Delimited text (``.csv``, ``.tsv``, ``.txt``), a workbook (``.xlsx``), JSON Lines (``.jsonl``,
        ``.ndjson``) or Parquet (``.parquet``).
    columns
        Columns to read; each must be there, once. A name matches when it is equal after NFKC and
        without the blanks around it; the parts carry the wanted name. Others are left alone. By default
        all columns.
    options
        Encoding, place of the header, sheet, delimiter, footer and limits.

    Returns
    -------
    Source
        Text columns, empty cells null; from Parquet the stored types.

    Raises
    ------
    ContractsError
        For a file that is missing, outside the base, empty, not of its kind, harmful, or without one
        of the columns. While the parts are read: for a file that is damaged further in.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise ContractsError(
            f"files of kind {path.suffix or 'without suffix'!r} are not read.",
            expected=f"{', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}",
            hint=_HINTS.get(suffix, ""),
            file=path,
        )
    guards.regular_file(path, options.base)
    # Each reader is imported with its library only when a file of its kind comes.
    if suffix == ".parquet":
        from data_contracts.intake.readers.parquet import open_parquet

        return open_parquet(path, columns, options)
    if suffix == ".xlsx":
        from data_contracts.intake.readers.workbook import open_workbook

        return open_workbook(path, columns, options)
    guards.text_file(path)
    if suffix in _JSON_LINES:
        from data_contracts.intake.readers.json_lines import open_json_lines

        return open_json_lines(path, columns, options)
    from data_contracts.intake.readers.delimited import open_delimited

    return open_delimited(path, columns, options)
