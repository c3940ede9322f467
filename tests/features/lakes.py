"""Small lakes written as tables, through the real lake."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from data_contracts.catalogue import contract as contract_of
from data_contracts.intake.lake import Lake

Row = dict[str, Any]

# What a table does not say. Nullable items are null.
DEFAULTS: dict[str, Row] = {
    "registration": {"subject_id": "SBA-1", "industry_scheme": "NAICS", "employees": 1, "franchise": False},
    "loan_application": {
        "application_no": "1", "subject_id": "SBA-1", "programme": "standard", "amount_cents": 100,
        "guaranteed_cents": 0, "jobs_created": 0, "jobs_retained": 0,
    },
    "loan_account": {
        "account_no": "1", "application_no": "1", "subject_id": "SBA-1", "amount_cents": 100,
        "guaranteed_cents": 0,
    },
    "loan_outcome": {"account_no": "1", "subject_id": "SBA-1", "status": "CHARGED_OFF"},
    "card_account": {"account_no": "1", "subject_id": "CARD-1", "credit_limit_cents": 100},
    "card_repayment": {
        "account_no": "1", "subject_id": "CARD-1", "status_24": "N" * 24, "billed_cents": 0,
        "paid_cents": 0,
    },
}  # fmt: skip
BEFORE_ALL = date(1950, 1, 1)


def lake_of(root: Path, records: Mapping[str, Sequence[Row] | str]) -> Lake:
    """A lake with these records; a key that comes again is a correction of the record before it.

    Rows need their event date; `known` is the event where a row does not say otherwise. A table may be
    written as text: a head line and one line a row, cells divided by bars, an empty cell for null.
    """
    lake = Lake(root)
    add(lake, records)
    return lake


def add(lake: Lake, records: Mapping[str, Sequence[Row] | str]) -> None:
    """Commit more records, the first of each key first."""
    rounds: dict[int, dict[str, list[Row]]] = {}
    for name, given in records.items():
        seen: dict[tuple[Any, ...], int] = {}
        for row in rows_of(name, given) if isinstance(given, str) else given:
            full = complete(name, row)
            key = tuple(full[column] for column in contract_of(name).about.key)
            seen[key] = seen.get(key, -1) + 1
            rounds.setdefault(seen[key], {}).setdefault(name, []).append(full)
    for _, tables in sorted(rounds.items()):
        arrow = {name: _arrow(name, rows) for name, rows in tables.items()}
        batch = hashlib.sha256(f"{len(lake.commits())}".encode()).hexdigest()
        # received before everything, so that a version is known from the day its row says
        lake.commit(arrow, batch, received_on=BEFORE_ALL)


class FileLake(Lake):
    """A lake whose records lie in one file a contract: as the real one reads, without its commits.

    Made for tests that need many lakes; versions are numbered as the real lake numbers them.
    """

    def __init__(self, root: Path, records: Mapping[str, Sequence[Row]]) -> None:
        super().__init__(root)
        self.root.mkdir(parents=True, exist_ok=True)
        self._files: dict[str, str] = {}
        for name, rows in records.items():
            self._files[name] = str(self.root / f"{name}.parquet")
            pq.write_table(
                _versions(name, [complete(name, row) for row in rows]), self._files[name]
            )

    def files(self, contract: str) -> list[str]:
        """The contract's file, if it has records."""
        return [self._files[contract]] if contract in self._files else []


def _versions(name: str, rows: list[Row]) -> pa.Table:
    about = contract_of(name).about
    newest: dict[tuple[Any, ...], tuple[date, int]] = {}
    known, versions = [], []
    for row in rows:
        key = tuple(row[column] for column in about.key)
        last, number = newest.get(key, (row["known"], 0))
        # a correction is not known before what it corrects
        newest[key] = max(last, row["known"]), number + 1
        known.append(newest[key][0])
        versions.append(newest[key][1])
    schema = contract_of(name).arrow_schema(system=True)
    system = {
        "_event": [row[about.event] for row in rows],
        "_known": known,
        "_version": versions,
        "_batch": ["test"] * len(rows),
        "_line": list(range(1, len(rows) + 1)),
        "_withdrawn": [bool(row.get("withdrawn")) for row in rows],
    }
    columns = {f.name: system.get(f.name) or [row.get(f.name) for row in rows] for f in schema}
    return pa.table(columns, schema=schema)


def complete(name: str, row: Row) -> Row:
    """A row with every column of its contract, and `known`."""
    about = contract_of(name).about
    nothing = {column.name: None for column in contract_of(name).columns()}
    full = {**nothing, **(DEFAULTS.get(name) or _plainest(name)), **row}
    full.setdefault("known", full[about.event])
    return full


def _plainest(name: str) -> Row:
    """For a contract without defaults of its own: the plainest value of every item that may not be null.

    Codes take the first of their table, texts the item's name; days are left to the row.
    """
    plain: dict[type, Any] = {int: 0, float: 0.0, bool: False, date: None}
    return {
        column.name: next(iter(column.item.codes), plain.get(column.kind, column.name))
        for column in contract_of(name).columns()
        if not column.nullable
    }


def rows_of(name: str, text: str) -> list[Row]:
    """Rows of a table that is written as text."""
    kinds = {column.name: column.kind for column in contract_of(name).columns()} | {"known": date}
    head, *lines = [line for line in text.strip().splitlines() if line.strip()]
    names = [cell.strip() for cell in head.split("|")]
    rows = []
    for line in lines:
        cells = [cell.strip() for cell in line.split("|")]
        pairs = zip(names, cells, strict=True)
        rows.append({column: _value(kinds[column], cell) for column, cell in pairs})
    return rows


def _value(kind: type, cell: str) -> Any:
    if not cell:
        return None
    if kind is bool:
        return {"yes": True, "no": False}[cell]
    return date.fromisoformat(cell) if kind is date else kind(cell)


def _arrow(name: str, rows: list[Row]) -> pa.Table:
    schema = contract_of(name).arrow_schema()
    columns = {
        field.name: pa.array([row[field.name] for row in rows], field.type) for field in schema
    }
    columns["_known"] = pa.array([row["known"] for row in rows], pa.date32())
    columns["_line"] = pa.array(range(1, len(rows) + 1), pa.int64())
    return pa.table(columns)
