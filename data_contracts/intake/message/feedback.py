"""The feedback message (反馈报文): each faulty record goes back with what is wrong with it.

A line of the file, in GB18030: the message's name (27 bytes), how many errors the record has (2 digits, at
most 99), up to five pairs of error code (3) and index (3), blank where there are fewer, then the record as
it came. The index names a field: the segment's tag and the field's number in it, such as ``A22``; ``A00`` is
the segment as a whole, ``000`` the record. The prefix of 59 bytes is the published one; its division is ours.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from data_contracts.errors import ContractsError
from data_contracts.intake.message.codes import code_of, rule_of
from data_contracts.intake.message.layout import LENGTH_DIGITS, Layout
from data_contracts.intake.message.name import NAME_LENGTH, MessageName
from data_contracts.intake.message.reader import Message
from data_contracts.intake.message.standard import STANDARD

PREFIX = 59
MOST_PAIRS = 5
LONGEST_LINE = 1 << 23

OWN_NUMBERS = frozenset({"account_no", "contract_no", "old_account_no", "new_account_no"})
"""Personal fields that a masked record keeps: without them the supplier could not find it."""

SEARCH_ORDER: Mapping[str, str] = {"credit_month": "A", "borrower": "BCDPA", "guarantor": "E"}
"""Contract -> segments in which its items are looked for."""

_SEALED = {
    "subject_id": "id_number",
    "resident_id_hmac": "id_number",
    "resident_id_masked": "id_number",
    "other_id_hmac": "id_number",
    "other_id_masked": "id_number",
    "id_no_hmac": "id_number",
    "id_no_masked": "id_number",
    "spouse_id_masked": "spouse_id_number",
    "name_masked": "name",
    "reported_on": "bill_on",
    "business": "business_detail",
}


@dataclass(frozen=True)
class Returned:
    """One line of a feedback message.

    ``errors`` are (error code, rule, index); ``count`` may be larger than their number. ``record`` are
    the bytes of the record, personal fields as stars unless the writer was told otherwise.
    """

    name: MessageName
    count: int
    errors: tuple[tuple[str, str, str], ...]
    record: bytes


def index_of(column: str, layout: Layout = STANDARD, contract: str = "") -> str:
    """Index of a field.

    Parameters
    ----------
    column
        ``A.balance_yuan`` (segment and field), an item of a contract, or nothing for the whole record.
    layout
        Where the field is looked up.
    contract
        Contract of the item, which says in which segments to look.

    Examples
    --------
    >>> index_of("balance_cents", contract="credit_month"), index_of("A."), index_of("")
    ('A22', 'A00', '000')
    """
    if not column:
        return "000"
    if "." in column:
        tag, number = layout.place(column)
        return f"{tag}{number:02d}" if tag else "000"
    name = _SEALED.get(column, column)
    for tag in SEARCH_ORDER.get(contract, "".join(layout.segments)):
        for number, field in enumerate(layout.segments[tag].fields, 1):
            if field.name == name or field.item in (name, column):
                return f"{tag}{number:02d}"
    return "000"


def write_feedback(message: Message, hits: pa.Table, path: Path | str, *, mask: bool = True) -> int:
    """Write the feedback message of a message.

    Parameters
    ----------
    message
        The message as it was opened.
    hits
        Columns ``line`` (record number), ``rule_id``, ``column`` (an item of a contract, or segment and
        field; null for the whole record) and, if it is known, ``contract``. The ``broken``
        tables of the reader do too: they have ``segment`` and ``field`` instead of ``column``.
    path
        The feedback file; replaced if it is there.
    mask
        Hide what is personal in the records with stars, but for the supplier's own numbers, by which
        it finds the record. Of a record that cannot be taken apart only its number in the message
        is said (ten digits), then stars.

    Returns
    -------
    int
        Count of the records that go back.
    """
    errors = _errors_by_line(hits, message.layout)
    path = Path(path)
    handle, unfinished = tempfile.mkstemp(prefix=".feedback-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            lines = np.array(sorted(errors), dtype=np.int64)
            for line, record in message.raw_records(lines):
                found = errors[line]
                pairs = "".join(code + index for code, index in found[:MOST_PAIRS])
                head = f"{message.name}{min(len(found), 99):02d}{pairs:<30}".encode("ascii")
                body = _masked(record, line, message.layout) if mask else record
                stream.write(head + body + b"\n")
        os.replace(unfinished, path)
    except BaseException:
        Path(unfinished).unlink(missing_ok=True)
        raise
    return len(errors)


def read_feedback(path: Path | str) -> Iterator[Returned]:
    """Read a feedback message line by line.

    Raises
    ------
    ContractsError
        For a line that is not made as the format says; names the line and the bytes.
    """
    path = Path(path)
    with path.open("rb") as stream:
        number = 0
        while raw := stream.readline(LONGEST_LINE):
            number += 1

            def refuse(what: str, expected: str, line: int = number) -> ContractsError:
                return ContractsError(what, expected=expected, file=path.name, line=line)

            if not raw.endswith(b"\n"):
                raise refuse("the line does not end.", "a whole file; transfer it again")
            head, record = raw[:PREFIX], raw[PREFIX:].rstrip(b"\r\n")
            if len(raw) <= PREFIX or not head.isascii():
                raise refuse("bytes 1 to 59 are no prefix of a feedback.", "ASCII")
            text = head.decode("ascii")
            try:
                name = MessageName.parse(text[:NAME_LENGTH])
            except ContractsError as error:
                raise refuse("bytes 1 to 27 are no name of a message.", "27 characters") from error
            count = text[NAME_LENGTH : NAME_LENGTH + 2]
            pairs = [text[at : at + 6] for at in range(NAME_LENGTH + 2, PREFIX, 6)]
            filled = [pair for pair in pairs if pair.strip(" ")]
            sound = (
                count.isdigit()
                and len(filled) == min(int(count), MOST_PAIRS)
                and all(pair.isalnum() for pair in filled)
                and pairs[: len(filled)] == filled
            )
            if not sound:
                raise refuse(
                    "bytes 28 to 59 are no error codes.",
                    "a count of two digits and five pairs of code and index, or blanks",
                )
            yield Returned(
                name,
                int(count),
                tuple((pair[:3], rule_of(pair[:3]), pair[3:]) for pair in filled),
                record,
            )


def _errors_by_line(hits: pa.Table, layout: Layout) -> dict[int, list[tuple[str, str]]]:
    found: dict[int, list[tuple[str, str]]] = {}
    for hit in hits.to_pylist():
        if "segment" in hit:
            column = f"{hit['segment']}.{hit.get('field') or ''}" if hit["segment"] else ""
        else:
            column = hit["column"] or ""
        index = index_of(column, layout, hit.get("contract") or "")
        pair = (code_of(hit["rule_id"]), index)
        pairs = found.setdefault(hit["line"], [])
        if pair not in pairs:
            pairs.append(pair)
    return found


def _masked(record: bytes, line: int, layout: Layout) -> bytes:
    """A record with stars for each byte of its personal fields."""
    out, at = bytearray(record), LENGTH_DIGITS
    while at < len(record):
        segment = layout.segments.get(chr(record[at]))
        if segment is None or at + 1 + segment.width > len(record):
            return b"%010d" % line + b"*" * len(record)
        for field in segment.fields:
            if field.personal and field.name not in OWN_NUMBERS:
                begin = at + 1 + segment.offsets[field.name]
                end = begin + field.width
                out[begin:end] = _stars(record[begin:end])
        at += 1 + segment.width
    return bytes(out)


def _stars(value: bytes) -> bytes:
    return bytes(32 if byte == 32 else 42 for byte in value)
