"""DI: distributions in the messages against the supplier's own table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import log
from typing import TYPE_CHECKING, Literal

from data_contracts.errors import ContractsError

if TYPE_CHECKING:
    import duckdb

TOLERANCE_POINTS = 0.1
"""Percentage points; ours, the papers give none."""
WATCH, FAIL = 0.1, 0.25
"""Population stability index from which on a shift is watched or fails; the field's custom."""
EARLIEST_OPENING = date(1990, 1, 1)
LONGEST_YEARS = 50
EPSILON = 1e-6

Cause = Literal["EXTRACT", "PROGRAM", "BUSINESS"]
"""DI-07: faulty extraction, faulty interface program, or the business is really so."""
CAUSES: tuple[Cause, ...] = ("EXTRACT", "PROGRAM", "BUSINESS")


@dataclass(frozen=True)
class Bin:
    """Counts and shares of one value on both sides; shares in percent, None for an empty side."""

    value: str
    ours: int
    theirs: int
    our_share: float | None
    their_share: float | None

    @property
    def points(self) -> float | None:
        """Difference of the shares in percentage points."""
        if self.our_share is None or self.their_share is None:
            return None
        return self.our_share - self.their_share

    @property
    def differs(self) -> bool:
        """Whether the shares differ by more than the tolerance, or one side is empty."""
        return self.points is None or abs(self.points) > TOLERANCE_POINTS + 1e-9


def counts(connection: duckdb.DuckDBPyConnection, relation: str, expression: str) -> dict[str, int]:
    """Count the records of each value; null counts under ``""``."""
    rows = connection.execute(
        f"SELECT coalesce(CAST({expression} AS VARCHAR), ''), count(*) FROM {relation} AS r GROUP BY 1 ORDER BY 1"
    ).fetchall()
    return {str(value): int(count) for value, count in rows}


def compare_shares(ours: Mapping[str, int], theirs: Mapping[str, int]) -> tuple[Bin, ...]:
    """DI-04 to DI-06: share by share, over the values of either side.

    Examples
    --------
    >>> [(b.value, b.differs) for b in compare_shares({"1": 999, "3": 1}, {"1": 998, "3": 2})]
    [('1', False), ('3', False)]
    """
    our_total, their_total = sum(ours.values()), sum(theirs.values())
    return tuple(
        Bin(
            value,
            ours.get(value, 0),
            theirs.get(value, 0),
            100 * ours.get(value, 0) / our_total if our_total else None,
            100 * theirs.get(value, 0) / their_total if their_total else None,
        )
        for value in sorted({*ours, *theirs})
    )


def differing_counts(ours: Mapping[str, int], theirs: Mapping[str, int]) -> tuple[str, ...]:
    """DI-03: periods whose counts differ at all.

    Examples
    --------
    >>> differing_counts({"2023": 10, "2024": 20}, {"2023": 11, "2024": 20})
    ('2023',)
    """
    return tuple(v for v in sorted({*ours, *theirs}) if ours.get(v, 0) != theirs.get(v, 0))


def population_stability(expected: Sequence[float], actual: Sequence[float]) -> float | None:
    """Population stability index: sum of (a - e) ln(a / e) over the shares of the bins.

    Parameters
    ----------
    expected, actual
        Counts by bin, in the same order. An empty bin counts as a share of one in a million.

    Returns
    -------
    float or None
        None where a side is empty.

    Examples
    --------
    >>> round(population_stability([50, 50], [60, 40]), 6)
    0.040547
    """
    if len(expected) != len(actual):
        raise ContractsError("two distributions have different bins.", expected="the same bins")
    total_e, total_a = sum(expected), sum(actual)
    if not total_e or not total_a:
        return None
    shares = [
        (max(e / total_e, EPSILON), max(a / total_a, EPSILON))
        for e, a in zip(expected, actual, strict=True)
    ]
    return sum((a - e) * log(a / e) for e, a in shares)


def judge_stability(index: float | None) -> Literal["stable", "watch", "fail", "n/a"]:
    """Say what an index means.

    Examples
    --------
    >>> [judge_stability(x) for x in (0.1, 0.11, 0.26, None)]
    ['stable', 'watch', 'fail', 'n/a']
    """
    if index is None:
        return "n/a"
    return "fail" if index > FAIL else "watch" if index > WATCH else "stable"


def dates_plausible(opened_on: date, due_on: date | None) -> bool:
    """DI-01: opened from 1990 on, due at most fifty years after.

    Examples
    --------
    >>> dates_plausible(date(1995, 1, 1), date(2025, 1, 1)), dates_plausible(date(1985, 1, 1), None)
    (True, False)
    """
    months = (
        0
        if due_on is None
        else (due_on.year - opened_on.year) * 12 + due_on.month - opened_on.month
    )
    return opened_on >= EARLIEST_OPENING and months <= LONGEST_YEARS * 12


def large_limits(
    connection: duckdb.DuckDBPyConnection,
    credit_months: str,
    caps_cents: Mapping[str, int],
    *,
    quantile: float = 0.999,
) -> dict[str, int]:
    """DI-02: accounts above the cap of their kind of business, or without one above the quantile.

    Returns
    -------
    dict
        Kind of business to number of accounts; kinds without such an account are left out.
    """
    cases = " ".join(f"WHEN '{kind}' THEN {int(cap)}" for kind, cap in sorted(caps_cents.items()))
    cap = f"coalesce(CASE kind {cases} END, top)" if cases else "top"
    rows = connection.execute(
        f"""WITH accounts AS (
              SELECT coalesce(business_detail, '') AS kind, institution_code, business, account_no,
                     max(limit_cents) AS limit_cents
              FROM {credit_months} AS c GROUP BY ALL),
            tops AS (SELECT kind, quantile_disc(limit_cents, ?) AS top FROM accounts GROUP BY kind)
            SELECT kind, count(*) FROM accounts JOIN tops USING (kind)
            WHERE limit_cents > {cap} GROUP BY kind ORDER BY kind""",
        [quantile],
    ).fetchall()
    return {str(kind): int(count) for kind, count in rows}


def cause_recorded(difference: bool, cause: str | None) -> bool:
    """DI-07: a difference has one of the three causes, no difference needs none.

    Examples
    --------
    >>> cause_recorded(True, "PROGRAM"), cause_recorded(True, None), cause_recorded(False, None)
    (True, False, True)
    """
    return not difference or cause in CAUSES
