"""Small records as DuckDB relations, and which rules they hit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import duckdb
import pyarrow as pa

from data_contracts.checks import Check
from data_contracts.contract import Contract
from data_contracts.rules import cross_checks, record_checks


def as_table(contract: type[Contract], records: Iterable[Mapping[str, Any]]) -> pa.Table:
    """Records with some of the contract's columns; the others are null."""
    schema = contract.arrow_schema()
    rows = []
    for record in records:
        row = {}
        for field in schema:
            value = record.get(field.name)
            if isinstance(value, str) and pa.types.is_date32(field.type):
                value = date.fromisoformat(value)
            row[field.name] = value
        rows.append(row)
    nullable = pa.schema([field.with_nullable(True) for field in schema])
    table = pa.Table.from_pylist(rows, schema=nullable)
    return table.append_column("_line", pa.array(range(1, len(rows) + 1), pa.int64()))


def hits(
    connection: duckdb.DuckDBPyConnection, relation: str, checks: Iterable[Check]
) -> dict[int, set[str]]:
    """Ids of the broken rules by line, in one pass."""
    listed = list(checks)
    columns = ", ".join(f'{check.broken} AS "{n}"' for n, check in enumerate(listed))
    rows = connection.execute(f"SELECT _line, {columns} FROM {relation} AS r").fetchall()
    return {
        row[0]: {check.rule_id for check, hit in zip(listed, row[1:], strict=True) if hit}
        for row in rows
    }


def record_hits(contract: type[Contract], *records: Mapping[str, Any]) -> list[set[str]]:
    with duckdb.connect() as connection:
        connection.register("records", as_table(contract, records))
        found = hits(connection, "records", record_checks(contract))
    return [found[line] for line in range(1, len(records) + 1)]


def cross_hits(
    contract: type[Contract],
    new: Iterable[Mapping[str, Any]],
    previous: Iterable[Mapping[str, Any]] = (),
) -> list[tuple[str, int]]:
    """Rule and line of each hit between records, sorted."""
    with duckdb.connect() as connection:
        connection.register("incoming", as_table(contract, new))
        connection.register("known", as_table(contract, previous).drop_columns(["_line"]))
        return sorted(
            (check.rule_id, line)
            for check in cross_checks(contract)
            for (line,) in connection.execute(check.sql("incoming", "known")).fetchall()
        )
