"""The screen: one quick pass over a Parquet file that picks the rows which may break a rule.

Few rows do. They are copied to the table ``picked``, and only there the judge asks DuckDB which rule each of
them breaks, so the verdict is always that of the rules' own SQL. The screen may pick too many rows, never too
few: what numpy cannot judge is picked. One thread decodes a chunk while another one judges.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from data_contracts.checks import sql_name
from data_contracts.intake.engine_chunk import Chunk
from data_contracts.intake.engine_plan import Plan, Rule
from data_contracts.intake.engine_questions import Questions
from data_contracts.intake.engine_rows import Rows
from data_contracts.intake.engine_source import damaged
from data_contracts.intake.engine_speed import WORTH_ROWS
from data_contracts.intake.engine_terms import Kind, Term, Unsupported, constants, term_of

_KINDS: dict[str, Kind] = {
    "VARCHAR": "text",
    "DATE": "date",
    "BIGINT": "number",
    "DOUBLE": "number",
}
ROW_BYTES = 96
"""Memory that a kept row needs at most, but for its texts."""

_CHUNK = 131_072
_WORKERS = 2
_SOURCE = "FROM (SELECT * FROM raw WHERE TRUE)"


@dataclass
class Screen:
    """What the pass needs, and what it found.

    Parameters
    ----------
    connection
        Holds the view ``raw`` of the file, and ``typed``.
    path, plan
        The file and how it is judged.
    kinds
        Kind of each typed column that a rule may be judged by.
    keep
        Columns to keep for what is judged between rows.
    """

    connection: duckdb.DuckDBPyConnection
    path: Path
    plan: Plan
    kinds: dict[str, Kind]
    keep: tuple[str, ...] = ()
    terms: dict[str, Term] = field(default_factory=dict)
    met: set[str] = field(default_factory=set)
    kept: list[tuple[int, pa.RecordBatch]] = field(default_factory=list)

    def judges(self, rule: Rule) -> bool:
        """Whether the rule was judged: its hits are among ``picked``."""
        return rule.broken in self.terms

    def may_be_broken(self, rule: Rule) -> bool:
        """Whether a row was picked for the sake of the rule."""
        return rule.broken in self.met

    def run(self, rules: Sequence[Rule]) -> None:
        """Pick the rows that may break one of the rules; those that it cannot judge are left out."""
        for rule in rules:
            try:
                self.terms[rule.broken] = term_of(rule.broken, self.kinds)
            except Unsupported:
                continue
        run = self.connection.execute
        run("CREATE TABLE picked AS SELECT * FROM raw LIMIT 0")
        run(f"CREATE VIEW typed_picked AS WITH raw AS (SELECT * FROM picked) {self.plan.typed}")
        there = pq.read_schema(self.path).names
        texts = [name for name in there if self.kinds.get(name) == "text"]
        try:
            self._pass(texts)
        except (pa.ArrowException, OSError) as error:
            raise damaged(self.path) from error
        self.kept.sort(key=lambda pair: pair[0])

    def _pass(self, texts: list[str]) -> None:
        file = pq.ParquetFile(self.path, read_dictionary=texts, pre_buffer=False)
        with file, ThreadPoolExecutor(_WORKERS) as pool:
            once = _Pass(self, file.iter_batches(_CHUNK, use_threads=True))
            for worker in [pool.submit(once.work) for _ in range(_WORKERS)]:
                worker.result()
            once.store()

    def pick(self, lines: str) -> None:
        """Add the rows of a SELECT of ``_line`` to ``picked``, as far as they are missing there."""
        run = self.connection.execute
        missing = f"({lines} EXCEPT SELECT _line FROM picked)"
        if run(f"SELECT 1 FROM {missing} LIMIT 1").fetchall():
            run(
                "INSERT INTO picked BY NAME SELECT * FROM raw "
                f"SEMI JOIN {missing} AS wanted USING (_line)"
            )


class _Pass:
    """One pass over the file: what its workers share."""

    def __init__(self, screen: Screen, batches: Iterator[pa.RecordBatch]) -> None:
        self.screen, self._batches = screen, batches
        self._reading, self._writing = threading.Lock(), threading.Lock()
        self._next = 0
        self._waiting: list[pa.Table] = []
        self._questions = Questions(screen.connection, screen.plan.typed, screen.kinds)
        self.texts, self.days = self._questions.of(screen.terms.values())
        fixed = {sql for term in screen.terms.values() for sql in constants(term)}
        self.constants = {sql: self._questions.constant(sql) for sql in sorted(fixed)}

    def work(self) -> None:
        """Judge chunk after chunk until there are no more."""
        while (read := self._read()) is not None:
            first, batch = read
            self._write(first, batch, self._picked(first, batch))

    def _read(self) -> tuple[int, pa.RecordBatch] | None:
        with self._reading:
            batch = next(self._batches, None)
            first, self._next = self._next, self._next + (batch.num_rows if batch else 0)
        return None if batch is None else (first, batch)

    def _write(self, first: int, batch: pa.RecordBatch, picked: pa.Table | None) -> None:
        screen = self.screen
        with self._writing:
            if screen.keep:
                screen.kept.append((first, batch.select(list(screen.keep))))
            if picked is not None:
                self._waiting.append(picked)
                if sum(part.num_rows for part in self._waiting) >= _CHUNK:
                    self.store()

    def store(self) -> None:
        """Put what was picked and waits into the table ``picked``."""
        if self._waiting:
            connection = self.screen.connection
            connection.register("part", pa.concat_tables(self._waiting))
            connection.execute("INSERT INTO picked BY NAME SELECT * FROM part")
            connection.unregister("part")
            self._waiting = []

    def _picked(self, first: int, batch: pa.RecordBatch) -> pa.Table | None:
        chunk = Chunk(batch, self.screen.kinds, self.texts, self.days, self.constants)
        rows = Rows(chunk)
        hit = np.zeros(batch.num_rows, bool)
        for broken, term in self.screen.terms.items():
            met = rows.true(term)
            if met.any():
                self.screen.met.add(broken)
                hit |= met
        if chunk.strange:
            rows.unsure[:] = True
        if rows.unsure.any():
            self.screen.met.update(self.screen.terms)
            hit |= rows.unsure
        places = np.flatnonzero(hit)
        if not places.size:
            return None
        part = batch.take(pa.array(places))
        columns = [
            c.dictionary_decode() if pa.types.is_dictionary(c.type) else c for c in part.columns
        ]
        line = pa.array(places + first + 1, pa.int64())
        return pa.table([line, *columns], names=["_line", *part.schema.names])


KEPT = ("status_24", "account_status")
"""What is kept of a row besides its key, for the rules between months."""


def screen_of(connection: duckdb.DuckDBPyConnection, plan: Plan, rows: int) -> Screen | None:
    """Screen of a plan whose ``raw`` is a look at a Parquet file of the contract's form, or None."""
    if not plan.direct or rows < WORTH_ROWS or not plan.typed.endswith(_SOURCE):
        return None
    found: list[Any] = connection.execute(
        "SELECT comment FROM duckdb_views() WHERE view_name = 'raw' AND comment IS NOT NULL"
    ).fetchall()
    if len(found) != 1:
        return None
    path = Path(found[0][0])
    described = connection.execute("DESCRIBE typed").fetchall()
    there = set(pq.read_schema(path).names)
    kinds = {
        name: _KINDS[kind]
        for name, kind, *_ in described
        if kind in _KINDS and name != "_line" and (name != "_known" or name in there)
    }
    key = plan.repeats[0].key if len(plan.repeats) == 1 else ()
    keep = tuple(name for name in (*key, *KEPT) if name in there)
    # A key that is not typed as it is stored may repeat where the stored one does not.
    stored = [f"CAST({sql_name(n)} AS VARCHAR) AS {sql_name(n)}" in plan.typed
              for n in keep if kinds.get(n) == "text"]  # fmt: skip
    if not (set(key) <= set(keep) and all(stored)) or rows * ROW_BYTES > memory_of(connection) // 2:
        keep = ()
    return Screen(connection, path, plan, kinds, keep)


def memory_of(connection: duckdb.DuckDBPyConnection) -> int:
    """Bytes that the connection may hold."""
    sql = "SELECT current_setting('memory_limit')"
    number, unit = connection.execute(sql).fetchall()[0][0].split()
    return int(float(number) * 1024 ** ("bytes", "KiB", "MiB", "GiB", "TiB").index(unit))
