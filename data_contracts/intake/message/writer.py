"""Writer of the message: tables in the reader's form to a file, whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa

from data_contracts.errors import ContractsError
from data_contracts.intake.message.encode import encode
from data_contracts.intake.message.faults import Bytes, Indices
from data_contracts.intake.message.header import Header
from data_contracts.intake.message.layout import LENGTH_DIGITS, Layout
from data_contracts.intake.message.name import MessageName
from data_contracts.intake.message.standard import STANDARD

RECORDS_A_PIECE = 20_000


def write_message(
    folder: Path | str,
    name: MessageName,
    segments: Mapping[str, pa.Table],
    *,
    generated: datetime,
    program: str = "1.0",
    contact: str = "",
    phone: str = "",
    suffix: str = "",
    layout: Layout = STANDARD,
) -> Path:
    """Write a message of the class that its name says.

    Parameters
    ----------
    folder
        Where the file goes, under the 27 characters of its name.
    name
        Institution, month, serial, class.
    segments
        Segment tag -> table with ``_line`` and the segment's fields (text, whole numbers or dates; a
        missing column is blank), as :class:`~data_contracts.intake.message.parts.Part` has them
        and :func:`~data_contracts.intake.message.compose.compose` makes them. Each row of a base
        segment is a record; rows of other segments follow the base row with their ``_line``.
    generated
        Time of generation for the header.
    program, contact, phone
        For the header.
    suffix
        Nothing, or ``.txt``.
    layout
        Fields and widths.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    ContractsError
        For a value that does not fit (names line and field), a segment that may not stand where it
        would, a file that is there already.
    """
    MessageName.parse(f"{name}{suffix}")
    path = Path(folder) / f"{name}{suffix}"
    if path.exists():
        raise ContractsError(
            "the file is there already.", hint="take the next serial", file=path.name
        )
    given = {tag: table for tag, table in segments.items() if table.num_rows}
    _refuse_misplaced(given, layout, name.message_class)
    bases = [tag for tag in layout.segments if tag in layout.bases[name.message_class]]
    lines = np.sort(np.concatenate([_lines(given[tag]) for tag in bases if tag in given]))
    earliest, latest = _span(given, layout)
    header = Header(
        version=layout.version,
        institution_code=name.institution_code,
        generated=generated,
        program=program,
        rereport=name.message_class == "2",
        message_class=name.message_class,
        records=len(lines),
        earliest=earliest,
        latest=latest,
        contact=contact,
        phone=phone,
    ).to_bytes()
    handle, unfinished = tempfile.mkstemp(prefix=".message-", dir=folder)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(header + b"\n")
            for at in range(0, len(lines), RECORDS_A_PIECE):
                stream.write(_records(lines[at : at + RECORDS_A_PIECE], given, layout))
        os.replace(unfinished, path)
    except BaseException:
        Path(unfinished).unlink(missing_ok=True)
        raise
    return path


def _lines(table: pa.Table) -> Indices:
    return np.asarray(table["_line"].to_numpy(), dtype=np.int64)


def _refuse_misplaced(given: Mapping[str, pa.Table], layout: Layout, message_class: str) -> None:
    allowed = layout.bases[message_class]
    bases = [tag for tag in given if tag in allowed]
    if not bases:
        raise ContractsError(
            f"a message of class {message_class} needs records.",
            expected="segments " + ", ".join(allowed),
        )
    base_of: dict[int, str] = {}
    for tag in bases:
        for line in _lines(given[tag]).tolist():
            if line in base_of:
                raise ContractsError("two records have the same number.", line=line, column=tag)
            base_of[line] = tag
    for tag in given:
        if tag in bases:
            continue
        lines, counts = np.unique(_lines(given[tag]), return_counts=True)
        for line, count in zip(lines.tolist(), counts.tolist(), strict=True):
            base = base_of.get(line)
            if base is None or count > layout.follows.get(base, {}).get(tag, 0):
                raise ContractsError(
                    f"segment {tag} may not stand here{'' if base is None else ' so often'}.",
                    expected="a base segment with the same _line that it may follow",
                    line=line,
                    column=tag,
                )


def _span(given: Mapping[str, pa.Table], layout: Layout) -> tuple[date | None, date | None]:
    found: list[date] = []
    for tag, name in layout.bill_dates.items():
        if tag in given:
            field = layout.segments[tag].field(name)
            table = given[tag]
            rows = encode(_column(table, name), field, tag, table["_line"])
            days = (rows - 48).astype(np.int64) @ 10 ** np.arange(7, -1, -1)
            for day in (days.min(), days.max()):
                found.append(datetime.strptime(f"{day:08d}", "%Y%m%d").date())
    return (min(found), max(found)) if found else (None, None)


def _column(table: pa.Table, name: str) -> pa.ChunkedArray | pa.Array:
    return table[name] if name in table.column_names else pa.nulls(table.num_rows, pa.string())


def _records(lines: Indices, given: Mapping[str, pa.Table], layout: Layout) -> bytes:
    """Bytes of some records: each segment's rows are scattered to where they belong."""
    length = np.full(len(lines), LENGTH_DIGITS, dtype=np.int64)
    pieces: list[tuple[Indices, Indices, Bytes]] = []
    for tag, segment in layout.segments.items():  # base segments come first there
        if tag not in given:
            continue
        table = given[tag]
        own = _lines(table)
        rows = np.flatnonzero((own >= lines[0]) & (own <= lines[-1]))
        rows = rows[np.argsort(own[rows], kind="stable")]
        table = table.take(pa.array(rows))
        place = np.searchsorted(lines, own[rows])
        parts = [np.full((len(rows), 1), ord(tag), dtype=np.uint8)]
        parts += [
            encode(_column(table, field.name), field, tag, table["_line"])
            for field in segment.fields
        ]
        # The second of two guarantors of one record stands one segment further than the first.
        turn = np.arange(len(place)) - np.searchsorted(place, place)
        at = length[place] + turn * (segment.width + 1)
        pieces.append((place, at, np.concatenate(parts, axis=1)))
        np.add.at(length, place, segment.width + 1)
    start = np.concatenate([[0], np.cumsum(length + 1)])
    out = np.full(int(start[-1]), ord("\n"), dtype=np.uint8)
    digits = length[:, None] // 10 ** np.arange(LENGTH_DIGITS - 1, -1, -1) % 10 + 48
    out[start[:-1, None] + np.arange(LENGTH_DIGITS)] = digits
    for place, at, rows_ in pieces:
        out[(start[place] + at)[:, None] + np.arange(rows_.shape[1])] = rows_
    return out.tobytes()
