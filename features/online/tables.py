"""The store's tables on SQLite and PostgreSQL, and the connections to them.

The log of served vectors can be added to and nothing else: the database itself refuses to alter or delete a
row of it, whoever asks through it.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import NoSuchModuleError, SQLAlchemyError

from features.errors import FeaturesError

METADATA = sa.MetaData()
VECTORS = sa.Table(
    "feature_vectors",
    METADATA,
    sa.Column("view", sa.String(64), primary_key=True),
    sa.Column("subject_id", sa.String(64), primary_key=True),
    sa.Column("as_of", sa.Date, nullable=False),
    sa.Column("vector", sa.Text, nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("about", sa.Text, nullable=False),
    sa.Column("sequence", sa.Integer),
    sa.Column("definition", sa.String(64), nullable=False),
    sa.Column("review", sa.String(32), nullable=False),
    sa.Column("aliases", sa.String(64), nullable=False),
    sa.Column("seal", sa.String(64), nullable=False),
    sa.Column("built_at", sa.DateTime(timezone=True), nullable=False),
    # who has a vector of another definition, or of several ids, is asked at every refresh
    sa.Index("feature_vectors_definition", "view", "definition", "subject_id"),
    sa.Index("feature_vectors_aliases", "view", "aliases", "subject_id"),
)
DEFINITIONS = sa.Table(
    "feature_definitions",
    METADATA,
    sa.Column("definition", sa.String(64), primary_key=True),
    sa.Column("features", sa.Text, nullable=False),
)
VIEWS = sa.Table(
    "feature_views",
    METADATA,
    sa.Column("view", sa.String(64), primary_key=True),
    sa.Column("sequence", sa.Integer, nullable=False),
    sa.Column("finished_at", sa.DateTime(timezone=True), nullable=False),
)
RECORDS = sa.Table(
    "subject_records",
    METADATA,
    sa.Column("subject_id", sa.String(64), primary_key=True),
    sa.Column("contract", sa.String(64), primary_key=True),
    sa.Column("sequence", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("records", sa.Text, nullable=False),
    sa.Column("seal", sa.String(64), nullable=False),
)
SHELVED = sa.Table(
    "shelved_contracts",
    METADATA,
    sa.Column("contract", sa.String(64), primary_key=True),
    sa.Column("columns", sa.Text, nullable=False),
    sa.Column("naming", sa.String(64)),
    sa.Column("reached", sa.Integer, nullable=False),
    sa.Column("batch", sa.String(64), nullable=False),
    sa.Column("cleared", sa.Date),
)
_INDEX = (RECORDS, SHELVED)  # made of the lake's records: what another version made is made anew
SERVED = sa.Table(
    "served_vectors",
    METADATA,
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
    sa.Column("served_at", sa.DateTime(timezone=True), nullable=False, index=True),
    sa.Column("request", sa.String(64), nullable=False),
    sa.Column("view", sa.String(64), nullable=False),
    sa.Column("subject_id", sa.String(64), nullable=False),
    sa.Column("as_of", sa.Date, nullable=False),
    sa.Column("sequence", sa.Integer),
    sa.Column("definition", sa.String(64), nullable=False),
    sa.Column("skipped", sa.Text, nullable=False),
    sa.Column("review", sa.String(32), nullable=False),
    sa.Column("aliases", sa.String(64), nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("vector", sa.Text, nullable=False),
)

_KEEP = {
    "sqlite": tuple(
        f"CREATE TRIGGER IF NOT EXISTS served_vectors_no_{action.lower()} BEFORE {action} "
        "ON served_vectors BEGIN SELECT RAISE(ABORT, 'served_vectors is append-only'); END"
        for action in ("UPDATE", "DELETE")
    ),
    "postgresql": (
        "CREATE OR REPLACE FUNCTION served_vectors_keep() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'served_vectors is append-only'; END $$",
        "CREATE OR REPLACE TRIGGER served_vectors_keep BEFORE UPDATE OR DELETE OR TRUNCATE "
        "ON served_vectors FOR EACH STATEMENT EXECUTE FUNCTION served_vectors_keep()",
    ),
}
_WRITE = "online_write"
_BUSY_MS = 15_000  # how long a writer waits for another one on SQLite; ours
_MAKING = (
    0x584F4E4C  # advisory lock on PostgreSQL, so that two processes do not make tables at once
)


class Connections:
    """Connections to one database, with its tables made at the first use.

    Parameters
    ----------
    url_or_path : str or Path
        A file (SQLite) or a URL: ``postgresql+psycopg://...`` (``postgresql://`` is taken as that).

    Raises
    ------
    FeaturesError
        When the URL names another kind of database, or its driver is not installed.
    """

    def __init__(self, url_or_path: str | Path) -> None:
        self._url = _url(str(url_or_path))
        self.dialect = self._url.get_backend_name()
        if self.dialect not in _KEEP:
            raise FeaturesError(
                f"the online store can not be kept in {self.dialect}.",
                expected="a file (SQLite) or postgresql+psycopg://user@host/database",
            )
        sqlite = self.dialect == "sqlite"
        try:
            # hide_parameters: an SQL error in a log must not carry a subject's id
            self._engine = sa.create_engine(
                self._url, hide_parameters=True, pool_pre_ping=not sqlite
            )
        except (ImportError, NoSuchModuleError) as error:
            raise FeaturesError(
                "the driver of the online store's database is not installed.",
                hint="pip install 'psycopg[binary]' and name it: postgresql+psycopg://...",
            ) from error
        if sqlite:
            _prepare_sqlite(self._engine)
        self._ready = False
        self._upserts: dict[str, Any] = {}
        self._lock = threading.Lock()

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A connection for reading."""
        with _told():
            self._make()
            with self._engine.connect() as connection:
                yield connection

    @contextmanager
    def write(self, *, durable: bool = True) -> Iterator[sa.Connection]:
        """One transaction, committed at the end. `durable` false: PostgreSQL need not wait for the disk."""
        with _told():
            self._make()
            with self._begin() as connection:
                if self.dialect == "postgresql" and not durable:
                    connection.exec_driver_sql("SET LOCAL synchronous_commit = off")
                yield connection

    def insert(self, table: sa.Table) -> Any:
        """INSERT in the words of this database, which know ON CONFLICT."""
        dialect: Any
        if self.dialect == "postgresql":
            from sqlalchemy.dialects import postgresql as dialect
        else:
            from sqlalchemy.dialects import sqlite as dialect
        return dialect.insert(table)

    def upsert(self, table: sa.Table) -> Any:
        """INSERT that takes the place of the row of the same key."""
        if table.name not in self._upserts:
            insert = self.insert(table)
            key = [column.name for column in table.primary_key]
            rest = {c.name: insert.excluded[c.name] for c in table.c if c.name not in key}
            upsert = insert.on_conflict_do_update(index_elements=key, set_=rest)
            self._upserts[table.name] = upsert
        return self._upserts[table.name]

    def close(self) -> None:
        """Give back all connections."""
        self._engine.dispose()

    @contextmanager
    def _begin(self) -> Iterator[sa.Connection]:
        with self._engine.connect() as connection:
            connection = connection.execution_options(**{_WRITE: True})
            with connection.begin():
                yield connection

    def _make(self) -> None:
        """Make folder and tables at the first use, so that naming a store touches nothing."""
        if self._ready:
            return
        with self._lock:
            if self._ready:
                return
            if self.dialect == "sqlite" and self._url.database:
                _make_file(Path(self._url.database))
            with self._begin() as connection:
                if self.dialect == "postgresql":
                    connection.execute(sa.text("SELECT pg_advisory_xact_lock(:n)"), {"n": _MAKING})
                METADATA.create_all(connection)
                _same_form(connection)
                METADATA.create_all(connection)
                for index in VECTORS.indexes:
                    index.create(connection, checkfirst=True)
                for statement in _KEEP[self.dialect]:
                    connection.exec_driver_sql(statement)
            self._ready = True


