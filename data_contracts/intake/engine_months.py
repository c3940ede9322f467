"""Repeated keys and the months of an account, from what the screen kept of each row.

Account and day are put into one number; sorted, repeats stand side by side, and so does every month beside
the one before it. As in the screen, numpy only finds the rows that may be hit; the rules' own SQL judges them.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data_contracts.intake.engine_chunk import numbers
from data_contracts.intake.engine_plan import Plan
from data_contracts.intake.engine_rows import Array
from data_contracts.intake.engine_screen import Screen

_MOST = 2**62
_STATUS = 24


@dataclass(frozen=True)
class Pairs:
    """Places of rows that may be hit, and of the record before each of them."""

    rows: Array
    before: Array


class Months:
    """Rows by account and day.

    Parameters
    ----------
    parts
        Columns of the batch's rows in order, then of earlier records.
    account
        Columns that identify an account; texts.
    event
        Its date.
    earlier
        How many of the last rows are earlier records from the lake.
    """

    def __init__(
        self,
        parts: Sequence[pa.RecordBatch],
        account: Sequence[str],
        event: str,
        earlier: int = 0,
    ) -> None:
        self.parts = parts
        self.rows = sum(part.num_rows for part in parts)
        self.account, self.event, self.earlier = tuple(account), event, earlier
        self.names = tuple(parts[0].schema.names)
        self.texts: dict[str, pa.Array] = {}
        self._codes: dict[str, Array] = {}
        code, valid = np.zeros(self.rows, np.int64), np.ones(self.rows, bool)
        self.fits = True
        span = 1
        for name in account:
            place, size = self.codes(name)
            valid &= place >= 0
            span *= size + 1
            self.fits &= span < _MOST
            code = code * (size + 1) + place
        days, there = self._days()
        valid &= there
        low, high = (int(days[there].min()), int(days[there].max())) if there.any() else (0, 0)
        if high - low > 400_000 or span * (high - low + 64) * 4 >= _MOST:
            self.fits = False
        if not self.fits:
            return
        calendar_days = np.arange(low, high + 1).astype("datetime64[D]")
        calendar = calendar_days.astype("datetime64[M]")
        month_of = calendar.astype(np.int64)
        self.month = month_of[np.where(there, days - low, 0)] - int(month_of[0])
        of_month = (calendar_days - calendar.astype("datetime64[D]")).astype(np.int64)
        dom = of_month[np.where(there, days - low, 0)]
        flag = np.ones(self.rows, np.int64)
        if earlier:
            flag[-earlier:] = 0  # the batch before the lake, then the later bill
        size = int(self.month.max(initial=0)) + 1
        self.number = code
        self.key = ((code * size + self.month) * 2 + flag) * 64 + dom
        self.valid = valid
        self.order = _order(self.key)
        if not valid.all():
            self.order = self.order[valid[self.order]]

    def codes(self, name: str) -> tuple[Array, int]:
        """Number of each row's text (-1 for none), and how many texts there are."""
        if name not in self.texts:
            chunks = [_dictionary(part.column(name)) for part in self.parts]
            joined = pa.chunked_array(chunks).unify_dictionaries()
            self.texts[name] = joined.chunk(0).dictionary
            self._codes[name] = np.concatenate(
                [
                    np.asarray(c.indices.fill_null(-1) if c.null_count else c.indices)
                    for c in joined.chunks
                ]
            )
        return self._codes[name], len(self.texts[name])

    def repeated(self) -> Array:
        """Places of the rows whose account and day occur more than once."""
        key = self.key[self.order]
        same = key[1:] == key[:-1]
        if not same.any():
            return np.empty(0, np.int64)
        found: Array = self.order[np.append(same, False) | np.insert(same, 0, False)]
        return found

    def beside(self, standing: Array) -> tuple[Pairs, Array]:
        """Standing rows with the latest record of an earlier month, and rows of months with two days.

        Of several records in that month it is the last by the key: the batch before the lake, then the day.
        """
        order = self.order[standing[self.order]]
        account, month = self.number[order], self.month[order]
        begins = np.ones(len(order), bool)
        begins[1:] = (account[1:] != account[:-1]) | (month[1:] != month[:-1])
        start = np.maximum.accumulate(np.where(begins, np.arange(len(order)), 0))
        before = np.maximum(start - 1, 0)
        has = (start > 0) & (account[before] == account)
        has &= order < self.rows - self.earlier
        twice = np.zeros(len(order), bool)
        again = np.flatnonzero(~begins)
        if again.size:
            twice = np.isin(start, start[again])
        return Pairs(order[has], order[before[has]]), order[twice]

    def _days(self) -> tuple[Array, Array]:
        found = [numbers(part.column(self.event)) for part in self.parts]
        days = np.concatenate([day for day, _ in found]).astype(np.int64)
        there = [np.ones(len(day), bool) if valid is None else valid for day, valid in found]
        return days, np.concatenate(there)

    def broken_shift(self, pairs: Pairs, name: str) -> Array | None:
        """Which pairs' histories do not go on (XM-01); None where they have not all 24 letters."""
        code, _ = self.codes(name)
        dictionary = self.texts[name]
        sizes = np.asarray(pc.binary_length(dictionary))
        used = np.zeros(len(dictionary), bool)
        used[code[pairs.rows]] = True
        used[code[pairs.before]] = True
        if (code[pairs.rows] < 0).any() or (code[pairs.before] < 0).any():
            return None
        if (sizes[used] != _STATUS).any():
            return None
        slot = np.cumsum(used) - 1
        kept = dictionary.filter(pa.array(used))
        letters = _letters(kept)
        if letters.size and letters.max() > 127:
            return None
        grid = letters.reshape(-1, _STATUS)
        gap = self.month[pairs.rows] - self.month[pairs.before]
        now, then = slot[code[pairs.rows]], slot[code[pairs.before]]
        broken = np.zeros(len(gap), bool)
        work = [
            (int(months), part)
            for months in np.unique(gap)
            if months < _STATUS
            for part in _parts(np.flatnonzero(gap == months))
        ]

        def compare(of: tuple[int, Array]) -> None:
            months, part = of
            differ = grid[then[part], months:] != grid[now[part], : _STATUS - months]
            broken[part] = differ.any(axis=1)

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(compare, work))
        return broken

    def ends_in(self, places: Array, name: str, letters: str) -> Array:
        """Rows whose text ends in one of the letters."""
        code, _ = self.codes(name)
        dictionary = self.texts[name]
        flags = np.zeros(len(dictionary) + 1, bool)
        for letter in letters:
            flags[:-1] |= np.asarray(pc.ends_with(dictionary, letter))
        return flags[code[places]]

    def is_one_of(self, places: Array, name: str, texts: Sequence[str]) -> Array:
        """Rows whose text is one of those given."""
        code, _ = self.codes(name)
        dictionary = self.texts[name]
        flags = np.append(np.asarray(pc.is_in(dictionary, pa.array(texts, pa.string()))), False)
        return flags[code[places]]

    def table(self, places: Array, names: Sequence[str]) -> pa.Table:
        """Rows by their places; ``_line`` counts the batch's rows from 1."""
        columns: dict[str, pa.Array] = {"_line": pa.array(places + 1, pa.int64())}
        for name in names:
            if name == self.event:
                days, there = self._days()
                columns[name] = pa.array(
                    days[places].astype(np.int32), pa.int32(), mask=~there[places]
                ).cast(pa.date32())
                continue
            code, _ = self.codes(name)
            picked = code[places]
            columns[name] = self.texts[name].take(
                pa.array(np.where(picked < 0, 0, picked), mask=picked < 0)
            )
        return pa.table(columns)


