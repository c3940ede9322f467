"""What is kept of every row while it passes: which record it is, and what the month after is compared with.

Keys become two numbers of 64 bits. The first one finds the account, the second tells whether it is that account
indeed. Months mostly come in turn: then each is compared with the one before it as it comes. The records of accounts
whose months do not, or of which two cannot be told apart, are sorted first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from threading import local

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from data_contracts.intake.judge import ledger_kernels as kernels
from data_contracts.intake.judge.batch import Batch
from data_contracts.intake.judge.ledger_kernels import FIRST_DAY, LAST_DAY
from data_contracts.intake.judge.parts import RECORD, Parts, Records
from data_contracts.intake.judge.rows import Lines
from data_contracts.intake.judge.texts import Texts
from data_contracts.rules.binding import Compared

STATUS, STATE, DAY, BUSINESS = "status_24", "account_status", "bill_on", "business"
_WRITTEN = ("one", "two", "line", "day", "ended", "fits", "status")
_COMPARED = ("one", "two", "line", "day", "new", "ended", "fits", "status")
_SORTED = 250_000
"""Records of a part, about; there is a power of two of parts."""
_MONTHS = np.arange(FIRST_DAY, LAST_DAY + 1).astype("M8[D]").astype("M8[M]").astype(np.int32)


class _Room(local):
    """Room for the records of a part; each thread uses its own again and again."""

    records: Records = np.empty(0, RECORD)

    def of(self, count: int) -> Records:
        if len(self.records) < count:
            self.records = np.empty(count + count // 4, RECORD)
        return self.records[:count]


@dataclass
class Ledger:
    """Records of a batch by key.

    Parameters
    ----------
    key
        Columns that tell a record.
    compared
        What of a month the next one is compared with; None where months are not.
    rows
        How many are expected.
    memory
        Bytes that may be held.
    folder
        Where more goes; None for the folder for temporary files.
    threads
        How many may work at a time.
    """

    key: Sequence[str]
    compared: Compared | None
    rows: int
    memory: int
    folder: Path | None
    threads: int
    parts: Parts = field(init=False)
    room: _Room = field(default_factory=_Room)

    def __post_init__(self) -> None:
        """Begin with empty parts."""
        self.bits = max(1, (self.rows // _SORTED).bit_length())
        self.parts = self._parts()
        self.account = [name for name in self.key if name != DAY]

    def _parts(self) -> Parts:
        # Those of the batch and those of the lake are held at the same time.
        return Parts(1 << self.bits, self.memory // 2, self.folder)

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns that are looked at."""
        more = (STATUS, STATE) if self.compared is not None else ()
        return tuple(dict.fromkeys((*self.key, *more)))

    def keep(self, batch: Batch, lines: Lines) -> None:
        """Take the records of a batch; those without a whole key cannot be told from others."""
        own = (
            np.asarray(lines)
            if isinstance(lines, pa.Array)
            else np.arange(lines, lines + batch.rows)
        )
        self.parts.add(*self._records(batch, own, new=True))

    def _records(
        self, batch: Batch, lines: npt.NDArray[np.int64], *, new: bool
    ) -> tuple[Records, npt.NDArray[np.int64]]:
        """What is kept of the rows of a batch, part after part, and where each part ends."""
        one, two = np.zeros(batch.rows, np.uint64), np.zeros(batch.rows, np.uint64)
        for name in self.account:
            _mix(batch, name, one, two)
        days = batch.numbers(DAY) if DAY in self.key else np.zeros(batch.rows, np.int32)
        whole = np.ones(batch.rows, bool)
        for name in self.key:
            there = batch.valid(name)
            whole = whole if there is None else whole & there
        settled = np.zeros(batch.rows, bool)
        ending = np.zeros(256, np.uint8)
        places, data = np.zeros(batch.rows + 1, np.int64), np.zeros(0, np.uint8)
        if self.compared is not None:
            ending[[ord(letter) for letter in self.compared.last_letters]] = 1
            if self.compared.settled:
                of_cards = (
                    _is(batch, BUSINESS, "2") if BUSINESS in self.key else self.compared.cards
                )
                settled = np.where(of_cards, _is(batch, STATE, "4"), _is(batch, STATE, "3"))
            if STATUS in batch.arrays:
                texts = batch.texts(STATUS)
                places, data = texts.places, texts.data
        found = np.empty(int(whole.sum()), RECORD)
        ends = kernels.enter(
            one, two, lines, days, whole.view(np.uint8), settled.view(np.uint8), data, places, ending,
            self.bits, tuple(found[name] for name in _WRITTEN),
        )  # fmt: skip
        found["new"] = new
        return found, ends

    def _each(self, work: Callable[[int], npt.NDArray[np.int64]]) -> npt.NDArray[np.int64]:
        with ThreadPoolExecutor(max_workers=self.threads) as pool:
            found = list(pool.map(work, range(1 << self.bits)))
        return np.concatenate(found)

    def repeated(self) -> npt.NDArray[np.int64]:
        """Lines whose key seems to come again."""
        standing = np.ones(self.parts.last + 1, np.uint8)

        def work(place: int) -> npt.NDArray[np.int64]:
            records = self.room.of(self.parts.counts[place])
            self.parts.copy(place, records)
            astray, _ = self._in_turn(records, standing, compare=False)
            records = records[astray]
            keys = _keys(records)
            order = np.argsort(keys)
            keys = keys.take(order)
            same = np.flatnonzero(keys[1:] == keys[:-1])
            return records["line"].take(order.take(np.union1d(same, same + 1)))

        return self._each(work)

    def doubtful(
        self, fallen: npt.NDArray[np.int64], lake: Iterator[tuple[int, Batch]]
    ) -> npt.NDArray[np.int64]:
        """Lines of the accounts whose months may not fit each other, without those that have fallen."""
        compared, known = self.compared, self._parts()
        assert compared is not None
        for rows, batch in lake:
            known.add(*self._records(batch, np.zeros(rows, np.int64), new=False))
        standing = np.ones(self.parts.last + 1, np.uint8)  # the records of the lake have the line 0
        standing[fallen[fallen <= self.parts.last]] = 0

        def work(place: int) -> npt.NDArray[np.int64]:
            count = self.parts.counts[place]
            records = self.room.of(count + known.counts[place])
            self.parts.copy(place, records[:count])
            if known.counts[place]:
                known.copy(place, records[count:])
                records = records[: count + _put_ahead(records[:count], records[count:])]
            astray, unfit = self._in_turn(records, standing, compare=True)
            sorted_ = np.flatnonzero(astray)
            order = sorted_[np.argsort(_keys(records[sorted_]))].astype(np.int32)
            doubtful = np.zeros(len(records), np.uint8)
            kernels.doubt(
                order, tuple(records[name] for name in _COMPARED), _MONTHS, compared.status,
                compared.shifted, doubtful,
            )  # fmt: skip
            return records["line"][((doubtful > 0) | unfit) & (records["new"] > 0)]

        return self._each(work)

    def _in_turn(
        self, records: Records, standing: npt.NDArray[np.uint8], *, compare: bool
    ) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
        """Which records are of accounts that must be sorted, and which of accounts that are doubtful."""
        told = self.compared
        accounts = np.empty(len(records), np.int32)
        doubtful = np.zeros(len(records), np.uint8)
        astray = kernels.in_turn(
            tuple(records[name] for name in _COMPARED), standing, _MONTHS, compare,
            told is not None and told.status, told is not None and told.shifted, accounts, doubtful,
        )  # fmt: skip
        # The last place is that of the records that were passed over.
        strays = np.append(astray > 0, False)
        unfit = np.zeros(len(strays), bool)
        unfit[accounts[doubtful > 0]] = True
        return strays[accounts], (unfit & ~strays)[accounts]


