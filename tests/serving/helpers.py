"""Small real parts that many tests of this room need: a database, a clock that stands still, keys."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from data_contracts.workspace import Workspace
from serving.access import Access
from serving.audit import Audit, Caller, Entry
from serving.database import Database
from serving.keys import DEMO_CLIENT, Keys, enter_keys, load_keys
from serving.ledger import Ledger
from serving.settings import Settings

BANK = Caller(DEMO_CLIENT)


@dataclass
class StillClock:
    """A clock that moves only when it is told to."""

    now: datetime = field(default_factory=lambda: datetime(2026, 3, 1, 9, 30, tzinfo=UTC))

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **step: float) -> None:
        self.now += timedelta(**step)


@dataclass(frozen=True)
class Operations:
    """Database, audit, ledger and access of an empty workspace."""

    workspace: Workspace
    clock: StillClock
    keys: Keys
    database: Database
    audit: Audit
    ledger: Ledger
    access: Access


def operations(root: Path, url: str = "", **settings: object) -> Operations:
    workspace = Workspace(root).create()
    clock = StillClock()
    keys = load_keys(workspace)
    database = Database(url or f"sqlite:///{workspace.database}")
    database.migrate()
    audit = Audit(database, keys.subject_key, clock)
    enter_keys(keys, database, audit, clock)
    access = Access(database, audit, keys, Settings(workspace=root, **settings), clock)  # type: ignore[arg-type]
    return Operations(workspace, clock, keys, database, audit, Ledger(database, audit), access)


def decision(decision_id: str, **changes: object) -> dict[str, object]:
    """A row of the decisions table."""
    row: dict[str, object] = {
        "decision_id": decision_id,
        "kind": "score",
        "client_id": DEMO_CLIENT,
        "user_id": None,
        "subject_kind": "enterprise",
        "subject_id": "SBA-1",
        "purpose": "LOAN_APPROVAL",
        "request": "{}",
        "model_name": "enterprise-default",
        "model_version": "1",
        "vector_digest": "0" * 64,
        "vector": "{}",
        "as_of": "2008-01-01",
        "answer": "{}",
        "score_id": None,
        "created_at": "2026-03-01T09:30:00.000000Z",
    }
    return row | changes


def scored(decision_id: str) -> Entry:
    """The audit entry of a score."""
    return Entry(BANK, "AA-01", "a" * 64, decision_id, {"purpose": "LOAN_APPROVAL"})
