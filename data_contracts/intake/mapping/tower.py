"""A tower of SELECTs: each step of reading a value is a column, stored once, on the lowest floor it can stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class Days:
    """The days that a batch knows of itself."""

    received: date
    period_start: date | None = None
    period_end: date | None = None


@dataclass(frozen=True)
class Term:
    """A SQL expression that may be used from a floor of the tower on."""

    sql: str
    floor: int


@dataclass(frozen=True)
class Reading:
    """An item as it is read: its value, whether anything stood there, and whether that had no form.

    ``clear`` is the text before it is sealed, for the check of identifiers.
    """

    value: Term
    given: Term
    fault: Term
    columns: tuple[str, ...]
    hidden: Mapping[str, str] = field(default_factory=dict)
    clear: Term | None = None
    sealed_form: str = ""


class Tower:
    """Builds the nested SELECTs; each new column goes on the lowest floor that sees what it needs."""

    def __init__(self) -> None:
        self._floors: list[list[str]] = []
        self._count = 0
        self._known: dict[tuple[int, str], Term] = {}

    def keep(self, sql: str, *needs: Term) -> Term:
        """Store an expression as a column and return how to name it."""
        floor = max((term.floor for term in needs), default=0)
        if (floor, sql) in self._known:
            return self._known[floor, sql]
        while len(self._floors) <= floor:
            self._floors.append([])
        name = f"_x{self._count}"
        self._count += 1
        self._floors[floor].append(f"{sql} AS {name}")
        term = Term(name, floor + 1)
        self._known[floor, sql] = term
        return term

    def select(self, columns: Sequence[str], source: str) -> str:
        """SELECT of the columns on top of everything that was stored."""
        below = source
        for floor in self._floors:
            below = f"(SELECT *, {', '.join(floor)} FROM {below})"
        return f"SELECT {', '.join(columns)} FROM {below}"
