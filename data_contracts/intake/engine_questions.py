"""What the screen asks of DuckDB: questions of rules, put to the values of one typed column."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence

import duckdb
import numpy as np
import pyarrow as pa

from data_contracts.checks import sql_name
from data_contracts.intake.engine_terms import Kind, Term, lookups
from data_contracts.intake.engine_values import Answers, Days, Texts, answers_of
from data_contracts.intake.mapping_subject import without_persons_sql

_TYPED: dict[Kind, str] = {"text": "VARCHAR", "date": "DATE", "number": "BIGINT"}


class Questions:
    """Asks on a cursor of its own, one question at a time.

    Parameters
    ----------
    connection
        Its functions and its day of loading are used.
    typed
        SELECT that makes the typed rows from ``raw``.
    kinds
        Kind of each typed column.
    """

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, typed: str, kinds: Mapping[str, Kind]
    ) -> None:
        self.typed, self.kinds = typed, kinds
        self._asking = threading.Lock()
        described = connection.execute("DESCRIBE raw").fetchall()
        self._stored = {row[0]: row[1] for row in described if row[0] != "_line"}
        self._cursor = connection.cursor()
        day = connection.execute("SELECT getvariable('load_date')").fetchall()[0][0]
        if day is not None:  # a cursor has its own variables
            self._cursor.execute(f"SET VARIABLE load_date = DATE '{day}'")
        self._plain = {
            name for name, kind in kinds.items() if self._cast(sql_name(name), name, kind) in typed
        }

    def of(self, terms: Iterable[Term]) -> tuple[dict[str, Texts], dict[str, Days]]:
        """Columns of texts and of dates with every question that the terms put to them."""
        asked: dict[str, dict[str, None]] = {}
        for term in terms:
            for name, sql in sorted(lookups(term)):
                asked.setdefault(name, {})[sql] = None
        texts = {
            name: Texts(
                name, list(sqls), self.ask, plain=name in self._plain, same=self._same(name)
            )
            for name, sqls in asked.items()
            if self.kinds[name] == "text"
        }
        days = {
            name: Days(name, list(sqls), self.ask)
            for name, sqls in asked.items()
            if self.kinds[name] == "date"
        }
        return texts, days

    def constant(self, sql: str) -> Answers:
        """Value of an expression without columns."""
        found = self._cursor.sql(f"SELECT {sql} AS v").to_arrow_table()
        return answers_of(found["v"].combine_chunks())

    def ask(self, name: str, values: pa.Array, sqls: Sequence[str]) -> list[pa.Array]:
        """Ask questions about values of a column: an array of answers for each question."""
        if name in self._plain:
            relation = f"(SELECT n AS _line, v AS {sql_name(name)} FROM asked)"
        else:
            stored = {"_known": "DATE", **self._stored}  # columns of every type, whoever is asked
            others = ", ".join(
                f"NULL::{kind} AS {sql_name(other)}"
                for other, kind in stored.items()
                if other != name
            )
            row = f"SELECT n AS _line, v AS {sql_name(name)}, {others} FROM asked"
            relation = f"(WITH raw AS ({row}) {self.typed})"
        listed = ", ".join(f"({sql}) AS q{place}" for place, sql in enumerate(sqls))
        query = f"SELECT _line, {listed} FROM {relation} AS typed"
        with self._asking:
            table = pa.table({"n": pa.array(np.arange(len(values))), "v": values})
            self._cursor.register("asked", table)
            found = self._cursor.sql(query).to_arrow_table()
            self._cursor.unregister("asked")
        line = np.asarray(found["_line"])
        if (np.diff(line) != 1).any():  # rows may come in any order
            found = found.take(pa.array(np.argsort(line)))
        return [found[f"q{place}"].combine_chunks() for place in range(len(sqls))]

    @staticmethod
    def _cast(sql: str, name: str, kind: Kind) -> str:
        return f"CAST({sql} AS {_TYPED[kind]}) AS {sql_name(name)}"

    def _same(self, name: str) -> tuple[str, ...]:
        """Questions that a text answers alike before and after numbers of persons are hidden in it."""
        hidden = self._cast(without_persons_sql(sql_name(name)), name, "text")
        return ("length", "given") if hidden in self.typed else ()
