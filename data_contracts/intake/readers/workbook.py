"""Workbooks: XLSX through calamine, every cell as text."""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np
import pyarrow as pa

from data_contracts.errors import ContractsError
from data_contracts.intake.readers import guards
from data_contracts.intake.readers.archive import Archive, damaged
from data_contracts.intake.readers.header import Columns, choose
from data_contracts.intake.readers.sheet import look_through
from data_contracts.intake.readers.sheet_places import SheetPlace, has_cells, sheets

if TYPE_CHECKING:
    from data_contracts.intake.readers.source import ReadOptions, Source

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_EXACT = 10**15
"""A spreadsheet keeps 15 digits of a number; those behind are not what was typed in."""


def open_workbook(path: Path, columns: Sequence[str] | None, options: ReadOptions) -> Source:
    """Open a workbook; see :func:`~data_contracts.intake.readers.source.open_source`.

    Lines are the sheet's row numbers, empty rows included; an empty row is no record. Cells are text in one
    form: dates and times as ISO 8601 (``2024-01-31``, ``2024-01-31T08:30:00``), whole numbers without a point,
    others with at most 15 digits and no exponent, ``true`` and ``false``. A number of 10^15 or more, such as a
    resident id typed as a number, keeps its exponent (``1.10101199003071E+17``): its last digits are lost already
    and none are invented. Empty cells, and cells of blanks alone,
    are null.

    Raises
    ------
    ContractsError
        As there; for formulas, error values, macros, encryption, merged cells among the records, several sheets
        of which none was chosen, and archives that grow beyond bounds.
    """
    from data_contracts.intake.readers.source import Source

    _refuse_old(path)
    digest = guards.file_digest(path)
    with Archive(path, options.max_unpacked_bytes) as archive:
        place = _sheet(archive, path, sheets(archive, path), options.sheet)
        look_through(archive, path, place, options.max_cell_bytes)
    sheet = _guarded(path, lambda: _load(path, place))
    if sheet.start is None:
        raise ContractsError("the sheet has no cells.", file=path, line=options.header_row or 1)
    records, header, line = _records(path, sheet, options)
    chosen = choose(path, header, columns, line)
    _refuse_merged(path, sheet, chosen, records)
    if not records:
        raise guards.no_rows(path)
    parts = _parts(path, sheet, records, len(header), chosen, options)
    return Source(path, digest, len(records), parts, chosen.names)


def _refuse_old(path: Path) -> None:
    with guards.open_binary(path) as stream:
        start = stream.read(len(_OLE))
        if start != _OLE:
            return
        stream.seek(0)
        last = b""
        while block := stream.read(guards.BLOCK):
            if _ENCRYPTED in last + block:
                raise ContractsError(
                    "the workbook is encrypted.",
                    hint="save it without a password and send it over a protected channel",
                    file=path,
                )
            last = block[-len(_ENCRYPTED) :]
    raise ContractsError(
        "the file is an old workbook (.xls) under the name .xlsx.",
        expected=".xlsx",
        hint="open it in a spreadsheet program and save it as .xlsx",
        file=path,
    )


def _sheet(archive: Archive, path: Path, found: list[SheetPlace], wanted: str | None) -> SheetPlace:
    names = ", ".join(place.name for place in found)
    if wanted is not None:
        for place in found:
            if place.name.strip() == wanted.strip():
                return place
        raise ContractsError(
            f"the workbook has no sheet {wanted!r}.", expected=f"one of {names}", file=path
        )
    filled = [place for place in found if place.visible and has_cells(archive, place)]
    if len(filled) > 1:
        raise ContractsError(
            f"the workbook has {len(filled)} sheets with cells.",
            expected=f"the name of one of {', '.join(place.name for place in filled)}",
            hint="choose one (sheet), and take in each that counts",
            file=path,
        )
    if not filled:
        raise ContractsError("the workbook has no visible sheet with cells.", file=path)
    return filled[0]


def _load(path: Path, place: SheetPlace) -> Any:
    import python_calamine

    book = python_calamine.CalamineWorkbook.from_path(str(path))
    try:
        return book.get_sheet_by_name(place.name)
    finally:
        book.close()


