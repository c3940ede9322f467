"""Accounts whose months may break a rule between months; the rules' own SQL is then asked of these alone.

Nearly every account has at most one record a month: sorted, each stands beside the one before it. An account
with a month twice is always looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce
from operator import or_
from threading import RLock

import duckdb
import numpy as np
import pyarrow as pa

from data_contracts.checks import sql_name
from data_contracts.contract import Contract
from data_contracts.intake.judge.batch import Batch
from data_contracts.intake.judge.ledger import STATE, STATUS, Ledger
from data_contracts.intake.judge.rows import FEW_ROWS
from data_contracts.rules.binding import ACCOUNT, Compared, CrossCheck


def compared(checks: Sequence[CrossCheck]) -> Compared | None:
    """What the rules between records compare of two months; None where one of them is about something else."""
    about_months = [check.beside for check in checks if check.beside is not None]
    if not checks or len(about_months) < len(checks):
        return None
    return reduce(or_, about_months)


def columns_of(contract: type[Contract], checks: Sequence[CrossCheck]) -> list[str]:
    """Columns that the rules between records read."""
    names = [column.name for column in contract.columns()]
    if compared(checks) is not None:
        read = {*ACCOUNT, "bill_on", STATUS, STATE}
        names = [name for name in names if name in read]
    return names


def gather(
    connection: duckdb.DuckDBPyConnection,
    contract: type[Contract],
    checks: Sequence[CrossCheck],
    rows: str,
    latest: str,
    *,
    ledger: Ledger | None,
    fallen: str,
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
    ledger
        What was kept of the records, to find the accounts that may be hit; None to look at all.
    fallen
        SELECT of the lines that are no records.
    """
    run = connection.execute
    names = columns_of(contract, checks)
    listed = ", ".join(sql_name(name) for name in names)
    keys = ", ".join(sql_name(name) for name in ACCOUNT if name in contract.model_fields)
    if ledger is not None and ledger.compared is not None:
        lines = run(fallen).fetchnumpy()["_line"]
        doubtful = ledger.doubtful(np.asarray(lines), _lake(connection, latest, ledger))
        if len(doubtful):
            connection.register("_doubtful", pa.table({"_line": doubtful}))
            rows = f"(SELECT * FROM {rows} AS r SEMI JOIN _doubtful USING (_line))"
        else:
            rows = f"(SELECT * FROM {rows} AS r WHERE FALSE)"
    run(f"CREATE TEMP TABLE incoming AS SELECT _line, {listed} FROM {rows} AS r")
    narrowed = f"SEMI JOIN incoming USING ({keys})" if keys else ""
    run(f"CREATE TEMP TABLE previous AS SELECT {listed} FROM {latest} AS l {narrowed}")


def _lake(
    connection: duckdb.DuckDBPyConnection, latest: str, ledger: Ledger
) -> Iterator[tuple[int, Batch]]:
    """Records of the lake, batch after batch."""
    listed = ", ".join(sql_name(name) for name in ledger.columns)
    found = connection.cursor().sql(f"SELECT {listed} FROM {latest} AS l")
    for part in found.to_arrow_reader(FEW_ROWS):
        yield (
            part.num_rows,
            Batch(
                part.num_rows,
                dict(zip(part.schema.names, part.columns, strict=True)),
                {},
                RLock(),
            ),
        )
