"""Migrations from empty, SQLite's settings, and the write transaction."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import insert, select, text
from sqlalchemy.exc import IntegrityError

from serving.database import Database, alembic_config
from serving.errors import NotReady
from serving.tables import clients, metadata

CLIENT = {
    "name_zh": "银行",
    "name_en": "Bank",
    "salt": "00",
    "key_hash": "00",
    "active": True,
    "created_at": "2026-03-01T00:00:00.000000Z",
}


@pytest.fixture
def database(tmp_path: Path) -> Database:
    made = Database(f"sqlite:///{tmp_path / 'x.db'}")
    made.migrate()
    return made


def test_migrations_from_empty_make_exactly_the_declared_tables(database: Database) -> None:
    with database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
        assert (
            context.get_current_revision()
            == ScriptDirectory.from_config(alembic_config()).get_current_head()
        )


def test_migrating_again_changes_nothing(database: Database) -> None:
    with database.write() as connection:
        connection.execute(insert(clients), {"client_id": "a", **CLIENT})
    database.migrate()
    with database.read() as connection:
        assert connection.execute(select(clients.c.client_id)).scalars().all() == ["a"]


def test_two_first_starts_at_once_both_succeed(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'x.db'}"
    errors: list[BaseException] = []

    def start() -> None:
        try:
            Database(url).migrate()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert errors == []


def test_sqlite_is_durable_and_lets_readers_pass_a_writer(database: Database) -> None:
    with database.read() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar_one() == "wal"
        assert connection.execute(text("PRAGMA synchronous")).scalar_one() == 2  # FULL
        assert connection.execute(text("PRAGMA foreign_keys")).scalar_one() == 1
    with database.write() as writer:
        writer.execute(insert(clients), {"client_id": "a", **CLIENT})
        with database.read() as reader:  # sees the state before, without waiting
            assert reader.execute(select(clients.c.client_id)).all() == []


def test_an_error_rolls_the_whole_transaction_back(database: Database) -> None:
    row = {"client_id": "a", **CLIENT}

    def twice() -> None:
        with database.write() as connection:
            connection.execute(insert(clients), row)
            connection.execute(insert(clients), row)

    with pytest.raises(IntegrityError):
        twice()
    with database.read() as connection:
        assert connection.execute(select(clients.c.client_id)).all() == []


def test_a_database_error_does_not_carry_the_values(database: Database) -> None:
    with database.write() as connection:
        connection.execute(insert(clients), {"client_id": "secret-client", **CLIENT})
    with pytest.raises(IntegrityError) as caught, database.write() as connection:
        connection.execute(insert(clients), {"client_id": "secret-client", **CLIENT})
    assert "secret-client" not in str(caught.value)


def test_the_fault_names_a_kind_only(tmp_path: Path) -> None:
    empty = Database(f"sqlite:///{tmp_path / 'never-migrated.db'}")
    assert empty.fault() == "OperationalError"


def test_another_kind_of_database_is_refused() -> None:
    with pytest.raises(NotReady, match="SQLite or PostgreSQL"):
        Database("mssql+pyodbc://somewhere/db")
