"""A hand-made network: who holds, leads and guarantees whom, written as tables."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from features.relations.groups import Network, network
from features.relations.history import History, load_history
from features.relations.settings import RelationSettings
from features.relations.show import day_number
from tests.features.lakes import FileLake, Row, rows_of

DAY = date(2022, 1, 1)
BEFORE = date(2020, 1, 1)


def firm(name: str) -> str:
    """Id of a firm."""
    return f"USCC-{name}"


def person(number: int) -> str:
    """Id of a person."""
    return f"PID-{number:032x}"


def hold(holder: str, of: str, share: float | None, **more: object) -> Row:
    kind = "person" if holder.startswith("PID") else "enterprise"
    return {"subject_id": of, "holder_id": holder, "holder_kind": kind, "share": share,
            "since_on": BEFORE, **more}  # fmt: skip


def lead(who: str, of: str, position: str = "representative", **more: object) -> Row:
    return {"subject_id": of, "person_id": who, "position": position, "since_on": BEFORE, **more}


def vouch(giver: str, debtor: str, amount: int = 100, **more: object) -> Row:
    return {"guarantee_no": f"{giver}{debtor}", "subject_id": giver, "guaranteed_id": debtor,
            "kind": "joint", "amount_cents": amount, "state": "live", "from_on": BEFORE, **more}  # fmt: skip


def bill(who: str, account: str, on: date, balance: int, **more: object) -> Row:
    return {"institution_code": "C1", "business": "1", "account_no": account, "subject_id": who,
            "opened_on": BEFORE, "bill_on": on, "balance_cents": balance, "overdue_cents": 0, "currency": "CNY",
            "account_status": "1", **more}  # fmt: skip


def notice(who: str, number: str, approved: bool, **more: object) -> Row:
    return {"notice_no": number, "subject_id": who, "kind": "high_risk_group", "level": "high",
            "approved_by_head": approved, "notified_on": BEFORE, **more}  # fmt: skip


def lake_of(root: Path, records: Mapping[str, list[Row] | str]) -> FileLake:
    tables = {n: rows_of(n, rows) if isinstance(rows, str) else rows for n, rows in records.items()}
    return FileLake(root, {name: rows for name, rows in tables.items() if rows})


def known(root: Path, settings: RelationSettings | None = None, **records: list[Row]) -> History:
    return load_history(lake_of(root, records), settings)


def on(history: History, day: date = DAY) -> Network:
    return network(history, day_number(day))


def partition(history: History, found: Network, kind: str = "risk") -> set[frozenset[str]]:
    """Groups of two or more, as sets of ids."""
    label = found.labels[kind]  # type: ignore[index]
    members: dict[int, set[str]] = {}
    for code, head in enumerate(label.tolist()):
        members.setdefault(head, set()).add(history.ids[code].as_py())
    return {frozenset(group) for group in members.values() if len(group) > 1}
