"""Columns of few values, and tables of what the database says of these values.

A condition over such columns is asked of the values that occur, once, and then looked up row by row: so the
database's own answer counts. Of few values are short lists of texts, one letter of a text, truths, small
numbers and days. The code of a value is its place in the domain; 0 is the missing one, 1 any other.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass, field
from math import prod
from threading import RLock
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from data_contracts.intake.judge.program import FALSE, MISSING, TRUE, UNKNOWN

LARGEST_TABLE = 120_000
MOST_TEXTS = 4_096
_MOST_KNOWN = 16
ABSENT, OTHER = 0, 1
"""Codes of a missing value, and of one that has no code of its own: nothing is known of it."""
LETTER = "\x1f"
"""Stands between the name of a column and the place of its letter."""
SMALL = range(-1, 256)
"""Whole numbers that have a code."""
DAYS = range(-7_305, 55_152)
"""Days since 1970 that have a code: of 1950 to 2120, all that two bytes hold."""


@dataclass
class Domain:
    """Values of one column: all there from the start, or ``open`` to texts as they come."""

    name: str
    type: pa.DataType
    values: list[Any] = field(default_factory=lambda: [None, None])
    open: bool = False
    places: dict[str, int] = field(default_factory=dict)
    known: dict[tuple[Any, ...], npt.NDArray[np.uint16]] = field(default_factory=dict)

    def codes_of(self, dictionary: pa.Array, lock: RLock) -> npt.NDArray[np.uint16]:
        """Codes of the texts of a dictionary, and of a missing one after them; the same ones come again and again.

        ``lock`` is held while a new dictionary is read.
        """
        parts = (bytes(part) if part is not None else None for part in dictionary.buffers())
        key = (len(dictionary), dictionary.offset, *parts)
        found = self.known.get(key)
        if found is None:
            with lock:
                if len(self.known) >= _MOST_KNOWN:
                    self.known.clear()
                found = self.known[key] = self.coded([*dictionary.to_pylist(), None])
        return found

    def coded(self, values: Sequence[str | None]) -> npt.NDArray[np.uint16]:
        """Codes of texts; those that no longer have room are others."""
        found = np.full(len(values), ABSENT, np.uint16)
        for n, value in enumerate(values):
            if value is None:
                continue
            if value not in self.places and len(self.values) < MOST_TEXTS:
                self.places[value] = len(self.values)
                self.values.append(value)
            found[n] = self.places.get(value, OTHER)
        return found


def texts(name: str) -> Domain:
    """Domain of a column of texts."""
    return Domain(name, pa.string(), open=True)


def letters(name: str) -> Domain:
    """Domain of one letter: its code is that of ASCII less 29, 2 where there is none."""
    return Domain(name, pa.string(), [None, None, "", *(chr(code) for code in range(32, 127))])


def truths(name: str) -> Domain:
    """Domain of a column of truths."""
    return Domain(name, pa.bool_(), [None, None, False, True])


def numbers(name: str) -> Domain:
    """Domain of small numbers."""
    return Domain(name, pa.int64(), [None, None, *SMALL])


def days(name: str) -> Domain:
    """Domain of days."""
    return Domain(name, pa.date32(), [None, None, *DAYS])


@dataclass(frozen=True)
class Looked:
    """Answers for all combinations of the values of some columns, the last column's fastest.

    Parameters
    ----------
    values
        Truths as a program knows them, whole numbers or days; 0 where an answer is missing.
    known
        0 where an answer is missing, 1 where it is there, 2 where it is not known.
    truth
        Whether they are truths.
    sizes
        Numbers of codes by column.
    """

    values: npt.NDArray[np.int64]
    known: npt.NDArray[np.uint8]
    truth: bool
    sizes: tuple[int, ...]


class Tables:
    """Answers of the database by combination of values; one question for all conditions of some columns."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, lock: RLock) -> None:
        self.connection, self.lock = connection, lock
        self.asked: dict[tuple[str, ...], list[str]] = {}
        self.found: dict[tuple[str, ...], dict[str, Looked | None]] = {}

    def renewed(
        self, connection: duckdb.DuckDBPyConnection, lock: RLock, lasting: Set[str]
    ) -> Tables:
        """The same questions for another file; answers about lasting domains are kept."""
        other = Tables(connection, lock)
        other.asked = {columns: list(asked) for columns, asked in self.asked.items()}
        other.found = {
            columns: dict(found) for columns, found in self.found.items() if lasting >= {*columns}
        }
        return other

    def add(self, columns: tuple[str, ...], sql: str) -> None:
        """Note an expression to be asked of the values of some columns."""
        asked = self.asked.setdefault(columns, [])
        if sql not in asked:
            asked.append(sql)

    def look(self, domains: Sequence[Domain], sql: str) -> Looked | None:
        """Answers to an expression; None where the database refuses or they would be too many."""
        columns = tuple(domain.name for domain in domains)
        with self.lock:
            sizes = tuple(len(domain.values) for domain in domains)
            if prod(sizes) > LARGEST_TABLE:
                return None
            known = self.found.setdefault(columns, {})
            looked = known.get(sql)
            if sql not in known or (looked is not None and looked.sizes != sizes):
                self.add(columns, sql)
                stale = [
                    s for s in self.asked[columns] if s not in known or _other(known[s], sizes)
                ]
                known |= self._ask(domains, stale, sizes)
            return known[sql]

    def _ask(
        self, domains: Sequence[Domain], asked: Sequence[str], sizes: tuple[int, ...]
    ) -> dict[str, Looked | None]:
        parts = []
        for n, domain in enumerate(domains):
            values = pa.array(domain.values, domain.type)
            places = pa.array(range(len(values)), pa.int32())
            self.connection.register(
                f"_domain{n}", pa.table({f"p{n}": places, domain.name: values})
            )
            parts.append(f"_domain{n}")
        rows = f"(SELECT * FROM {' CROSS JOIN '.join(parts)})"
        order = ", ".join(f"p{n}" for n in range(len(parts)))
        try:
            answers = self._answers(asked, rows, order)
        finally:
            for part in parts:
                self.connection.unregister(part)
        return {s: _looked(answer, sizes) for s, answer in zip(asked, answers, strict=True)}

    def _answers(self, asked: Sequence[str], rows: str, order: str) -> list[Any]:
        listed = ", ".join(f"({sql}) AS a{n}" for n, sql in enumerate(asked))
        try:
            self.connection.execute(f"SELECT {listed} FROM {rows} ORDER BY {order}")
        except duckdb.Error:  # a value that does not occur with others may be beyond a function
            if len(asked) == 1:
                return [None]
            return [self._answers([sql], rows, order)[0] for sql in asked]
        found = self.connection.fetchnumpy()
        return [found[f"a{n}"] for n in range(len(asked))]