def _url(text: str) -> sa.URL:
    url = sa.make_url(text if "://" in text else f"sqlite:///{text}")
    return url.set(drivername="postgresql+psycopg") if url.drivername == "postgresql" else url


def _make_file(path: Path) -> None:
    """It names subjects: readable by its owner alone. SQLite's side files follow its mode."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as error:
        raise FeaturesError(
            f"the online store {path} can not be made: {error.strerror}.",
            hint="name a file in a folder that you may write to",
        ) from error


def _same_form(connection: sa.Connection) -> None:
    """Refuse tables of another form; drop the shelf's, both, if one of them has another."""
    inspector = sa.inspect(connection)
    other = [
        table
        for table in METADATA.sorted_tables
        if {column["name"] for column in inspector.get_columns(table.name)}
        != {column.name for column in table.columns}
    ]
    for table in other:
        if table not in _INDEX:
            raise FeaturesError(
                f"the table {table.name} of the online store has the form of another version.",
                hint="move the store away and run `xinqiao features materialise`: vectors are made "
                "from the lake; keep the old file, it holds the log of what was served",
            )
    if other:
        METADATA.drop_all(connection, tables=_INDEX)


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as error:
        raise FeaturesError(
            f"the online store does not answer ({type(error).__name__}).",
            hint="check that its file or database can be reached and written to",
        ) from error


def _prepare_sqlite(engine: sa.Engine) -> None:
    @sa.event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={_BUSY_MS}")
        # Readers do not wait for the nightly run; a killed process loses nothing, a power cut at most the
        # last moments of the log, whose decisions the ledger has.
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=NORMAL")
        cursor.close()

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        # taking the write lock first makes a writer wait, where a read that turns into a write would fail
        write = connection.get_execution_options().get(_WRITE, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
