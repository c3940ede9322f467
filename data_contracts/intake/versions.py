"""Versions of records: what is new, what is unchanged, what corrects an earlier record."""

from __future__ import annotations

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


def write_versions(
    contract: type[Contract],
    records: pa.RecordBatchReader,
    committed: list[str],
    batch: str,
    received_on: date,
    path: Path,
) -> tuple[int, int]:
    """Write the records that say something new, each with its event, version and batch.

    Parameters
    ----------
    contract
        The records' contract.
    records
        The contract's columns, ``_known`` and ``_line``; at most one record per key.
    committed
        Committed files of the contract.
    batch, received_on
        Digest and day of the batch. A record that equals the latest version of its key is left out;
        one that differs is the next version, known from the day it reached us on and not before the
        version that it corrects.
    path
        Parquet file to write; not made when nothing is new.

    Returns
    -------
    tuple of int
        Rows taken in, rows written.

    Raises
    ------
    ContractsError
        When columns or types are not the contract's, a required value is missing, or a key occurs
        twice.
    """
    name = contract.about.name
    wanted = [column.name for column in contract.columns()] + ["_known", "_line"]
    missing = [column for column in wanted if column not in records.schema.names]
    if missing:
        raise ContractsError(f"the records for {name} lack columns.", column=", ".join(missing))
    config: dict[str, Any] = {
        "memory_limit": MEMORY_LIMIT,
        "temp_directory": str(path.parent / "spill"),
    }
    with duckdb.connect(config=config) as connection:
        connection.register("incoming", records)
        columns = ", ".join(sql_name(column) for column in wanted)
        connection.execute(f"CREATE TEMP TABLE new AS SELECT {columns} FROM incoming")
        key = ", ".join(sql_name(column) for column in contract.about.key)
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
        given = int(connection.execute("SELECT count(*) FROM new").fetchall()[0][0])
        query = _query(contract, bool(committed), batch, received_on)
        if committed:
            connection.execute(
                "CREATE TEMP TABLE latest AS SELECT * FROM read_parquet(?) "
                f"QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY _version DESC) = 1",
                [committed],
            )
        stream = connection.sql(query).to_arrow_reader(_BATCH_ROWS)
        return given, _write(contract, stream, path)


def _query(contract: type[Contract], compare: bool, batch: str, received_on: date) -> str:
    names = [sql_name(column.name) for column in contract.columns()]
    columns = ", ".join(f"new.{name}" for name in names)
    event = f"new.{sql_name(contract.about.event)} AS _event"
    lake = f"{sql_text(batch)} AS _batch, new._line"
    if not compare:
        return f"SELECT {columns}, {event}, _known, 1 AS _version, {lake} FROM new"
    key = " AND ".join(f"new.{sql_name(k)} = old.{sql_name(k)}" for k in contract.about.key)
    changed = " OR ".join(f"new.{name} IS DISTINCT FROM old.{name}" for name in names)
    known = (
        "CASE WHEN old._version IS NULL THEN new._known "
        f"ELSE greatest(new._known, old._known, {sql_text(received_on)}) END AS _known"
    )
    return (
        f"SELECT {columns}, {event}, {known}, coalesce(old._version, 0) + 1 AS _version, {lake} "
        f"FROM new LEFT JOIN latest old ON {key} WHERE old._version IS NULL OR {changed} "
        "ORDER BY new._line, _event"
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
                table = table.cast(schema)
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
