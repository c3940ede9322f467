"""Versions of records: what is new, unchanged, corrected, withdrawn or moved to another account key.

Append-only: whatever a batch says of a record that the lake holds becomes the next version of it, known
from the day on which the batch reached us. A version with ``_withdrawn`` says that the record is no more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from data_contracts.checks import sql_name, sql_text
from data_contracts.contract import Contract
from data_contracts.errors import ContractsError

MEMORY_LIMIT = "1GB"
"""What one DuckDB connection may hold before it spills to a temporary folder."""

_BATCH_ROWS = 65_536


@dataclass(frozen=True)
class Changes:
    """What a batch brings for one contract.

    Parameters
    ----------
    records
        The contract's columns, ``_known`` and ``_line``; at most one record per key.
    withdrawals
        Key columns and ``_line``: records to be withdrawn (a delete message).
    rekeys
        ``old_<key>``, ``new_<key>`` and ``_line`` (an account-key change); other key columns may be
        given by their names and narrow what is moved.
    superseded
        Batches that this one replaces: what they brought and this one does not repeat is withdrawn.
    """

    records: pa.RecordBatchReader | None = None
    withdrawals: pa.Table | None = None
    rekeys: pa.Table | None = None
    superseded: Sequence[str] = ()

    @property
    def looks_back(self) -> bool:
        """Whether records beyond those of the batch itself may change."""
        return bool(self.superseded) or self.withdrawals is not None or self.rekeys is not None


@dataclass(frozen=True)
class Written:
    """Counts: rows given, versions that say something new, and what was done with earlier records."""

    given: int = 0
    records: int = 0
    withdrawn: int = 0
    rekeyed: int = 0
    superseded: int = 0


def write_versions(
    contract: type[Contract],
    changes: Changes,
    committed: str | None,
    batch: str,
    received_on: date,
    path: Path,
    *,
    repeats: Path | None = None,
    repeated_elsewhere: Sequence[str] = (),
) -> Written:
    """Write the versions that say something new, each with its event, version and batch.

    Parameters
    ----------
    contract
        The records' contract.
    changes
        What the batch brings.
    committed
        SQL of the committed versions of the contract (``Lake.relation``); None if there are none.
    batch, received_on
        Digest and day of the batch. A record that equals the latest version of its key is left out;
        one that differs is the next version, known from the day it reached us on and not before the
        version that it corrects.
    path
        Parquet file to write; not made when nothing is new.
    repeats
        Parquet file for the keys of the records left out because they are unchanged.
    repeated_elsewhere
        Such files of other batches that stand: their records outlive a batch that is superseded.

    Raises
    ------
    ContractsError
        When columns or types are not the contract's, a required value is missing, or a key occurs
        twice.
    """
    config: dict[str, Any] = {
        "memory_limit": MEMORY_LIMIT,
        "temp_directory": str(path.parent / "spill"),
    }
    with duckdb.connect(config=config) as connection:
        given = _take(connection, contract, changes)
        _make_latest(connection, contract, changes, committed)
        parts = [_corrections(contract, committed is not None, batch, received_on)]
        ends = Ends()
        if committed is not None and changes.looks_back:
            ends = _make_ended(connection, contract, changes, repeated_elsewhere)
            parts += _ends(contract, batch, received_on)
        query = " UNION ALL BY NAME ".join(f"({part})" for part in parts)
        if len(parts) > 1 or committed is not None:
            query = f"SELECT * FROM ({query}) ORDER BY _line, _event"
        stream = connection.sql(query).to_arrow_reader(_BATCH_ROWS)
        kept = _write(contract, stream, path) - ends.versions
        if repeats is not None and kept < given:
            _write_repeats(connection, contract, repeats)
    return Written(given, kept, ends.withdrawn, ends.rekeyed, ends.superseded)


@dataclass(frozen=True)
class Ends:
    """How many records were withdrawn, and why; ``moved`` of the rekeyed ones stand under a new key."""

    withdrawn: int = 0
    rekeyed: int = 0
    superseded: int = 0
    moved: int = 0

    @property
    def versions(self) -> int:
        """Versions that the withdrawals and moves take."""
        return self.withdrawn + self.rekeyed + self.superseded + self.moved


def _keys(contract: type[Contract], relation: str = "") -> str:
    prefix = relation + "." if relation else ""
    return ", ".join(prefix + sql_name(key) for key in contract.about.key)


def _same_key(contract: type[Contract], left: str, right: str) -> str:
    names = (sql_name(key) for key in contract.about.key)
    return " AND ".join(f"{left}.{name} = {right}.{name}" for name in names)


def _take(connection: duckdb.DuckDBPyConnection, contract: type[Contract], changes: Changes) -> int:
    name = contract.about.name
    wanted = [column.name for column in contract.columns()] + ["_known", "_line"]
    columns = ", ".join(sql_name(column) for column in wanted)
    if changes.records is None:
        connection.register("incoming", contract.arrow_schema(system=True).empty_table())
    else:
        missing = [column for column in wanted if column not in changes.records.schema.names]
        if missing:
            raise ContractsError(f"the records for {name} lack columns.", column=", ".join(missing))
        connection.register("incoming", changes.records)
    connection.execute(f"CREATE TEMP TABLE new AS SELECT {columns} FROM incoming")
    key = _keys(contract)
    repeated = connection.execute(
        f"SELECT min(_line) FROM new GROUP BY {key} HAVING count(*) > 1 ORDER BY 1 LIMIT 1"
    ).fetchone()
    if repeated:
        raise ContractsError(
            f"a key of {name} occurs twice in one batch.",
            line=repeated[0],
            column="+".join(contract.about.key),
            expected="one record per key",
        )
    return int(connection.execute("SELECT count(*) FROM new").fetchall()[0][0])


def _make_latest(
    connection: duckdb.DuckDBPyConnection,
    contract: type[Contract],
    changes: Changes,
    committed: str | None,
) -> None:
    """The newest version of each record that the batch may touch."""
    if committed is None:
        return
    relevant = "" if changes.looks_back else f"SEMI JOIN new ON {_same_key(contract, 'c', 'new')}"
    connection.execute(
        f"CREATE TEMP TABLE latest AS SELECT c.* FROM {committed} c {relevant} "
        f"QUALIFY row_number() OVER (PARTITION BY {_keys(contract, 'c')} "
        "ORDER BY c._version DESC) = 1"
    )


def _corrections(contract: type[Contract], compare: bool, batch: str, received_on: date) -> str:
    names = [sql_name(column.name) for column in contract.columns()]
    columns = ", ".join(f"new.{name}" for name in names)
    event = f"new.{sql_name(contract.about.event)} AS _event"
    lake = f"{sql_text(batch)} AS _batch, new._line, FALSE AS _withdrawn"
    if not compare:
        return f"SELECT {columns}, {event}, _known, 1::INTEGER AS _version, {lake} FROM new"
    changed = " OR ".join(f"new.{name} IS DISTINCT FROM old.{name}" for name in names)
    known = (
        "CASE WHEN old._version IS NULL THEN new._known "
        f"ELSE greatest(new._known, old._known, {sql_text(received_on)}) END AS _known"
    )
    return (
        f"SELECT {columns}, {event}, {known}, (coalesce(old._version, 0) + 1)::INTEGER AS _version, "
        f"{lake} FROM new LEFT JOIN latest old ON {_same_key(contract, 'new', 'old')} "
        f"WHERE old._version IS NULL OR old._withdrawn OR {changed}"
    )


def _make_ended(
    connection: duckdb.DuckDBPyConnection,
    contract: type[Contract],
    changes: Changes,
    repeated_elsewhere: Sequence[str],
) -> Ends:
    """Make the tables ``ended`` and ``moved``: records to withdraw, and those among them that get a new key."""
    standing = f"latest l ANTI JOIN new ON {_same_key(contract, 'l', 'new')}"
    connection.execute(
        f"CREATE TEMP TABLE ended AS SELECT {_keys(contract)}, 0::BIGINT AS _line FROM latest LIMIT 0"
    )
    connection.execute("CREATE TEMP TABLE moved AS SELECT *, 0::BIGINT AS _at FROM latest LIMIT 0")
    withdrawn = rekeyed = superseded = moved = 0

    def count(sql: str) -> int:
        return int(connection.execute(sql).fetchall()[0][0])

    if changes.rekeys is not None:
        connection.register("rekeys", changes.rekeys)
        given = changes.rekeys.column_names
        matched = " AND ".join(
            f"l.{sql_name(key)} = r.{sql_name(name)}"
            for key in contract.about.key
            for name in (f"old_{key}", key)
            if name in given
        )
        renamed = ", ".join(
            f"r.{sql_name('new_' + key)} AS {sql_name(key)}"
            for key in contract.about.key
            if f"new_{key}" in given
        )
        connection.execute(
            f"INSERT INTO moved BY NAME SELECT l.* REPLACE ({renamed}), r._line AS _at "
            f"FROM {standing} JOIN rekeys r ON {matched} WHERE NOT l._withdrawn"
        )
        # What stands under the new key already is the truth there: only the old key ends.
        for there, lives in (("latest", "AND NOT t._withdrawn"), ("new", "")):
            connection.execute(
                f"DELETE FROM moved WHERE EXISTS (SELECT 1 FROM {there} t "
                f"WHERE {_same_key(contract, 't', 'moved')} {lives})"
            )
        connection.execute(
            f"INSERT INTO ended SELECT {_keys(contract, 'l')}, r._line "
            f"FROM {standing} JOIN rekeys r ON {matched} WHERE NOT l._withdrawn"
        )
        rekeyed, moved = count("SELECT count(*) FROM ended"), count("SELECT count(*) FROM moved")
    if changes.withdrawals is not None:
        connection.register("withdrawals", changes.withdrawals)
        connection.execute(
            f"INSERT INTO ended SELECT {_keys(contract, 'l')}, min(w._line) FROM {standing} "
            f"JOIN withdrawals w ON {_same_key(contract, 'l', 'w')} "
            f"ANTI JOIN ended e ON {_same_key(contract, 'l', 'e')} "
            f"WHERE NOT l._withdrawn GROUP BY {_keys(contract, 'l')}"
        )
        withdrawn = count("SELECT count(*) FROM ended") - rekeyed
    if changes.superseded:
        listed = ", ".join(sql_text(digest) for digest in changes.superseded)
        files = ", ".join(sql_text(file) for file in repeated_elsewhere)
        kept = f"ANTI JOIN read_parquet([{files}]) k ON {_same_key(contract, 'l', 'k')}"
        connection.execute(
            f"INSERT INTO ended SELECT {_keys(contract, 'l')}, 0 FROM {standing} "
            f"ANTI JOIN ended e ON {_same_key(contract, 'l', 'e')} "
            f"{kept if files else ''} WHERE NOT l._withdrawn AND l._batch IN ({listed})"
        )
        superseded = count("SELECT count(*) FROM ended") - rekeyed - withdrawn
    return Ends(withdrawn, rekeyed, superseded, moved)


def _ends(contract: type[Contract], batch: str, received_on: date) -> list[str]:
    day = sql_text(received_on)
    return [
        f"SELECT l.* REPLACE (greatest(l._known, {day}) AS _known, "
        f"(l._version + 1)::INTEGER AS _version, {sql_text(batch)} AS _batch, e._line AS _line, "
        f"TRUE AS _withdrawn) FROM latest l JOIN ended e ON {_same_key(contract, 'l', 'e')}",
        f"SELECT m.* EXCLUDE (_at) REPLACE (greatest(m._known, {day}) AS _known, "
        f"(coalesce(l._version, 0) + 1)::INTEGER AS _version, {sql_text(batch)} AS _batch, "
        "m._at AS _line, FALSE AS _withdrawn) "
        f"FROM moved m LEFT JOIN latest l ON {_same_key(contract, 'm', 'l')}",
    ]


def _write_repeats(
    connection: duckdb.DuckDBPyConnection, contract: type[Contract], path: Path
) -> None:
    names = (sql_name(column.name) for column in contract.columns())
    same = " AND ".join(f"new.{name} IS NOT DISTINCT FROM old.{name}" for name in names)
    connection.execute(
        f"COPY (SELECT {_keys(contract, 'new')} FROM new JOIN latest old "
        f"ON {_same_key(contract, 'new', 'old')} WHERE NOT old._withdrawn AND {same}) "
        f"TO {sql_text(str(path))} (FORMAT parquet, COMPRESSION zstd)"
    )


def _write(contract: type[Contract], stream: pa.RecordBatchReader, path: Path) -> int:
    schema = contract.arrow_schema(system=True)
    required = [field.name for field in schema if not field.nullable]
    kept = 0
    writer: pq.ParquetWriter | None = None
    try:
        for part in stream:
            if not part.num_rows:
                continue
            table = pa.Table.from_batches([part])
            for name in required:
                if table.column(name).null_count:
                    raise ContractsError(
                        f"a record of {contract.about.name} lacks a value.", column=name
                    )
            try:
                table = table.select(schema.names).cast(schema)
            except pa.ArrowInvalid as error:
                raise ContractsError(
                    f"the records for {contract.about.name} have other types than the contract.",
                    expected=", ".join(f"{field.name} {field.type}" for field in schema),
                ) from error
            writer = writer or pq.ParquetWriter(path, schema, compression="zstd")
            writer.write_table(table)
            kept += part.num_rows
    finally:
        if writer is not None:
            writer.close()
    return kept
