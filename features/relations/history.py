"""Relations, accounts, defaults and notices as intervals of days: what is true and known, from when to when.

A record counts on day T when ``event < T`` and ``known <= T``, in the newest version known by T, unless that
version withdraws it, and while its own end (``until_on`` and the like) is not past: on the end day itself it
still holds. So each version counts on ``start <= T < end``, and any day is answered by comparing numbers.
Negative records leave five years after their end (REG-05).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from data_contracts.catalogue import contract as contract_of
from data_contracts.checks import sql_name, sql_text
from data_contracts.intake.lake import Lake
from features.errors import FeaturesError
from features.identity.aliases import checked
from features.relations.settings import RelationSettings

FAR = "DATE '9999-12-31'"
_FIRST, _LAST = date(1, 1, 1), date(9999, 12, 31)
PERSON = "PID-"
"""Subject ids of natural persons begin so."""
RELATION_TABLES = ("holdings", "positions", "guarantees")
Column = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Intervals:
    """Rows that count on ``start <= day < end``; days are numbers since 1970-01-01."""

    columns: Mapping[str, Column]

    def __getitem__(self, name: str) -> Column:
        return self.columns[name]

    def __len__(self) -> int:
        return len(self.columns["start"])

    def on(self, day: int) -> Intervals:
        """Rows that count on a day."""
        chosen = (self["start"] <= day) & (day < self["end"])
        return Intervals({name: values[chosen] for name, values in self.columns.items()})


@dataclass(frozen=True)
class History:
    """Everything that groups are made from, for every day.

    Attributes
    ----------
    ids : pyarrow.StringArray
        Subjects; a subject's code is its place. Firms stand before persons, each by id.
    firms : int
        How many of them are not natural persons.
    holdings, positions, guarantees, accounts, defaults, notices : Intervals
    supplied : mapping of str to int
        Contracts that the lake holds records of, and the day from which the first of them counts.
    settings : RelationSettings
    """

    ids: pa.Array
    firms: int
    holdings: Intervals
    positions: Intervals
    guarantees: Intervals
    accounts: Intervals
    defaults: Intervals
    notices: Intervals
    supplied: Mapping[str, int]
    settings: RelationSettings

    def __len__(self) -> int:
        return len(self.ids)

    def supplied_on(self, day: int) -> set[str]:
        """Contracts of which any record had come by a day."""
        return {name for name, first in self.supplied.items() if first <= day}

    def codes(self, subjects: Any) -> Column:
        """Codes of subject ids; -1 for one that no record names."""
        import pyarrow.compute as pc

        found = pc.index_in(pa.array(subjects, pa.string()), value_set=self.ids)
        return np.asarray(pc.fill_null(found, -1)).astype(np.int64)

    def code(self, subject: str) -> int:
        """Code of one subject.

        Raises
        ------
        FeaturesError
            When no record names the subject.
        """
        found = int(self.codes([subject])[0])
        if found < 0:
            raise FeaturesError("no relation or account of this subject is on file.")
        return found

    def is_person(self, codes: Column) -> Column:
        """Which of these are natural persons."""
        return np.asarray(codes >= self.firms)

    @cached_property
    def changes(self) -> Column:
        """Days on which a relation begins or ends; between two of them groups stay as they are."""
        tables = (self.holdings, self.positions, self.guarantees)
        return np.unique(np.concatenate([t[side] for t in tables for side in ("start", "end")]))


def load_history(
    lake: Lake, settings: RelationSettings | None = None, *, aliases: pa.Table | None = None
) -> History:
    """Read the relations of a lake.

    Parameters
    ----------
    lake : Lake
    settings : RelationSettings, optional
    aliases : pyarrow.Table, optional
        Identity table (:func:`features.identity.aliases.aliases_of`). An id is replaced by the subject that it
        stands for wherever a record carries it, on the days on which that was known.

    Returns
    -------
    History

    Raises
    ------
    FeaturesError
        When a committed file cannot be read.
    """
    chosen = settings or RelationSettings()
    with _engine().cursor() as connection:
        try:
            return _load(connection, lake, chosen, aliases)
        except duckdb.Error as error:
            # DuckDB's own words may hold values out of records, so they stay in the cause.
            raise FeaturesError(
                f"the relations of the lake can not be read ({type(error).__name__}).",
                hint="check the lake's files: xinqiao lake verify",
            ) from error


@cache
def _engine() -> duckdb.DuckDBPyConnection:
    """One DuckDB for all readings, each with its own cursor and temporary tables: opening one takes longer."""
    return duckdb.connect()


def _load(
    connection: duckdb.DuckDBPyConnection,
    lake: Lake,
    settings: RelationSettings,
    aliases: pa.Table | None,
) -> History:
    from features.relations import records
    from features.relations.kept import tables_of

    kept = tables_of(connection, lake, settings)
    tables = kept.tables
    for name, rows in tables.items():
        connection.register("rows", rows)
        connection.execute(f"CREATE TEMP TABLE {name} AS SELECT * EXCLUDE (record) FROM rows")
    if aliases is not None and len(aliases):
        connection.register("spans", _spans(checked(aliases)))
        for name in tables:
            for column in records.SUBJECTS[name]:
                _renamed(connection, name, column)
    every = " UNION ".join(
        f"SELECT {column} AS id FROM {name}" for name in tables for column in records.SUBJECTS[name]
    )
    person = f"starts_with(id, {sql_text(PERSON)})"
    connection.execute(
        f"CREATE TEMP TABLE nodes AS SELECT id, row_number() OVER (ORDER BY {person}, id) - 1 AS code "
        f"FROM ({every}) WHERE id IS NOT NULL"
    )
    nodes = connection.sql(
        f"SELECT id, {person} AS person FROM nodes ORDER BY code"
    ).to_arrow_table()
    people = int(np.asarray(nodes["person"]).sum()) if len(nodes) else 0
    read = {name: _coded(connection, name, records.SUBJECTS[name]) for name in tables}
    return History(
        ids=nodes["id"].combine_chunks() if len(nodes) else pa.array([], pa.string()),
        firms=len(nodes) - people,
        supplied=kept.supplied,
        settings=settings,
        **read,
    )


def _renamed(connection: duckdb.DuckDBPyConnection, name: str, column: str) -> None:
    """Put the subject that an id stands for into its place, on the days on which that was known."""
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {name} AS "
        f"SELECT t.* FROM {name} AS t WHERE {column} NOT IN (SELECT alias FROM spans) UNION ALL BY NAME "
        f"SELECT t.* REPLACE (s.means AS {column}, greatest(t.start, s.first) AS start, "
        f'least(t."end", s.after) AS "end") FROM {name} AS t JOIN spans AS s ON s.alias = t.{column} '
        f'WHERE greatest(t.start, s.first) < least(t."end", s.after)'
    )


def _spans(aliases: pa.Table) -> pa.Table:
    """All days of each alias, cut where its meaning changes: `alias, means, first, after`.

    Between its links an alias means itself.
    """
    links: dict[str, list[tuple[date, date, str]]] = {}
    for row in aliases.select(["subject_id", "canonical_id", "since", "until"]).to_pylist():
        until = row["until"] or _LAST
        links.setdefault(row["subject_id"], []).append((row["since"], until, row["canonical_id"]))
    found = []
    for alias, mine in sorted(links.items()):
        day = _FIRST
        for since, until, means in sorted(mine):
            found += [(alias, alias, day, since), (alias, means, since, until)]
            day = until
        found.append((alias, alias, day, _LAST))
    kept = [row for row in found if row[2] < row[3]]
    names = ("alias", "means", "first", "after")
    return pa.table({name: [row[n] for row in kept] for n, name in enumerate(names)})


def _coded(
    connection: duckdb.DuckDBPyConnection, name: str, subjects: tuple[str, ...]
) -> Intervals:
    """A table with the codes of its subjects, as numpy columns; a relation to oneself is none."""
    joins = " ".join(f"JOIN nodes AS n_{c} ON n_{c}.id = t.{c}" for c in subjects)
    coded = ", ".join(f"n_{c}.code AS {c}" for c in subjects)
    apart = f"WHERE t.{subjects[0]} <> t.{subjects[1]}" if len(subjects) == 2 else ""
    table = connection.sql(
        f"SELECT t.* EXCLUDE ({', '.join(subjects)}), {coded} FROM {name} AS t {joins} {apart} "
        f"ORDER BY ALL"
    ).to_arrow_table()
    columns: dict[str, Column] = {}
    for field in table.schema:
        column = table[field.name].combine_chunks()
        if pa.types.is_date(field.type):
            columns[field.name] = np.asarray(column.cast(pa.int32())).astype(np.int64)
        elif pa.types.is_string(field.type) or pa.types.is_large_string(field.type):
            columns[field.name] = np.asarray(column.to_numpy(zero_copy_only=False), dtype=object)
        else:
            columns[field.name] = column.to_numpy(zero_copy_only=False)
    return Intervals(columns)


def visible(lake: Lake, contract: str, *, end: str | None = None) -> str:
    """SQL of every version of a contract's records with the days on which it counts.

    Parameters
    ----------
    lake : Lake
    contract : str
    end : str, optional
        Date item: the last day on which the fact holds.

    Returns
    -------
    str
        To put after FROM: the contract's columns, `start` and `stop` (DATE, the first day on which it
        no longer counts).
    """
    about = contract_of(contract).about
    relation = lake.relation(contract) or lake.latest_sql(contract)
    key = ", ".join(sql_name(name) for name in about.key)
    stops = [f"coalesce(_superseded, {FAR})"]
    if end is not None:
        stops.append(f"coalesce({sql_name(end)} + 1, {FAR})")
    if about.negative and about.retention_years and about.end:
        years = f"INTERVAL {int(about.retention_years)} YEAR"
        stops.append(f"coalesce(CAST({sql_name(about.end)} + {years} AS DATE), {FAR})")
    # Versions are numbered from 1, so that only records with a higher number need a sort.
    corrected = f"(SELECT DISTINCT {key} FROM {relation} WHERE _version > 1)"
    later = f"lead(_known) OVER (PARTITION BY {key} ORDER BY _known, _version)"
    return (
        f"(SELECT *, greatest(_event + 1, _known) AS start, least({', '.join(stops)}) AS stop FROM ("
        f"SELECT *, NULL::DATE AS _superseded FROM {relation} ANTI JOIN {corrected} USING ({key}) "
        f"UNION ALL SELECT *, {later} AS _superseded FROM {relation} SEMI JOIN {corrected} "
        f"USING ({key})) WHERE NOT _withdrawn AND "
        f"greatest(_event + 1, _known) < least({', '.join(stops)}))"
    )
