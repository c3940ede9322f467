"""What is judged: one institution, some months, and the lake's records of both."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

import duckdb

from data_contracts.checks import sql_text
from data_contracts.errors import ContractsError
from data_contracts.finance.borrower import Borrower
from data_contracts.finance.credit_month import CreditMonth
from data_contracts.finance.guarantor import Guarantor
from data_contracts.finance.items import INSTITUTION_PATTERN
from data_contracts.intake.lake import Lake
from data_contracts.intake.versions import MEMORY_LIMIT
from data_contracts.intake.waive import record_key_sql

CONTRACTS = (CreditMonth, Borrower, Guarantor)
TABLES = {"credit_month": "months", "borrower": "borrowers", "guarantor": "guarantors"}
"""Tables of the connection by contract: the institution's newest records up to the last month, ``judged``
being those of ``months`` in the months judged. ``_key`` is the key as waivers name it, ``_at`` the event."""

_MOST_MONTHS = 120


def next_month(day: date) -> date:
    """First day of the month after."""
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


@dataclass(frozen=True)
class Months:
    """First days of the first and the last month judged.

    Examples
    --------
    >>> [m.month for m in Months(date(2023, 12, 1), date(2024, 2, 1)).all]
    [12, 1, 2]
    """

    first: date
    last: date

    @property
    def all(self) -> tuple[date, ...]:
        """First day of each month."""
        found = [self.first]
        while found[-1] < self.last:
            found.append(next_month(found[-1]))
        return tuple(found)

    @property
    def end(self) -> date:
        """First day after the last month."""
        return next_month(self.last)


def parse_months(text: str) -> Months:
    """Read ``2024-01..2024-03``, or one month alone.

    Raises
    ------
    ContractsError
        For another form, a month that is none, or more than ten years.
    """
    found = re.fullmatch(
        r"([12][0-9]{3})-?(0[1-9]|1[0-2])(?:\.\.([12][0-9]{3})-?(0[1-9]|1[0-2]))?", text.strip()
    )
    if found is None:
        raise ContractsError("these are no months.", expected="2024-01..2024-03", column="--months")
    first = date(int(found[1]), int(found[2]), 1)
    last = date(int(found[3]), int(found[4]), 1) if found[3] else first
    if last < first:
        raise ContractsError(
            "the last month is before the first.", expected="2024-01..2024-03", column="--months"
        )
    return _bounded(Months(first, last))


def _bounded(months: Months) -> Months:
    count = (months.last.year - months.first.year) * 12 + months.last.month - months.first.month
    if count >= _MOST_MONTHS:
        raise ContractsError("too many months.", expected=f"{_MOST_MONTHS} at most")
    return months


@dataclass(frozen=True)
class Scope:
    """The lake's records of an institution, on a connection of their own.

    ``present`` are the first days of the judged months that have account records.
    """

    connection: duckdb.DuckDBPyConnection
    lake: Lake
    institution: str
    months: Months
    present: tuple[date, ...]


@contextmanager
def open_scope(lake: Lake, institution: str, months: str | None, last: int) -> Iterator[Scope]:
    """Find the institution's records.

    Parameters
    ----------
    lake
        Where they are.
    institution
        14-digit code.
    months, last
        The months judged, or how many up to the last one that was reported.

    Raises
    ------
    ContractsError
        For an institution or months of which the lake holds nothing.
    """
    if not re.fullmatch(INSTITUTION_PATTERN, institution):
        raise ContractsError(
            "this is no institution code.",
            expected="14 characters: a letter and 13 digits", column="INSTITUTION",
        )  # fmt: skip
    wanted = parse_months(months) if months is not None else None
    accounts = lake.latest_sql("credit_month")
    with (
        tempfile.TemporaryDirectory(prefix="xinqiao-accept-") as spill,
        duckdb.connect(
            config={"memory_limit": MEMORY_LIMIT, "temp_directory": spill}
        ) as connection,
    ):
        reported = [
            row[0]
            for row in connection.execute(
                f"SELECT DISTINCT CAST(date_trunc('month', bill_on) AS DATE) FROM {accounts} AS l "
                "WHERE institution_code = ? ORDER BY 1",
                [institution],
            ).fetchall()
        ]
        if not reported:
            raise ContractsError(
                f"the lake holds no account record of {institution}.",
                expected=_known(connection, accounts),
                hint="take its messages in first: xinqiao contracts intake FILE",
            )
        chosen = wanted or _last(reported[-1], last)
        present = tuple(month for month in chosen.all if month in reported)
        if not present:
            raise ContractsError(
                f"the lake holds no account record of {institution} in these months.",
                expected=f"months from {reported[0]:%Y-%m} to {reported[-1]:%Y-%m}",
                column="--months",
            )
        _fill(connection, lake, institution, chosen)
        yield Scope(connection, lake, institution, chosen, present)


def _last(newest: date, count: int) -> Months:
    if not 1 <= count <= _MOST_MONTHS:
        raise ContractsError("this is no number of months.", expected=f"1 to {_MOST_MONTHS}")
    number = newest.year * 12 + newest.month - count
    return Months(date(number // 12, number % 12 + 1, 1), newest)


def _known(connection: duckdb.DuckDBPyConnection, accounts: str) -> str:
    found = connection.execute(
        f"SELECT DISTINCT institution_code FROM {accounts} AS l ORDER BY 1 LIMIT 11"
    ).fetchall()
    names = [str(row[0]) for row in found]
    if not names:
        return "an institution whose messages were taken in; there is none yet"
    return " or ".join(names[:10]) + (" or others" if len(names) > 10 else "")


def _fill(
    connection: duckdb.DuckDBPyConnection, lake: Lake, institution: str, months: Months
) -> None:
    for contract in CONTRACTS:
        event = contract.about.event
        connection.execute(
            f"CREATE TABLE {TABLES[contract.about.name]} AS SELECT *, "
            f"{record_key_sql(contract)} AS _key, {event} AS _at "
            f"FROM {lake.latest_sql(contract.about.name)} AS l "
            f"WHERE institution_code = {sql_text(institution)} AND {event} < {sql_text(months.end)}"
        )
    connection.execute(
        f"CREATE VIEW judged AS SELECT * FROM months WHERE bill_on >= {sql_text(months.first)}"
    )
