"""The stated rules once more, slowly and in plain Python, written from the text and not from the SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any


def _months(later: Any, earlier: Any) -> int:
    return int((later.year - earlier.year) * 12 + later.month - earlier.month)


def stated(record: Mapping[str, Any]) -> set[str]:
    """Ids of LR-01 to LR-17 that a record breaks."""
    periods, amount = record["overdue_periods"], record["overdue_cents"]
    most, ever, balance = (
        record[name] for name in ("max_overdue_periods", "overdue_count", "balance_cents")
    )
    state, status, business = (record[name] for name in ("account_status", "status_24", "business"))
    frequency, total = record["frequency"], record["months_total"]
    last, found = status[-1], set()

    def must(rule: str, holds: bool) -> None:
        if not holds:
            found.add(rule)

    must("LR-01", (periods > 0) == (amount > 0))
    collection = record["account_type"] == "C1"
    bad = state in {"2", "5"} if business == "2" else state in {"2", "4"} and not collection
    must("LR-02", not bad or periods != 0)
    must("LR-03", last != "#")
    must("LR-04", set(status) != {"/"})
    fine = {"N", "C", "*"} | ({"A", "M"} if record["format_generation"] == 2 else set())
    must("LR-05", periods != 0 or last in fine)
    must("LR-06", periods == 0 or last not in {"N", "*", "C"})
    if 0 < periods <= 7:
        must("LR-07", last == str(periods))
    if periods > 7:
        must("LR-07b", last == "7")
    for before, after in pairwise(status):
        if after in "1234567":
            if before in "1234567":
                must("LR-08", int(after) - int(before) < 3)
            if before in "*N":
                must("LR-09", int(after) <= 1)
    must("LR-10", most <= ever)
    must("LR-11", most >= periods)
    must("LR-12", balance != 0 or amount == 0)
    must("LR-13", state != ("4" if business == "2" else "3") or balance <= 0)
    if business == "1" and frequency is not None and total is not None:
        if frequency == "07":
            must("LR-15", total == "O")
        elif frequency == "08":
            must("LR-16", total == "U")
        elif frequency == "99":
            must("LR-17", total == "X")
        elif record["due_on"] is not None:
            span = _months(record["due_on"], record["opened_on"])
            must("LR-14", total.isdigit() and int(total) == span)
    return found


def discontinuous(new: Sequence[Mapping[str, Any]], known: Sequence[Mapping[str, Any]]) -> set[int]:
    """Lines (from 1) of the new records that break XM-01."""
    key = ("institution_code", "business", "account_no")
    lines = set()
    for line, record in enumerate(new, 1):
        best: tuple[Any, ...] | None = None
        for fresh, others in ((False, known), (True, new)):
            for other in others:
                if any(other[name] != record[name] for name in key):
                    continue
                gap = _months(record["bill_on"], other["bill_on"])
                rank = (-gap, fresh, other["bill_on"])
                if gap >= 1 and (best is None or rank > best[0]):
                    best = (rank, gap, other["status_24"])
        if best is not None and best[1] <= 23:
            gap, before = best[1], best[2]
            if before[gap:] != record["status_24"][: 24 - gap]:
                lines.add(line)
    return lines
