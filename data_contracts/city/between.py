"""What the rules between records must find in a city's file, read in plain Python account by account.

Like the reading of single records it owes nothing to the SQL. Only accounts with a spoilt record are read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from data_contracts.contract import Contract
from data_contracts.finance.borrower import SEGMENTS

ACCOUNT = ("institution_code", "business", "account_no")
_TOLD = ("subject_id", "name_masked", "id_kind", "id_no_hmac", "amount_cents", "state")
Row: TypeAlias = "dict[str, Any]"
Found: TypeAlias = "dict[int, set[str]]"


def between_faults(contract: type[Contract], path: Path, lines: Iterable[int]) -> Found:
    """Ids of the rules between records that the accounts of some lines break, by line from 1.

    Parameters
    ----------
    contract
        The contract of the file.
    path
        The file as it was written.
    lines
        Lines whose accounts are read; what is found on other lines of them comes along.
    """
    items = contract.model_fields
    columns: tuple[str, ...]
    judge: Callable[[list[Row]], Found]
    if "status_24" in items:
        columns, judge = ("bill_on", "status_24", "account_status"), _histories
    elif contract.about.name == "borrower":
        columns = ("reported_on", *(item for segment in SEGMENTS.values() for item in segment))
        judge = _borrowers
    elif contract.about.name == "guarantor":
        columns, judge = ("reported_on", *_TOLD), _guarantors
    else:
        return {}
    keys = [name for name in ACCOUNT if name in items]
    found: Found = defaultdict(set)
    for account in _accounts(path, keys, [name for name in columns if name in items], lines):
        for line, rules in judge(account).items():
            found[line] |= rules
    return found


def _accounts(
    path: Path, keys: list[str], columns: list[str], lines: Iterable[int]
) -> Iterable[list[Row]]:
    table = pq.read_table(path, columns=[*keys, *columns])
    table = table.append_column("line", pa.array(range(1, table.num_rows + 1), pa.int64()))
    # An account without all of its key is no account that others could belong to: the join gives null.
    account = pc.binary_join_element_wise(*(table[key] for key in keys), "|")
    mine = account.take(pa.array([line - 1 for line in lines], pa.int64()))
    kept = table.append_column("account", account).filter(pc.is_in(account, pc.unique(mine)))
    grouped: dict[str, list[Row]] = defaultdict(list)
    alone: list[list[Row]] = []
    for row in kept.to_pylist():
        if row["account"] is None:
            alone.append([row])
        else:
            grouped[row["account"]].append(row)
    return [*grouped.values(), *alone]


def _month(day: date) -> int:
    return day.year * 12 + day.month


def _histories(rows: list[Row]) -> Found:
    """XM-01, XM-03, DR-03, GL-04: each record against the latest month before it."""
    found: Found = defaultdict(set)
    by_month: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        if row["bill_on"] is not None:
            by_month[_month(row["bill_on"])].append(row)
    before: tuple[int, str | None, str | None] | None = None
    for month in sorted(by_month):
        here = sorted(by_month[month], key=lambda row: row["bill_on"])
        for row in here:
            if here[0]["bill_on"] != here[-1]["bill_on"]:
                found[row["line"]].add("XM-03")
            if before is not None:
                found[row["line"]] |= _after(before, month, row)
        before = (month, _latest(here, "status_24"), _latest(here, "account_status"))
    return found


def _after(before: tuple[int, str | None, str | None], month: int, row: Row) -> set[str]:
    (earlier, status, state), found = before, set()
    gap = month - earlier
    now = row["status_24"]
    if gap <= 23 and status is not None and now is not None and status[gap:] != now[: 24 - gap]:
        found.add("XM-01")
    if status is not None and status[-1:] in {"C", "G"}:
        found.add("DR-03")
    told = "account_status" in row and row["business"] is not None
    if told and state == ("4" if row["business"] == "2" else "3"):
        found.add("GL-04")
    return found


def _latest(rows: list[Row], name: str) -> str | None:
    told = [row[name] for row in rows if row.get(name) is not None]
    return told[-1] if told else None


def _borrowers(rows: list[Row]) -> Found:
    """GL-03: a first report lacks a segment, or a later one tells what was known."""
    found: Found = defaultdict(set)
    items = [item for segment in SEGMENTS.values() for item in segment]
    before: list[Any] | None = None
    for day, here in _by_day(rows):
        for row in here:
            told = [row[item] for item in items]
            whole = all(any(row[i] is not None for i in one) for one in SEGMENTS.values())
            if (not whole) if before is None or day is None else told == before:
                found[row["line"]].add("GL-03")
        if day is not None:
            before = [here[0][item] for item in items]
    return found


def _guarantors(rows: list[Row]) -> Found:
    """GL-05: a later report tells the same guarantors as the one before."""
    found: Found = defaultdict(set)
    before: set[tuple[Any, ...]] | None = None
    for day, here in _by_day(rows):
        told = {tuple(row[name] for name in _TOLD) for row in here}
        if day is not None and told == before:
            for row in here:
                found[row["line"]].add("GL-05")
        before = told if day is not None else before
    return found


def _by_day(rows: list[Row]) -> list[tuple[date | None, list[Row]]]:
    """Reports in the order of their days, those without one first."""
    by_day: dict[date | None, list[Row]] = defaultdict(list)
    for row in rows:
        by_day[row["reported_on"]].append(row)
    return sorted(by_day.items(), key=lambda pair: pair[0] or date.min)
