"""A program at work: batch after batch, which rows may break a rule and which rules they may break."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass, field
from threading import RLock
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from data_contracts.intake.judge import kernels
from data_contracts.intake.judge.batch import Batch
from data_contracts.intake.judge.condition import Compiler
from data_contracts.intake.judge.domains import as_truths, plain
from data_contracts.intake.judge.patterns import ODD, Automaton, automaton, together
from data_contracts.intake.judge.program import EITHER, FALSE, MISSING, TRUE, UNKNOWN, Layout
from data_contracts.intake.judge.textual import BYTES, LETTERS, WALK

_OFTEN = 0.05
"""Of so many rows the database is asked what a program cannot know, rather than to suspect them all."""
_Flat = tuple[
    npt.NDArray[np.uint8], npt.NDArray[np.int64], npt.NDArray[np.uint8], npt.NDArray[np.int64]
]


@dataclass
class Screen:
    """Rules of a relation, ready to be asked of its batches.

    Parameters
    ----------
    compiler
        Has compiled the rules.
    rules
        Their registers.
    """

    compiler: Compiler
    rules: tuple[int, ...]
    walks: dict[str, tuple[str, Automaton, int]] = field(init=False)
    layout: Layout = field(init=False)
    _flat: dict[Any, _Flat] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Put the patterns of each column together."""
        self.walks = {}
        for name, patterns in self.compiler.patterns.items():
            for group in together(tuple(patterns)):
                found = automaton(group)
                assert found is not None
                for place, pattern in enumerate(group):
                    self.walks[f"{name}{WALK}{pattern}"] = name, found, place
        self.layout = self.compiler.program.laid_out(self.rules)

    def renewed(self, connection: duckdb.DuckDBPyConnection, lock: RLock) -> Screen:
        """The same rules for another file of the same form."""
        other = copy(self)
        other.compiler = self.compiler.renewed(connection, lock)
        other._flat = {}
        return other

    def look(self, batch: Batch) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
        """Rows that may break a rule, and rules that may be broken: 1, others 0."""
        program = self.compiler.program
        layout = self.layout
        columns, codes = self._columns(batch), self._codes(batch)  # held as long as they are read
        places = np.array(
            [
                (_place(numbers, batch), numbers.dtype.itemsize == 8, _place(valid, batch))
                for numbers, valid in columns
            ],
            np.int64,
        ).reshape(len(columns), 3)
        read = np.array([_place(found, batch) for found in codes], np.int64)
        tables = self._tables()
        inputs = np.full((max(len(program.asked), 1), batch.rows), UNKNOWN, np.uint8)

        def run() -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
            found, met = np.zeros(batch.rows, np.uint8), np.zeros(len(self.rules), np.uint8)
            kernels.run(
                layout.steps, layout.truths, layout.numbers, places, read, *tables,
                np.array(program.constants, np.int64), inputs, met, found,
            )  # fmt: skip
            return found, met

        found, met = run()
        if program.asked and found.sum() > _OFTEN * batch.rows:
            rows = np.flatnonzero(found)
            for place in range(len(program.asked)):
                inputs[place, rows] = self._asked(batch, rows, *program.asked[place])
            found, met = run()
        return found, met

    def _columns(self, batch: Batch) -> list[tuple[npt.NDArray[Any], npt.NDArray[Any] | None]]:
        """Numbers of the columns that the program reads, and whether they are there."""
        found = []
        for name in self.compiler.numbered:
            column = name.rstrip(LETTERS + BYTES)
            own, letters = column == name, name.endswith(LETTERS)
            numbers = batch.numbers(name) if own else batch.lengths(column, letters=letters)
            if numbers.dtype.itemsize < 4:
                numbers = numbers.astype(np.int64)
            found.append((numbers, batch.valid(column)))
        return found

    def _codes(self, batch: Batch) -> list[npt.NDArray[np.uint16]]:
        """Codes of the columns that the program reads."""
        found = []
        for name in self.compiler.coded_:
            if name in self.walks:
                column, automaton_, _ = self.walks[name]
                found.append(
                    batch.once((column, id(automaton_)), _states(batch, column, automaton_))
                )
            else:
                found.append(batch.codes(name))
        return found

    def _tables(self) -> _Flat:
        compiler = self.compiler
        key = tuple(len(d.values) for d in compiler.domains.values() if d.places)
        if key not in self._flat:
            values, known, places = [np.zeros(1, np.int64)], [np.zeros(1, np.uint8)], []
            begin = 1
            for columns, sql in compiler.program.tables:
                width = 1
                if columns[0] in self.walks:
                    _, found, place = self.walks[columns[0]]
                    told = np.where(found.met[place], TRUE, FALSE)
                    told[ODD] = EITHER
                    values.append(np.append(told, MISSING).astype(np.int64))
                    known.append(np.ones(len(told) + 1, np.uint8))
                else:
                    domains = [compiler.domains[name] for name in columns]
                    looked = compiler.tables.look(domains, sql)
                    if looked is not None:
                        values.append(looked.values)
                        known.append(looked.known)
                        width = looked.sizes[-1]
                    else:
                        size = int(np.prod([len(d.values) for d in domains]))
                        values.append(np.full(size, UNKNOWN, np.int64))
                        known.append(np.full(size, 2, np.uint8))
                        width = len(domains[-1].values)
                places.append((begin, width))
                begin += len(values[-1])
            made = np.array(places or [(0, 1)], np.int64)
            numbers = np.concatenate(values)
            truths = numbers.astype(np.uint8)
            self._flat = {key: (truths, numbers, np.concatenate(known), made)}
        return self._flat[key]

    def _asked(
        self, batch: Batch, rows: npt.NDArray[np.int64], columns: tuple[str, ...], sql: str
    ) -> npt.NDArray[np.uint8]:
        taken = {name: batch.array(name).take(pa.array(rows)) for name in columns}
        places = None
        if len(columns) == 1:  # the same values may come again and again
            (name,) = columns
            array = taken[name]
            if not pa.types.is_dictionary(array.type):
                array = array.dictionary_encode()
            values = pa.concat_arrays([array.dictionary, pa.nulls(1, array.dictionary.type)])
            places = np.asarray(array.indices.fill_null(len(array.dictionary)))
            taken = {name: values}
        table = pa.table(taken)
        table = table.append_column("_place", pa.array(range(table.num_rows), pa.int64()))
        connection = self.compiler.connection
        with self.compiler.lock:
            connection.register("_asked", table)
            try:
                connection.execute(f"SELECT ({sql}) AS a FROM _asked ORDER BY _place")
                found = plain(connection.fetchnumpy()["a"])
            except duckdb.Error:  # asked of rows that a rule would not ask it of
                return np.full(len(rows), UNKNOWN, np.uint8)
            finally:
                connection.unregister("_asked")
        assert found is not None, "a condition is true, false or missing"
        told = as_truths(*found)
        return told if places is None else told.take(places)


def _place(values: npt.NDArray[Any] | None, batch: Batch) -> int:
    """Where the values of all rows stand in memory; 0 for none."""
    if values is None:
        return 0
    assert len(values) == batch.rows
    assert values.flags.c_contiguous
    return int(values.ctypes.data)


def _states(batch: Batch, name: str, found: Automaton) -> Callable[[], Any]:
    return lambda: batch.states(name, found)
