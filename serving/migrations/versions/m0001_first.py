"""Clients, portal users, sessions, decisions, reports and the append-only audit chain."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (
    "audit",
    "reports",
    "decisions",
    "login_failures",
    "sessions",
    "users",
    "clients",
)


def _moment(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(27), nullable=False)


def _text(name: str, size: int, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(size), nullable=nullable)


def _refers(column: str, table: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{target}.{_KEYS[target]}"], name=f"fk_{table}_{column}_{target}"
    )


_KEYS = {"clients": "client_id", "users": "user_id", "decisions": "decision_id"}


def upgrade() -> None:
    """Create every table of the first version and close the audit table to edits."""
    op.create_table(
        "clients",
        _text("client_id", 64),
        _text("name_zh", 200),
        _text("name_en", 200),
        _text("salt", 64),
        _text("key_hash", 64),
        sa.Column("active", sa.Boolean(), nullable=False),
        _moment("created_at"),
        sa.PrimaryKeyConstraint("client_id", name="pk_clients"),
    )
    op.create_table(
        "users",
        _text("user_id", 64),
        _text("client_id", 64),
        _text("salt", 64),
        _text("password_hash", 128),
        sa.Column("active", sa.Boolean(), nullable=False),
        _moment("created_at"),
        sa.PrimaryKeyConstraint("user_id", name="pk_users"),
        _refers("client_id", "users", "clients"),
    )
    op.create_table(
        "sessions",
        _text("token_hash", 64),
        _text("user_id", 64),
        _moment("created_at"),
        _moment("expires_at"),
        sa.PrimaryKeyConstraint("token_hash", name="pk_sessions"),
        _refers("user_id", "sessions", "users"),
    )
    op.create_table(
        "login_failures",
        sa.Column("failure_id", sa.Integer(), autoincrement=True, nullable=False),
        _text("who", 64),
        _text("address", 64),
        _moment("at"),
        sa.PrimaryKeyConstraint("failure_id", name="pk_login_failures"),
    )
    op.create_index("ix_login_failures_address_at", "login_failures", ["address", "at"])
    _decisions_and_reports()
    op.create_table(
        "audit",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        _moment("at"),
        _text("client_id", 64),
        _text("user_id", 64),
        _text("action", 40),
        _text("subject", 64),
        _text("object_id", 64),
        sa.Column("details", sa.Text(), nullable=False),
        _text("prev_hash", 64),
        _text("hash", 64),
        sa.PrimaryKeyConstraint("seq", name="pk_audit"),
        sa.UniqueConstraint("prev_hash", name="uq_audit_prev_hash"),
        sa.UniqueConstraint("hash", name="uq_audit_hash"),
    )
    op.create_index("ix_audit_object_id", "audit", ["object_id"])
    _close_audit()


def _decisions_and_reports() -> None:
    op.create_table(
        "decisions",
        _text("decision_id", 40),
        _text("kind", 16),
        _text("client_id", 64),
        _text("user_id", 64, nullable=True),
        _text("subject_kind", 16),
        _text("subject_id", 64),
        _text("purpose", 32),
        sa.Column("request", sa.Text(), nullable=False),
        _text("model_name", 128, nullable=True),
        _text("model_version", 32, nullable=True),
        _text("vector_digest", 64),
        sa.Column("vector", sa.Text(), nullable=False),
        _text("as_of", 10),
        sa.Column("answer", sa.Text(), nullable=False),
        _text("score_id", 40, nullable=True),
        _moment("created_at"),
        sa.PrimaryKeyConstraint("decision_id", name="pk_decisions"),
        _refers("score_id", "decisions", "decisions"),
        _refers("client_id", "decisions", "clients"),
        _refers("user_id", "decisions", "users"),
    )
    op.create_index("ix_decisions_score_id", "decisions", ["score_id"])
    op.create_index(
        "ix_decisions_subject_kind_subject_id_created_at",
        "decisions",
        ["subject_kind", "subject_id", "created_at"],
    )
    op.create_table(
        "reports",
        _text("report_id", 40),
        _text("score_id", 40),
        _text("recommendation_id", 40, nullable=True),
        _text("client_id", 64),
        _text("language", 2),
        _text("document_digest", 64),
        _text("html_zh", 64),
        _text("html_en", 64),
        _text("pdf_zh", 64),
        _text("pdf_en", 64),
        sa.Column("answer", sa.Text(), nullable=False),
        _moment("created_at"),
        sa.PrimaryKeyConstraint("report_id", name="pk_reports"),
        _refers("score_id", "reports", "decisions"),
        _refers("recommendation_id", "reports", "decisions"),
        _refers("client_id", "reports", "clients"),
    )
    op.create_index("ix_reports_score_id", "reports", ["score_id"])


def _close_audit() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_no_{verb.lower()} BEFORE {verb} ON audit "
                "BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'audit is append-only'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON audit "
        "FOR EACH ROW EXECUTE FUNCTION audit_append_only()"
    )
    op.execute(
        "CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only()"
    )


def downgrade() -> None:
    """Drop everything, the audit chain included: only for an empty trial database."""
    for table in TABLES:
        op.drop_table(table)
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION audit_append_only()")