def _put_ahead(ours: Records, known: Records) -> int:
    """Put the records of accounts that are among ours first; how many they are."""
    if not len(ours):
        return 0
    accounts = np.sort(ours["one"])
    at = np.minimum(np.searchsorted(accounts, known["one"]), len(accounts) - 1)
    found = known[accounts[at] == known["one"]]
    known[: len(found)] = found
    return len(found)


def _keys(records: Records) -> npt.NDArray[np.uint64]:
    """Account and day as one number to sort by."""
    days = np.clip(records["day"].astype(np.int64), FIRST_DAY, LAST_DAY) - FIRST_DAY
    found: npt.NDArray[np.uint64] = (records["one"] & ~np.uint64(0xFFFF)) | days.astype(np.uint64)
    return found


def _mix(batch: Batch, name: str, one: npt.NDArray[np.uint64], two: npt.NDArray[np.uint64]) -> None:
    array = batch.array(name)
    if _is_text(array.type):
        texts = batch.texts(name)
        kernels.mix_texts(texts.data, texts.places, one, two)
        return
    if not pa.types.is_dictionary(array.type):
        kernels.mix_numbers(batch.numbers(name).astype(np.int64), one, two)
        return
    texts = Texts.of(array.dictionary)
    codes = np.asarray(array.indices.fill_null(len(texts)))
    kernels.mix_codes(texts.data, texts.places, codes, one, two)


def _is(batch: Batch, name: str, text: str) -> npt.NDArray[np.bool_]:
    array = batch.array(name)
    if pa.types.is_dictionary(array.type):
        values = [*(value == text for value in array.dictionary.to_pylist()), False]
        return np.array(values).take(np.asarray(array.indices.fill_null(len(array.dictionary))))
    return np.asarray(pc.fill_null(pc.equal(array, text), False))


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))
