"""Vectorised validation: a source table in, records and broken rows out, nothing lost.

Works on one DuckDB connection that holds ``raw`` (the file's rows as they stand, with ``_line``):

1. ``typed``: each column in its declared form; a value that has not got it breaks its row.
2. The portfolio's own rules and its key, which must not repeat.
3. Every record of every row against every check of its contract.
4. ``broken`` (line, rule_id, column, value) and ``good``: a row is in exactly one of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from data_contracts.checks import checks, sql_name, sql_text
from data_contracts.errors import ContractsError
from data_contracts.intake.mapping import (
    FORM_TEXT,
    RecordMapping,
    SourceColumn,
    in_form,
    mentioned,
    trimmed,
)
from data_contracts.portfolios.portfolio import Portfolio

LONGEST_VALUE = 200
"""Characters of an original value that quarantine keeps."""

_ROWS_A_PART = 65_536


@dataclass(frozen=True)
class Rule:
    """A rule as the intake applies it to a row: who breaks it, and which source column to name."""

    rule_id: str
    column: str
    broken: str
    text_zh: str
    text_en: str


@dataclass(frozen=True)
class Verdict:
    """Counts of a validation: accepted + quarantined = rows."""

    rows: int
    accepted: int
    quarantined: int
    by_rule: dict[str, int]


def rules_of(portfolio: Portfolio) -> list[Rule]:
    """Every rule that an intake of the portfolio applies; an id may stand for several columns."""
    found = _form_rules(portfolio) + _row_rules(portfolio)
    for record in portfolio.records:
        found += _record_rules(portfolio, record)
    return found


def validate(
    connection: duckdb.DuckDBPyConnection,
    portfolio: Portfolio,
    source: Path,
    step: Callable[[int, int], None] | None = None,
) -> Verdict:
    """Judge every row of ``raw``; leaves the tables ``good`` and ``broken`` on the connection.

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
    _make_typed(connection, portfolio, source)
    report(1, total)
    connection.execute("CREATE TABLE hits (_line BIGINT, rule_id VARCHAR, col VARCHAR)")
    _collect(connection, "typed", _form_rules(portfolio))
    _refuse_unreadable(connection, portfolio, source)
    report(2, total)
    _collect(connection, "typed", _row_rules(portfolio))
    _collect_repeats(connection, portfolio)
    report(3, total)
    for done, record in enumerate(portfolio.records):
        _collect(connection, f"({record_sql(record)} FROM typed)", _record_rules(portfolio, record))
        report(4 + done, total)
    _make_broken(connection, portfolio)
    names = ", ".join(sql_name(column.name) for column in portfolio.columns)
    connection.execute(
        f"CREATE TABLE good AS SELECT _line, {names} FROM typed "
        "ANTI JOIN hits USING (_line) ORDER BY _line"
    )
    verdict = _verdict(connection)
    connection.execute("DROP TABLE typed; DROP TABLE raw; DROP TABLE hits")
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
        f"{record.items[c.name]} AS {sql_name(c.name)}" for c in record.contract.columns()
    )
    return f"SELECT {items}, {record.known} AS _known, _line"


# ---- rules -----------------------------------------------------------------------------------


def _form_rules(portfolio: Portfolio) -> list[Rule]:
    return [
        Rule(
            f"{portfolio.name}.{column.name}.type",
            column.name,
            f"{sql_name('!' + column.name)}",
            f"{column.title_zh}应为{FORM_TEXT[column.form][0]}",
            f"{column.title_en} must be {FORM_TEXT[column.form][1]}",
        )
        for column in portfolio.columns
    ]


def _row_rules(portfolio: Portfolio) -> list[Rule]:
    found = [
        Rule(
            rule.rule_id,
            rule.column,
            f"NOT coalesce({rule.holds}, TRUE)",
            rule.text_zh,
            rule.text_en,
        )
        for rule in portfolio.rules
    ]
    return [*found, _key_rule(portfolio)]


def _key_rule(portfolio: Portfolio) -> Rule:
    return Rule(
        f"{portfolio.name}.key.unique",
        portfolio.key[0],
        "FALSE",  # not a matter of one row: see _collect_repeats
        "同一批次内主键不得重复",
        "A key must not repeat within a file",
    )


def _record_rules(portfolio: Portfolio, record: RecordMapping) -> list[Rule]:
    columns = portfolio.column_by_name
    found = [
        Rule(
            check.rule_id,
            record.source_of(check.column, columns),
            check.broken,
            check.text_zh,
            check.text_en,
        )
        for check in checks(record.contract)
    ]
    if record.known not in record.items.values():  # else the item's own check says it
        found.append(
            Rule(
                f"{record.contract.about.name}._known.required",
                next(iter(mentioned(record.known, columns)), ""),
                "_known IS NULL",
                "知悉日期不得为空",
                "The day on which the record was known must not be missing",
            )
        )
    return found


# ---- steps -----------------------------------------------------------------------------------


def _make_typed(connection: duckdb.DuckDBPyConnection, portfolio: Portfolio, source: Path) -> None:
    stored = {row[0]: row[1] for row in connection.execute("DESCRIBE raw").fetchall()}
    parts = []
    for column in portfolio.columns:
        name, kind = sql_name(column.name), stored[column.name]
        reading = in_form(name, column.form, kind)
        if reading is None:
            filled = connection.execute(
                f"SELECT min(_line) FROM raw WHERE {name} IS NOT NULL"
            ).fetchall()[0][0]
            if filled is not None:
                raise _unusable(portfolio, column, source, filled, f"its type is {kind.lower()}")
            reading = in_form(name, column.form, '"NULL"')
        parts.append(f"{reading} AS {name}")
        blank = f"{name} IS NULL"
        if kind == "VARCHAR":
            blank += f" OR {trimmed(name)} = ''"
        elif kind in ("FLOAT", "DOUBLE"):
            blank += f" OR isnan({name})"
        parts.append(f"(({reading}) IS NULL AND NOT ({blank})) AS {sql_name('!' + column.name)}")
    connection.execute(f"CREATE TABLE typed AS SELECT _line, {', '.join(parts)} FROM raw")


