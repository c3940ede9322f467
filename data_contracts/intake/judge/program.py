"""Conditions of many rules as one program over whole columns; the same step is written once.

Registers hold, for each row, what a truth of SQL may be: 1 true, 2 false, 4 missing, or a sum of these where it is
not known. What is not known only makes more rows suspect. Numeric registers hold a whole number or a day, and
whether it is there: 0 missing, 1 there, 2 there but not known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum

TRUE, FALSE, MISSING = 1, 2, 4
EITHER, UNKNOWN = TRUE | FALSE, TRUE | FALSE | MISSING


class Step(IntEnum):
    """What one step does; its arguments are registers, but of those that read: columns, tables, constants."""

    CONSTANT = 0
    TABLE = 1
    INPUT = 2
    AND = 3
    OR = 4
    NOT = 5
    OTHERWISE = 6  # COALESCE with a truth
    CHOOSE = 7  # CASE
    COMPARE = 8
    IS_MISSING = 9
    NUMBER = 10
    SUMMED = 11  # a number with which one may reckon
    FIXED = 12
    LOOKED = 13
    ADD = 14
    SUBTRACT = 15
    ABSOLUTE = 16
    GREATEST = 17
    LEAST = 18
    FIRST = 19  # COALESCE of numbers


NUMERIC = frozenset(range(Step.NUMBER, Step.FIRST + 1))
EQ, NE, LT, LE = range(4)


@dataclass
class Program:
    """Steps in order: (step, register that it fills, three arguments).

    Parameters
    ----------
    steps
        The steps.
    constants
        Numbers that steps name by place.
    tables
        (columns, SQL) of the answers that steps look up by place.
    asked
        Conditions that the database itself answers, by place of the input.
    """

    steps: list[tuple[int, int, int, int, int]] = field(default_factory=list)
    constants: list[int] = field(default_factory=list)
    tables: list[tuple[tuple[str, ...], str]] = field(default_factory=list)
    asked: list[tuple[tuple[str, ...], str]] = field(default_factory=list)
    truths: int = 0
    numbers: int = 0
    _known: dict[tuple[int, ...], int] = field(default_factory=dict)

    def add(self, step: Step, *given: int) -> int:
        """Add a step unless it stands there already; its register."""
        key = (step, *given)
        if key not in self._known:
            if step in NUMERIC:
                place, self.numbers = self.numbers, self.numbers + 1
            else:
                place, self.truths = self.truths, self.truths + 1
            first, second, third = (*given, 0, 0, 0)[:3]
            self.steps.append((int(step), place, first, second, third))
            self._known[key] = place
        return self._known[key]

    def joined(self, step: Step, parts: Sequence[int]) -> int:
        """AND or OR of registers."""
        found = parts[0]
        for part in parts[1:]:
            found = self.add(step, found, part)
        return found

    def fixed(self, value: int) -> int:
        """Numeric register of a constant."""
        if value not in self.constants:
            self.constants.append(value)
        return self.add(Step.FIXED, self.constants.index(value))

    def table(self, columns: tuple[str, ...], sql: str) -> int:
        """Place of a table."""
        if (columns, sql) not in self.tables:
            self.tables.append((columns, sql))
        return self.tables.index((columns, sql))

    def ask(self, columns: tuple[str, ...], sql: str) -> int:
        """Register of a condition that the database itself answers."""
        if (columns, sql) not in self.asked:
            self.asked.append((columns, sql))
        return self.add(Step.INPUT, self.asked.index((columns, sql)))
