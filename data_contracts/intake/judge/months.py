"""Accounts whose months may break a rule between months; the rules' own SQL is then asked of these alone.

Nearly every account has at most one record a month: sorted, each stands beside the one before it. An account
with a month twice is always looked at.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from data_contracts.checks import sql_name
from data_contracts.contract import Contract
from data_contracts.rules.binding import ACCOUNT, CrossCheck

_COMPARED = ("status_24", "account_status")


def columns_of(contract: type[Contract], checks: Sequence[CrossCheck]) -> list[str]:
    """Columns that the rules between records read."""
    names = [column.name for column in contract.columns()]
    if all(check.beside is not None for check in checks):
        read = {*ACCOUNT, "bill_on", *_COMPARED}
        names = [name for name in names if name in read]
    return names


def gather(
    connection: duckdb.DuckDBPyConnection,
    contract: type[Contract],
    checks: Sequence[CrossCheck],
    rows: str,
    latest: str,
    *,
    many: bool,
) -> None:
    """Make the tables ``incoming`` and ``previous`` that the rules between records are asked of.

    Parameters
    ----------
    connection
        Where to.
    contract, checks
        Record type and its rules between records.
    rows
        Relation of the batch's records with their ``_line``.
    latest
        Relation of the records that the lake holds; of these the accounts of the batch are taken.
    many
        Whether it pays to look for the accounts that may be hit, and to leave out the others.
    """
    run = connection.execute
    names = columns_of(contract, checks)
    listed = ", ".join(sql_name(name) for name in names)
    keys = ", ".join(sql_name(name) for name in ACCOUNT if name in contract.model_fields)
    about_months = [check.beside for check in checks if check.beside is not None]
    if many and keys and len(about_months) == len(checks):
        compared = [name for name in names if name in _COMPARED]
        of_month = ", ".join([f"hash({keys}) AS account", "bill_on", *compared])
        run(f"CREATE TEMP TABLE months AS SELECT _line, {of_month} FROM {rows} AS r")
        if run(f"SELECT 1 FROM {latest} AS l LIMIT 1").fetchall():
            run(
                f"INSERT INTO months SELECT NULL, * FROM (SELECT {of_month} FROM {latest} AS l) "
                "SEMI JOIN months USING (account) ANTI JOIN months USING (account, bill_on)"
            )
        _doubt(connection, compared, about_months)
        rows = f"(SELECT * FROM {rows} AS r SEMI JOIN doubtful USING (_line))"
        run("DROP TABLE months")
    run(f"CREATE TEMP TABLE incoming AS SELECT _line, {listed} FROM {rows} AS r")
    narrowed = f"SEMI JOIN incoming USING ({keys})" if keys else ""
    run(f"CREATE TEMP TABLE previous AS SELECT {listed} FROM {latest} AS l {narrowed}")


def _doubt(
    connection: duckdb.DuckDBPyConnection, compared: Sequence[str], broken: Sequence[str]
) -> None:
    """Make ``doubtful``: the lines of all records of the accounts that may be hit."""
    before = "".join(f", lag({name}) OVER w AS before_{name}" for name in compared)
    connection.execute(
        "CREATE TEMP TABLE doubtful AS WITH dated AS (SELECT * EXCLUDE (bill_on, _line), "
        "CAST(year(bill_on) * 12 + month(bill_on) AS INTEGER) AS month FROM months), "
        f"beside AS (SELECT *, month - lag(month) OVER w AS gap{before} FROM dated "
        "WINDOW w AS (PARTITION BY account ORDER BY month)) "
        "SELECT _line FROM months SEMI JOIN "
        f"(SELECT account FROM beside WHERE gap = 0 OR {' OR '.join(broken)}) USING (account) "
        "WHERE _line IS NOT NULL"
    )
