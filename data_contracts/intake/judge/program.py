"""Conditions of many rules as one program over whole columns; the same step is written once.

Registers hold, for each row, what a truth of SQL may be: 1 true, 2 false, 4 missing, or a sum of these where it is
not known. What is not known only makes more rows suspect. Numeric registers hold a whole number or a day, and
whether it is there: 0 missing, 1 there, 2 there but not known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np
import numpy.typing as npt

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
    MET = 20  # fills no register: a rule may be broken where a truth has a bit


NUMERIC = frozenset(range(Step.NUMBER, Step.FIRST + 1))
EQ, NE, LT, LE = range(4)
_READS: dict[Step, tuple[int, bool]] = {
    Step.AND: (2, False), Step.OR: (2, False), Step.NOT: (1, False), Step.OTHERWISE: (1, False),
    Step.CHOOSE: (3, False), Step.MET: (1, False), Step.COMPARE: (2, True), Step.IS_MISSING: (1, True),
    Step.ADD: (2, True), Step.SUBTRACT: (2, True), Step.ABSOLUTE: (1, True), Step.GREATEST: (2, True),
    Step.LEAST: (2, True), Step.FIRST: (2, True),
}  # fmt: skip
"""Step -> how many registers it reads, and whether these are numeric."""
_LASTING = (Step.CONSTANT, Step.FIXED)
_Line = tuple[int, int, int, int, int]


@dataclass(frozen=True)
class Layout:
    """Steps to be run, which need few registers.

    Parameters
    ----------
    steps
        (steps, 5), int64.
    truths, numbers
        How many registers there are of either kind.
    """

    steps: npt.NDArray[np.int64]
    truths: int
    numbers: int


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

    steps: list[_Line] = field(default_factory=list)
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

    def laid_out(self, rules: Sequence[int]) -> Layout:
        """Steps that the rules need, told by their registers; a register is used again as soon as nobody reads it."""
        made = {(line[0] in NUMERIC, line[1]): place for place, line in enumerate(self.steps)}
        met: dict[int, list[_Line]] = {}
        for rule, register in enumerate(rules):
            for end, bit in self._ends(made, register, TRUE):
                met.setdefault(made[False, end], []).append((int(Step.MET), rule, end, bit, 0))
        needed, waiting = set(met), list(met)
        while waiting:
            read = {made[register] for register in _reads(self.steps[waiting.pop()])}
            waiting += read - needed
            needed |= read
        order = [line for n in sorted(needed) for line in (self.steps[n], *met.get(n, ()))]
        return _with_few_registers(order)

    def _ends(
        self, made: dict[tuple[bool, int], int], register: int, bit: int
    ) -> list[tuple[int, int]]:
        """Registers and bits: where a register has a bit, one of these has."""
        step, _, first, second, _ = self.steps[made[False, register]]
        if step == Step.NOT:
            return self._ends(made, first, TRUE + FALSE - bit)
        if step == Step.OTHERWISE and second != bit:
            return self._ends(made, first, bit)
        if (step, bit) in ((Step.OR, TRUE), (Step.AND, FALSE)):
            return self._ends(made, first, bit) + self._ends(made, second, bit)
        return [(register, bit)]


def _reads(line: _Line) -> list[tuple[bool, int]]:
    count, numeric = _READS.get(Step(line[0]), (0, False))
    return [(numeric, register) for register in line[2 : 2 + count]]


def _with_few_registers(order: Sequence[_Line]) -> Layout:
    last = {read: place for place, line in enumerate(order) for read in _reads(line)}
    free: dict[bool, list[int]] = {True: [], False: []}
    count = {True: 0, False: 0}
    given: dict[tuple[bool, int], int] = {}
    lasting = {(line[0] in NUMERIC, line[1]) for line in order if line[0] in _LASTING}
    steps = []
    for place, (step, out, *arguments) in enumerate(order):
        read = _reads(order[place])
        arguments[: len(read)] = [given[register] for register in read]
        if step != Step.MET:
            numeric = step in NUMERIC
            # A constant is written once and stays: its register is nobody else's.
            if free[numeric] and step not in _LASTING:
                given[numeric, out] = free[numeric].pop()
            else:
                given[numeric, out], count[numeric] = count[numeric], count[numeric] + 1
            out = given[numeric, out]
        steps.append((step, out, *arguments))
        for register in {*read} - lasting:
            if last[register] == place:
                free[register[0]].append(given[register])
    return Layout(np.array(steps, np.int64).reshape(len(steps), 5), count[False], count[True])
