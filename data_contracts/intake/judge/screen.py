"""A program at work: batch after batch, which rows may break a rule and which rules they may break."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import local
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
from data_contracts.intake.judge.program import EITHER, FALSE, MISSING, TRUE, UNKNOWN
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
    _steps: npt.NDArray[np.int64] = field(init=False)
    _flat: dict[Any, _Flat] = field(default_factory=dict)
    _own: Any = field(default_factory=local)

    def __post_init__(self) -> None:
        """Put the patterns of each column together."""
        self.walks = {}
        for name, patterns in self.compiler.patterns.items():
            for group in together(tuple(patterns)):
                found = automaton(group)
                assert found is not None
                for place, pattern in enumerate(group):
                    self.walks[f"{name}{WALK}{pattern}"] = name, found, place
        steps = self.compiler.program.steps
        self._steps = np.array(steps, np.int64).reshape(len(steps), 5)

    def look(self, batch: Batch) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
        """Rows that may break a rule, and rules that may be broken: 1, others 0."""
        program = self.compiler.program
        columns, valid, full = self._columns(batch)
        codes = self._codes(batch)
        tables = self._tables()
        inputs = np.full((max(len(program.asked), 1), batch.rows), UNKNOWN, np.uint8)

        def run() -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
            found, met = np.zeros(batch.rows, np.uint8), np.zeros(len(self.rules), np.uint8)
            kernels.run(
                self._steps, program.truths, program.numbers, columns, valid, full, codes, *tables,
                np.array(program.constants, np.int64), inputs, np.array(self.rules, np.int64), met, found,
            )  # fmt: skip
            return found, met

        found, met = run()
        if program.asked and found.sum() > _OFTEN * batch.rows:
            rows = np.flatnonzero(found)
            for place in range(len(program.asked)):
                inputs[place, rows] = self._asked(batch, rows, *program.asked[place])
            found, met = run()
        return found, met

    def _room(self, name: str, columns: int, rows: int, kind: Any) -> Any:
        """Room for some columns; each thread uses its own again and again."""
        size = max(columns, 1) * rows
        room = getattr(self._own, name, None)
        if room is None or len(room) < size:
            room = np.empty(size, kind)
            setattr(self._own, name, room)
        return room[:size].reshape(max(columns, 1), rows)

    def _columns(
        self, batch: Batch
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
        names = self.compiler.numbered
        columns = self._room("columns", len(names), batch.rows, np.int64)
        valid = self._room("valid", len(names), batch.rows, np.uint8)
        full = np.ones(len(columns), np.uint8)
        for name, place in names.items():
            column = name.rstrip(LETTERS + BYTES)
            if column == name:
                columns[place] = batch.numbers(name)
            else:
                columns[place] = batch.lengths(column, letters=name.endswith(LETTERS))
            there = batch.valid(column)
            if there is not None:
                valid[place], full[place] = there, 0
            else:
                valid[place] = 1
        return columns, valid, full

    def _codes(self, batch: Batch) -> npt.NDArray[np.uint16]:
        names = self.compiler.coded_
        codes: npt.NDArray[np.uint16] = self._room("codes", len(names), batch.rows, np.uint16)
        for name, place in names.items():
            if name in self.walks:
                column, found, _ = self.walks[name]
                walked = batch.once((column, id(found)), _states(batch, column, found))
                codes[place] = walked
            else:
                codes[place] = batch.codes(name)
        return codes

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


def _states(batch: Batch, name: str, found: Automaton) -> Callable[[], Any]:
    return lambda: batch.states(name, found)
