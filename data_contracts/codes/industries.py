"""Industries of GB/T 4754-2017: sections (letter), divisions (2 digits), groups (3) and classes (4)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Literal

from data_contracts.codes.csv_file import csv_rows

Level = Literal["section", "division", "group", "class"]

REVISION = "2017"
"""Older revisions number some industries differently: keep ``(code, revision)`` together."""

FORM = re.compile(r"[A-T]?[0-9]{2}(?:[0-9][0-9]?)?")


@dataclass(frozen=True)
class Industry:
    """One industry of a revision; ``code`` without the section letter, except for a section."""

    code: str
    section: str
    level: Level
    name: str
    revision: str = REVISION

    @property
    def key(self) -> tuple[str, str]:
        """``(code, revision)``, as it should be stored."""
        return self.code, self.revision

    @property
    def division(self) -> str:
        """First two digits; empty for a section."""
        return "" if self.level == "section" else self.code[:2]


@cache
def industries(revision: str = REVISION) -> Mapping[str, Industry]:
    """All industries of a revision by code; empty for a revision without a table."""
    if revision != REVISION:
        return MappingProxyType({})
    return MappingProxyType(
        {
            row["code"]: Industry(row["code"], row["section"], row["level"], row["name"])  # type: ignore[arg-type]
            for row in csv_rows("industries_2017")
        }
    )


def industry(code: object, revision: str = REVISION) -> Industry | None:
    """Look up a code with or without its section letter; the letter must own the division.

    Examples
    --------
    >>> industry("C1311").name == industry("1311").name, industry("A1311"), industry("99")
    (True, None, None)
    >>> industry("1311").key
    ('1311', '2017')
    """
    if not isinstance(code, str) or not FORM.fullmatch(code):
        return None
    letter, digits = (code[0], code[1:]) if code[0].isalpha() else ("", code)
    found = industries(revision).get(digits)
    return None if found is None or (letter and letter != found.section) else found


def section_of(code: object, revision: str = REVISION) -> str | None:
    """Section letter that owns a code.

    Examples
    --------
    >>> section_of("7010"), section_of("66"), section_of("00")
    ('K', 'J', None)
    """
    found = industry(code, revision)
    return None if found is None else found.section
