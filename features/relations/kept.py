"""The tables of a history, kept in memory: a batch that arrives is worked into them, and no other record read again.

Every row says of which record, or which account, it was made. New files of a contract touch a few of these; their rows
are made anew from all that the lake holds of them, and the others stay. The result is that of reading everything.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from data_contracts.checks import sql_name
from data_contracts.intake.lake import Lake
from features.partitions import Stamp, stamped
from features.relations.records import CONTRACTS, MADE_OF, made_from, record_columns, tables
from features.relations.settings import RelationSettings

Files = Mapping[str, tuple[Stamp, ...]]

_FEW = 5_000  # new records up to which the tables are brought up to date; ours
_KEPT = 2  # lakes whose tables are kept; ours


@dataclass(frozen=True)
class Kept:
    """Tables as they were last made.

    Attributes
    ----------
    files : mapping of str to tuple
        Files that they were made of, by contract.
    tables : mapping of str to pyarrow.Table
        As :func:`features.relations.records.tables` says.
    supplied : mapping of str to int
        Day from which the first record of each contract counts (days since 1970-01-01).
    """

    files: Files
    tables: Mapping[str, pa.Table]
    supplied: Mapping[str, int]


_kept: dict[tuple[str, RelationSettings], Kept] = {}
_lock = threading.Lock()


def files_of(lake: Lake) -> Files:
    """Files of a lake that relations are made of, by contract."""
    return {contract: tuple(map(stamped, lake.files(contract))) for contract in CONTRACTS}


def tables_of(
    connection: duckdb.DuckDBPyConnection, lake: Lake, settings: RelationSettings
) -> Kept:
    """Tables of a lake: from those that were made last where only a few records came since, else from its files."""
    files, place = files_of(lake), (str(lake.root), settings)
    with _lock:
        last = _kept.get(place)
    if last and last.files == files:
        return last
    new = None if last is None else _arrived(last.files, files)
    if last and new is not None and _count(connection, lake, new) <= _FEW:
        made = _renewed(connection, lake, settings, last, files, new)
    else:
        made = _whole(connection, lake, settings, files)
    with _lock:
        # an earlier state of a lake is asked about now and then; what arrives next is added to the later one
        if last is None or _arrived(files, last.files) is None:
            _kept.pop(place, None)
            _kept[place] = made
            if len(_kept) > _KEPT:
                _kept.pop(next(iter(_kept)))
    return made


def forget() -> None:
    """Keep nothing, so that the next question is answered from the files."""
    with _lock:
        _kept.clear()


def _arrived(before: Files, now: Files) -> dict[str, list[str]] | None:
    """Files that came since, by contract; None where one of those before is gone or another."""
    if any(not set(before[contract]) <= set(now[contract]) for contract in CONTRACTS):
        return None
    new = {name: [file[0] for file in now[name] if file not in before[name]] for name in CONTRACTS}
    return {name: paths for name, paths in new.items() if paths}


def _count(connection: duckdb.DuckDBPyConnection, lake: Lake, new: Mapping[str, list[str]]) -> int:
    counts = [
        connection.execute(f"SELECT count(*) FROM {lake.relation_of(name, paths)}").fetchall()
        for name, paths in new.items()
    ]
    return sum(int(rows[0][0]) for rows in counts)


def _whole(
    connection: duckdb.DuckDBPyConnection, lake: Lake, settings: RelationSettings, files: Files
) -> Kept:
    found = {
        name: connection.sql(sql).to_arrow_table() for name, sql in tables(lake, settings).items()
    }
    supplied: dict[str, int] = {}
    for contract in CONTRACTS:
        supplied |= _first(connection, contract, lake.relation(contract))
    return Kept(files, found, supplied)


def _renewed(
    connection: duckdb.DuckDBPyConnection,
    lake: Lake,
    settings: RelationSettings,
    last: Kept,
    files: Files,
    new: Mapping[str, list[str]],
) -> Kept:
    supplied = dict(last.supplied)
    for contract, paths in new.items():
        arrived = lake.relation_of(contract, paths)
        names = ", ".join(map(sql_name, record_columns(contract)))
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE touched_{contract} AS SELECT DISTINCT {names}, "
            f"{made_from(contract)} AS record FROM {arrived}"
        )
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE part_{contract} AS SELECT * FROM {lake.relation(contract)} "
            f"SEMI JOIN touched_{contract} USING ({names})"
        )
        for name, first in _first(connection, contract, arrived).items():
            supplied[name] = min(first, supplied.get(name, first))
    found = dict(last.tables)
    for name, sql in tables(_Touched(lake, new), settings).items():
        touched = [contract for contract in MADE_OF[name] if contract in new]
        if touched:
            gone = " UNION ALL ".join(f"SELECT record FROM touched_{one}" for one in touched)
            connection.register("before", found[name])
            found[name] = connection.sql(
                f"SELECT * FROM before ANTI JOIN ({gone}) USING (record) UNION ALL BY NAME ({sql})"
            ).to_arrow_table()
    return Kept(files, found, supplied)


class _Touched(Lake):
    """A lake of those records alone that new files touch: they are in tables of the connection."""

    def __init__(self, lake: Lake, touched: Collection[str]) -> None:
        super().__init__(lake.root)
        self._touched = touched

    def files(self, contract: str) -> list[str]:
        """None: what is there is told by :meth:`relation`."""
        return []

    def relation(self, contract: str) -> str | None:
        """Table of the touched records of a contract; None where none is touched."""
        return f"part_{contract}" if contract in self._touched else None


def _first(
    connection: duckdb.DuckDBPyConnection, contract: str, relation: str | None
) -> dict[str, int]:
    """Day from which the first record of a contract counts, if there is any."""
    if relation is None:
        return {}
    first = connection.execute(
        f"SELECT min(greatest(_event + 1, _known)) - DATE '1970-01-01' FROM {relation}"
    ).fetchall()[0][0]
    return {} if first is None else {contract: int(first)}
