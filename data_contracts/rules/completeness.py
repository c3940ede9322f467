"""How complete reports are: fill rates of the base information, missing accounts, months in a row.

Functions over DuckDB relations given by name or as a parenthesised SELECT; nothing is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from data_contracts.finance.borrower import SEGMENTS, Borrower
from data_contracts.rules.base_information import placeholder

if TYPE_CHECKING:
    import duckdb

    from data_contracts.contract import Contract

ACCOUNT = "institution_code, business, account_no"
TOLERANCE = 0.001
"""0.1 percentage points, ours: the paper asks for any difference, but rates come to it rounded."""


@dataclass(frozen=True)
class FillRate:
    """BI-01 for one item; ``rate`` is None without new accounts (BI-05)."""

    segment: str
    item: str
    filled: int
    accounts: int

    @property
    def rate(self) -> float | None:
        """Share of the new accounts that report the item with a real value."""
        return self.filled / self.accounts if self.accounts else None

    @property
    def shown(self) -> str:
        """The rate as a report shows it.

        Examples
        --------
        >>> FillRate("C", "employer", 19, 20).shown, FillRate("C", "employer", 0, 0).shown
        ('95.0%', 'n/a')
        """
        return "n/a" if self.rate is None else f"{self.rate:.1%}"


def missing(contract: type[Contract], item: str) -> str:
    """SQL condition that an item counts as missing (BI-02): null, blank, 暂缺, 未知 or a code that says so."""
    column = contract.column(item)
    if column.kind is not str:
        return f'"{item}" IS NULL'
    unknown = [code for code, (zh, _) in column.item.codes.items() if zh in ("未知", "未说明")]
    if column.item.codes:
        listed = ", ".join(f"'{code}'" for code in unknown)
        return f'("{item}" IS NULL' + (f' OR "{item}" IN ({listed}))' if unknown else ")")
    # The code 0 is a value (occupation 0), so a text that is a lone digit is no placeholder.
    return f'("{item}" IS NULL OR ({placeholder(chr(34) + item + chr(34))} AND "{item}" <> \'0\'))'


def fill_rates(
    connection: duckdb.DuckDBPyConnection,
    credit_months: str,
    borrowers: str,
    month: date,
    *,
    segments: Mapping[str, tuple[str, ...]] = SEGMENTS,
) -> tuple[FillRate, ...]:
    """BI-01: fill rates over the accounts whose opening month is the reporting month.

    Parameters
    ----------
    connection
        Where the relations are.
    credit_months, borrowers
        Relations with the columns of the contracts.
    month
        Any day of the reporting month.
    segments
        Items by segment.
    """
    first = month.replace(day=1)
    listed = [(segment, item) for segment, items in segments.items() for item in items]
    counts = ", ".join(
        f"count(DISTINCT ({ACCOUNT})) FILTER (reported AND NOT {missing(Borrower, item)})"
        for _, item in listed
    )
    row = connection.execute(
        f"""WITH new_accounts AS (
              SELECT DISTINCT {ACCOUNT} FROM {credit_months} AS c
              WHERE date_trunc('month', bill_on) = ? AND date_trunc('month', opened_on) = ?),
            told AS (SELECT *, TRUE AS reported FROM {borrowers} AS b
                     WHERE date_trunc('month', reported_on) = ?)
            SELECT count(DISTINCT ({ACCOUNT})), {counts}
            FROM new_accounts LEFT JOIN told USING ({ACCOUNT})""",
        [first, first, first],
    ).fetchall()[0]
    return tuple(FillRate(s, i, n, row[0]) for (s, i), n in zip(listed, row[1:], strict=True))


def differs_from_collection(rate: float | None, collected: float | None) -> bool | None:
    """BI-03: whether a fill rate differs from the institution's own; None where either is undefined.

    Examples
    --------
    >>> differs_from_collection(0.950, 0.9495), differs_from_collection(0.95, 0.97)
    (False, True)
    >>> differs_from_collection(None, 0.97) is None
    True
    """
    if rate is None or collected is None:
        return None
    return abs(rate - collected) > TOLERANCE + 1e-12


def missing_accounts(
    connection: duckdb.DuckDBPyConnection, credit_months: str, month: date
) -> list[tuple[Any, ...]]:
    """GL-01: accounts that stood unsettled the month before and are not reported this month."""
    first = month.replace(day=1)
    return connection.execute(
        f"""SELECT {ACCOUNT} FROM {credit_months} AS c
            WHERE date_trunc('month', bill_on) = CAST(? AS DATE) - INTERVAL 1 MONTH
              AND account_status <> CASE business WHEN '2' THEN '4' ELSE '3' END
            EXCEPT SELECT {ACCOUNT} FROM {credit_months} AS c WHERE date_trunc('month', bill_on) = ?
            ORDER BY ALL""",
        [first, first],
    ).fetchall()


def unreported_borrowers(
    connection: duckdb.DuckDBPyConnection, credit_months: str, borrowers: str
) -> list[tuple[Any, ...]]:
    """GL-03: accounts whose first reported month came without the borrower's information."""
    return connection.execute(
        f"""WITH first AS (SELECT {ACCOUNT}, min(bill_on) AS bill_on FROM {credit_months} AS c GROUP BY ALL)
            SELECT {ACCOUNT} FROM first ANTI JOIN {borrowers} AS b
              ON (first.institution_code, first.business, first.account_no)
                 = (b.institution_code, b.business, b.account_no)
              AND date_trunc('month', b.reported_on) = date_trunc('month', first.bill_on)
            ORDER BY ALL"""
    ).fetchall()


def months_in_a_row(months: Iterable[date]) -> int:
    """XM-02: the longest run of consecutive months.

    Examples
    --------
    >>> months_in_a_row([date(2023, 11, 20), date(2023, 12, 20), date(2024, 1, 31)])
    3
    >>> months_in_a_row([date(2023, 10, 20), date(2023, 12, 20)]), months_in_a_row([])
    (1, 0)
    """
    numbers = sorted({day.year * 12 + day.month for day in months})
    longest = run = 0
    before: int | None = None
    for number in numbers:
        run = run + 1 if before is not None and number == before + 1 else 1
        longest, before = max(longest, run), number
    return longest


def query_rights_open(
    months: Iterable[date], *, on_time: bool, loaded: float, least_loaded: float = 0.99
) -> bool:
    """GL-08: three months in a row, delivered on time, and at least this share of rows loaded (0.99 is ours)."""
    return months_in_a_row(months) >= 3 and on_time and loaded >= least_loaded


def header_agrees(accounts: int, earliest: date, latest: date, bills: Iterable[date]) -> bool:
    """DR-07: a message's header against the billing dates of its body.

    Examples
    --------
    >>> header_agrees(1, date(2024, 1, 10), date(2024, 1, 10), [date(2024, 1, 10)])
    True
    """
    found = list(bills)
    return (
        len(found) == accounts
        and bool(found)
        and (min(found), max(found))
        == (
            earliest,
            latest,
        )
    )
