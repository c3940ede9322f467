"""A plan for a few subjects in plain Python: their records are looked up, and the plan is run over these alone.

A database spends about a second on planning the statements of a large view. The same plan, compiled once to
loops over lists (:mod:`features.engines.python.tables`), takes milliseconds where there are a few hundred records.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from functools import cache, partial
from types import TracebackType
from typing import Protocol, Self

import duckdb
import pandas as pd
import pyarrow as pa

from data_contracts.catalogue import contract as contract_of
from data_contracts.checks import sql_name, sql_text
from data_contracts.intake.lake import Lake
from features.engines.engine import Progress, committed_footers, may_correct
from features.engines.python.tables import Tables, python_steps
from features.engines.python.windows import Row
from features.errors import FeaturesError
from features.plan import RESULT, Plan


class Shelf(Protocol):
    """Where the records of a few subjects are found."""

    def records(self, plan: Plan, lake: Lake, subjects: Collection[str], day: date) -> Tables:
        """Records that a plan reads for some subjects, with the columns of the plan, by contract.

        Every version of every record that names one of the subjects in some version, as far as it can count on
        `day`, the earliest that is asked about, or on a later one.
        """


Count = Callable[[Plan, Lake, int, Tables], list[Row]]
"""Gives the rows of a plan's step that counts everybody's records, by the step's place."""


def rows_of(
    plan: Plan,
    records: Mapping[str, list[Row]],
    spine: list[Row],
    count: Callable[[int, Tables], list[Row]] | None = None,
) -> list[Row]:
    """Run a plan over records.

    Parameters
    ----------
    plan : Plan
    records : mapping of str to list of tuple
        By contract, with the columns of :attr:`features.plan.Plan.columns`.
    spine : list of tuple
        In the columns of the plan's spine.
    count : callable(place, tables), optional
        Gives the rows of the steps that count everybody's records, where `records` are not everybody's.

    Returns
    -------
    list of tuple
        In the columns of the plan's result and the order of its first column, `_row`.
    """
    tables = {f"lake_{contract}": records.get(contract, []) for contract in plan.columns}
    tables["spine"] = spine
    for place, (step, function) in enumerate(zip(plan.steps, python_steps(plan), strict=True)):
        elsewhere = count is not None and step.counts and plan.whole
        tables[step.name] = count(place, tables) if elsewhere and count else function(tables)
    return sorted(tables[RESULT], key=lambda row: row[0])


class PythonEngine:
    """Runs plans on the gathered records of their subjects; nothing is planned, nothing is spilled.

    Parameters
    ----------
    shelf : Shelf, optional
        Where records are looked up; in the lake's files if absent.
    count : callable, optional
        Who counts everybody's records, where a plan does; all of them are read here if absent.
    """

    name = "python"

    def __init__(self, shelf: Shelf | None = None, count: Count | None = None) -> None:
        self._shelf, self._count = shelf or LakeShelf(), count

    def __enter__(self) -> Self:
        """Enter the context."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Nothing is held."""

    def run(
        self, plan: Plan, lake: Lake, spine: pa.Table, progress: Progress | None = None
    ) -> pd.DataFrame:
        """Run a plan for a spine, see :meth:`features.engines.engine.Engine.run`."""
        if progress is not None:
            progress(f"features: {RESULT}", 0, 1)
        subjects = set(spine["_subject"].to_pylist())
        first = min(spine["_as_of"].to_pylist(), default=date.min)
        records = self._shelf.records(plan, lake, subjects, first)
        asked = list(zip(*(column.to_pylist() for column in spine.columns), strict=True))
        if self._count is None:
            records |= everybody(plan, lake)
            found = rows_of(plan, records, asked)
        else:
            found = rows_of(plan, records, asked, partial(self._count, plan, lake))
        names = plan.steps[-1].table.columns
        columns = zip(*found, strict=True) if found else [()] * len(names)
        made = dict(zip(names, map(list, columns), strict=True))
        if progress is not None:
            progress(f"features: {RESULT}", 1, 1)
        return pd.DataFrame(made).drop(columns="_row")


def everybody(plan: Plan, lake: Lake) -> Tables:
    """All records of the contracts of which a plan counts everybody's."""
    found: Tables = {}
    for contract in plan.whole:
        table = lake.read(contract).select(list(plan.columns[contract]))
        found[contract] = list(zip(*(c.to_pylist() for c in table.columns), strict=True))
    return found


def _listed(columns: Iterable[str]) -> str:
    return ", ".join(map(sql_name, columns))


@cache
def _engine() -> duckdb.DuckDBPyConnection:
    """One DuckDB for all look-ups, each with its own cursor: opening one costs more than an answer."""
    made = duckdb.connect()
    made.execute("SET parquet_metadata_cache = true")
    return made


class LakeShelf:
    """Looks records up in the files of a lake."""

    def __init__(self) -> None:
        self._files: dict[str, tuple[str, ...]] = {}
        self._relations: dict[str, str | None] = {}
        self._corrected: dict[str, bool] = {}

    def records(
        self,
        plan: Plan,
        lake: Lake,
        subjects: Collection[str],
        day: date,
        only: Iterable[str] | None = None,
    ) -> Tables:
        """See :class:`Shelf`: all versions, whatever the day; `only` some of the contracts."""
        found: Tables = {}
        naming = dict(plan.naming)
        listed = ", ".join(map(sql_text, sorted(subjects)))
        with _engine().cursor() as connection:
            for contract in plan.columns if only is None else only:
                columns = plan.columns[contract]
                self._look(lake, contract)
                relation = self._relations[contract]
                if relation is None or not subjects:
                    continue
                about = contract_of(contract).about
                by = dict.fromkeys([about.subject, naming.get(contract, about.subject)])
                named = " OR ".join(f"{sql_name(name)} IN ({listed})" for name in by)
                if self._corrected[contract] and not set(by) <= set(about.key):
                    key = ", ".join(map(sql_name, about.key))
                    named = f"({key}) IN (SELECT ({key}) FROM {relation} WHERE {named})"
                select = f"SELECT {_listed(columns)} FROM {relation} WHERE {named}"
                try:
                    found[contract] = connection.execute(select).fetchall()
                except duckdb.Error as error:
                    # DuckDB's own words may hold values out of records, so they stay in the cause.
                    raise FeaturesError(
                        f"records of {contract} can not be read ({type(error).__name__}).",
                        hint="check the lake's files: xinqiao contracts verify",
                    ) from error
        return found

    def _look(self, lake: Lake, contract: str) -> None:
        """Learn anew what there is of a contract, if a file came or went: files are never altered."""
        files = tuple(lake.files(contract))
        if self._files.get(contract) == files:
            return
        footers = committed_footers(lake, contract)
        self._relations[contract] = lake.relation(contract)
        self._corrected[contract] = any(map(may_correct, footers.values()))
        self._files[contract] = files
