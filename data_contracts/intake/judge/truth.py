"""Three-valued truth by row, as SQL knows it, and a fourth case: rows of which it is not known.

A row may be true, may be false, neither (the value is missing) or both (nothing is known). What is not known
only makes more rows suspect.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Flags = npt.NDArray[np.bool_] | np.bool_
YES, NO = np.True_, np.False_


@dataclass(frozen=True)
class Truth:
    """Which rows may be true and which may be false; ``no`` is left out where it is just the opposite."""

    yes: Flags
    opposite: Flags | None = None

    @property
    def no(self) -> Flags:
        """Rows that may be false."""
        return ~self.yes if self.opposite is None else self.opposite

    @classmethod
    def of(
        cls, flags: Flags, valid: Flags | None = None, strange: Flags | None = None
    ) -> Truth:
        """Truth of flags that say nothing where a value is missing or strange."""
        if valid is None and strange is None:
            return cls(flags)
        yes, no = flags, ~flags
        if valid is not None:
            yes, no = yes & valid, no & valid
        if strange is not None:
            yes, no = yes | strange, no | strange
        return cls(yes, no)

    def reversed(self) -> Truth:
        """NOT."""
        return Truth(self.no, self.yes)

    def missing_as(self, truth: bool) -> Truth:
        """COALESCE with TRUE or FALSE."""
        if self.opposite is None:
            return self
        if truth:
            return Truth(self.yes | ~self.opposite, self.opposite)
        return Truth(self.yes, self.opposite | ~self.yes)


TRUE, FALSE, MISSING, UNKNOWN = Truth(YES), Truth(NO), Truth(NO, NO), Truth(YES, YES)

Where = Any
"""Rows that matter: flags, or None for all."""
Ask = Callable[[Any, Where], Truth]
"""Gives the truth of a condition of a batch; outside the rows that matter it may be anything."""


@dataclass(frozen=True)
class Condition:
    """A condition that can be asked of a batch; ``dear`` ones look at the rows that matter alone."""

    ask: Ask
    dear: bool = False


def joined(parts: Sequence[Condition], *, every: bool) -> Condition:
    """AND, or OR, of conditions; the dear ones come last and of few rows."""
    if len(parts) == 1:
        return parts[0]
    ordered = sorted(parts, key=lambda part: part.dear)
    dear = ordered[-1].dear

    def ask(batch: Any, where: Where) -> Truth:
        found: Truth | None = None
        for part in ordered:
            if part.dear and found is not None:
                open_rows = found.yes | ~found.no if every else ~found.yes | found.no
                where = open_rows if where is None else where & open_rows
            told = part.ask(batch, where)
            if found is None:
                found = told
            elif found.opposite is None and told.opposite is None:
                found = Truth(found.yes & told.yes if every else found.yes | told.yes)
            elif every:
                found = Truth(found.yes & told.yes, found.no | told.no)
            else:
                found = Truth(found.yes | told.yes, found.no & told.no)
        assert found is not None
        return found

    return Condition(ask, dear)


def reversed_(part: Condition) -> Condition:
    """NOT."""
    return Condition(lambda batch, where: part.ask(batch, where).reversed(), part.dear)


def missing_as(part: Condition, truth: bool) -> Condition:
    """COALESCE with TRUE or FALSE."""
    return Condition(lambda batch, where: part.ask(batch, where).missing_as(truth), part.dear)


def chosen(branches: Sequence[tuple[Condition, Condition]], otherwise: Condition) -> Condition:
    """CASE: the first branch whose condition is true."""
    dear = any(part.dear for pair in branches for part in pair) or otherwise.dear

    def ask(batch: Any, where: Where) -> Truth:
        yes, no, left = NO, NO, YES
        for met, told in branches:
            if not left.any():
                return Truth(yes, no)
            asked = met.ask(batch, _both(where, left) if met.dear else where)
            reached = left & asked.yes
            if reached.any():
                value = told.ask(batch, _both(where, reached) if told.dear else where)
                yes, no = yes | (reached & value.yes), no | (reached & value.no)
            left = left & (asked.no | ~asked.yes)
        value = otherwise.ask(batch, _both(where, left) if otherwise.dear else where)
        return Truth(yes | (left & value.yes), no | (left & value.no))

    return Condition(ask, dear)


def _both(where: Where, more: Any) -> Where:
    return more if where is None else where & more
