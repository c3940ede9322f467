"""Which rows may break a rule: found cheaply in all rows, so that the rules' own SQL is asked of few.

Each rule's condition is asked of whole columns of a batch (``condition``). It may hold for too many rows, never
for too few; the rows that it picks are judged by the rules' own SQL.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from threading import RLock
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
from sqlglot import exp, parse_one

from data_contracts.checks import sql_name
from data_contracts.intake.judge import domains
from data_contracts.intake.judge.batch import Batch
from data_contracts.intake.judge.condition import Compiler
from data_contracts.intake.judge.ledger import DAY, STATE, STATUS, Ledger
from data_contracts.intake.judge.plan import Plan, Repeats, Rule
from data_contracts.intake.judge.rows import (
    FileRows,
    Part,
    RelationRows,
    Rows,
    few_of,
    in_threads,
)
from data_contracts.intake.judge.screen import Screen
from data_contracts.intake.source import damaged
from data_contracts.rules.binding import ACCOUNT, Compared

NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT")
_KEPT = "suspected"
_HELD_ROWS, _FEW_HELD_ROWS = 40_000, 10_000
"""Suspects that are held before they are stored, and where memory is scarce; each time costs what thousands do."""
_SCARCE = 500_000_000
"""Bytes of the database's limit below which Arrow keeps nothing back."""
_MOST_SCREENS = 8
_screens: dict[Any, Screen] = {}


@dataclass(frozen=True)
class Suspects:
    """Rows that may break a rule.

    Parameters
    ----------
    relation
        What to select them from; it has all columns that the rules read.
    rules
        Places of the rules that some row may break.
    raw, held
        Where their source rows stand, if they were stored, and with which columns.
    """

    relation: str
    rules: tuple[int, ...]
    raw: str | None = None
    held: frozenset[str] = frozenset()


def _looked(
    screen: Screen, read: Callable[[], Any], columns: tuple[str, ...], ledger: Ledger | None
) -> tuple[list[pa.Table], Any]:
    """Suspected rows of a piece of work, and which rules they may break."""
    tables, met = [], np.zeros(len(screen.rules), np.uint8)
    for part in read():
        table, broken = _picked_of(screen, part, columns, ledger)
        del part  # before the next is read
        tables += [table] if table is not None else []
        met |= broken
    return tables, met


def _picked_of(
    screen: Screen, part: Part, columns: tuple[str, ...], ledger: Ledger | None
) -> tuple[pa.Table | None, Any]:
    lines, rows, arrays = part
    batch = Batch(rows, arrays, screen.compiler.domains, screen.compiler.lock)
    found, broken = screen.look(batch)
    if ledger is not None:
        ledger.keep(batch, lines)
    if not found.any():
        return None, broken
    places = np.flatnonzero(found)
    picked = pa.array(places)
    own = lines.take(picked) if isinstance(lines, pa.Array) else pa.array(places + lines)
    taken = {name: arrays[name].take(picked) for name in columns if name in arrays}
    return pa.table({"_line": own, **taken}), broken


