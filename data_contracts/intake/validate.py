"""Validation of a portfolio's file: its declarations as a plan for the judge, then records.

Works on one DuckDB connection that holds ``raw``. A row of a portfolio makes several records; it falls as a
whole if one of them breaks a rule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import duckdb
import pyarrow as pa

from data_contracts.checks import checks, sql_name
from data_contracts.errors import ContractsError
from data_contracts.intake.judge.judge import LONGEST_VALUE, Judge, Verdict
from data_contracts.intake.judge.plan import Plan, Repeats, Rule, Stage
from data_contracts.intake.mapping.columns import (
    FORM_TEXT,
    RecordMapping,
    SourceColumn,
    in_form,
    mentioned,
    trimmed,
)
from data_contracts.portfolios.portfolio import Portfolio

__all__ = ["LONGEST_VALUE", "Rule", "Verdict", "record_sql", "records", "rules_of", "validate"]

_ROWS_A_PART = 65_536


def rules_of(portfolio: Portfolio) -> list[Rule]:
    """Every rule that an intake of the portfolio applies; an id may stand for several columns."""
    return list(_plan(portfolio, "").rules)


def validate(
    connection: duckdb.DuckDBPyConnection,
    portfolio: Portfolio,
    source: Path,
    step: Callable[[int, int], None] | None = None,
) -> Verdict:
    """Judge every row of ``raw``; leaves the tables ``good``, ``broken`` and ``reviewed``.

    Parameters
    ----------
    connection
        Holds ``raw``.
    portfolio
        Columns, rules and mappings.
    source
        The file, to be named in errors.
    step
        Called with (done, total) after each step.

    Raises
    ------
    ContractsError
        When a whole column cannot have its form: its type is unusable, or none of the values of a
        column that at least half of the rows fill can be read.
    """
    total = len(portfolio.records) + 4
    report = step or (lambda done, total: None)
    plan = _plan(portfolio, _typed(connection, portfolio, source))
    judge = Judge(connection, plan)
    report(1, total)
    for done, stage in enumerate(plan.stages):
        judge.test(stage)
        if done == 0:
            _refuse_unreadable(connection, portfolio, source)
        report(2 + done, total)
    for repeats in plan.repeats:
        judge.test_repeats(repeats)
    verdict = judge.conclude()
    names = ", ".join(sql_name(column.name) for column in portfolio.columns)
    connection.execute(
        f"CREATE TABLE good AS SELECT _line, {names} FROM typed "
        "ANTI JOIN fallen USING (_line) ORDER BY _line"
    )
    (standing,) = connection.execute("SELECT count(*) FROM good").fetchall()[0]
    if standing != verdict.accepted:
        raise AssertionError(f"{verdict.accepted} rows stand, but {standing} go on")
    connection.execute("DROP TABLE typed; DROP TABLE raw; DROP TABLE hits; DROP TABLE said")
    report(total, total)
    return verdict


def records(
    connection: duckdb.DuckDBPyConnection, portfolio: Portfolio
) -> Iterator[tuple[str, pa.RecordBatchReader]]:
    """Records of the good rows, contract by contract, made when they are asked for."""
    by_contract: dict[str, list[RecordMapping]] = {}
    for record in portfolio.records:
        by_contract.setdefault(record.contract.about.name, []).append(record)
    for name, mappings in by_contract.items():
        event = sql_name(mappings[0].contract.about.event)
        parts = " UNION ALL ".join(f"{record_sql(mapping)} FROM good" for mapping in mappings)
        query = f"SELECT * FROM ({parts})"
        if len(mappings) > 1:  # rows of one mapping keep the order of `good`
            query += f" ORDER BY _line, {event}"
        yield name, connection.cursor().sql(query).to_arrow_reader(_ROWS_A_PART)


def record_sql(record: RecordMapping) -> str:
    """SELECT list that makes a record from a typed source row."""
    items = ", ".join(
        f"{record.expression(c.name)} AS {sql_name(c.name)}" for c in record.contract.columns()
    )
    return f"SELECT {items}, {record.known} AS _known, _line"


# ---- rules -----------------------------------------------------------------------------------


def _plan(portfolio: Portfolio, typed: str) -> Plan:
    key = Rule(
        f"{portfolio.name}.key.unique",
        portfolio.key[0],
        "FALSE",  # not a matter of one row
        "同一批次内主键不得重复",
        "A key must not repeat within a file",
    )
    stages = [
        Stage("typed", tuple(_form_rules(portfolio))),
        Stage("typed", tuple(_row_rules(portfolio))),
        *(
            Stage(f"({record_sql(record)} FROM typed)", tuple(_record_rules(portfolio, record)))
            for record in portfolio.records
        ),
    ]
    content = tuple(column.name for column in portfolio.columns)
    return Plan(
        portfolio.name,
        typed,
        tuple(stages),
        (Repeats("typed", portfolio.key, content, key),),
        {column.name: sql_name(column.name) for column in portfolio.columns},
        dict.fromkeys(portfolio.masked_columns, ""),
    )


def _form_rules(portfolio: Portfolio) -> list[Rule]:
    return [
        Rule(
            f"{portfolio.name}.{column.name}.type",
            column.name,
            f"{sql_name('!' + column.name)}",
            f"{column.title_zh}应为{FORM_TEXT[column.form][0]}",
            f"{column.title_en} must be {FORM_TEXT[column.form][1]}",
            kind="fault",
        )
        for column in portfolio.columns
    ]


def _row_rules(portfolio: Portfolio) -> list[Rule]:
    return [
        Rule(
            rule.rule_id,
            rule.column,
            f"NOT coalesce({rule.holds}, TRUE)",
            rule.text_zh,
            rule.text_en,
        )
        for rule in portfolio.rules
    ]


def _record_rules(portfolio: Portfolio, record: RecordMapping) -> list[Rule]:
    columns = portfolio.column_by_name
    name = record.contract.about.name
    found = [
        Rule(
            check.rule_id,
            record.source_of(check.column, columns),
            check.broken,
            check.text_zh,
            check.text_en,
            check.severity,
            contract=name,
            item=check.column,
        )
        for check in checks(record.contract)
    ]
    if record.known not in record.items.values():  # else the item's own check says it
        found.append(
            Rule(
                f"{name}._known.required",
                next(iter(mentioned(record.known, columns)), ""),
                "_known IS NULL",
                "知悉日期不得为空",
                "The day on which the record was known must not be missing",
            )
        )
    return found


# ---- forms -----------------------------------------------------------------------------------


def _typed(connection: duckdb.DuckDBPyConnection, portfolio: Portfolio, source: Path) -> str:
    stored = stored_types(connection)
    parts = []
    for column in portfolio.columns:
        name, kind = sql_name(column.name), stored[column.name]
        reading = in_form(name, column.form, kind)
        if reading is None:
            filled = connection.execute(
                f"SELECT min(_line) FROM raw WHERE {name} IS NOT NULL"
            ).fetchall()[0][0]
            if filled is not None:
                raise _unusable(column, source, filled, f"its type is {kind.lower()}")
            reading = in_form(name, column.form, '"NULL"')
        parts.append(f"{reading} AS {name}")
        blank = f"{name} IS NULL"
        if kind == "VARCHAR":
            blank += f" OR {trimmed(name)} = ''"
        elif kind in ("FLOAT", "DOUBLE"):
            blank += f" OR isnan({name})"
        parts.append(f"(({reading}) IS NULL AND NOT ({blank})) AS {sql_name('!' + column.name)}")
    return f"SELECT _line, {', '.join(parts)} FROM raw"


def stored_types(connection: duckdb.DuckDBPyConnection) -> Mapping[str, str]:
    """DuckDB types of the columns of ``raw``."""
    return {row[0]: row[1] for row in connection.execute("DESCRIBE raw").fetchall()}


def _refuse_unreadable(
    connection: duckdb.DuckDBPyConnection, portfolio: Portfolio, source: Path
) -> None:
    for column in portfolio.columns:
        bad, good, rows, first = connection.execute(
            f"SELECT count(*) FILTER ({sql_name('!' + column.name)}), count({sql_name(column.name)}), "
            f"count(*), min(_line) FILTER ({sql_name('!' + column.name)}) FROM typed"
        ).fetchall()[0]
        if bad and not good and 2 * bad >= rows:
            raise _unusable(column, source, first, "none of its values can be read")


def _unusable(column: SourceColumn, source: Path, line: int, why: str) -> ContractsError:
    return ContractsError(
        f"the column cannot be used: {why}.",
        expected=FORM_TEXT[column.form][1],
        hint="columns may have changed places, or the export has another format",
        file=source,
        line=line,
        column=column.name,
    )
