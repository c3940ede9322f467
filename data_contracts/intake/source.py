"""The rows of a file as the table ``raw``: stored once, or looked at where they lie."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from data_contracts.checks import sql_name, sql_text
from data_contracts.contract import ARROW_TYPES, Contract
from data_contracts.errors import ContractsError
from data_contracts.intake.mapping.model import Mapping as FileMapping
from data_contracts.intake.mapping.model import Source as ItemSource
from data_contracts.intake.readers import ReadOptions, Source

Stored = Mapping[str, tuple[str, str]]
"""Column of the file -> (quoted name in ``raw``, DuckDB type)."""

_WIDE = {
    pa.large_string(): pa.string(),
    pa.int8(): pa.int64(),
    pa.int16(): pa.int64(),
    pa.int32(): pa.int64(),
}


def loaded_on(connection: duckdb.DuckDBPyConnection, day: date) -> None:
    """Tell the rules the day of loading, so that the verdict is the same on whatever day it is given."""
    connection.execute(f"SET VARIABLE load_date = {sql_text(day)}")


def options_of(mapping: FileMapping | None) -> ReadOptions:
    """How the file is to be read, as its mapping says."""
    if mapping is None:
        return ReadOptions()
    return ReadOptions(
        encoding=mapping.encoding,
        header_row=mapping.header_row,
        sheet=mapping.sheet,
        delimiter=mapping.delimiter,
        skip_footer=mapping.skip_footer,
    )


def needed(mapping: FileMapping, header: Collection[str]) -> set[str]:
    """Columns of the file that the mapping reads; those that the file lacks are left out."""
    named: set[str] = set()

    def walk(source: ItemSource) -> None:
        named.update(n for n in (source.column, source.split, source.hmac, source.mask) if n)
        named.update(source.row_key or ())
        if source.subject is not None:
            named.update(source.subject.columns)
        if source.person is not None:
            named.add(source.person.resident_id)
        for child in (*(source.first_of or ()), *(source.join or ())):
            walk(child)

    for source in (*mapping.items.values(), *((mapping.known,) if mapping.known else ())):
        walk(source)
    if mapping.rekey is not None:
        for source in (*mapping.rekey.old.values(), *mapping.rekey.new.values()):
            walk(source)
    if mapping.action is not None:
        named.add(mapping.action.column)
    for row in mapping.filter:
        if row.header:
            return set(header)
        named.add(row.column or "")
    choices = {c.strip() for name in named for c in mapping.columns.get(name, (name,))}
    return {name for name in header if name.strip() in choices}


def load_raw(
    connection: duckdb.DuckDBPyConnection,
    source: Source,
    wanted: Collection[str],
    tell: Callable[[str, int, int], None],
) -> Stored:
    """Store the wanted columns of a file in ``raw``, part by part; what does not fit memory spills."""
    names = [name for name in source.names if name in wanted]
    if len(set(names)) < len(names):
        twice = sorted({name for name in names if names.count(name) > 1})
        raise ContractsError(
            "a column name occurs twice.", file=source.path, column=", ".join(twice)
        )
    short = [f"c{place}" for place in range(len(names))]
    done, made = 0, False
    for part in source.parts:
        rows = part.select(["_line", *names]).rename_columns(["_line", *short])
        connection.register("part", rows)
        head = "INSERT INTO raw" if made else "CREATE TABLE raw AS"
        connection.execute(f"{head} SELECT * FROM part")
        connection.unregister("part")
        made = True
        done += part.num_rows
        tell("read", done, source.rows)
    if not made:
        raise ContractsError("the file holds no rows.", expected="at least one", file=source.path)
    types = described(connection)
    return {name: (place, types[place]) for name, place in zip(names, short, strict=True)}


def look_at(
    connection: duckdb.DuckDBPyConnection, path: Path, contract: type[Contract]
) -> Stored | None:
    """Make ``raw`` a view of a Parquet file whose columns have the contract's own types.

    Returns
    -------
    mapping or None
        The columns; None where the file is of another kind or form, so that it must be stored.
    """
    if path.suffix.lower() != ".parquet":
        return None
    schema = pq.read_schema(path)
    kinds = {column.name: column for column in contract.columns()}
    for column in schema:
        declared = kinds.get(column.name)
        wanted = pa.date32() if column.name == "_known" else declared and ARROW_TYPES[declared.kind]
        if _WIDE.get(column.type, column.type) != wanted or (declared and declared.item.seal):
            return None
    names = ", ".join(sql_name(name) for name in schema.names)
    connection.execute(
        f"CREATE VIEW raw AS SELECT file_row_number + 1 AS _line, {names} "
        f"FROM read_parquet({sql_text(str(path))}, file_row_number = true)"
    )
    # Whoever judges the rows may read the file itself.
    connection.execute(f"COMMENT ON VIEW raw IS {sql_text(str(path))}")
    types = described(connection)
    return {name: (sql_name(name), types[name]) for name in schema.names}


def described(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """DuckDB types of the columns of ``raw``."""
    return {row[0]: row[1] for row in connection.execute("DESCRIBE raw").fetchall()}


def damaged(path: Path) -> ContractsError:
    """Error about a file whose content ends too early or is garbled."""
    return ContractsError(
        "the file cannot be read to its end.",
        expected="a file that is complete and undamaged",
        hint="transfer it again; a truncated copy looks like this",
        file=path,
    )


@contextmanager
def damage_told(path: Path) -> Iterator[None]:
    """Tell an error of the database about the file's content as one about the file."""
    try:
        yield
    except (duckdb.InvalidInputException, duckdb.IOException, duckdb.ConversionException) as error:
        raise damaged(path) from error
    except duckdb.OutOfMemoryException as error:
        raise ContractsError(
            "the file needs more room than there is.",
            hint="free space in the folder for temporary files, or send the file in parts",
            file=path,
        ) from error


def settings(spill: str, memory: str) -> dict[str, Any]:
    """Settings of a connection that may hold ``memory`` and spills the rest."""
    return {"memory_limit": memory, "temp_directory": spill, "preserve_insertion_order": "false"}