def suspects(
    connection: duckdb.DuckDBPyConnection,
    plan: Plan,
    relation: str,
    rules: Sequence[Rule],
    *,
    ledger: Ledger | None = None,
) -> Suspects:
    """Find the rows of a relation that may break one of the rules.

    Parameters
    ----------
    connection
        Holds the relation.
    plan
        How the typed rows are made.
    relation, rules
        What is judged, and by what.
    ledger
        Takes what it needs of every row in passing.
    """
    path, forms = _file(connection, plan, relation)
    kinds = _described(connection, "raw" if path else relation)
    ((memory,),) = connection.execute("SELECT current_setting('memory_limit')").fetchall()
    sparing = _bytes(memory) < _SCARCE
    rows: Rows = (
        FileRows(path, sparing)
        if path
        else RelationRows(connection, relation, tuple(kinds), sparing)
    )
    lock = RLock()
    texts = [name for name in rows.names if kinds[name] == "VARCHAR"]
    few = few_of(rows, texts)
    screen = screen_of(connection, lock, kinds, few, forms, [rule.broken for rule in rules])
    names = {*(ledger.columns if ledger else ()), *screen.compiler.read}
    columns = tuple(name for name in rows.names if name in names)
    (threads,) = connection.execute("SELECT current_setting('threads')").fetchall()[0]

    most = _FEW_HELD_ROWS if sparing else _HELD_ROWS
    tables: list[pa.Table] = []
    met, stored = np.zeros(len(rules), np.uint8), False
    work = (
        partial(_looked, screen, read, columns, ledger)
        for read in rows.pieces(columns, few & set(columns))
    )
    try:
        for found, broken in in_threads(work, int(threads)):
            met |= broken
            tables += found
            # Many suspects must not stay in memory.
            if path is not None and sum(table.num_rows for table in tables) > most:
                with lock:
                    _store(connection, tables, kinds, begun=stored)
                tables, stored = [], True
        if path is not None and tables:
            _store(connection, tables, kinds, begun=stored)
            stored = True
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        if path is None:
            raise
        raise damaged(Path(path)) from error
    places = tuple(int(n) for n in np.flatnonzero(met))
    if not stored:
        return Suspects(_picked(connection, relation, tables), places)
    assert plan.typed.count("FROM raw ") == 1
    typed = plan.typed.replace("FROM raw ", f"FROM {_KEPT} ")
    return Suspects(f"({typed})", places, _KEPT, frozenset(columns))


