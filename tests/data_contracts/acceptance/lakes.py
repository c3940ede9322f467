"""Small lakes of one institution, made from legal histories."""

from __future__ import annotations

import csv
import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from data_contracts.catalogue import contract as contract_of
from data_contracts.finance.borrower import SEGMENTS
from data_contracts.intake.lake import BatchIdentity, Lake
from data_contracts.rules.history import legal_histories

INSTITUTION = "C1099944000011"
MONTHS = (date(2024, 1, 1), date(2024, 2, 1), date(2024, 3, 1))
ON = date(2024, 4, 20)
Record = dict[str, Any]


def month_of(day: date) -> date:
    return day.replace(day=1)


def received(month: date) -> date:
    """The tenth of the month after."""
    return (month.replace(day=28) + timedelta(days=4)).replace(day=10)


def accounts(count: int = 90, months: int = 3, seed: int = 5) -> list[Record]:
    """Legal account months of the institution, up to March 2024."""
    table = legal_histories(count, months, seed, last_month=MONTHS[-1])
    return [r for r in table.to_pylist() if r["institution_code"] == INSTITUTION]


def _head(record: Record) -> Record:
    names = ("institution_code", "business", "account_no")
    return {name: record[name] for name in names} | {"reported_on": record["bill_on"]}


def borrower(record: Record, **items: Any) -> Record:
    """Whom an account month was reported with, every item filled."""
    full = {item: "甲" for listed in SEGMENTS.values() for item in listed}
    full |= {
        "id_kind": "0", "sex": "1", "birth_on": date(1990, 1, 2), "marital_status": "10",
        "education": "20", "degree": "4", "occupation": "1", "employer_industry": "C",
        "position": "1", "professional_title": "2", "residence_condition": "1",
        "employed_since_year": 2015, "annual_income_cents": 10_000_000, "spouse_id_kind": "0",
        "spouse_id_hmac": "b" * 32, "mail_postcode": "528400", "employer_postcode": "528400",
        "residence_postcode": "528400",
    }  # fmt: skip
    return {**_head(record), "subject_id": record["subject_id"], **full, **items}


def guarantor(record: Record, **items: Any) -> Record:
    return {
        **_head(record), "guarantor_no": 1, "subject_id": "PID-" + "c" * 32, "name_masked": "王*",
        "id_kind": "0", "id_no_hmac": "d" * 32, "amount_cents": 1_000_000, "state": "1", **items,
    }  # fmt: skip


def firsts(records: Iterable[Record]) -> list[Record]:
    """The first reported month of each account."""
    found: dict[tuple[str, str], Record] = {}
    for record in sorted(records, key=lambda r: r["bill_on"]):
        found.setdefault((record["business"], record["account_no"]), record)
    return list(found.values())


def first_borrowers(records: Iterable[Record], **items: Any) -> list[Record]:
    return [borrower(record, **items) for record in firsts(records)]


def first_guarantors(records: Iterable[Record]) -> list[Record]:
    return [guarantor(r) for r in firsts(records) if r["guarantee_kind"] in ("3", "5")]


def batch(
    lake: Lake,
    name: str,
    records: list[Record],
    month: date,
    *,
    on: date | None = None,
    broken: Iterable[tuple[int, str]] = (),
    reviewed: Iterable[tuple[int, str]] = (),
    serial: str = "1",
) -> str:
    """Commit records of one contract as the institution's batch of a month; return its digest."""
    schema = contract_of(name).arrow_schema()
    table = pa.Table.from_pylist(
        records, schema=pa.schema([field.with_nullable(True) for field in schema])
    ).cast(schema)
    day = on or received(month)
    table = table.append_column("_known", pa.array([day] * len(records), pa.date32()))
    table = table.append_column("_line", pa.array(range(2, len(records) + 2), pa.int64()))
    digest = hashlib.sha256(f"{name} {month} {serial} {day} {records!r}".encode()).hexdigest()
    rows = [
        {"batch": digest, "line": line, "rule_id": rule, "column": "", "value": "暂缺"}
        for line, rule in broken
    ]
    looked = [
        {"contract": name, "line": line, "rule_id": rule, "column": ""} for line, rule in reviewed
    ]
    lake.commit(
        {name: table}, digest, identity=BatchIdentity(INSTITUTION, name, f"{month:%Y-%m}", serial),
        received_on=day, quarantine=_quarantine(rows) if rows else None,
        reviews=pa.Table.from_pylist(looked) if looked else None, note={"name": name},
    )  # fmt: skip
    return digest


def _quarantine(rows: list[Record]) -> pa.Table:
    from data_contracts.intake.lake import QUARANTINE_SCHEMA

    return pa.Table.from_pylist(rows, schema=QUARANTINE_SCHEMA)


def fill(
    root: Path,
    records: list[Record] | None = None,
    borrowers: list[Record] | None = None,
    guarantors: list[Record] | None = None,
    *,
    late: Mapping[date, date] = {},
) -> Lake:
    """A lake with one batch for each month and contract; what is not given is complete."""
    lake = Lake(root / "lake")
    records = accounts() if records is None else records
    sides = {
        "credit_month": (records, "bill_on"),
        "borrower": (first_borrowers(records) if borrowers is None else borrowers, "reported_on"),
        "guarantor": (
            first_guarantors(records) if guarantors is None else guarantors,
            "reported_on",
        ),
    }
    for name, (listed, day) in sides.items():
        for month in sorted({month_of(record[day]) for record in listed}):
            some = [record for record in listed if month_of(record[day]) == month]
            batch(lake, name, some, month, on=late.get(month))
    return lake


OWN: dict[str, Callable[[Record], Any]] = {
    "business_detail": lambda r: r["business_detail"],
    "opened_on": lambda r: f"{r['opened_on']:%Y-%m}",
    "due_on": lambda r: f"{r['due_on']:%Y}" if r["due_on"] else "",
    "overdue_count": lambda r: r["overdue_count"],
    "max_overdue_periods": lambda r: r["max_overdue_periods"],
    "account_status": lambda r: r["account_status"],
    "limit_yuan": lambda r: r["limit_cents"] // 100,
}


def own_counts(records: Iterable[Record], last: date = MONTHS[-1]) -> dict[str, Counter[str]]:
    """The distributions of a business system that agrees with the messages."""
    listed = [record for record in records if month_of(record["bill_on"]) == last]
    return {name: Counter(str(value(r)) for r in listed) for name, value in OWN.items()}


def write_own(path: Path, counts: Mapping[str, Mapping[str, int]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["field", "value", "count"])
        for name, found in counts.items():
            writer.writerows([name, value, count] for value, count in found.items())
    return path
