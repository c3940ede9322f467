"""How a message is laid out: fields with widths, segments, and what may follow what. Data, no parser.

The layout in :mod:`data_contracts.intake.message.standard` is ours, modelled on the published layout of a
credit information network. A supplier with other widths or fields gets another :class:`Layout`; no
code changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from data_contracts.errors import ContractsError

Kind = Literal["text", "number", "date", "code"]
"""``text``: GB18030, right-padded with blanks. ``number``: digits, left-padded with 0. ``date``: YYYYMMDD.
``code``: printable ASCII, right-padded with blanks. A field of blanks alone has no value."""

LENGTH_DIGITS = 4
"""Digits at the start of a record that say how many bytes it has, these digits included."""


LONGEST_NUMBER = 16
"""Bytes of the longest number: as yuan it becomes cents in 64 bits."""


@dataclass(frozen=True)
class Field:
    """One field of a segment.

    Parameters
    ----------
    name
        Column of the segment's table.
    width
        Bytes in GB18030.
    kind
        Which bytes it may hold.
    title_zh, title_en
        Titles.
    item
        Item of the contract that it becomes; empty when it becomes none.
    yuan
        The number counts whole yuan; the contract's item counts cents.
    signed
        The number may begin with ``-``.
    required
        Blanks break the record: without the value nobody could tell what it is about.
    personal
        Identifies a natural person or tells of one: never shown outside the lake.
    """

    name: str
    width: int
    kind: Kind
    title_zh: str
    title_en: str
    item: str = ""
    yuan: bool = False
    signed: bool = False
    required: bool = False
    personal: bool = False


@dataclass(frozen=True)
class Segment:
    """A segment: a tag of one byte and fields of fixed width, one after the other."""

    tag: str
    title_zh: str
    title_en: str
    fields: tuple[Field, ...]

    @cached_property
    def width(self) -> int:
        """Bytes of the fields together, without the tag."""
        return sum(field.width for field in self.fields)

    @cached_property
    def offsets(self) -> dict[str, int]:
        """Field name -> first byte, counted from 0 after the tag."""
        found, at = {}, 0
        for field in self.fields:
            found[field.name] = at
            at += field.width
        return found

    def field(self, name: str) -> Field:
        """One field by name."""
        return next(field for field in self.fields if field.name == name)


@dataclass(frozen=True)
class Layout:
    """All segments of a format version.

    Parameters
    ----------
    version
        What the first three bytes of the header say.
    generation
        Generation of the repayment status codes: 1 or 2.
    segments
        Segments by tag, in the order in which a writer puts them.
    follows
        Base segment -> segments that may follow it in its record, with how often at most.
    bases
        Message class -> base segments that its records may begin with.
    bill_dates
        Base segment -> the field that the header's earliest and latest bill dates speak of.
    key
        Fields of a base segment that tables of the segments after it repeat as ``base_<name>``.
    """

    version: str
    generation: int
    segments: Mapping[str, Segment]
    follows: Mapping[str, Mapping[str, int]]
    bases: Mapping[str, str]
    bill_dates: Mapping[str, str]
    key: tuple[str, ...]

    def __post_init__(self) -> None:
        """Refuse a layout that no parser could follow."""
        if len(self.version) != 3:
            raise ContractsError("the version of a layout has three characters.")
        for tag, segment in self.segments.items():
            names = [field.name for field in segment.fields]
            wrong = (
                tag != segment.tag
                or len(tag.encode("gb18030")) != 1
                or not tag.isalpha()
                or len(set(names)) != len(names)
                or any(field.width < 1 for field in segment.fields)
            )
            if wrong:
                raise ContractsError(
                    f"segment {tag!r} of layout {self.version} is not declared right.",
                    expected="a letter as tag, fields of at least one byte with different names",
                )
            for field in segment.fields:
                if field.kind == "date" and field.width != 8:
                    raise ContractsError("a date has 8 bytes.", column=f"{tag}.{field.name}")
                if field.kind == "number" and field.width > LONGEST_NUMBER:
                    raise ContractsError(
                        f"a number has at most {LONGEST_NUMBER} bytes.",
                        column=f"{tag}.{field.name}",
                    )
        named = {*"".join(self.bases.values()), *self.follows, *self.bill_dates}
        named |= {tag for after in self.follows.values() for tag in after}
        if not named <= set(self.segments):
            raise ContractsError(
                f"layout {self.version} names segments that it does not declare.",
                column=", ".join(sorted(named - set(self.segments))),
            )
        followers = {tag for after in self.follows.values() for tag in after}
        if followers & set("".join(self.bases.values())):
            raise ContractsError("a segment either begins a record or follows another, never both.")
        for base in set("".join(self.bases.values())):
            if self.longest(base) >= 10**LENGTH_DIGITS:
                raise ContractsError(
                    f"a record that begins with segment {base} may become too long.",
                    expected=f"at most {10**LENGTH_DIGITS - 1} bytes",
                )

    def longest(self, base: str) -> int:
        """Bytes of the longest record that begins with a base segment."""
        after = self.follows.get(base, {})
        return (
            LENGTH_DIGITS
            + 1
            + self.segments[base].width
            + sum(most * (1 + self.segments[tag].width) for tag, most in after.items())
        )

    def place(self, column: str) -> tuple[str, int]:
        """Segment and number of a field.

        Parameters
        ----------
        column
            Segment and field, such as ``A.balance_yuan``.

        Returns
        -------
        tuple
            Tag and the field's number counted from 1; 0 when the segment has no such field, and no
            tag when the layout has no such segment.
        """
        tag, _, name = column.partition(".")
        if tag not in self.segments:
            return "", 0
        names = [field.name for field in self.segments[tag].fields]
        return tag, names.index(name) + 1 if name in names else 0

    def with_widths(self, widths: Mapping[str, int], *, version: str | None = None) -> Layout:
        """Give the same layout with other widths, such as ``{"A.account_no": 60}``."""
        unknown = [name for name in widths if self.place(name)[1] == 0]
        if unknown:
            raise ContractsError("no such field.", column=", ".join(unknown))
        segments = {
            tag: replace(
                segment,
                fields=tuple(
                    replace(field, width=widths.get(f"{tag}.{field.name}", field.width))
                    for field in segment.fields
                ),
            )
            for tag, segment in self.segments.items()
        }
        return replace(self, segments=segments, version=version or self.version)
