"""A shipped mapping tried on invented rows: enterprises, codes and texts are made up, headers are the suppliers'."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from data_contracts.intake.mapping.subject import name_subject

FIRM = "91110105MA9AA01X3T"
WORKS = "911101167770001146"
COOPERATIVE = "93110117MA9AA02Y87"
TRADER = "92110112MA9AA03U1Y"
INSTITUTE = "12110000400990015E"
ORGANISATION = "555000338"
REGISTRATION = "110116009000014"
"""Invented numbers with right check digits."""

RESIDENT = "11010519491231002X"
"""The number that the national standard gives as its example."""

RECEIVED = date(2024, 6, 3)
"""Day of receipt of all files."""

BROKEN = "91110105MA9AA01X3A"
"""The first with a wrong check digit."""


def name(text: str) -> str:
    """Subject of an enterprise of which only the name is known."""
    return name_subject(text)


@dataclass(frozen=True)
class Case:
    """What becomes of invented rows.

    Parameters
    ----------
    mapping
        Name of the shipped mapping.
    header, rows
        The supplier's columns, and cells by row.
    subjects
        Line -> subject of the rows that enter the lake; the header is line 1.
    by_rule, reviewed
        Rows in quarantine and under review by rule.
    values
        (line, item) -> value in the lake.
    """

    mapping: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    subjects: Mapping[int, str]
    by_rule: Mapping[str, int] = field(default_factory=dict)
    reviewed: Mapping[str, int] = field(default_factory=dict)
    values: Mapping[tuple[int, str], Any] = field(default_factory=dict)

    @property
    def dicts(self) -> list[dict[str, str]]:
        """The rows by column."""
        return [dict(zip(self.header, row, strict=True)) for row in self.rows]
