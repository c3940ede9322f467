"""Some rows of a file as numpy sees them, column by column; what was once made of a column is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import RLock
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from data_contracts.intake.judge.domains import DAYS, LETTER, SMALL, Codes, Domain
from data_contracts.intake.judge.patterns import ODD, automaton
from data_contracts.intake.judge.texts import Texts

Flags = npt.NDArray[np.bool_]
HUGE = 2**60
"""Sums of numbers beyond it may overflow."""
_T = TypeVar("_T")


@dataclass(frozen=True)
class Numbers:
    """Whole numbers or days since 1970 by row.

    Parameters
    ----------
    values
        (rows,), or one for all rows.
    valid
        Which rows have one; None for all.
    strange
        Rows of which nothing is known; None for none.
    """

    values: npt.NDArray[Any] | int
    valid: Flags | None = None
    strange: Flags | None = None


@dataclass
class Batch:
    """Rows of a file.

    Parameters
    ----------
    rows
        How many.
    arrays
        Column -> its values; a column without an array is missing in all rows.
    domains
        Column of few values -> these values.
    walks
        Column of texts -> groups of patterns that are asked of it together.
    lock
        Held while a domain grows.
    """

    rows: int
    arrays: Mapping[str, pa.Array]
    domains: Mapping[str, Domain]
    walks: Mapping[str, tuple[tuple[str, ...], ...]]
    lock: RLock
    kept: dict[Any, Any] = field(default_factory=dict)

    def once(self, key: Any, make: Callable[[], _T]) -> _T:
        """Give what stands under a key, made at the first call."""
        if key not in self.kept:
            self.kept[key] = make()
        found: _T = self.kept[key]
        return found

    def valid(self, name: str) -> Flags | None:
        """Which rows have a value; None for all."""
        return self.once(("valid", name), lambda: self._valid(name))

    def _valid(self, name: str) -> Flags | None:
        array = self.arrays.get(name)
        if array is None:
            return np.zeros(self.rows, bool)
        if not array.null_count:
            return None
        if pa.types.is_dictionary(array.type):
            array = array.indices
        bits = np.frombuffer(array.buffers()[0], np.uint8)
        spread = np.unpackbits(bits, count=array.offset + len(array), bitorder="little")
        found: Flags = spread[array.offset :].view(bool)
        return found

    def numbers(self, name: str) -> Numbers:
        """Whole numbers or days of a column; missing ones may be anything."""
        return self.once(("numbers", name), lambda: self._numbers(name))

    def _numbers(self, name: str) -> Numbers:
        array = self.arrays.get(name)
        if array is None:
            return Numbers(np.zeros(self.rows, np.int64), self.valid(name))
        kind = array.type.to_pandas_dtype() if not pa.types.is_date(array.type) else np.int32
        size = np.dtype(kind).itemsize
        values = np.frombuffer(array.buffers()[1], kind, len(array), array.offset * size)
        if not pa.types.is_date(array.type):
            values = values.astype(np.int64, copy=False)
        return Numbers(values, self.valid(name))

    def summed(self, name: str) -> Numbers:
        """Whole numbers with which one may reckon: nothing is known of rows whose number is huge."""
        return self.once(("summed", name), lambda: self._summed(self.numbers(name)))

    @staticmethod
    def _summed(found: Numbers) -> Numbers:
        values = np.asarray(found.values)
        if not len(values) or (values.max() < HUGE and values.min() > -HUGE):
            return found
        return Numbers(values, found.valid, (values >= HUGE) | (values <= -HUGE))

    def texts(self, name: str) -> Texts:
        """Texts of a column; missing ones are empty."""
        return self.once(("texts", name), lambda: Texts.of(self.array(name)))

    def array(self, name: str) -> pa.Array:
        """Values of a column of texts as they are."""
        array = self.arrays.get(name)
        return array if array is not None else pa.nulls(self.rows, pa.string())

    def strange(self, name: str) -> Flags | None:
        """Texts with anything but printable ASCII; None for none."""
        return self.once(("strange", name), lambda: self.texts(name).strange())

    def met(self, name: str, pattern: str) -> Flags:
        """Texts that meet a pattern; what it says of strange ones means nothing."""
        group = next(group for group in self.walks[name] if pattern in group)
        found = automaton(group)
        states = self.once(("walk", name, group), lambda: found.walk(self.texts(name)))
        met: Flags = found.met[group.index(pattern)].take(states)
        return met

    def codes(self, name: str) -> tuple[Codes, Flags | None]:
        """Codes of a column of few values, and the rows whose value has none."""
        return self.once(("codes", name), lambda: self._codes(name))

    def _codes(self, name: str) -> tuple[Codes, Flags | None]:
        domain = self.domains[name]
        if LETTER in name:
            return self._letters(*name.split(LETTER))
        array = self.arrays.get(name)
        if array is None:
            return np.zeros(self.rows, np.uint8), None
        if domain.type == pa.string():
            return self._text_codes(array, domain)
        if domain.type == pa.bool_():
            return np.asarray(pc.fill_null(pc.add(array.cast(pa.int8()), 1), 0)), None
        span = DAYS if domain.type == pa.date32() else SMALL
        found = self.numbers(name)
        values = np.asarray(found.values)
        strange = (values < span.start) | (values >= span.stop)
        codes = np.clip(values.astype(np.int64), span.start, span.stop - 1) - (span.start - 1)
        if found.valid is not None:
            codes[~found.valid] = 0
            strange &= found.valid
        return codes, strange if strange.any() else None

    def _text_codes(self, array: pa.Array, domain: Domain) -> tuple[Codes, Flags | None]:
        if not pa.types.is_dictionary(array.type):
            array = array.dictionary_encode()
        with self.lock:
            own = domain.coded([*array.dictionary.to_pylist(), None])
            size = len(domain.values)
        places = np.asarray(array.indices.fill_null(len(array.dictionary)))
        codes = (own if size > 256 or (own < 0).any() else own.astype(np.uint8)).take(places)
        if codes.dtype == np.uint8:
            return codes, None
        strange = codes < 0
        return np.maximum(codes, 0), strange if strange.any() else None

    def _letters(self, name: str, place: str) -> tuple[Codes, Flags | None]:
        found = self.texts(name).letter(int(place))
        codes = np.where(found == 0, np.uint8(1), found - np.uint8(30))
        valid = self.valid(name)
        if valid is not None:
            codes[~valid] = 0
        strange = self.strange(name)
        if strange is not None:
            codes[strange] = 1
        return codes, strange


def asked(rows: pa.Table, sql: str, connection: Any, lock: RLock) -> pa.Array:
    """Ask the database itself a condition of some rows."""
    with lock:
        numbered = rows.append_column("_place", pa.array(range(rows.num_rows), pa.int64()))
        connection.register("_asked", numbered)
        try:
            found = connection.sql(f'SELECT ({sql}) AS a FROM _asked ORDER BY "_place"')
            return found.to_arrow_table()["a"].combine_chunks()
        finally:
            connection.unregister("_asked")


__all__ = ["ODD", "Batch", "Flags", "Numbers", "asked"]
