"""The audit trail: who asked what about whom, when and why; append-only and chained by hashes.

Each entry's hash covers the hash before it, so an edit, a removal or an insertion shows. A rewrite of
the whole chain, or a cut at its end, shows only against a head that was noted outside
(``xinqiao audit head``); :meth:`Audit.verify` takes such a head.

The chain can never be shortened, so it must hold nothing that law may ask to delete: the subject stands in it
as a keyed digest (REG-12 is still met: whoever holds the key can find a subject's entries).
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, func, insert, select

from serving.actions import ACTIONS
from serving.database import Database
from serving.moments import Clock, canonical, digest, moment_text
from serving.tables import account_outcomes, audit, bank_decisions, decisions, reports

# Statements of the request path are made once: SQLAlchemy then finds them compiled.
_INSERT = insert(audit)
_NEWEST = select(audit.c.seq, audit.c.hash).order_by(audit.c.seq.desc()).limit(1)

GENESIS = hashlib.sha256("信桥 xinqiao audit chain".encode()).hexdigest()


@dataclass(frozen=True)
class Caller:
    """Who asks: a client of the API and, in the portal, the person of that client."""

    client_id: str
    user_id: str = ""


@dataclass(frozen=True)
class Entry:
    """What is written down about one act.

    Attributes
    ----------
    action : str
        Id of a row of :data:`serving.actions.ACTIONS`.
    subject : str
        Keyed digest of the subject (:meth:`Audit.subject_digest`) or "".
    object_id : str
        Id of the decision or report the act made or read, or "".
    details : mapping
        Further facts; never personal data.
    """

    caller: Caller
    action: str
    subject: str = ""
    object_id: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Head:
    """The newest entry: note it outside the database to make truncation visible."""

    seq: int
    hash: str


@dataclass(frozen=True)
class Verification:
    """Result of a walk along the chain: ``faults`` is empty when all is well."""

    entries: int
    head: Head
    faults: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """True when no fault was found."""
        return not self.faults


class Audit:
    """Appends to the chain inside the caller's transaction, and verifies it."""

    def __init__(self, database: Database, subject_key: bytes, clock: Clock) -> None:
        self._database = database
        self._subject_key = subject_key
        self._clock = clock

    def subject_digest(self, kind: str, subject_id: str) -> str:
        """Keyed digest under which a subject stands in the chain."""
        message = f"{kind}\x1f{subject_id}".encode()
        return hmac.new(self._subject_key, message, hashlib.sha256).hexdigest()

    def append(self, connection: Connection, entries: list[Entry]) -> None:
        """Append entries in the transaction of what they are about."""
        self._database.lock_chain(connection)
        head = _head(connection)
        rows = []
        seq, previous = head.seq, head.hash
        at = moment_text(self._clock())
        for entry in entries:
            if entry.action not in ACTIONS:
                raise ValueError(f"{entry.action} is not an audit action; add it to the table")
            seq += 1
            row = {
                "seq": seq,
                "at": at,
                "client_id": entry.caller.client_id,
                "user_id": entry.caller.user_id,
                "action": entry.action,
                "subject": entry.subject,
                "object_id": entry.object_id,
                "details": canonical(entry.details),
                "prev_hash": previous,
            }
            row["hash"] = previous = entry_hash(row)
            rows.append(row)
        connection.execute(_INSERT, rows)

    def record(self, entry: Entry) -> None:
        """Append one entry in a transaction of its own."""
        with self._database.write() as connection:
            self.append(connection, [entry])

    def head(self) -> Head:
        """The newest entry; seq 0 when the chain is empty."""
        with self._database.read() as connection:
            return _head(connection)

    def verify(self, noted: Head | None = None) -> Verification:
        """Walk the chain and compare decisions and reports with what it says about them.

        Parameters
        ----------
        noted : Head, optional
            A head noted outside earlier; the chain must still contain it.
        """
        faults: list[str] = []
        previous, seq, noted_seen = GENESIS, 0, noted is None or noted.seq == 0
        promised: dict[str, str] = {}
        with self._database.read() as connection:
            rows = connection.execution_options(yield_per=1000).execute(
                select(audit).order_by(audit.c.seq)
            )
            for row in rows.mappings():
                seq += 1
                if row["seq"] != seq:
                    faults.append(f"entry {seq} is missing: the chain goes on with {row['seq']}")
                    seq = int(row["seq"])
                if row["prev_hash"] != previous:
                    faults.append(f"entry {seq} does not follow the entry before it")
                if entry_hash(row) != row["hash"]:
                    faults.append(f"entry {seq} was changed after it was written")
                if noted and noted.seq == seq:
                    noted_seen = row["hash"] == noted.hash
                previous = row["hash"]
                _promise(promised, row)
            if not noted_seen:
                faults.append("the noted head is not in the chain: it was cut or rewritten")
            faults.extend(_compare(connection, promised))
        return Verification(seq, Head(seq, previous), tuple(faults))


def entry_hash(row: Mapping[Any, Any]) -> str:
    """Hash of an entry over everything in it and the hash before it."""
    return digest(
        canonical(
            {
                name: row[name]
                for name in (
                    "seq",
                    "at",
                    "client_id",
                    "user_id",
                    "action",
                    "subject",
                    "object_id",
                    "details",
                    "prev_hash",
                )
            }
        )
    )


def _head(connection: Connection) -> Head:
    newest = connection.execute(_NEWEST).first()
    return Head(newest.seq, newest.hash) if newest else Head(0, GENESIS)


def _promise(promised: dict[str, str], row: Mapping[Any, Any]) -> None:
    if '"record"' in row["details"]:
        promised[row["object_id"]] = json.loads(row["details"]).get("record", "")


def record_digest(row: Mapping[Any, Any]) -> str:
    """Digest of a whole decision or report row, kept in its audit entry under ``record``."""
    return digest(canonical(dict(row)))


def _compare(connection: Connection, promised: dict[str, str]) -> list[str]:
    """Every decision and report must be as its audit entry says, and none may lack or outlive one."""
    faults, seen = [], 0
    for table, key in (
        (decisions, "decision_id"),
        (reports, "report_id"),
        (bank_decisions, "return_id"),
        (account_outcomes, "outcome_id"),
    ):
        rows = connection.execution_options(yield_per=1000).execute(select(table))
        for row in rows.mappings():
            seen += 1
            expected = promised.get(row[key])
            if expected is None:
                faults.append(f"{row[key]} has no audit entry")
            elif record_digest(row) != expected:
                faults.append(f"{row[key]} was changed after its audit entry was written")
    if seen < len(promised):
        faults.append(f"{len(promised) - seen} decisions or reports in the chain are gone")
    return faults


def count_entries(database: Database) -> int:
    """How many entries the chain has."""
    with database.read() as connection:
        return int(connection.execute(select(func.count()).select_from(audit)).scalar_one())