def months_of(screen: Screen, plan: Plan) -> Months | None:
    """Rows by account and day, where the key is texts and one date and the screen has kept it."""
    if not screen.keep or len(plan.repeats) != 1:
        return None
    key = plan.repeats[0].key
    dates = [name for name in key if screen.kinds[name] == "date"]
    account = [name for name in key if screen.kinds[name] == "text"]
    if len(dates) != 1 or len(account) + 1 != len(key) or not screen.kept:
        return None
    found = Months([part for _, part in screen.kept], account, dates[0])
    return found if found.fits else None


def _parts(places: Array) -> list[Array]:
    return [places[begin : begin + 65_536] for begin in range(0, len(places), 65_536)]


def _order(key: Array) -> Array:
    """Places in the order of the keys; a sort of numbers is twice as fast as one of places."""
    bits = max(len(key) - 1, 1).bit_length()
    if int(key.max(initial=0)) >= 2 ** (62 - bits):
        return np.argsort(key)
    packed = (key << bits) | np.arange(len(key))
    packed.sort()
    packed &= (1 << bits) - 1
    return packed


def _letters(values: pa.Array) -> Array:
    _, offsets, data = values.buffers()
    starts = np.frombuffer(offsets, np.int32)[values.offset : values.offset + len(values) + 1]
    if data is None:
        return np.empty(0, np.uint8)
    return np.frombuffer(data, np.uint8)[starts[0] : starts[-1]]


def _dictionary(column: pa.Array) -> pa.DictionaryArray:
    kind = pa.dictionary(pa.int32(), pa.string())
    if not pa.types.is_dictionary(column.type):
        column = column.cast(pa.string()).dictionary_encode()
    if column.dictionary.null_count:
        column = column.cast(pa.string()).dictionary_encode()
    return column.cast(kind) if column.type != kind else column
