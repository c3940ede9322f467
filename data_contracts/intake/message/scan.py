"""First pass over a message: what concerns the file as a whole, found without taking any field apart."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

import numpy as np

from data_contracts.errors import ContractsError
from data_contracts.intake.message.blocks import Block, blocks
from data_contracts.intake.message.columns import dates_ok
from data_contracts.intake.message.faults import Faults
from data_contracts.intake.message.header import HEADER_LENGTH, Header
from data_contracts.intake.message.layout import Layout
from data_contracts.intake.message.walk import Walk, walk


def scan(path: Path, header: Header, layout: Layout, crlf: bool) -> tuple[str, int]:
    """Digest and count of records of a file, once its frame agrees with its header.

    Raises
    ------
    ContractsError
        For records in UTF-8, a truncated file, another count or other bill dates than the header's.
    """
    digest = hashlib.sha256()
    records, unsure, span = 0, False, (99_999_999, 0)
    last: Block | None = None
    with path.open("rb") as stream:
        digest.update(stream.read(HEADER_LENGTH + (2 if crlf else 1)))
        for block in blocks(stream, path, crlf=crlf):
            faults = Faults(block.records)
            walked = walk(block, layout, header.message_class, faults)
            if records == 0:
                _refuse_utf8(block, faults, path)
            records += block.records
            low, high, readable = _bill_dates(block, walked, layout)
            span = (min(span[0], low), max(span[1], high))
            unsure = unsure or bool(faults.hit.any()) or not readable
            last, last_walk = block, walked
        size = stream.seek(0, 2)
        stream.seek(max(size - 1, 0))
        ended = stream.read(1) == b"\n"
        stream.seek(HEADER_LENGTH + (2 if crlf else 1))
        while piece := stream.read(1 << 22):
            digest.update(piece)
    if last is not None and not ended and last_walk.wrong_length[-1]:
        raise ContractsError(
            f"the file is truncated: record {records} ends inside, at byte {size}.",
            expected="whole records with their line ends",
            hint="transfer the file again",
            file=path,
        )
    if records != header.records:
        raise ContractsError(
            f"bytes 37 to 46 of the header count {header.records} record(s), "
            f"but the file holds {records} (DR-07).",
            expected="the same number",
            hint="records may be lost or doubled; transfer or generate the file again",
            file=path,
        )
    if not records:
        raise ContractsError("the message holds no records.", file=path)
    _refuse_dates(header, span, unsure, path)
    return digest.hexdigest(), records


def _refuse_utf8(block: Block, faults: Faults, path: Path) -> None:
    """Records in UTF-8 have other lengths than they say: say so, instead of breaking them all."""
    raw = block.codes.tobytes()
    if raw.isascii() or 2 * int(faults.hit.sum()) < block.records:
        return
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return
    first = int(np.flatnonzero(block.codes >= 128)[0])
    raise ContractsError(
        f"the records are in UTF-8: the first such character stands in record "
        f"{block.first + int(np.searchsorted(block.end, first))}.",
        expected="GB18030",
        hint="convert the file to GB18030, in which the widths are counted",
        file=path,
    )


def _bill_dates(block: Block, walked: Walk, layout: Layout) -> tuple[int, int, bool]:
    """Smallest and largest bill date, and whether all of them can be read."""
    low, high, readable = 99_999_999, 0, True
    for tag, name in layout.bill_dates.items():
        placed = walked.placed.get(tag)
        if placed is None or not len(placed.at):
            continue
        at = placed.at + layout.segments[tag].offsets[name]
        rows = block.codes[at[:, None] + np.arange(8)]
        good = dates_ok(rows)
        readable = readable and bool(good.all())
        days = (rows[good] - 48).astype(np.int64) @ 10 ** np.arange(7, -1, -1)
        if len(days):
            low, high = min(low, int(days.min())), max(high, int(days.max()))
    return low, high, readable


def _refuse_dates(header: Header, span: tuple[int, int], unsure: bool, path: Path) -> None:
    """DR-07; with broken records, whose dates nobody knows, the rest must lie within the header's."""

    def number(day: date | None) -> int | None:
        return None if day is None else int(f"{day:%Y%m%d}")

    said = (number(header.earliest), number(header.latest))
    found = span if span[1] else (None, None)
    for place, (ours, theirs) in enumerate(zip(found, said, strict=True)):
        within = ours is None or (
            theirs is not None and (theirs <= ours if place == 0 else theirs >= ours)
        )
        if not (within if unsure else ours == theirs):
            what = ("47 to 54", "earliest", "55 to 62", "latest")[2 * place : 2 * place + 2]
            raise ContractsError(
                f"bytes {what[0]} of the header are not the {what[1]} bill date of the records (DR-07).",
                expected="the bill date of a record, or blanks where no record has one",
                hint="records may be lost; generate the message again",
                file=path,
            )
