"""DuckDB, embedded: the default engine. It spills to a folder of its own above its memory limit."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

import duckdb
import pandas as pd
import pyarrow as pa

from data_contracts.catalogue import contract as contract_of
from data_contracts.checks import sql_name
from data_contracts.intake.lake import Lake
from features.engines.duckdb_sql import duckdb_sql
from features.engines.engine import (
    Progress,
    committed_files,
    committed_footers,
    in_order,
    may_correct,
)
from features.engines.python.few import PythonEngine, Shelf
from features.engines.python.tables import Tables
from features.engines.python.windows import Row
from features.errors import FeaturesError
from features.plan import RESULT, Plan
from features.visibility import LAKE

MEMORY_LIMIT = "1500MB"
"""What DuckDB may hold before it spills to a temporary folder (ours)."""

FEW = 100
"""For how many rows, at most, the subjects' records are gathered and no SQL is planned (ours)."""

_COUNTED_HERE: list[Row] = []
"""Stands for the rows of a step that stay in DuckDB."""


class DuckDBEngine:
    """Runs plans on lakes. One connection, so that it belongs to one thread at a time.

    Parameters
    ----------
    memory_limit : str
        Above it DuckDB spills to a temporary folder.
    few : int
        Plans for no more rows than these run over their subjects' records in plain Python
        (:mod:`features.engines.python.few`); what counts everybody's is asked here.
    shelf : Shelf, optional
        Where these are looked up; in the lake's files if absent.
    """

    name = "duckdb"

    def __init__(
        self, memory_limit: str = MEMORY_LIMIT, few: int = FEW, shelf: Shelf | None = None
    ) -> None:
        self._few = few
        self._python = PythonEngine(shelf, self._count)
        self._spill = tempfile.TemporaryDirectory(prefix="xinqiao-features-")
        config: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": memory_limit,
            "temp_directory": self._spill.name,
            # The answer is put in order by its row number, not by the order of insertion.
            "preserve_insertion_order": "false",
        }
        self._connection = duckdb.connect(config=config)
        self._everybody = self._connection.cursor()  # what is temporary belongs to one connection
        self._held: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {}

    def __enter__(self) -> Self:
        """Enter the context."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Drop everything temporary."""
        self._everybody.close()
        self._connection.close()
        self._spill.cleanup()

    def run(
        self, plan: Plan, lake: Lake, spine: pa.Table, progress: Progress | None = None
    ) -> pd.DataFrame:
        """Run a plan for a spine, see :meth:`features.engines.engine.Engine.run`."""
        if spine.num_rows <= self._few:
            return self._python.run(plan, lake, spine, progress)
        self._connection.register("spine", spine)
        for contract in plan.contracts:
            self._open(lake, contract)
        made: list[str] = []
        statements = duckdb_sql(plan)
        try:
            for number, (step, sql) in enumerate(zip(plan.steps[:-1], statements, strict=False)):
                if progress is not None:
                    progress(f"features: {step.title}", number, len(plan.steps))
                self._execute(f'CREATE OR REPLACE TEMP TABLE "{step.name}" AS {sql}', step.title)
                made.append(step.name)
            answer = self._answer(statements[-1], RESULT)
        finally:
            for name in made:
                self._connection.execute(f'DROP TABLE "{name}"')
            self._connection.unregister("spine")
        if progress is not None:
            progress(f"features: {RESULT}", len(plan.steps), len(plan.steps))
        return in_order(answer)

    def _count(self, plan: Plan, lake: Lake, place: int, tables: Tables) -> list[Row]:
        """Run a step that counts everybody's records, after steps that ran in plain Python.

        The records are held as long as no file comes or goes. What was counted stays here, for the step that
        sums it up.
        """
        step, connection = plan.steps[place], self._everybody
        with _told(step.title):
            for table in step.reads:
                if table.name.startswith(LAKE):
                    self._hold(plan, lake, table.name.removeprefix(LAKE))
                elif tables[table.name] is not _COUNTED_HERE:
                    schema = table.schema.to_pyarrow()
                    rows = [dict(zip(schema.names, row, strict=True)) for row in tables[table.name]]
                    connection.register(table.name, pa.Table.from_pylist(rows, schema))
            sql = duckdb_sql(plan)[place]
            if step.sums:
                return connection.execute(sql).fetchall()
            connection.execute(f'CREATE OR REPLACE TEMP TABLE "{step.name}" AS {sql}')
            return _COUNTED_HERE

    def _hold(self, plan: Plan, lake: Lake, contract: str) -> None:
        """Keep all records of a contract that a group is counted from."""
        schema = contract_of(contract).arrow_schema(system=True)
        wanted = set(plan.columns[contract]) | set(self._held.get(contract, ((), ()))[1])
        columns = tuple(name for name in schema.names if name in wanted)
        told = (tuple(lake.files(contract)), columns)
        if self._held.get(contract) == told:
            return
        listed = ", ".join(map(sql_name, columns))
        committed_files(lake, contract)
        empty = pa.schema([schema.field(name) for name in columns]).empty_table()
        self._everybody.register("pattern", empty)
        relation = lake.relation(contract) or "pattern"
        self._everybody.execute(
            f'CREATE OR REPLACE TEMP TABLE "{LAKE}{contract}" AS SELECT {listed} FROM {relation}'
        )
        self._held[contract] = told

    def _open(self, lake: Lake, contract: str) -> None:
        """Give a contract's committed records the name that plans read them by.

        Where no file holds a correction, this is said in the query, so that DuckDB leaves out everything that
        puts versions in order: it can not know from the files' statistics when it plans.
        """
        name = f"{LAKE}{contract}"
        footers = committed_footers(lake, contract)
        if not footers:
            empty = contract_of(contract).arrow_schema(system=True).empty_table()
            self._connection.register(name, empty)
            return
        corrected = any(map(may_correct, footers.values()))
        columns = "*" if corrected else "* REPLACE (1::INTEGER AS _version)"
        view = f'CREATE OR REPLACE TEMP VIEW "{name}" AS SELECT {columns} FROM {lake.relation(contract)}'
        try:
            self._connection.execute(view)
        except (duckdb.Error, pa.ArrowException, OSError) as error:
            raise FeaturesError(
                f"a committed file of {contract} can not be read, one of {', '.join(footers)}.",
                hint="restore the lake from a backup",
            ) from error

    def _execute(self, sql: str, title: str) -> None:
        with _told(title):
            self._connection.execute(sql)

    def _answer(self, sql: str, title: str) -> pa.Table:
        with _told(title):
            return self._connection.sql(sql).to_arrow_table()


@contextmanager
def _told(title: str) -> Iterator[None]:
    try:
        yield
    except duckdb.Error as error:
        # DuckDB's own words may hold values out of records, so they stay in the cause.
        raise FeaturesError(
            f"the engine failed at {title!r} ({type(error).__name__}).",
            hint="check the lake's files, the free disk and the memory limit",
        ) from error
