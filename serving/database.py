"""The operations database: one engine, short write transactions, migrations at first start.

SQLite in WAL mode by default; PostgreSQL through ``XINQIAO_DATABASE_URL``. Only one writer at a time is
ever useful on SQLite, so writers of one process queue on a lock (fair and without polling); writers
of several processes are kept apart by BEGIN IMMEDIATE and the busy timeout.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from serving.errors import NotReady

MIGRATIONS = Path(__file__).parent / "migrations"
WRITE = "xinqiao_write"
_CHAIN_LOCK = 0x58494E51  # advisory lock number of the audit chain on PostgreSQL


class Database:
    """Connections to the operations database.

    Parameters
    ----------
    url : str
        SQLAlchemy URL.
    synchronous : str
        SQLite's durability, "FULL" or "NORMAL".
    busy_timeout_ms : int
        How long a write waits for another process, in milliseconds.
    """

    def __init__(self, url: str, synchronous: str = "FULL", busy_timeout_ms: int = 15_000) -> None:
        parsed = make_url(url)
        self._sqlite = parsed.get_backend_name() == "sqlite"
        if not self._sqlite and parsed.get_backend_name() != "postgresql":
            raise NotReady(
                "The operations database must be SQLite or PostgreSQL; check XINQIAO_DATABASE_URL.",
                "业务数据库只支持 SQLite 或 PostgreSQL，请检查 XINQIAO_DATABASE_URL。",
            )
        # hide_parameters: an SQL error in a log must not carry a subject's id.
        options: dict[str, Any] = {"hide_parameters": True, "pool_pre_ping": not self._sqlite}
        if self._sqlite:
            options["connect_args"] = {
                "check_same_thread": False,
                "timeout": busy_timeout_ms / 1000,
            }
            options["pool_size"] = 16
            options["max_overflow"] = 48
        self.engine: Engine = create_engine(parsed, **options)
        self._write_lock = threading.Lock()
        if self._sqlite:
            _prepare_sqlite(self.engine, synchronous, busy_timeout_ms)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection for reading; nothing it does is kept."""
        with self.engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One write transaction: committed at the end, rolled back on any error."""
        if not self._sqlite:
            with self.engine.begin() as connection:
                yield connection
            return
        with self._write_lock, self.engine.connect() as connection:
            connection = connection.execution_options(**{WRITE: True})
            with connection.begin():
                yield connection

    def lock_chain(self, connection: Connection) -> None:
        """Let one transaction at a time append to the audit chain (SQLite: BEGIN IMMEDIATE did)."""
        if not self._sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": _CHAIN_LOCK})

    def migrate(self) -> None:
        """Bring the schema to the newest migration; two processes may try at once."""
        from alembic import command

        with self.write() as connection:
            self.lock_chain(connection)
            config = alembic_config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    def fault(self) -> str | None:
        """Why the database cannot be used now, or None: the kind of error only, no connection data."""
        try:
            with self.read() as connection:
                connection.execute(text("SELECT seq FROM audit LIMIT 1"))
        except SQLAlchemyError as error:
            return type(error).__name__
        return None

    def close(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()


def alembic_config() -> Any:
    """Alembic's configuration, made in code so that no file with addresses is needed."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _prepare_sqlite(engine: Engine, synchronous: str, busy_timeout_ms: int) -> None:
    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={busy_timeout_ms}")
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute(f"PRAGMA synchronous={synchronous}")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A read that turned into a write would fail at once under WAL when another process wrote
        # meanwhile; taking the write lock first makes it wait instead.
        write = connection.get_execution_options().get(WRITE, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
