"""Conditions as a program: no row that the database finds is missed, and few others are picked."""

from __future__ import annotations

from datetime import date
from threading import RLock
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from data_contracts.intake.judge.batch import Batch
from data_contracts.intake.judge.screen import Screen
from data_contracts.intake.judge.suspects import compiler_of

KINDS = {"n": "BIGINT", "m": "BIGINT", "d": "DATE", "e": "DATE", "few": "VARCHAR", "wide": "VARCHAR",
         "yes": "BOOLEAN", "x": "DOUBLE"}  # fmt: skip
TYPES = [
    pa.int64(),
    pa.int64(),
    pa.date32(),
    pa.date32(),
    pa.string(),
    pa.string(),
    pa.bool_(),
    pa.float64(),
]
number = st.sampled_from([None, 0, 1, 2, 7, 48, 200, 255, 256, -1, -2, 2**40, 2**61, -(2**62)])
day = st.sampled_from(
    [
        None,
        date(2024, 2, 29),
        date(2024, 3, 31),
        date(2023, 12, 1),
        date(1949, 1, 1),
        date(2150, 5, 5),
    ]
)
rows = st.lists(
    st.tuples(
        number, number, day, day,
        st.sampled_from([None, "", "1", "2", "03", "é", "O"]),
        st.sampled_from([None, "", "N", "NN1", "//N", "a" * 30, "N\n", "12é", "业务", "62123412345612341234"]),
        st.sampled_from([None, True, False]),
        st.sampled_from([None, 0.0, -1.5, float("nan"), float("inf")]),
    ),
    min_size=1, max_size=12,
)  # fmt: skip
MASKED = (
    "CASE WHEN wide <> '' THEN regexp_replace(wide, '(62[0-9]{4})[0-9]{6,9}([0-9]{4})', "
    "'\\1*********\\2', 'g') ELSE wide END"
)
leaf = st.sampled_from(
    [
        "n > 0", "n = m", "n <> 7", "n <= m", "n IN (1, 2)", "n BETWEEN 1 AND 7", "abs(n - m) < 200", "n + m > 3",
        "coalesce(n, 7) >= 7", "greatest(n, 0) < m", "least(n, m) = 0", "n IS NULL", "m IS NOT NULL",
        "few = '1'", "few IN ('1', '2')", "few <> '03'", "few IS NULL", "coalesce(few, '03') = '03'",
        "try_cast(few AS INTEGER) = n", "length(few) = 1", "few >= CASE WHEN n > 0 THEN '1' ELSE '2' END",
        "right(wide, 1) = 'N'", "right(wide, 1) BETWEEN '1' AND '7'", "substr(wide, 2, 1) NOT IN ('N', '/')",
        "right(wide, 1) = chr(CAST(48 + m AS INTEGER))", "regexp_matches(wide, '[*N][1-7]')", "wide = 'N'",
        "regexp_full_match(wide, '[N/]*')", "starts_with(wide, '//')", "contains(wide, '1')", "wide IN ('N', '')",
        "length(wide) <= 3", "length(wide) = 3", "strlen(wide) = 3", "wide IS NULL", "ends_with(wide, 'N')",
        f"length({MASKED}) <= 20", f"{MASKED} = 'N'", "wide < few", "upper(wide) = 'N'", "wide LIKE 'N%'",
        "d > e", "d <= DATE '2024-01-01'", "date_diff('month', d, e) = 1", "d = last_day(d)", "year(d) = 2024",
        "e > CAST(d - INTERVAL 1 MONTH AS DATE)", "d - e > 3", "yes", "yes IS NULL", "x > 0", "isfinite(x)",
        "getvariable('load_date') > d", "NULL", "TRUE", "1 = 2",
    ]
)  # fmt: skip
condition = st.recursive(
    leaf,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda two: f"(({two[0]}) AND ({two[1]}))"),
        st.tuples(inner, inner).map(lambda two: f"(({two[0]}) OR ({two[1]}))"),
        st.tuples(inner, inner).map(lambda two: f"((({two[0]}) OR FALSE) = (({two[1]}) OR FALSE))"),
        inner.map(lambda one: f"(NOT ({one}))"),
        inner.map(lambda one: f"coalesce({one}, TRUE)"),
        inner.map(lambda one: f"coalesce({one}, FALSE)"),
        st.tuples(inner, inner, inner).map(
            lambda three: f"(CASE WHEN {three[0]} THEN {three[1]} ELSE {three[2]} END)"
        ),
        st.tuples(inner, inner).map(
            lambda two: f"(CASE n WHEN 1 THEN {two[0]} WHEN 7 THEN {two[1]} END)"
        ),
    ),
    max_leaves=5,
)


