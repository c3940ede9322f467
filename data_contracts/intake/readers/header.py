"""Names of columns: how they are cleaned, and which column a wanted name means."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from data_contracts.errors import ContractsError
from data_contracts.intake.readers.guards import MAX_COLUMNS

# Zero-width characters and the byte order mark are no blanks to Python, but as invisible as those.
_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff"


@dataclass(frozen=True)
class Columns:
    """Columns to read: the names they carry, their places in the file (from 0), and all names."""

    wanted: tuple[str, ...]
    places: tuple[int, ...]
    names: tuple[str, ...]


def clean(name: str) -> str:
    r"""Remove blanks around a name: ASCII, full-width, no-break and zero-width ones.

    >>> clean("\ufeff 企业名称\u3000")
    '企业名称'
    """
    before = None
    while name != before:
        before, name = name, name.strip().strip(_INVISIBLE)
    return name


def key(name: str) -> str:
    """What two names are compared by: NFKC without the blanks around it.

    >>> key("金额（万元） ") == key("金额(万元)")
    True
    """
    return clean(unicodedata.normalize("NFKC", name))


def choose(
    path: Path, header: Sequence[str], columns: Sequence[str] | None, line: int | None
) -> Columns:
    """Find the wanted columns among the names of a header.

    A name that is equal as it stands goes before one that is equal after NFKC.

    Raises
    ------
    ContractsError
        For a wanted column that is missing, or that two columns could mean.
    """
    if columns is not None and not columns:
        raise ContractsError("no column is asked for.", expected="at least one", file=path)
    if columns is not None and not columns:
        raise ContractsError("no column is asked for.", expected="at least one", file=path)
    if len(header) > MAX_COLUMNS:
        raise ContractsError(f"there are more than {MAX_COLUMNS:,} columns.", file=path, line=line)
    names = tuple(clean(name) or f"unnamed_{place}" for place, name in enumerate(header, start=1))
    wanted = tuple(dict.fromkeys(columns if columns is not None else names))
    exact: dict[str, list[int]] = {}
    alike: dict[str, list[int]] = {}
    for place, name in enumerate(names):
        exact.setdefault(name, []).append(place)
        alike.setdefault(key(name), []).append(place)
    found = [exact.get(clean(name)) or alike.get(key(name), []) for name in wanted]
    missing = [name for name, places in zip(wanted, found, strict=True) if not places]
    if missing:
        raise ContractsError(
            f"{len(missing)} column(s) missing.",
            expected=f"the columns {', '.join(wanted)}",
            hint="compare the spelling; column names are case-sensitive; or the names stand "
            "further down (header_row)",
            file=path,
            line=line,
            column=", ".join(missing),
        )
    twice = [name for name, places in zip(wanted, found, strict=True) if len(places) > 1]
    if twice:
        raise ContractsError(
            "a column name occurs twice.", file=path, line=line, column=", ".join(twice)
        )
    if "_line" in wanted:
        raise ContractsError(
            "the column name _line is taken by the line numbers.",
            hint="rename the column",
            file=path,
            line=line,
            column="_line",
        )
    return Columns(wanted, tuple(places[0] for places in found), names)
