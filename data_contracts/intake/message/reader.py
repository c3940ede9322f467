"""Reader of the message: a look over the whole file first, then its records part by part.

The first pass finds each record's frame and settles what concerns the file as a whole: digest, count and bill
dates against the header (DR-07), encoding, truncation. The second gives tables of text, one for each kind
of segment, and the broken records with what is wrong with them. A record is good or broken, as a whole:
``part.good + part.broken_records == part.records``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import pyarrow as pa

from data_contracts.errors import ContractsError
from data_contracts.intake.message.blocks import blocks
from data_contracts.intake.message.faults import BROKEN_SCHEMA, Indices
from data_contracts.intake.message.header import HEADER_LENGTH, Header
from data_contracts.intake.message.layout import Layout
from data_contracts.intake.message.name import MessageName
from data_contracts.intake.message.parts import Part, parse
from data_contracts.intake.message.scan import scan
from data_contracts.intake.message.standard import LAYOUTS
from data_contracts.intake.readers.guards import regular_file


@dataclass(frozen=True)
class Message:
    """An opened message. It is read again from the file each time its records are asked for."""

    path: Path
    name: MessageName
    header: Header
    layout: Layout
    digest: str
    """SHA-256 of the file's bytes."""
    records: int
    crlf: bool
    stamp: tuple[int, int]
    """Size and time of the last change when it was opened."""

    def parts(self) -> Iterator[Part]:
        """Good and broken records, block by block.

        Raises
        ------
        ContractsError
            When the file changed since it was opened.
        """
        done = 0
        with self.path.open("rb") as stream:
            stream.seek(HEADER_LENGTH + (2 if self.crlf else 1))
            for block in blocks(stream, self.path, crlf=self.crlf):
                done += block.records
                header = self.header
                yield parse(block, self.layout, header.message_class, header.institution_code)
        if done != self.records or _stamp(self.path) != self.stamp:
            raise ContractsError(
                "the file changed while it was read.", hint="run the intake again", file=self.path
            )

    @property
    def segments(self) -> Mapping[str, Segments]:
        """Segment tag -> tables of this segment's good records, to be iterated over any number of times."""
        return MappingProxyType({tag: Segments(self, tag) for tag in self.layout.segments})

    def broken(self) -> pa.Table:
        """All broken records; reads the file through."""
        return pa.concat_tables(
            [BROKEN_SCHEMA.empty_table(), *(part.broken for part in self.parts())]
        )

    def raw_records(self, lines: Indices) -> Iterator[tuple[int, bytes]]:
        """Bytes of the records of these numbers (ascending), for feedback to the supplier."""
        with self.path.open("rb") as stream:
            stream.seek(HEADER_LENGTH + (2 if self.crlf else 1))
            for block in blocks(stream, self.path, crlf=self.crlf):
                inside = lines[(lines >= block.first) & (lines < block.first + block.records)]
                for line in inside.tolist():
                    place = line - block.first
                    yield line, block.codes[block.start[place] : block.end[place]].tobytes()


@dataclass(frozen=True)
class Segments:
    """Tables of one kind of segment, read when they are iterated over."""

    message: Message
    tag: str

    def __iter__(self) -> Iterator[pa.Table]:
        for part in self.message.parts():
            if self.tag in part.tables:
                yield part.tables[self.tag]


def open_message(path: Path | str, *, layouts: Mapping[str, Layout] = LAYOUTS) -> Message:
    """Open a message and check it as a whole.

    Parameters
    ----------
    path
        The file, with its 27-character name.
    layouts
        Format version -> layout.

    Raises
    ------
    ContractsError
        For a file that is none or a link out of its folder, a name or header that is wrong, a header that
        contradicts the name or the records, another encoding, a truncated file.
    """
    path = Path(path)
    name = MessageName.parse(path)
    regular_file(path, expected="a header and records")
    try:
        with path.open("rb") as stream:
            head = stream.read(HEADER_LENGTH + 2)
    except OSError as error:
        raise _unreadable(path, error) from error
    header, crlf = _header(head, path)
    header.refuse_other_name(name, path)
    layout = layouts.get(header.version)
    if layout is None:
        raise ContractsError(
            "bytes 1 to 3 of the header name a format version that has no layout.",
            expected=", ".join(sorted(layouts)),
            file=path,
        )
    try:
        stamp = _stamp(path)
        digest, records = scan(path, header, layout, crlf)
    except OSError as error:
        raise _unreadable(path, error) from error
    return Message(path, name, header, layout, digest, records, crlf, stamp)


def _unreadable(path: Path, error: OSError) -> ContractsError:
    return ContractsError(
        f"the file cannot be read: {error.strerror or 'it is damaged'}.",
        hint="check the path, the permissions and that the transfer was complete",
        file=path,
    )


def _stamp(path: Path) -> tuple[int, int]:
    state = path.stat()
    return state.st_size, state.st_mtime_ns


def _header(head: bytes, path: Path) -> tuple[Header, bool]:
    if head.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        raise ContractsError(
            "byte 1: the file begins with a byte order mark.",
            expected="GB18030 without a mark",
            hint="export the message again, or convert it from Unicode to GB18030",
            file=path,
        )
    line_end = head[HEADER_LENGTH:]
    if len(head) <= HEADER_LENGTH or not line_end.startswith((b"\n", b"\r\n")):
        stop = head.find(b"\n")
        length = stop if stop >= 0 else len(head)
        raise ContractsError(
            f"the header does not end at byte {HEADER_LENGTH}"
            + (f" but at byte {length}." if stop >= 0 or len(head) <= HEADER_LENGTH else "."),
            expected=f"{HEADER_LENGTH} bytes in GB18030 and a line end",
            hint=_encoding_hint(head),
            file=path,
        )
    return Header.parse(head[:HEADER_LENGTH], path), line_end.startswith(b"\r\n")


def _encoding_hint(head: bytes) -> str:
    if head.isascii():
        return "compare the widths of the header's fields; the file may be truncated"
    return "a header with Chinese in another encoding, such as UTF-8, has another length"
