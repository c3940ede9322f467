"""Continuity once more, slowly and in plain Python, written from the text and not from the SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def _months(later: Any, earlier: Any) -> int:
    return int((later.year - earlier.year) * 12 + later.month - earlier.month)


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
    return lines | _carried_on(new, known, key)


def _carried_on(
    new: Sequence[Mapping[str, Any]], known: Sequence[Mapping[str, Any]], key: tuple[str, ...]
) -> set[int]:
    """Lines on which the next month does not carry on, where it stands in the lake alone."""
    lines = set()
    for line, record in enumerate(new, 1):
        after: list[tuple[int, bool, Any, str]] = []
        for fresh, others in ((False, known), (True, new)):
            for other in others:
                gap = _months(other["bill_on"], record["bill_on"])
                if gap >= 1 and all(other[name] == record[name] for name in key):
                    after.append((-gap, fresh, other["bill_on"], other["status_24"]))
        if after:
            distance, fresh, _, status = max(after)
            gap = -distance
            if not fresh and gap <= 23 and record["status_24"][gap:] != status[: 24 - gap]:
                lines.add(line)
    return lines