def _guarded(path: Path, load: Callable[[], Any]) -> Any:
    """Turn what the library raises into our error; it speaks of cells, and may panic."""
    try:
        return load()
    except (KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:
        if isinstance(error, Exception) or type(error).__name__ == "PanicException":
            raise damaged(path) from None
        raise


def _records(path: Path, sheet: Any, options: ReadOptions) -> tuple[list[int], list[str], int]:
    """Row numbers of the records, names of the columns, row number of the header."""
    wanted = options.header_row
    shift = sheet.start[1]
    header: list[str] | None = None
    line, found = 0, []
    for number, row in enumerate(_guarded(path, sheet.iter_rows), start=1):
        if header is None:
            if number == wanted or (wanted is None and any(cell != "" for cell in row)):
                texts = [_text(path, cell, number) or "" for cell in row]
                while texts and not texts[-1]:
                    texts.pop()
                header, line = [""] * shift * bool(texts) + texts, number
                if not header:
                    break
            continue
        if all(cell == "" for cell in row):
            continue
        found.append(number)
    if not header:
        raise ContractsError("the file has no line with column names.", file=path, line=wanted or 1)
    footer = options.skip_footer
    return found[: max(0, len(found) - footer)] if footer else found, header, line


def _refuse_merged(path: Path, sheet: Any, chosen: Columns, records: list[int]) -> None:
    """Refuse merged cells among the records that are read: only the first holds the value."""
    if not records:
        return
    first, last, places = records[0] - 1, records[-1] - 1, set(chosen.places)
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or []:
        if bottom >= first and top <= last and not places.isdisjoint(range(left, right + 1)):
            raise ContractsError(
                "cells are merged among the records.",
                expected="one value in each cell",
                hint="unmerge them and fill each cell",
                file=path,
                line=top + 1,
            )


def _parts(
    path: Path,
    sheet: Any,
    records: list[int],
    width: int,
    chosen: Columns,
    options: ReadOptions,
) -> Iterator[pa.Table]:
    shift, wanted = sheet.start[1], iter(records)
    lines: list[int] = []
    cells: list[list[str | None]] = [[] for _ in chosen.places]
    following = next(wanted, None)
    for number, row in enumerate(_guarded(path, sheet.iter_rows), start=1):
        if number != following:
            continue
        following = next(wanted, None)
        if any(cell != "" for cell in row[width - shift :]):
            raise ContractsError(
                "a cell stands to the right of the last column name.",
                expected=f"at most {width} cells, as many as there are column names",
                hint="name the column or empty the cell",
                file=path,
                line=number,
            )
        lines.append(number)
        for column, place, name in zip(cells, chosen.places, chosen.wanted, strict=True):
            here = place - shift
            cell = row[here] if 0 <= here < len(row) else ""
            text = _text(path, cell, number, name)
            if text is not None and len(text.encode()) > options.max_cell_bytes:
                raise guards.cell_too_long(path, options.max_cell_bytes, number, name)
            column.append(text)
        if len(lines) == guards.ROWS_A_PART or following is None:
            table = pa.table(
                [pa.array(column, pa.string()) for column in cells], names=list(chosen.wanted)
            )
            part = guards.with_lines(table, np.array(lines))
            guards.refuse_formulas(path, part)
            yield part
            lines, cells = [], [[] for _ in chosen.places]


def _text(path: Path, cell: Any, line: int, column: str | None = None) -> str | None:
    """The one form of a cell; None for an empty one."""
    if isinstance(cell, str):
        if "\0" in cell:
            raise guards.has_nul(path, line, column)
        return cell if cell.strip() else None
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, int | float):
        return _number(path, cell, line, column)
    if isinstance(cell, datetime.datetime | datetime.time):
        exact = bool(cell.microsecond)
        return cell.isoformat(timespec="milliseconds" if exact else "seconds")
    if isinstance(cell, datetime.timedelta):
        seconds = round(cell.total_seconds())
        sign, seconds = "-" * (seconds < 0), abs(seconds)
        return f"{sign}{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    if isinstance(cell, datetime.date):
        return cell.isoformat()
    _unknown(path, line, column)


def _number(path: Path, value: float, line: int, column: str | None) -> str:
    if not math.isfinite(value):
        _unknown(path, line, column)
    if abs(value) < _EXACT:
        text = f"{Decimal(f'{value:.15g}'):f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
        return "0" if text == "-0" else text
    mantissa, exponent = f"{Decimal(repr(float(value))):E}".split("E")
    mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
    return f"{mantissa}E{exponent}"


def _unknown(path: Path, line: int, column: str | None) -> NoReturn:
    raise ContractsError(
        "a cell holds neither text, number, date nor truth value.",
        file=path,
        line=line,
        column=column,
    )