def _other(looked: Looked | None, sizes: tuple[int, ...]) -> bool:
    return looked is not None and looked.sizes != sizes


def plain(answer: Any) -> tuple[npt.NDArray[Any], npt.NDArray[np.bool_]] | None:
    """Answers of the database as truths, whole numbers or days, and which are there; None for anything else."""
    values, valid = np.ma.getdata(answer), ~np.ma.getmaskarray(answer)
    if values.dtype.kind == "M":
        values = np.where(valid, values.astype("datetime64[D]").astype(np.int64), 0)
    elif values.dtype.kind == "i":
        values = np.where(valid, values.astype(np.int64), 0)
    elif values.dtype.kind != "b":
        return None
    return values, valid


def as_truths(values: npt.NDArray[Any], valid: npt.NDArray[np.bool_]) -> npt.NDArray[np.uint8]:
    """Truths as a program knows them."""
    return np.where(valid, np.where(values, TRUE, FALSE), MISSING).astype(np.uint8)


def _looked(answer: Any, sizes: tuple[int, ...]) -> Looked | None:
    found = plain(answer) if answer is not None else None
    if found is None:
        return None
    values, valid = found
    truth = values.dtype.kind == "b"
    if truth:
        values = as_truths(values, valid)
    shaped = values.reshape(sizes)
    known = valid.astype(np.uint8).reshape(sizes)
    for axis in range(len(sizes)):
        other = tuple(OTHER if n == axis else slice(None) for n in range(len(sizes)))
        known[other] = 2
        if truth:
            shaped[other] = UNKNOWN
    return Looked(shaped.ravel(), known.ravel(), truth, sizes)
