"""Run by Alembic: migrates over the connection that ``serving.database`` hands in."""

from __future__ import annotations

from alembic import context

from serving.tables import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection, target_metadata=metadata, compare_type=True, transactional_ddl=True
)
with context.begin_transaction():
    context.run_migrations()
