"""Lookups: what a rule says of each value of a column, asked of DuckDB once and kept.

Of a column with a few values every answer is kept; of one with many, the answers for the dictionary that was
seen last, which mostly grows at its end. Questions about one letter of the text, about a class of letters or
about letters side by side are answered for whole dictionaries from their bytes.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data_contracts.intake.engine_letters import Letters, Question, question_of, tables
from data_contracts.intake.engine_rows import FALSE, TRUE, Array, Value
from data_contracts.intake.engine_terms import Unsupported, packed

Ask = Callable[[str, pa.Array, Sequence[str]], list[pa.Array]]
"""(column, values, SQL of the questions) -> an array of answers for each question."""

FEW = 4_000
"""Dictionaries up to this size are answered from what is known of their values."""

_DAYS, _AROUND = 200_000, 2_000


@dataclass(frozen=True)
class Answers:
    """Answers of one question for a dictionary: the last one is for a missing value."""

    data: Array
    valid: Array | None = None
    unsure: Array | None = None
    text: bool = False

    def take(self, index: Array) -> Answers:
        """Answers for other places."""
        return Answers(
            self.data[index],
            None if self.valid is None else self.valid[index],
            None if self.unsure is None else self.unsure[index],
            self.text,
        )


def answers_of(found: pa.Array) -> Answers:
    """Arrow's answers as numbers."""
    if pa.types.is_boolean(found.type):
        data = np.where(np.asarray(found.fill_null(False)), TRUE, FALSE).astype(np.uint8)
        data[np.asarray(found.is_null())] = 0
        return Answers(data)
    valid = np.asarray(found.is_valid())
    if pa.types.is_string(found.type):
        data, unsure = np.zeros(len(found), np.int64), np.zeros(len(found), bool)
        for place, text in enumerate(found.to_pylist()):
            try:
                data[place] = 0 if text is None else packed(text)
            except Unsupported:
                unsure[place] = True
        return Answers(data, valid, unsure, True)
    if pa.types.is_date32(found.type):
        found = found.cast(pa.int32())
    if not pa.types.is_integer(found.type):
        raise Unsupported(str(found.type))
    return Answers(np.asarray(found.cast(pa.int64()).fill_null(0)), valid)


def joined(first: Answers, second: Answers) -> Answers:
    """Answers for one dictionary, then another; the first one's missing value is left out."""

    def both(one: Array | None, two: Array | None) -> Array | None:
        return None if one is None or two is None else np.concatenate([one[:-1], two])

    data = np.concatenate([first.data[:-1], second.data])
    return Answers(
        data, both(first.valid, second.valid), both(first.unsure, second.unsure), second.text
    )