def _collect(connection: duckdb.DuckDBPyConnection, relation: str, rules: list[Rule]) -> None:
    """Note who breaks which rule, in one pass over the relation.

    Few rows break any rule, so the rows are filtered first and their rules listed afterwards.
    """
    hits = ", ".join(
        f"CASE WHEN {rule.broken} THEN {{id: {sql_text(rule.rule_id)}, col: {sql_text(rule.column)}}} END"
        for rule in rules
    )
    any_broken = " OR ".join(f"({rule.broken})" for rule in rules)
    connection.execute(
        "INSERT INTO hits SELECT _line, hit.id, hit.col FROM "
        f"(SELECT _line, unnest([{hits}]) AS hit FROM {relation} WHERE {any_broken}) "
        "WHERE hit IS NOT NULL"
    )


def _collect_repeats(connection: duckdb.DuckDBPyConnection, portfolio: Portfolio) -> None:
    """A row repeated word for word stands once; rows that contradict each other all fall."""
    key = ", ".join(sql_name(name) for name in portfolio.key)
    filled = " AND ".join(f"{sql_name(name)} IS NOT NULL" for name in portfolio.key)
    row = ", ".join(sql_name(column.name) for column in portfolio.columns)
    rule = _key_rule(portfolio)
    connection.execute(
        f"INSERT INTO hits WITH repeated AS (SELECT {key} FROM typed WHERE {filled} GROUP BY {key} "
        f"HAVING count(*) > 1), seen AS (SELECT _line, {key}, hash({row}) AS content FROM typed "
        f"SEMI JOIN repeated USING ({key})), judged AS (SELECT _line, "
        f"row_number() OVER (PARTITION BY {key} ORDER BY _line) AS place, "
        f"min(content) OVER (PARTITION BY {key}) <> max(content) OVER (PARTITION BY {key}) AS differ "
        f"FROM seen) SELECT _line, {sql_text(rule.rule_id)}, {sql_text(rule.column)} FROM judged "
        "WHERE place > 1 OR differ"
    )


def _refuse_unreadable(
    connection: duckdb.DuckDBPyConnection, portfolio: Portfolio, source: Path
) -> None:
    for column in portfolio.columns:
        bad, good, rows, first = connection.execute(
            f"SELECT count(*) FILTER ({sql_name('!' + column.name)}), count({sql_name(column.name)}), "
            f"count(*), min(_line) FILTER ({sql_name('!' + column.name)}) FROM typed"
        ).fetchall()[0]
        if bad and not good and 2 * bad >= rows:
            raise _unusable(portfolio, column, source, first, "none of its values can be read")


def _unusable(
    portfolio: Portfolio, column: SourceColumn, source: Path, line: int, why: str
) -> ContractsError:
    return ContractsError(
        f"the column cannot be used: {why}.",
        expected=FORM_TEXT[column.form][1],
        hint="columns may have changed places, or the export has another format",
        file=source,
        line=line,
        column=column.name,
    )


def _make_broken(connection: duckdb.DuckDBPyConnection, portfolio: Portfolio) -> None:
    whens = []
    for column in portfolio.columns:
        value = f"left(raw.{sql_name(column.name)}::VARCHAR, {LONGEST_VALUE})"
        if column.name in portfolio.masked_columns:
            # The shape of a value tells the supplier what is wrong; its letters and digits are hidden.
            value = rf"regexp_replace({value}, '[\p{{L}}\p{{N}}\p{{M}}]', '*', 'g')"
        whens.append(f"WHEN {sql_text(column.name)} THEN {value}")
    places = {rule.rule_id: place for place, rule in reversed(list(enumerate(rules_of(portfolio))))}
    connection.execute("CREATE TABLE places (rule_id VARCHAR, place INTEGER)")
    connection.executemany("INSERT INTO places VALUES (?, ?)", list(places.items()))
    # Of a value that cannot be read, only that is said: what follows from it would be noise.
    unreadable = f"rule_id = {sql_text(portfolio.name + '.')} || col || '.type'"
    connection.execute(
        'CREATE TABLE broken AS SELECT _line AS line, rule_id, col AS "column", '
        f"CASE col {' '.join(whens)} END AS value "
        "FROM (SELECT DISTINCT _line, rule_id, col FROM hits) AS said JOIN places USING (rule_id) "
        f"JOIN raw USING (_line) WHERE {unreadable} OR (_line, col) NOT IN "
        f"(SELECT (_line, col) FROM hits WHERE {unreadable}) ORDER BY _line, place, col"
    )


def _verdict(connection: duckdb.DuckDBPyConnection) -> Verdict:
    rows, accepted, quarantined = connection.execute(
        "SELECT (SELECT count(*) FROM raw), (SELECT count(*) FROM good), "
        "(SELECT count(DISTINCT line) FROM broken)"
    ).fetchall()[0]
    if accepted + quarantined != rows:
        raise AssertionError(f"{rows} rows, but {accepted} accepted and {quarantined} quarantined")
    by_rule = connection.execute(
        "SELECT rule_id, count(DISTINCT line) FROM broken JOIN places USING (rule_id) "
        "GROUP BY rule_id, place ORDER BY place"
    ).fetchall()
    return Verdict(rows, accepted, quarantined, dict(by_rule))