def table_of(values: list[tuple[Any, ...]]) -> pa.Table:
    columns = [list(column) for column in zip(*values, strict=True)]
    arrays = [pa.array(column, kind) for column, kind in zip(columns, TYPES, strict=True)]
    return pa.table(arrays, names=list(KINDS))


def told(
    values: list[tuple[Any, ...]], asked: list[str]
) -> tuple[list[int] | None, list[int], list[int]]:
    """Rows that the database finds, those that the screen picks, and rules that it thinks may be broken."""
    table = table_of(values)
    with duckdb.connect() as connection:
        connection.execute("SET VARIABLE load_date = DATE '2024-03-01'")
        connection.register("rows", table.append_column("_place", pa.array(range(len(values)))))
        compiler = compiler_of(connection, RLock(), KINDS, frozenset({"few"}), {})
        screen = Screen(compiler, tuple(compiler.compile(sql) for sql in asked))
        batch = Batch(
            len(values), {name: table[name].combine_chunks() for name in KINDS}, compiler.domains,
            compiler.lock,
        )  # fmt: skip
        picked, met = screen.look(batch)
        where = " OR ".join(f"coalesce({sql}, FALSE)" for sql in asked)
        try:
            found = connection.execute(
                f"SELECT _place FROM rows WHERE {where} ORDER BY 1"
            ).fetchall()
        except (duckdb.OutOfRangeException, duckdb.ConversionException):
            return None, [], []  # the database refuses a sum or a letter: whoever asks it is told
    return [row[0] for row in found], np.flatnonzero(picked).tolist(), np.flatnonzero(met).tolist()


@settings(max_examples=50, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(values=rows, asked=st.lists(condition, min_size=1, max_size=3))
def test_no_row_is_missed(values: list[tuple[Any, ...]], asked: list[str]) -> None:
    found, picked, _ = told(values, asked)
    assert found is None or set(found) <= set(picked)


PLAIN = (1, 2, date(2024, 3, 31), date(2024, 4, 30), "1", "NN1", True, 1.0)


@pytest.mark.parametrize("sql", [
    "n > 0", "n + m = 3", "d = last_day(d)", "date_diff('month', d, e) = 1", "try_cast(few AS INTEGER) = n",
    "right(wide, 1) = chr(CAST(48 + n AS INTEGER))", "regexp_matches(wide, 'N[1-7]')", "length(wide) = 3",
    "CASE WHEN few = '2' THEN n > 5 ELSE wide = 'NN1' END", "e > getvariable('load_date')", "yes", "x > 0",
    f"length({MASKED}) <= 20", "abs(n - m) = 1", "(n > 0) = (m > 0)",
])  # fmt: skip
def test_what_is_known_is_known_exactly(sql: str) -> None:
    """True of this row, so its opposite picks none: nothing is suspected that can be known."""
    assert told([PLAIN] * 3, [sql]) == ([0, 1, 2], [0, 1, 2], [0])
    assert told([PLAIN] * 3, [f"NOT ({sql})"]) == ([], [], [])


def test_rules_that_may_be_broken_are_told_apart() -> None:
    found = told([PLAIN, (None, *PLAIN[1:])], ["n > 5", "n IS NULL", "m = 2", "few = 'x'"])
    assert found == ([0, 1], [0, 1], [1, 2])
