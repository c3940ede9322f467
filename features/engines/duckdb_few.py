"""A plan for a few subjects: their records are gathered first, and the plan is run over these alone.

Over a whole lake a plan for one subject costs what its scans and the planning of its SQL cost. Here each
contract's records of the subjects are looked up once, with the columns that the plan reads, and its
statements are prepared once and run again as long as the engine is open. The statements are the same, so that
the answers are.
"""

from __future__ import annotations

from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from ibis.backends.sql.datatypes import DuckDBType

from data_contracts.catalogue import contract as contract_of
from data_contracts.checks import sql_name, sql_text
from data_contracts.intake.lake import Lake
from features.engines.duckdb_sql import duckdb_sql
from features.engines.engine import committed_files
from features.plan import Plan

FEW = 8
"""Of how many subjects, at most, the records are gathered before the plan is run (ours)."""


class FewSubjects:
    """A plan that is prepared on one connection.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
    plan : Plan
    spine : pyarrow.Schema
        What the plan's spine holds.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, plan: Plan, spine: pa.Schema) -> None:
        self._connection = connection.cursor()  # what is temporary belongs to one connection
        self._plan = plan
        self._files: dict[str, tuple[str, ...]] = {}
        self._relations: dict[str, str | None] = {}
        self._corrected: dict[str, bool] = {}
        self._whole: dict[str, tuple[str, ...]] = {}
        self._connection.execute("SET parquet_metadata_cache = true")
        self._table("spine", spine)
        for contract, columns in plan.columns.items():
            schema = contract_of(contract).arrow_schema(system=True)
            self._table(f"lake_{contract}", pa.schema([schema.field(name) for name in columns]))
        for number, (step, sql) in enumerate(zip(plan.steps, duckdb_sql(plan), strict=True)):
            columns_there = ", ".join(
                f"{sql_name(name)} {DuckDBType.to_string(kind)}"
                for name, kind in step.table.schema().items()
            )
            self._connection.execute(f"CREATE TEMP TABLE {sql_name(step.name)} ({columns_there})")
            self._connection.execute(
                f"PREPARE step_{number} AS INSERT INTO {sql_name(step.name)} {sql}"
            )

    def run(self, lake: Lake, spine: pa.Table) -> pd.DataFrame:
        """Give the plan's result in the order of `_row`, without it."""
        subjects = sorted(set(spine["_subject"].to_pylist()))
        for contract in self._plan.columns:
            self._look(lake, contract)
        for contract in self._plan.whole:
            self._hold(contract)
        self._connection.execute("BEGIN")
        try:
            marks = ", ".join("?" for _ in spine.column_names)
            rows = [list(row.values()) for row in spine.to_pylist()]
            if rows:
                self._connection.executemany(f"INSERT INTO spine VALUES ({marks})", rows)
            for contract in self._plan.columns:
                if contract not in self._plan.whole and self._relations[contract] and subjects:
                    self._gather(contract, ", ".join(map(sql_text, subjects)))
            # A handful of rows: to look for a better way costs more than any way does.
            small = not self._plan.whole
            if small:
                self._connection.execute("PRAGMA disable_optimizer")
            for number in range(len(self._plan.steps)):
                self._connection.execute(f"EXECUTE step_{number}")
            answer = f"SELECT * FROM {sql_name(self._plan.steps[-1].name)}"
            frame: pd.DataFrame = self._connection.execute(answer).df()
        finally:
            self._connection.execute("PRAGMA enable_optimizer")
            self._connection.execute("ROLLBACK")  # the tables are empty again, the statements stay
        order = np.argsort(frame["_row"].to_numpy(), kind="stable")
        return frame.drop(columns="_row").take(order).reset_index(drop=True)

    def _table(self, name: str, schema: pa.Schema) -> None:
        self._connection.register("pattern", schema.empty_table())
        self._connection.execute(f"CREATE TEMP TABLE {sql_name(name)} AS SELECT * FROM pattern")
        self._connection.unregister("pattern")

    def _look(self, lake: Lake, contract: str) -> None:
        """Learn anew what there is of a contract, if a file came or went: files are never altered."""
        files = tuple(lake.files(contract))
        if self._files.get(contract) == files:
            return
        committed_files(lake, contract)
        self._relations[contract] = lake.relation(contract)
        about = contract_of(contract).about
        moves = about.subject not in about.key
        self._corrected[contract] = moves and any(map(_may_correct, files))
        self._files[contract] = files

    def _hold(self, contract: str) -> None:
        """Keep all records of a contract that a group is counted from."""
        if self._whole.get(contract) == self._files[contract]:
            return
        table = sql_name(f"lake_{contract}")
        self._connection.execute(f"TRUNCATE {table}")
        if self._relations[contract]:
            self._connection.execute(f"INSERT INTO {table} {self._select(contract)}")
        self._whole[contract] = self._files[contract]

    def _gather(self, contract: str, subjects: str) -> None:
        """Insert every version of every record that names one of the subjects in some version."""
        about = contract_of(contract).about
        table, subject = sql_name(f"lake_{contract}"), sql_name(about.subject)
        insert = f"INSERT INTO {table} {self._select(contract)}"
        self._connection.execute(f"{insert} WHERE {subject} IN ({subjects})")
        if self._corrected[contract]:
            key = ", ".join(map(sql_name, about.key))
            self._connection.execute(
                f"{insert} SEMI JOIN (SELECT DISTINCT {key} FROM {table}) USING ({key}) "
                f"WHERE {subject} NOT IN ({subjects})"
            )

    def _select(self, contract: str) -> str:
        columns = ", ".join(map(sql_name, self._plan.columns[contract]))
        return f"SELECT {columns} FROM {self._relations[contract]}"


def _may_correct(file: str) -> bool:
    """Whether a file may hold corrections, which are all that can move a record to another subject."""
    about: Any = pq.read_metadata(file)
    place = about.schema.names.index("_version")
    groups = [about.row_group(number).column(place) for number in range(about.num_row_groups)]
    return any(
        not (g.is_stats_set and g.statistics.has_min_max) or g.statistics.max > 1 for g in groups
    )
