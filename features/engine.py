"""Where plans run: DuckDB, embedded. The only module that knows an engine."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

import duckdb
import pandas as pd
import pyarrow as pa

from data_contracts.catalogue import contract as contract_of
from data_contracts.intake.lake import Lake
from features.errors import FeaturesError
from features.plan import RESULT, Plan

Progress = Callable[[str, int, int], None]

MEMORY_LIMIT = "1500MB"
"""What DuckDB may hold before it spills to a temporary folder (ours)."""


class DuckDBEngine:
    """Runs plans on a lake. A context manager: its temporary tables go with it.

    Parameters
    ----------
    lake : Lake
    memory_limit : str
        Above it DuckDB spills to a temporary folder.
    """

    def __init__(self, lake: Lake, memory_limit: str = MEMORY_LIMIT) -> None:
        self._lake = lake
        self._spill = tempfile.TemporaryDirectory(prefix="xinqiao-features-")
        config: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": memory_limit,
            "temp_directory": self._spill.name,
            # The answer is put in order by its row number, not by the order of insertion.
            "preserve_insertion_order": "false",
        }
        self._connection = duckdb.connect(config=config)

    def __enter__(self) -> DuckDBEngine:
        """Enter the context."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Drop everything temporary."""
        self._connection.close()
        self._spill.cleanup()

    def run(self, plan: Plan, spine: pa.Table, progress: Progress | None = None) -> pd.DataFrame:
        """Run a plan for a spine.

        Parameters
        ----------
        plan : Plan
        spine : pyarrow.Table
            Columns `_row`, `_subject`, `_as_of`, as :data:`features.subjects.SPINE` has them.
        progress : callable(step, done, total), optional

        Returns
        -------
        DataFrame
            The plan's result in the order of `_row`, without it.
        """
        self._connection.register("spine", spine)
        for contract in plan.contracts:
            self._open(contract)
        for number, step in enumerate(plan.steps[:-1]):
            if progress is not None:
                progress(f"features: {step.title}", number, len(plan.steps))
            self._execute(f'CREATE OR REPLACE TEMP TABLE "{step.name}" AS {step.sql}', step.title)
        answer = f"SELECT * EXCLUDE (_row) FROM ({plan.steps[-1].sql}) ORDER BY _row"
        frame: pd.DataFrame = self._execute(answer, RESULT).df()
        if progress is not None:
            progress(f"features: {RESULT}", len(plan.steps), len(plan.steps))
        return frame

    def _open(self, contract: str) -> None:
        """Give a contract's committed records the name that plans read them by."""
        files = self._lake.files(contract)
        name = f"lake_{contract}"
        if not files:
            empty = contract_of(contract).arrow_schema(system=True).empty_table()
            self._connection.register(name, empty)
            return
        lost = [file for file in files if not Path(file).is_file()]
        if lost:
            raise FeaturesError(
                f"{len(lost)} committed file(s) of {contract} are gone, the first is {lost[0]}.",
                hint="restore the lake from a backup",
            )
        try:
            self._connection.execute(
                f'CREATE OR REPLACE TEMP VIEW "{name}" AS SELECT * FROM '
                f"{self._lake.relation(contract)}"
            )
        except (duckdb.Error, pa.ArrowException, OSError) as error:
            raise FeaturesError(
                f"a committed file of {contract} can not be read, one of {', '.join(files)}.",
                hint="restore the lake from a backup",
            ) from error

    def _execute(self, sql: str, title: str) -> duckdb.DuckDBPyConnection:
        try:
            return self._connection.execute(sql)
        except duckdb.Error as error:
            # DuckDB's own words may hold values out of records, so they stay in the cause.
            raise FeaturesError(
                f"the engine failed at {title!r} ({type(error).__name__}).",
                hint="check the lake's files, the free disk and the memory limit",
            ) from error
