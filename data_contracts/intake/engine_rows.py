"""Terms judged on the rows of one chunk: what is true, what is false, and what numpy cannot say.

SQL knows a third truth value, so a condition is asked twice: where it is true, and where it is false.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from data_contracts.intake.engine_terms import Term

Array = np.ndarray[Any, np.dtype[Any]]

TRUE, FALSE = 1, 2
"""How a looked-up truth is written; 0 is unknown."""

_SAFE = 2**59
"""Sums of numbers below it cannot overflow."""


@dataclass(frozen=True)
class Value:
    """Numbers (or days, or packed texts) of rows; ``valid`` is None where none is missing."""

    data: Any
    valid: Array | None
    text: bool = False


class Source(Protocol):
    """Columns of a chunk."""

    rows: int

    def truth(self, name: str, sql: str, wanted: int) -> Array:
        """Rows whose looked-up truth is the wanted one, TRUE or FALSE."""

    def value(self, name: str, sql: str) -> tuple[Value, Array | None]:
        """Looked-up value of each row, and which rows have one that cannot be held."""

    def column(self, name: str) -> tuple[Value, Array | None]:
        """Column of numbers or days, and which rows have one that cannot be held."""

    def constant(self, sql: str) -> Value:
        """Value of an expression without columns."""


@dataclass
class Rows:
    """Judges terms on one chunk; ``unsure`` rows must be judged otherwise."""

    source: Source
    unsure: Array = field(init=False)
    _true: dict[Term, Array] = field(default_factory=dict)
    _false: dict[Term, Array] = field(default_factory=dict)
    _values: dict[Term, Value] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Begin with every row judged."""
        self.unsure = np.zeros(self.source.rows, bool)

    def _all(self, flag: bool) -> Array:
        return np.full(self.source.rows, flag)

    def true(self, term: Term) -> Array:
        """Rows on which a condition is true."""
        found = self._true.get(term)
        if found is None:
            found = self._true[term] = self._asked(term, True)
        return found

    def false(self, term: Term) -> Array:
        """Rows on which a condition is false."""
        found = self._false.get(term)
        if found is None:
            found = self._false[term] = self._asked(term, False)
        return found

    def _side(self, term: Term, side: bool) -> Array:
        return self.true(term) if side else self.false(term)

    def _asked(self, term: Term, side: bool) -> Array:
        name = term[0]
        if name == "not":
            return self._side(term[1], not side)
        if name in ("and", "or"):
            return self._joined(term[1], side, (name == "and") == side)
        if name == "lookup":
            return self.source.truth(term[1], term[2], TRUE if side else FALSE)
        if name == "otherwise":
            known = self.true(term[1]) | self.false(term[1])
            return self._side(term[1], side) | (~known & self._side(term[2], side))
        if name == "compare":
            return self._compared(term, side)
        if name == "constant":
            return self._all(term[1] == side)
        if name == "case":
            return self._case(term, side)
        if name == "missing":
            valid = self._value(term[1]).valid
            gone = self._all(False) if valid is None else ~valid
            return gone if side else ~gone
        if name == "same":
            left, right = term[1], term[2]
            return (self.true(left) & self._side(right, side)) | (
                self.false(left) & self._side(right, not side)
            )
        return self._all(False)  # unknown is neither

    def _joined(self, parts: tuple[Term, ...], side: bool, every: bool) -> Array:
        found = self._side(parts[0], side)
        for part in parts[1:]:
            if every and not found.any():
                return found
            other = self._side(part, side)
            found = found & other if every else found | other
        return found

    def _case(self, term: Term, side: bool) -> Array:
        left, found = self._all(True), self._all(False)
        for asked, then in term[1]:
            met = self.true(asked) & left
            if met.any():
                found |= met & self._side(then, side)
                left &= ~met
        if left.any():
            found |= left & self._side(term[2], side)
        return found

    def _compared(self, term: Term, side: bool) -> Array:
        operator = term[1] if side else _OPPOSITE[term[1]]
        left, right = self._value(term[2]), self._value(term[3])
        if left.text != right.text:  # SQL would cast one of them
            self.unsure[:] = True
            return self._all(False)
        found = np.broadcast_to(_COMPARE[operator](left.data, right.data), (self.source.rows,))
        for valid in (left.valid, right.valid):
            if valid is not None:
                found = found & valid
        return found

    def _value(self, term: Term) -> Value:
        found = self._values.get(term)
        if found is None:
            found = self._values[term] = self._valued(term)
        return found

    def _valued(self, term: Term) -> Value:
        name = term[0]
        if name in ("number", "word"):
            return Value(term[1], None, name == "word")
        if name == "constant_of":
            return self.source.constant(term[1])
        if name in ("column", "value"):
            found, unsure = getattr(self.source, name)(*term[1:])
            if unsure is not None:
                self.unsure |= unsure
            return self._bounded(found)
        if name in ("plus", "minus", "greatest", "abs"):
            parts = [self._value(part) for part in term[1:]]
            if any(part.text for part in parts):
                self.unsure[:] = True
            data = _COMPUTE[name](*(part.data for part in parts))
            if name == "greatest":  # the greatest of what is there
                return self._greatest(parts, data)
            return Value(data, _both([part.valid for part in parts]))
        if name == "either":
            first, second = self._value(term[1]), self._value(term[2])
            return self._chosen([(first.valid, first)], second)
        if name == "choice":
            branches = [(self.true(asked), self._value(then)) for asked, then in term[1]]
            return self._chosen(branches, self._value(term[2]))
        if name == "letter":
            return self._letter(self._value(term[1]))
        return Value(0, self._all(False))

    def _bounded(self, value: Value) -> Value:
        if not value.text and value.data.size:
            low, high = value.data.min(), value.data.max()
            if low < -_SAFE or high > _SAFE:
                self.unsure |= (value.data < -_SAFE) | (value.data > _SAFE)
        return value

    def _greatest(self, parts: list[Value], data: Array) -> Value:
        left, right = parts
        if left.valid is None and right.valid is None:
            return Value(data, None)
        one = self._all(True) if left.valid is None else left.valid
        two = self._all(True) if right.valid is None else right.valid
        return Value(np.where(one & two, data, np.where(one, left.data, right.data)), one | two)

    def _chosen(self, branches: Sequence[tuple[Array | None, Value]], last: Value) -> Value:
        data = np.array(np.broadcast_to(last.data, (self.source.rows,)))
        valid = self._all(True) if last.valid is None else last.valid.copy()
        texts = {last.text} if last.valid is None or last.valid.any() else set()
        for met, value in reversed(branches):
            where = self._all(True) if met is None else met
            data = np.where(where, value.data, data)
            valid = np.where(where, True if value.valid is None else value.valid, valid)
            texts.add(value.text)
        if len(texts) > 1:
            self.unsure[:] = True
        return Value(data, None if valid.all() else valid, True in texts)

    def _letter(self, value: Value) -> Value:
        code = np.broadcast_to(value.data, (self.source.rows,))
        far = (code < 1) | (code > 127)
        self.unsure |= far if value.valid is None else far & value.valid
        return Value(np.where(far, 0, code).astype(np.int64) << 48, value.valid, True)


def _both(valids: list[Array | None]) -> Array | None:
    found: Array | None = None
    for valid in valids:
        if valid is not None:
            found = valid if found is None else found & valid
    return found


_OPPOSITE = {"=": "<>", "<>": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_COMPARE: dict[str, Any] = {
    "=": np.equal, "<>": np.not_equal, "<": np.less, "<=": np.less_equal, ">": np.greater,
    ">=": np.greater_equal,
}  # fmt: skip
_COMPUTE: dict[str, Any] = {
    "plus": np.add, "minus": np.subtract, "greatest": np.maximum, "abs": np.abs,
}  # fmt: skip
