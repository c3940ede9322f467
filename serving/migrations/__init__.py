"""Alembic migrations of the operations database; run at the first start of a workspace."""
