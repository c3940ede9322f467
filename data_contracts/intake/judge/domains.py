"""Columns of few values, and tables of what the database says of these values.

A condition over such columns is asked of the values that occur, once, and then looked up row by row: so the
database's own answer counts. Of few values are short lists of texts, one letter of a text, truths, small
numbers and days. The code of a value is its place in the domain; 0 is the missing one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import prod
from threading import RLock
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from data_contracts.checks import sql_name

LARGEST_TABLE = 120_000
MOST_TEXTS = 4_096
LETTER = "\x1f"
"""Stands between the name of a column and the place of its letter."""
SMALL = range(-1, 256)
"""Whole numbers that have a code."""
DAYS = range(-25_567, 66_109)
"""Days since 1970 that have a code: of 1900 to 2150."""

Codes = npt.NDArray[np.signedinteger[Any]]


@dataclass
class Domain:
    """Values of one column; texts are added as they come, others are all there from the start."""

    name: str
    type: pa.DataType
    values: list[Any] = field(default_factory=lambda: [None])
    places: dict[Any, int] = field(default_factory=dict)

    def coded(self, values: Sequence[Any]) -> npt.NDArray[np.int16]:
        """Codes of texts; -1 for those that no longer have room."""
        found = np.zeros(len(values), np.int16)
        for n, value in enumerate(values):
            place = self.places.get(value) if value is not None else 0
            if place is None:
                place = -1
                if len(self.values) < MOST_TEXTS:
                    place = self.places[value] = len(self.values)
                    self.values.append(value)
            found[n] = place
        return found


def texts(name: str) -> Domain:
    """Domain of a column of texts."""
    return Domain(name, pa.string())


def letters(name: str) -> Domain:
    """Domain of one letter: its code is 1 where there is none, else that of ASCII less 30."""
    return Domain(name, pa.string(), [None, "", *(chr(code) for code in range(32, 127))])


def truths(name: str) -> Domain:
    """Domain of a column of truths."""
    return Domain(name, pa.bool_(), [None, False, True])


def numbers(name: str) -> Domain:
    """Domain of small numbers: the code is the number and 2."""
    return Domain(name, pa.int64(), [None, *SMALL])


def days(name: str) -> Domain:
    """Domain of days."""
    return Domain(name, pa.date32(), [None, *DAYS])


@dataclass(frozen=True)
class Looked:
    """Answers for all values of some columns.

    Parameters
    ----------
    values
        One for each combination, 0 where it is missing; in the order of the codes, the last column's fastest.
    valid
        Which are not missing.
    sizes
        Numbers of values by column.
    """

    values: npt.NDArray[Any]
    valid: npt.NDArray[np.bool_]
    sizes: tuple[int, ...]


class Tables:
    """Answers of the database by combination of values; one question for all conditions of some columns."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, lock: RLock) -> None:
        self.connection, self.lock = connection, lock
        self.asked: dict[tuple[str, ...], list[str]] = {}
        self.found: dict[tuple[str, ...], dict[str, Looked | None]] = {}

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
            known = self.found.get(columns, {})
            looked = known.get(sql)
            if sql not in known or (looked is not None and looked.sizes != sizes):
                self.add(columns, sql)
                self.found[columns] = self._ask(domains, self.asked[columns], sizes)
            return self.found[columns][sql]

    def _ask(
        self, domains: Sequence[Domain], asked: Sequence[str], sizes: tuple[int, ...]
    ) -> dict[str, Looked | None]:
        parts = []
        for n, domain in enumerate(domains):
            values = pa.array(domain.values, domain.type)
            table = pa.table({f"p{n}": pa.array(range(len(values)), pa.int32()), domain.name: values})
            self.connection.register(f"_domain{n}", table)
            parts.append(f"_domain{n}")
        rows = f"(SELECT * FROM {' CROSS JOIN '.join(parts)})"
        order = ", ".join(f"p{n}" for n in range(len(parts)))
        try:
            answers = self._answers(asked, rows, order)
        finally:
            for part in parts:
                self.connection.unregister(part)
        return {
            sql: _looked(answer, sizes) if answer is not None else None
            for sql, answer in zip(asked, answers, strict=True)
        }

    def _answers(self, asked: Sequence[str], rows: str, order: str) -> list[pa.Array | None]:
        listed = ", ".join(f"({sql}) AS a{n}" for n, sql in enumerate(asked))
        try:
            found = self.connection.sql(
                f"SELECT {listed} FROM {rows} ORDER BY {order}"
            ).to_arrow_table()
        except duckdb.Error:  # a value that does not occur with others may be beyond a function
            if len(asked) == 1:
                return [None]
            return [self._answers([sql], rows, order)[0] for sql in asked]
        return [column.combine_chunks() for column in found.columns]


_PLAIN = {pa.bool_(): np.bool_, pa.date32(): np.int64, pa.int64(): np.int64, pa.int32(): np.int64}


def _looked(answer: pa.Array, sizes: tuple[int, ...]) -> Looked | None:
    kind = _PLAIN.get(answer.type)
    if kind is None:
        return None
    valid = np.asarray(answer.is_valid())
    filled = answer.cast(pa.int32()) if answer.type == pa.date32() else answer
    values = np.asarray(filled.fill_null(0) if kind is not np.bool_ else filled.fill_null(False))
    return Looked(values.astype(kind), valid, sizes)


def constant(connection: duckdb.DuckDBPyConnection, lock: RLock, sql: str) -> int | bool | None:
    """Value of an expression without columns: a number, a day since 1970, a truth or None.

    Raises
    ------
    duckdb.Error, TypeError
        For what the database refuses, or another kind of value.
    """
    with lock:
        answer = connection.sql(f"SELECT {sql} AS a").to_arrow_table()["a"].combine_chunks()
    if answer.type == pa.null():
        return None
    if answer.type not in _PLAIN:
        raise TypeError(sql_name(str(answer.type)))
    looked = _looked(answer, (1,))
    assert looked is not None
    value = looked.values[0].item() if looked.valid[0] else None
    assert value is None or isinstance(value, int)
    return value