def ledger_of(
    connection: duckdb.DuckDBPyConnection,
    plan: Plan,
    repeats: Repeats,
    compared: Compared | None,
    rows: int,
) -> Ledger | None:
    """Ledger for a key; None where a part of it is neither text, whole number nor day as it stands."""
    kinds = _described(connection, repeats.relation)
    if not all(kinds[name] in (*NUMBERS, "VARCHAR", "DATE") for name in repeats.key):
        return None
    if kinds.get(DAY, "DATE") != "DATE" or not {STATUS, STATE} <= set(kinds):
        compared = None
    if DAY not in repeats.key or not {*repeats.key} - {DAY} <= {*ACCOUNT}:
        compared = None
    ((memory, folder, threads),) = connection.execute(
        "SELECT current_setting('memory_limit'), current_setting('temp_directory'), "
        "current_setting('threads')"
    ).fetchall()
    room = Path(folder) if folder and Path(folder).is_dir() else None
    found = Ledger(repeats.key, compared, rows, _bytes(memory) // 4, room, int(threads))
    _, forms = _file(connection, plan, repeats.relation)
    if DAY in repeats.key and kinds[DAY] != "DATE":
        return None
    return found if not set(forms) & set(found.columns) else None


def _bytes(size: str) -> int:
    """Bytes of what the database calls ``244.1 MiB``."""
    number, unit = size.split()
    return int(float(number) * 1024 ** ("bytes", "KiB", "MiB", "GiB", "TiB").index(unit))


def _picked(
    connection: duckdb.DuckDBPyConnection, relation: str, tables: Sequence[pa.Table]
) -> str:
    """Relation of the suspected rows, which are taken from where they stand."""
    if not tables:
        return f"(SELECT * FROM {relation} WHERE FALSE)"
    connection.register("_found", pa.concat_tables([table.select(["_line"]) for table in tables]))
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {_KEPT} AS SELECT DISTINCT _line FROM _found")
    connection.unregister("_found")
    return f"(SELECT * FROM {relation} SEMI JOIN {_KEPT} USING (_line))"


def _store(
    connection: duckdb.DuckDBPyConnection,
    tables: Sequence[pa.Table],
    kinds: Mapping[str, str],
    *,
    begun: bool,
) -> None:
    """Store suspected rows of a file; what no rule reads is left out."""
    held = set(tables[0].column_names)
    listed = ", ".join(
        f"{sql_name(n) if n in held else 'NULL'}::{kind} AS {sql_name(n)}"
        for n, kind in kinds.items()
    )
    head = f"INSERT INTO {_KEPT}" if begun else f"CREATE OR REPLACE TEMP TABLE {_KEPT} AS"
    # In one piece: the database reads many small ones slowly.
    found = pa.concat_tables(tables, promote_options="permissive").combine_chunks()
    connection.register("_found", found)
    connection.execute(f"{head} SELECT {listed} FROM _found")
    connection.unregister("_found")


def screen_of(
    connection: duckdb.DuckDBPyConnection,
    lock: RLock,
    kinds: Mapping[str, str],
    few: frozenset[str],
    forms: Mapping[str, exp.Expr],
    broken: Sequence[str],
) -> Screen:
    """Make the screen of some conditions; of each form of file it is compiled once in a process.

    A condition may ask for the day of loading, and for nothing else that is not in the rows.
    """
    ((day,),) = connection.execute("SELECT getvariable('load_date')").fetchall()
    made = tuple((name, form.sql(dialect="duckdb")) for name, form in forms.items())
    key = (tuple(broken), tuple(kinds.items()), few, made, day)
    if key not in _screens:
        if len(_screens) >= _MOST_SCREENS:
            _screens.clear()
        compiler = compiler_of(connection, lock, kinds, few, forms)
        _screens[key] = Screen(compiler, tuple(compiler.compile(sql) for sql in broken))
    return _screens[key].renewed(connection, lock)


def compiler_of(
    connection: duckdb.DuckDBPyConnection,
    lock: RLock,
    kinds: Mapping[str, str],
    few: frozenset[str],
    forms: Mapping[str, exp.Expr],
) -> Compiler:
    """Make the compiler of a relation.

    Parameters
    ----------
    connection, lock
        The database, and who may ask it.
    kinds
        Column -> its type.
    few
        Columns of texts of which few differ.
    forms
        Column of the relation -> how it is made of the columns of the batch.
    """
    known: dict[str, domains.Domain] = {}
    for name, kind in kinds.items():
        if name in few:
            known[name] = domains.texts(name)
        elif kind in NUMBERS:
            known[name] = domains.numbers(name)
        elif kind == "DATE":
            known[name] = domains.days(name)
        elif kind == "BOOLEAN":
            known[name] = domains.truths(name)
    days = frozenset(name for name, kind in kinds.items() if kind == "DATE")
    numbers = days | {name for name, kind in kinds.items() if kind in NUMBERS}
    wide = frozenset(n for n, kind in kinds.items() if kind == "VARCHAR" and n not in few)
    return Compiler(connection, lock, numbers, days, known, wide, forms)


def _described(connection: duckdb.DuckDBPyConnection, relation: str) -> dict[str, str]:
    found = connection.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()
    return {str(row[0]): str(row[1]) for row in found}


def _file(
    connection: duckdb.DuckDBPyConnection, plan: Plan, relation: str
) -> tuple[str | None, Mapping[str, exp.Expr]]:
    """Parquet file that the typed rows look at, if they do, and the columns that are not just the file's own."""
    if not plan.direct or relation != "typed":
        return None, {}
    found = connection.execute(
        "SELECT comment FROM duckdb_views() WHERE view_name = 'raw' AND schema_name = current_schema()"
    ).fetchall()
    path = found[0][0] if found else None
    return (path, _forms(plan.typed)) if path else (None, {})


@lru_cache(maxsize=64)
def _forms(typed: str) -> Mapping[str, exp.Expr]:
    """Columns of the typed rows, as what is made of the columns of ``raw``."""
    select = parse_one(typed, dialect="duckdb").find(exp.Select)
    assert select is not None
    found = {}
    for column in select.expressions:
        if isinstance(column, exp.Alias):
            form = column.this.unnest()
            if isinstance(form, exp.Cast) and isinstance(form.this.unnest(), exp.Column | exp.Case):
                form = form.this.unnest()  # the file's types are the contract's own
            if not (isinstance(form, exp.Column) and form.name == column.alias):
                found[column.alias] = form
    return found
