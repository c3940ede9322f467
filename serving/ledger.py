"""Where decisions and reports are kept: each is committed together with its audit entry.

Waiting for the disk is the dear part of a decision (a few milliseconds for durable storage), so requests that arrive
while one commit is under way share the next one: group commit. Each decision still has its audit entry
in its own, single transaction with it, and no answer leaves before that transaction is durable.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Table, insert, select
from sqlalchemy.exc import OperationalError

from serving.audit import Audit, Entry, record_digest
from serving.database import Database
from serving.errors import NotFound
from serving.tables import account_outcomes, bank_decisions, decisions, reports

_MOST_AT_ONCE = 128
# Made once: SQLAlchemy then finds them compiled.
_INSERTS = tuple(
    (table, insert(table)) for table in (decisions, reports, bank_decisions, account_outcomes)
)


@dataclass(eq=False)
class _Pending:
    table: Table | None
    row: dict[str, Any]
    entry: Entry
    done: bool = False
    error: BaseException | None = None


class Ledger:
    """Writes and reads decisions and reports."""

    def __init__(self, database: Database, audit: Audit) -> None:
        self._database = database
        self._audit = audit
        self._queue: list[_Pending] = []
        self._queue_lock = threading.Lock()
        self._turn = threading.Lock()

    def record_decision(self, row: dict[str, Any], entry: Entry) -> None:
        """Commit a decision with its audit entry; returns when both are durable."""
        self._record(_Pending(decisions, row, entry))

    def record_report(self, row: dict[str, Any], entry: Entry) -> None:
        """Commit a report with its audit entry; returns when both are durable."""
        self._record(_Pending(reports, row, entry))

    def record_returned(self, table: Table, row: dict[str, Any], entry: Entry) -> None:
        """Commit what a bank reported back with its audit entry; returns when both are durable."""
        self._record(_Pending(table, row, entry))

    def record_act(self, entry: Entry) -> None:
        """Commit an audit entry that belongs to no stored decision."""
        self._record(_Pending(None, {}, entry))

    def decision(self, decision_id: str) -> Row[Any]:
        """A stored decision, or NotFound."""
        return self._one(decisions, "decision_id", decision_id)

    def report(self, report_id: str) -> Row[Any]:
        """A stored report, or NotFound."""
        return self._one(reports, "report_id", report_id)

    def history(
        self, client_id: str, subject_kind: str, subject_id: str, limit: int, until: str
    ) -> list[Row[Any]]:
        """A client's newest scores of a subject made up to a moment, oldest first."""
        c = decisions.c
        wanted = (
            select(c.decision_id, c.created_at, c.as_of, c.answer, c.model_version)
            .where(
                c.kind == "score",
                c.client_id == client_id,
                c.subject_kind == subject_kind,
                c.subject_id == subject_id,
                c.created_at <= until,
            )
            .order_by(c.created_at.desc(), c.decision_id.desc())
            .limit(limit)
        )
        with self._database.read() as connection:
            return list(reversed(connection.execute(wanted).all()))

    def reports_of(self, score_id: str) -> list[Row[Any]]:
        """Reports made from a decision, oldest first."""
        wanted = (
            select(reports).where(reports.c.score_id == score_id).order_by(reports.c.created_at)
        )
        with self._database.read() as connection:
            return list(connection.execute(wanted).all())

    def recommendation_of(self, score_id: str) -> Row[Any] | None:
        """The newest recommendation that was asked for together with a score."""
        c = decisions.c
        wanted = select(decisions).where(c.score_id == score_id).order_by(c.created_at.desc())
        with self._database.read() as connection:
            return connection.execute(wanted.limit(1)).first()

    def _one(self, table: Table, key: str, value: str) -> Row[Any]:
        with self._database.read() as connection:
            found = connection.execute(select(table).where(table.c[key] == value)).first()
        if found is None:
            raise NotFound("There is no such record.", "没有这条记录。")
        return found

    def _record(self, item: _Pending) -> None:
        with self._queue_lock:
            self._queue.append(item)
        with self._turn:
            while not item.done:  # often the one before us has committed ours with its own
                with self._queue_lock:
                    batch = self._queue[:_MOST_AT_ONCE]
                    del self._queue[:_MOST_AT_ONCE]
                self._commit(batch)
        if item.error is not None:
            raise item.error

    def _commit(self, batch: list[_Pending]) -> None:
        try:
            self._write(batch)
        except BaseException as error:
            lost = len(batch) == 1 or isinstance(error, OperationalError)
            if lost or not isinstance(error, Exception):
                for item in batch:
                    item.error, item.done = error, True
                if not isinstance(error, Exception):
                    raise
                return
            for item in batch:  # one bad row must not take its neighbours down
                self._commit([item])
        else:
            for item in batch:
                item.done = True

    def _write(self, batch: list[_Pending]) -> None:
        with self._database.write() as connection:
            for table, statement in _INSERTS:
                rows = [_whole(table, item.row) for item in batch if item.table is table]
                if rows:
                    connection.execute(statement, rows)
            self._audit.append(connection, [_sealed(item) for item in batch])


def _sealed(item: _Pending) -> Entry:
    if item.table is None:
        return item.entry
    details: Mapping[str, Any] = {
        **item.entry.details,
        "record": record_digest(_whole(item.table, item.row)),
    }
    return Entry(
        item.entry.caller, item.entry.action, item.entry.subject, item.entry.object_id, details
    )


def _whole(table: Table, row: Mapping[str, Any]) -> dict[str, Any]:
    """Every column of the table, so that the digest at writing equals the one at reading."""
    return {column.name: row.get(column.name) for column in table.columns}
