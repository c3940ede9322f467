"""The header of a message: 147 bytes before the records."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from data_contracts.errors import ContractsError
from data_contracts.intake.message.name import CLASSES, MessageName, institution_ok

HEADER_LENGTH = 147

FIELDS: tuple[tuple[str, int, str], ...] = (
    ("format version", 3, "code"),
    ("institution code", 14, "code"),
    ("time of generation", 14, "code"),
    ("program version", 3, "code"),
    ("re-report flag", 1, "code"),
    ("message class", 1, "code"),
    ("count of records", 10, "code"),
    ("earliest bill date", 8, "code"),
    ("latest bill date", 8, "code"),
    ("contact", 30, "text"),
    ("phone", 25, "text"),
    ("reserved bytes", 30, "text"),
)
"""Name, width in GB18030 bytes and kind of each field, in order."""


@dataclass(frozen=True)
class Header:
    """What a header says.

    Parameters
    ----------
    version
        Bytes 1-3: format version, which names the layout.
    institution_code
        Bytes 4-17.
    generated
        Bytes 18-31: YYYYMMDDHHMISS.
    program
        Bytes 32-34: version of the program that wrote it.
    rereport
        Byte 35: 1 in a re-report, else 0.
    message_class
        Byte 36: see :data:`~data_contracts.intake.message.name.CLASSES`.
    records
        Bytes 37-46: count of records.
    earliest, latest
        Bytes 47-54 and 55-62: first and last bill date; None (blanks) in a message without any.
    contact, phone
        Bytes 63-92 and 93-117.
    reserved
        Bytes 118-147.
    """

    version: str
    institution_code: str
    generated: datetime
    program: str
    rereport: bool
    message_class: str
    records: int
    earliest: date | None
    latest: date | None
    contact: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    reserved: str = field(default="", repr=False)

    def to_bytes(self) -> bytes:
        """The 147 bytes.

        Raises
        ------
        ContractsError
            For a value that does not fit its field; nothing is cut.
        """
        values = (
            self.version,
            self.institution_code,
            f"{self.generated:%Y%m%d%H%M%S}",
            self.program,
            "1" if self.rereport else "0",
            self.message_class,
            f"{self.records:010d}",
            f"{self.earliest:%Y%m%d}" if self.earliest else "",
            f"{self.latest:%Y%m%d}" if self.latest else "",
            self.contact,
            self.phone,
            self.reserved,
        )
        parts = []
        for (name, width, kind), value in zip(FIELDS, values, strict=True):
            try:
                encoded = value.encode("ascii" if kind == "code" else "gb18030")
            except UnicodeEncodeError as error:
                raise ContractsError(
                    "the value has a character that the header cannot hold.", column=name
                ) from error
            if len(encoded) > width or any(byte < 32 or byte == 127 for byte in encoded):
                raise ContractsError(
                    "the value does not fit into the header.",
                    expected=f"at most {width} bytes in GB18030, no control characters",
                    column=name,
                )
            parts.append(encoded.ljust(width))
        return b"".join(parts)

    @classmethod
    def parse(cls, raw: bytes, file: Path | str | None = None) -> Header:
        """Read 147 bytes.

        Raises
        ------
        ContractsError
            Names the bytes that are wrong, never what they hold.
        """
        places: dict[str, str] = {}
        values: dict[str, str] = {}
        at = 0
        for name, width, kind in FIELDS:
            places[name] = f"bytes {at + 1} to {at + width}" if width > 1 else f"byte {at + 1}"
            try:
                values[name] = (
                    raw[at : at + width]
                    .decode("ascii" if kind == "code" else "gb18030")
                    .rstrip(" ")
                )
            except UnicodeDecodeError as error:
                raise ContractsError(
                    f"{places[name]} of the header ({name}) cannot be read.",
                    expected="ASCII" if kind == "code" else "GB18030",
                    file=file,
                ) from error
            at += width

        def refuse(name: str, expected: str) -> ContractsError:
            return ContractsError(
                f"{places[name]} of the header ({name}) are wrong."
                if " to " in places[name]
                else f"{places[name]} of the header ({name}) is wrong.",
                expected=expected,
                file=file,
            )

        def day(name: str) -> date | None:
            if not values[name]:
                return None
            try:
                return _moment(values[name], "%Y%m%d", 8).date()
            except ValueError as error:
                raise refuse(name, "a date as YYYYMMDD, or blanks") from error

        if not institution_ok(values["institution code"]):
            raise refuse("institution code", "a class letter and 13 digits")
        try:
            generated = _moment(values["time of generation"], "%Y%m%d%H%M%S", 14)
        except ValueError as error:
            raise refuse("time of generation", "YYYYMMDDHHMISS") from error
        if values["re-report flag"] not in ("0", "1"):
            raise refuse("re-report flag", "0 or 1")
        kind = values["message class"]
        if kind not in CLASSES:
            raise refuse("message class", ", ".join(f"{k} {v[1]}" for k, v in CLASSES.items()))
        rereport = values["re-report flag"] == "1"
        if rereport != (kind == "2"):
            raise refuse("re-report flag", "1 in a message of class 2 (re-report) and 0 in others")
        count = values["count of records"]
        if not (len(count) == 10 and count.isdigit()):
            raise refuse("count of records", "ten digits")
        earliest, latest = day("earliest bill date"), day("latest bill date")
        if (earliest is None) != (latest is None) or (earliest and latest and earliest > latest):
            raise refuse("latest bill date", "a date not before the earliest one, or both blank")
        return cls(
            version=values["format version"],
            institution_code=values["institution code"],
            generated=generated,
            program=values["program version"],
            rereport=rereport,
            message_class=kind,
            records=int(count),
            earliest=earliest,
            latest=latest,
            contact=values["contact"],
            phone=values["phone"],
            reserved=values["reserved bytes"],
        )

    def refuse_other_name(self, name: MessageName, file: Path | str) -> None:
        """Refuse a header that contradicts the file's name."""
        if self.institution_code != name.institution_code:
            raise ContractsError(
                "bytes 4 to 17 of the header and characters 1 to 14 of the file's name differ.",
                expected="the same institution code",
                file=file,
            )
        if self.message_class != name.message_class:
            raise ContractsError(
                "byte 36 of the header and character 24 of the file's name differ.",
                expected="the same message class",
                file=file,
            )


def _moment(text: str, form: str, length: int) -> datetime:
    # strptime alone would take "2024 1 1" and the like
    if len(text) != length or not (text.isascii() and text.isdigit()):
        raise ValueError
    return datetime.strptime(text, form)
