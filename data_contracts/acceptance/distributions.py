"""Shares in the messages against shares in the business system, field by field."""

from __future__ import annotations

import itertools
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from data_contracts.acceptance.fields import FIELDS, Field
from data_contracts.acceptance.settings import Thresholds
from data_contracts.rules.comparison import (
    Bin,
    compare_shares,
    counts,
    differing_counts,
    population_stability,
)

if TYPE_CHECKING:
    from datetime import date

    import duckdb

    from data_contracts.acceptance.tables import OwnTable

Stability = Literal["stable", "watch", "fail", "n/a"]
_FINE = 1e-9


@dataclass(frozen=True)
class Distribution:
    """One field on both sides.

    Parameters
    ----------
    field
        What is compared.
    bins
        Shares by value, or by group of values; ours are the messages.
    flagged
        Bins whose shares differ by more than the threshold.
    unequal
        DI-03: periods whose counts differ at all.
    psi, stability
        Stability index of a continuous field and what it means.
    """

    field: Field
    bins: tuple[Bin, ...]
    flagged: tuple[str, ...]
    unequal: tuple[str, ...]
    psi: float | None
    stability: Stability

    @property
    def ours(self) -> int:
        """Records in the messages."""
        return sum(one.ours for one in self.bins)

    @property
    def theirs(self) -> int:
        """Records in the business system."""
        return sum(one.theirs for one in self.bins)

    @property
    def largest(self) -> float | None:
        """Largest difference in percentage points; None where a side is empty."""
        found = [abs(one.points) for one in self.bins if one.points is not None]
        return max(found) if found and len(found) == len(self.bins) else None

    @property
    def differs(self) -> bool:
        """Whether there is a deviation that needs a cause."""
        return bool(self.flagged or self.unequal) or self.stability in ("watch", "fail")


def compare(
    field: Field, ours: Mapping[str, int], theirs: Mapping[str, int], thresholds: Thresholds
) -> Distribution:
    """Compare one field.

    Examples
    --------
    >>> found = compare(FIELDS[0], {"1": 500, "2": 500}, {"1": 502, "2": 498}, Thresholds())
    >>> found.flagged, round(found.largest, 3)
    (('1', '2'), 0.2)
    """
    unequal = differing_counts(ours, theirs) if field.rule == "DI-03" else ()
    psi = None
    if field.continuous:
        ours, theirs = grouped(field, ours, theirs, thresholds.bins)
    bins = compare_shares(ours, theirs)
    if field.kind == "number":
        bins = tuple(sorted(bins, key=lambda one: int(one.value or 0)))
    elif field.continuous:
        order = {value: place for place, value in enumerate(theirs)}
        bins = tuple(sorted(bins, key=lambda one: order[one.value]))
        psi = population_stability([b.theirs for b in bins], [b.ours for b in bins])
    flagged = tuple(
        one.value
        for one in bins
        if one.points is None or abs(one.points) > thresholds.points + _FINE
    )
    return Distribution(field, bins, flagged, unequal, psi, judge(psi, thresholds))


def judge(psi: float | None, thresholds: Thresholds) -> Stability:
    """Say what an index means.

    Examples
    --------
    >>> [judge(x, Thresholds()) for x in (0.1, 0.11, 0.26, None)]
    ['stable', 'watch', 'fail', 'n/a']
    """
    if psi is None:
        return "n/a"
    if psi > thresholds.psi_fail:
        return "fail"
    return "watch" if psi > thresholds.psi_watch else "stable"


def grouped(
    field: Field, ours: Mapping[str, int], theirs: Mapping[str, int], groups: int
) -> tuple[dict[str, int], dict[str, int]]:
    """Group values so that each group holds about the same share of the business system.

    Few values stay as they are; records without a value are a group of their own. Both results have the
    same groups in the same order.
    """
    number = field.kind == "money"

    def order(value: str) -> tuple[int, str]:
        return (int(value), "") if number else (0, value)

    values = sorted({*ours, *theirs} - {""}, key=order)
    if len(values) <= groups:
        names = {value: _shown(field, value) for value in values}
    else:
        edges = _edges(values, theirs if any(theirs.get(v) for v in values) else ours, groups)
        keys = [order(edge) for edge in edges]
        labels = _labels([_shown(field, edge) for edge in edges])
        names = {value: labels[bisect_left(keys, order(value))] for value in values}
    results = []
    for side in (ours, theirs):
        found = dict.fromkeys(names.values(), 0)
        for value in values:
            found[names[value]] += side.get(value, 0)
        if "" in ours or "" in theirs:
            found[""] = side.get("", 0)
        results.append(found)
    return results[0], results[1]


def _edges(values: list[str], side: Mapping[str, int], groups: int) -> list[str]:
    """Upper ends of all groups but the last."""
    total = sum(side.get(value, 0) for value in values)
    edges: list[str] = []
    reached, wanted = 0, 1
    for value in values[:-1]:
        reached += side.get(value, 0)
        if len(edges) < groups - 1 and reached * groups >= total * wanted:
            edges.append(value)
            wanted = reached * groups // total + 1
    # One value that holds nearly all must not swallow the others.
    return edges or [values[-2]]


def _labels(edges: list[str]) -> list[str]:
    middle = [f"{low} – {high}" for low, high in itertools.pairwise(edges)]
    return [f"≤ {edges[0]}", *middle, f"> {edges[-1]}"]


def _shown(field: Field, value: str) -> str:
    if field.kind != "money":
        return value
    return f"{int(value) / 100:,.2f}".removesuffix(".00")


def compare_all(
    connection: duckdb.DuckDBPyConnection, own: OwnTable, last: date, thresholds: Thresholds
) -> tuple[Distribution, ...]:
    """Compare every field of the institution's table with the table ``judged`` of the connection.

    ``last`` is the first day of the last month judged, whose account records are compared; what was
    settled is counted over all months judged.
    """
    found = []
    for field in FIELDS:
        if field.name not in own.counts:
            continue
        where = field.where
        if not field.whole_window:
            where += f" AND date_trunc('month', bill_on) = DATE '{last.isoformat()}'"
        ours = counts(
            connection,
            f"(SELECT * FROM judged WHERE {where})",
            field.sql(own.forms.get(field.name, 7)),
        )
        found.append(compare(field, ours, own.counts[field.name], thresholds))
    return tuple(found)
