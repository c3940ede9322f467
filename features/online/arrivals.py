"""Records of committed files by subject, as the shelf keeps them: whoever they, or earlier versions of them, name."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from data_contracts.catalogue import contract as contract_of
from data_contracts.checks import sql_name
from data_contracts.intake.lake import Lake, committed_table
from features.errors import FeaturesError
from features.online.lapsed import EPOCH, Kept

_FEW = 200  # records of a file that are not worth a query; ours
_AT_ONCE = 20_000  # rows of one write: bounds memory; ours


@cache
def _engine() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


def by_subject(
    lake: Lake, contract: str, columns: tuple[str, ...], naming: str | None, files: list[str]
) -> Iterator[list[tuple[str, str]]]:
    """Records of some committed files, as text, by the subjects that they, or earlier versions of them, name.

    Parameters
    ----------
    lake : Lake
    contract : str
    columns : tuple of str
        What is kept of a record, in this order; days as numbers since 1970-01-01.
    naming : str or None
        A further column whose subject the records count for.
    files : list of str

    Yields
    ------
    list of (subject, text)
        JSON of a list of records, bounded in number.

    Raises
    ------
    FeaturesError
        When a file can not be read.
    """
    try:
        if len(files) == 1:
            table = committed_table(files[0])
            if len(table) <= _FEW and pc.max(table["_version"]).as_py() == 1:
                yield _few(contract, columns, naming, table)
                return
        with _engine().cursor() as connection:
            answer = connection.execute(_sql(connection, lake, contract, columns, naming, files))
            while rows := answer.fetchmany(_AT_ONCE):
                yield rows
    except (duckdb.Error, pa.ArrowException, OSError) as error:
        raise FeaturesError(
            f"a batch of {contract} can not be read ({type(error).__name__}).",
            hint="check the lake's files with `xinqiao contracts verify`",
        ) from error


def _few(
    contract: str, columns: tuple[str, ...], naming: str | None, table: pa.Table
) -> list[tuple[str, str]]:
    """A handful of records without a query, which would take longer to plan."""
    found: dict[str, list[list[Any]]] = {}
    subject = contract_of(contract).about.subject
    for row in table.to_pylist():
        values = [row.get(name) for name in columns]
        kept = [v.toordinal() - EPOCH if isinstance(v, date) else v for v in values]
        for who in {row[subject], row.get(naming or subject)}:
            if who is not None:
                found.setdefault(who, []).append(kept)
    return [(who, text_of(rows)) for who, rows in found.items()]


def text_of(rows: list[Kept]) -> str:
    """Records as the shelf keeps them."""
    return json.dumps(rows, ensure_ascii=False)


def _sql(
    connection: duckdb.DuckDBPyConnection,
    lake: Lake,
    contract: str,
    columns: tuple[str, ...],
    naming: str | None,
    files: list[str],
) -> str:
    about = contract_of(contract).about
    schema = contract_of(contract).arrow_schema(system=True)
    values = ", ".join(
        f"{sql_name(name)} - DATE '1970-01-01'"
        if str(schema.field(name).type) == "date32[day]"
        else sql_name(name)
        for name in columns
    )
    by = dict.fromkeys([about.subject, naming or about.subject])
    new = lake.relation_of(contract, files)
    parts = [f"SELECT {sql_name(name)} AS s, json_array({values}) AS r FROM {new}" for name in by]
    # A version that names somebody else takes the record away from whom an earlier one named.
    moves = not set(by) <= set(about.key)
    corrected = f"SELECT count(*) FROM {new} WHERE _version > 1"
    if moves and connection.execute(corrected).fetchall()[0][0]:
        key = ", ".join(map(sql_name, about.key))
        every = lake.relation(contract)
        parts += [
            f"SELECT o.s, json_array({values}) AS r FROM {new} JOIN "
            f"(SELECT {key}, {sql_name(name)} AS s FROM {every}) AS o USING ({key}) WHERE _version > 1"
            for name in by
        ]
    together = " UNION ".join(parts) if len(parts) > 1 else parts[0]
    return (
        f"SELECT s, '[' || string_agg(r::VARCHAR, ',') || ']' FROM ({together}) "
        "WHERE s IS NOT NULL GROUP BY s"
    )