class Texts:
    """Answers for the dictionaries of one text column.

    Parameters
    ----------
    name
        The column.
    sqls
        Questions.
    ask
        Asks DuckDB.
    plain
        The typed column is the stored one, so that its bytes may be looked at.
    same
        Kinds of questions that the stored column answers all the same.
    """

    def __init__(
        self, name: str, sqls: Sequence[str], ask: Ask, *, plain: bool, same: Collection[str] = ()
    ) -> None:
        self.name, self.ask = name, ask
        self.sqls = list(sqls)
        asked = {sql: question_of(name, sql) for sql in sqls}
        self.quick: dict[str, Question] = {
            sql: q for sql, q in asked.items() if q is not None and (plain or q.kind in same)
        }
        self._asking = threading.Lock()
        self._tables: dict[str, Answers] | None = None
        self._missing: dict[str, Answers] = {}
        self._known: pa.Array = pa.array([], pa.string())
        self._kept: dict[str, Answers] = {}
        self._last: pa.Array | None = None
        self._found: dict[str, Answers] = {}

    def answers(self, dictionary: pa.Array) -> dict[str, Answers]:
        """Answers of every question for a dictionary."""
        with self._asking:
            return self._answers(dictionary)

    def _answers(self, dictionary: pa.Array) -> dict[str, Answers]:
        if len(dictionary) <= FEW:
            return self._few(dictionary)
        last, found = self._last, self._found
        if (
            last is not None
            and 0 < len(last) <= len(dictionary)
            and dictionary[: len(last)].equals(last)
        ):
            if len(last) < len(dictionary):
                more = self._asked(dictionary[len(last) :])
                found = {sql: joined(found[sql], more[sql]) for sql in self.sqls}
        else:
            found = self._asked(dictionary)
        self._last, self._found = dictionary, found
        return found

    def _few(self, dictionary: pa.Array) -> dict[str, Answers]:
        if self._last is not None and dictionary.equals(self._last):
            return self._found
        places = pc.index_in(dictionary, value_set=self._known)
        if places.null_count or not self._kept:
            new = dictionary.filter(places.is_null())
            more = self._slowly(new, self.sqls)
            self._kept = {
                sql: joined(self._kept[sql], more[sql]) if self._kept else more[sql]
                for sql in self.sqls
            }
            self._known = pa.concat_arrays([self._known, new])
            places = pc.index_in(dictionary, value_set=self._known)
        index = np.append(np.asarray(places), len(self._known)).astype(np.intp)
        self._last = dictionary
        self._found = {sql: kept.take(index) for sql, kept in self._kept.items()}
        return self._found

    def _asked(self, values: pa.Array) -> dict[str, Answers]:
        if not self.quick or not len(values):
            return self._slowly(values, self.sqls)
        pairs = tuple(dict.fromkeys(str(q.of) for q in self.quick.values() if q.kind == "pairs"))
        fits = Letters.plain(values, even=bool(pairs))
        if not fits.any():
            return self._slowly(values, self.sqls)
        if fits.all():
            return self._quickly(values, pairs)
        found = self._quickly(values.filter(pa.array(fits)), pairs)
        others = self._slowly(values.filter(pa.array(~fits)), self.sqls)
        count = int(fits.sum())
        index = np.empty(len(values) + 1, np.intp)
        index[:-1][fits] = np.arange(count)
        index[:-1][~fits] = np.arange(count, len(values))
        index[-1] = len(values)
        return {sql: joined(found[sql], others[sql]).take(index) for sql in self.sqls}

    def _quickly(self, values: pa.Array, pairs: tuple[str, ...]) -> dict[str, Answers]:
        """Answer from the bytes what they tell."""
        if self._tables is None:
            arrows = tables(self.name, self.quick, self.ask)
            self._tables = {sql: answers_of(arrow) for sql, arrow in arrows.items()}
            missing = self._slowly(pa.array([], pa.string()), list(self.quick))
            self._missing = missing
        letters = Letters(values)
        if pairs:
            letters.prepare(pairs)
        found = {
            sql: joined(_open(self._tables[sql].take(letters.index(question))), self._missing[sql])
            for sql, question in self.quick.items()
        }
        rest = [sql for sql in self.sqls if sql not in found]
        return found | self._slowly(values, rest)

    def _slowly(self, values: pa.Array, sqls: list[str]) -> dict[str, Answers]:
        if not sqls:
            return {}
        asked = pa.concat_arrays([values, pa.nulls(1, pa.string())])
        return {
            sql: answers_of(arrow)
            for sql, arrow in zip(sqls, self.ask(self.name, asked, sqls), strict=True)
        }


def _open(found: Answers) -> Answers:
    """Answers with room for those of a missing value, which ``joined`` puts in its place."""
    return found.take(np.append(np.arange(len(found.data)), 0))


class Days:
    """Answers for every day between the first and the last one of a date column."""

    def __init__(self, name: str, sqls: Sequence[str], ask: Ask) -> None:
        self.name, self.sqls, self.ask = name, list(sqls), ask
        self._asking = threading.Lock()
        self.low, self.high = 0, -1
        self._found: dict[str, Answers] = {}

    def answers(self, days: Array, valid: Array | None) -> tuple[Array, dict[str, Answers]] | None:
        """Place of each day in the answers, and these, or None where the days lie too far apart."""
        with self._asking:
            return self._answers(days, valid)

    def _answers(self, days: Array, valid: Array | None) -> tuple[Array, dict[str, Answers]] | None:
        there = days if valid is None else days[valid]
        low, high = (int(there.min()), int(there.max())) if there.size else (0, 0)
        if self.high < self.low:
            low, high = low - _AROUND, high + _AROUND
        elif low < self.low or high > self.high:
            low, high = min(low - _AROUND, self.low), max(high + _AROUND, self.high)
        else:
            low, high = self.low, self.high
        if high - low > _DAYS:
            return None
        if (low, high) != (self.low, self.high):
            asked = pa.array(np.arange(low, high + 1, dtype=np.int32)).cast(pa.date32())
            asked = pa.concat_arrays([asked, pa.nulls(1, pa.date32())])
            arrows = self.ask(self.name, asked, self.sqls)
            self._found = {
                sql: answers_of(arrow) for sql, arrow in zip(self.sqls, arrows, strict=True)
            }
            self.low, self.high = low, high
        place = days.astype(np.intp) - self.low
        missing = self.high - self.low + 1
        return (place if valid is None else np.where(valid, place, missing)), self._found


def value_of(found: Answers, index: Array) -> tuple[Value, Array | None]:
    """Carry answers to rows."""
    got: Any = found.take(index)
    valid = got.valid
    if valid is not None and valid.all():
        valid = None
    unsure = got.unsure if got.unsure is not None and got.unsure.any() else None
    return Value(got.data, valid, got.text), unsure
