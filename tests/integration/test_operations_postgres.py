"""The operations database on a real PostgreSQL: migrations with rows in place, and what banks report."""

from __future__ import annotations

import threading
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Table, func, insert, inspect, select
from sqlalchemy.exc import DBAPIError

from serving.bodies import BankDecisionRequest, OutcomeRequest
from serving.database import Database, alembic_config
from serving.errors import InvalidRequest
from serving.returns import ReturnsService
from serving.tables import (
    account_outcomes,
    audit,
    bank_decisions,
    decisions,
    metadata,
    shadow_scores,
)
from tests.serving.helpers import BANK, Operations, decision, operations, scored

RETURNS = {"bank_decisions", "account_outcomes"}
SHADOW = {
    "decision_id": "scr_1", "model_name": "enterprise-default", "champion_version": "1",
    "shadow_version": "2", "champion_probability": 0.25, "shadow_probability": 0.125, "fault": None,
    "created_at": "2026-03-01T09:30:00.000000Z",
}  # fmt: skip


def approval(**changes: Any) -> BankDecisionRequest:
    body = {
        "decision": "approved", "method": "assisted", "decided_on": date(2026, 3, 2),
        "amount_cents": 5_000_000, "rate_bp": 435, "term_months": 12, "account_no": "LN-1",
        "opened_on": date(2026, 3, 3),
    }  # fmt: skip
    return BankDecisionRequest(**{**body, **changes})


@pytest.fixture
def bank(sqlalchemy_url: str, tmp_path: Path) -> Operations:
    """Two scores on PostgreSQL, and their entries in the chain."""
    made = operations(tmp_path / "ws", sqlalchemy_url)
    for name in ("scr_1", "scr_2"):
        made.ledger.record_decision(decision(name), scored(name))
    return made


def returns(of: Operations) -> ReturnsService:
    return ReturnsService(of.database, of.ledger, of.audit, of.clock)


def to(database: Database, revision: str, act: Any) -> None:
    """Migrate as `Database.migrate` does, to any revision."""
    with database.write() as connection:
        config = alembic_config()
        config.attributes["connection"] = connection
        act(config, revision)


def count(connection: Connection, table: Table) -> int:
    return connection.execute(select(func.count()).select_from(table)).scalar_one()


def tables(database: Database) -> set[str]:
    return set(inspect(database.engine).get_table_names())


def test_migrations_from_empty_make_exactly_the_declared_tables(sqlalchemy_url: str) -> None:
    database = Database(sqlalchemy_url)
    starts = [threading.Thread(target=database.migrate) for _ in range(4)]
    for start in starts:
        start.start()
    for start in starts:
        start.join(60)
    with database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    database.close()


def test_returns_come_and_go_beside_the_rows_that_were_there(bank: Operations) -> None:
    database = bank.database
    to(database, "0002", command.downgrade)
    assert not RETURNS & tables(database)
    with database.write() as connection:
        connection.execute(insert(shadow_scores), SHADOW)
    to(database, "head", command.upgrade)
    assert tables(database) >= RETURNS

    assert returns(bank).decide("scr_1", approval(), BANK).new
    ended = OutcomeRequest(status="CHARGED_OFF", outcome_on=date(2026, 9, 1), loss_cents=100)
    assert returns(bank).end("LN-1", ended, BANK).new
    assert bank.audit.verify().ok
    with database.read() as connection:
        chain = connection.execute(select(audit).order_by(audit.c.seq)).all()
        assert [count(connection, t) for t in (bank_decisions, account_outcomes)] == [1, 1]

    to(database, "0002", command.downgrade)
    assert not RETURNS & tables(database)
    with database.read() as connection:
        assert connection.execute(select(audit).order_by(audit.c.seq)).all() == chain
        assert [count(connection, t) for t in (decisions, shadow_scores)] == [2, 1]
    to(database, "head", command.upgrade)
    # The chain remembers what the way down has cost.
    assert bank.audit.verify().faults == ("2 decisions or reports in the chain are gone",)
    database.close()


def test_of_answers_at_one_moment_one_is_kept(bank: Operations) -> None:
    made: list[bool] = []
    service = returns(bank)

    def answer() -> None:
        made.append(service.decide("scr_1", approval(), BANK).new)

    threads = [threading.Thread(target=answer) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(made) == [False] * 7 + [True]
    with pytest.raises(InvalidRequest) as refused:  # the account is the other score's
        service.decide("scr_2", approval(), BANK)
    assert [fault.field for fault in refused.value.fields] == ["account_no"]
    assert bank.audit.verify().ok
    bank.database.close()


@pytest.mark.parametrize("act", ["update", "delete"])
def test_the_chain_can_not_be_altered(bank: Operations, act: str) -> None:
    statement = audit.update().values(details="{}") if act == "update" else audit.delete()
    with pytest.raises(DBAPIError, match="append-only"), bank.database.write() as connection:
        connection.execute(statement)
    assert bank.audit.verify().ok
    bank.database.close()
