"""What every validator returns, and the normal form that all of them start from."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

Status = Literal["ok", "bad_length", "bad_char", "bad_checksum", "bad_component"]
Part = str | bool | None

LONGEST = 64
"""No identifier is longer, so a longer text is not looked into."""

_MOST_DIGITS_BITS = 256


@dataclass(frozen=True)
class Result:
    """Outcome of a check.

    Attributes
    ----------
    status
        Checked in this order: length, characters, check digits, components (a date, an area).
    normal
        The value in normal form; for ``ok`` the canonical one (an organisation code without its hyphen,
        a resident id with 18 digits). Empty where there was no text or one too long to be meant.
    parts
        Parsed components by name; empty unless the length and the characters are right.

    Examples
    --------
    >>> Result("ok", "528400").ok, Result("bad_length", "5284").ok
    (True, False)
    """

    status: Status
    normal: str = field(repr=False)
    parts: Mapping[str, Part] = field(default_factory=lambda: MappingProxyType({}), repr=False)

    @property
    def ok(self) -> bool:
        """Whether the value passed."""
        return self.status == "ok"


def result(status: Status, normal: str, **parts: Part) -> Result:
    """Make a result with read-only parts."""
    return Result(status, normal, MappingProxyType(parts))


def normalise(text: str) -> str:
    """Normal form of a text: NFKC, without surrounding blanks, upper case.

    Examples
    --------
    >>> normalise("　９１110000600037341l ")
    '91110000600037341L'
    """
    return unicodedata.normalize("NFKC", text).strip().upper()


def normal_of(value: object) -> str | None:
    """Normal form of whatever a supplier sent: text or a whole number; None for anything else.

    A text too long to be an identifier gives ``""``, without the cost of normalising it.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return str(value) if value.bit_length() <= _MOST_DIGITS_BITS else ""
    if not isinstance(value, str):
        return None
    text = str.strip(value)
    return normalise(text) if len(text) <= LONGEST else ""
