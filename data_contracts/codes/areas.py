"""Areas of GB/T 2260: six digits, two each for province, prefecture and county.

``areas()`` holds today's divisions (``areas.csv``, made of the published statistical divisions, whose
development zones are statistical codes rather than counties). Codes of the past, with the years in which
they stood, come from the table that python-stdnum carries: a resident keeps the code under which the
number was given, long after a county was merged or renamed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Literal

from data_contracts.codes.csv_file import csv_rows

Level = Literal["province", "prefecture", "county"]

_ERA = re.compile(r"(?:\[([0-9]*)-([0-9]*)\])?([^\[,]+)")


@dataclass(frozen=True)
class Area:
    """One of today's divisions.

    Examples
    --------
    >>> place = area("442000")
    >>> place.name, place.level, place.province
    ('中山市', 'prefecture', '44')
    """

    code: str
    name: str
    level: Level
    source: str

    @property
    def province(self) -> str:
        """First two digits."""
        return self.code[:2]

    @property
    def prefecture(self) -> str:
        """First four digits."""
        return self.code[:4]


@dataclass(frozen=True)
class Era:
    """A name that a code had, with the first and last year of its use (None: no bound known)."""

    name: str
    since: int | None
    until: int | None

    def covers(self, year: int) -> bool:
        """Whether the code carried this name in that year."""
        return (self.since is None or self.since <= year) and (
            self.until is None or year <= self.until
        )


@cache
def areas() -> Mapping[str, Area]:
    """Today's divisions by code."""
    return MappingProxyType(
        {
            row["code"]: Area(row["code"], row["name"], row["level"], row["source"])  # type: ignore[arg-type]
            for row in csv_rows("areas")
        }
    )


@cache
def eras() -> Mapping[str, tuple[Era, ...]]:
    """All codes since 1980 with the names and years they had, from python-stdnum's table."""
    found: dict[str, tuple[Era, ...]] = {}
    province = ""
    for line in (files("stdnum") / "cn/loc.dat").read_text(encoding="utf-8").splitlines():
        code, _, rest = line.strip().partition(" ")
        _, _, value = rest.partition('="')
        if line.startswith("#") or not value:
            continue
        if not line.startswith(" "):
            province = code
            continue
        found[province + code] = tuple(
            Era(name, int(since) if since else None, int(until) if until else None)
            for since, until, name in _ERA.findall(value.rstrip('"'))
        )
    return MappingProxyType(found)


def area(code: object) -> Area | None:
    """Today's division of a code, or None (not a division today, or no text).

    Examples
    --------
    >>> area("440000").name, area("442001"), area(None)
    ('广东省', None, None)
    """
    return areas().get(code) if isinstance(code, str) else None


def counties(prefecture: str) -> tuple[Area, ...]:
    """Counties of a prefecture (its first four digits); Zhongshan has none.

    Examples
    --------
    >>> len(counties("4403")) > 5, counties("4420")
    (True, ())
    """
    return tuple(
        place
        for place in areas().values()
        if place.level == "county" and place.prefecture == prefecture[:4]
    )


def places(code: str, year: int | None = None) -> tuple[str, ...]:
    """Names that a code has or had (in that year, if one is given), the newest last.

    Examples
    --------
    >>> places("110103"), places("110103", 2015)
    (('崇文区',), ())
    """
    named = [era.name for era in eras().get(code, ()) if year is None or era.covers(year)]
    today = area(code)
    if today is not None and code not in eras():
        named.append(today.name)
    return tuple(named)


@cache
def known_until() -> Mapping[str, int | None]:
    """Every code of today or the past with the last year of its use; None: still in use.

    Examples
    --------
    >>> known_until()["110103"], known_until()["110105"]
    (2010, None)
    """
    found: dict[str, int | None] = {}
    for code, named in eras().items():
        ends = [era.until for era in named]
        last = [end for end in ends if end is not None]
        found[code] = None if len(last) < len(ends) else max(last)
    found.update(dict.fromkeys(areas()))
    return MappingProxyType(found)


@cache
def provinces() -> frozenset[str]:
    """First two digits of all provinces."""
    return frozenset(code[:2] for code in areas())
