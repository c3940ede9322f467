"""Tables of the operations database. The migrations create them; a test compares both.

Moments are text in UTC (``2026-01-31T08:15:00.000000Z``): the same on SQLite and PostgreSQL, sortable,
and fit to be hashed.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

MOMENT = 27  # characters of a moment as text

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

clients = Table(
    "clients",
    metadata,
    Column("client_id", String(64), primary_key=True),
    Column("name_zh", String(200), nullable=False),
    Column("name_en", String(200), nullable=False),
    Column("salt", String(64), nullable=False),
    Column("key_hash", String(64), nullable=False),
    Column("active", Boolean, nullable=False),
    Column("created_at", String(MOMENT), nullable=False),
)

users = Table(
    "users",
    metadata,
    Column("user_id", String(64), primary_key=True),
    Column("client_id", String(64), ForeignKey("clients.client_id"), nullable=False),
    Column("salt", String(64), nullable=False),
    Column("password_hash", String(128), nullable=False),
    Column("active", Boolean, nullable=False),
    Column("created_at", String(MOMENT), nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("user_id", String(64), ForeignKey("users.user_id"), nullable=False),
    Column("created_at", String(MOMENT), nullable=False),
    Column("expires_at", String(MOMENT), nullable=False),
)

login_failures = Table(
    "login_failures",
    metadata,
    Column("failure_id", Integer, primary_key=True, autoincrement=True),
    Column("who", String(64), nullable=False),  # keyed digest of the name that was typed
    Column("address", String(64), nullable=False),
    Column("at", String(MOMENT), nullable=False),
)
Index(None, login_failures.c.address, login_failures.c.at)

decisions = Table(
    "decisions",
    metadata,
    Column("decision_id", String(40), primary_key=True),
    Column("kind", String(16), nullable=False),  # score | recommendation
    Column("client_id", String(64), ForeignKey("clients.client_id"), nullable=False),
    Column("user_id", String(64), ForeignKey("users.user_id"), nullable=True),
    Column("subject_kind", String(16), nullable=False),
    Column("subject_id", String(64), nullable=False),
    Column("purpose", String(32), nullable=False),
    Column("request", Text, nullable=False),  # canonical JSON of what else was asked
    Column("model_name", String(128), nullable=True),
    Column("model_version", String(32), nullable=True),
    Column("vector_digest", String(64), nullable=False),
    Column("vector", Text, nullable=False),  # canonical JSON of the values scored
    Column("as_of", String(10), nullable=False),
    Column("answer", Text, nullable=False),  # exactly the bytes that were sent
    # of a recommendation: the score it was asked for together with
    Column("score_id", String(40), ForeignKey("decisions.decision_id"), nullable=True),
    Column("created_at", String(MOMENT), nullable=False),
)
Index(None, decisions.c.score_id)
Index(None, decisions.c.subject_kind, decisions.c.subject_id, decisions.c.created_at)

shadow_scores = Table(
    "shadow_scores",
    metadata,
    Column("decision_id", String(40), primary_key=True),
    Column("model_name", String(128), nullable=False),
    Column("champion_version", String(32), nullable=False),
    Column("shadow_version", String(32), primary_key=True),
    Column("champion_probability", Float, nullable=False),
    Column("shadow_probability", Float, nullable=True),
    Column("fault", String(64), nullable=True),  # kind of the challenger's error
    Column("created_at", String(MOMENT), nullable=False),
)
Index(None, shadow_scores.c.model_name, shadow_scores.c.created_at)

reports = Table(
    "reports",
    metadata,
    Column("report_id", String(40), primary_key=True),
    Column("score_id", String(40), ForeignKey("decisions.decision_id"), nullable=False),
    Column("recommendation_id", String(40), ForeignKey("decisions.decision_id"), nullable=True),
    Column("client_id", String(64), ForeignKey("clients.client_id"), nullable=False),
    Column("language", String(2), nullable=False),
    Column("document_digest", String(64), nullable=False),
    Column("html_zh", String(64), nullable=False),  # SHA-256 of each stored rendering
    Column("html_en", String(64), nullable=False),
    Column("pdf_zh", String(64), nullable=False),
    Column("pdf_en", String(64), nullable=False),
    Column("answer", Text, nullable=False),
    Column("created_at", String(MOMENT), nullable=False),
)
Index(None, reports.c.score_id)

bank_decisions = Table(
    "bank_decisions",
    metadata,
    Column("return_id", String(40), primary_key=True),
    Column("score_id", String(40), ForeignKey("decisions.decision_id"), nullable=False),
    Column("client_id", String(64), ForeignKey("clients.client_id"), nullable=False),
    Column("decision", String(16), nullable=False),
    Column("decided_on", String(10), nullable=False),
    Column("account_no", String(40), nullable=True),
    Column("request", Text, nullable=False),  # canonical JSON of the body
    Column("created_at", String(MOMENT), nullable=False),
    UniqueConstraint("score_id"),
    UniqueConstraint("client_id", "account_no"),
)
Index(None, bank_decisions.c.decided_on)

account_outcomes = Table(
    "account_outcomes",
    metadata,
    Column("outcome_id", String(40), primary_key=True),
    Column("return_id", String(40), ForeignKey("bank_decisions.return_id"), nullable=False),
    Column("outcome_on", String(10), nullable=False),
    Column("request", Text, nullable=False),  # canonical JSON of the body
    Column("created_at", String(MOMENT), nullable=False),
)
Index(None, account_outcomes.c.return_id)
Index(None, account_outcomes.c.outcome_on)

audit = Table(
    "audit",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", String(MOMENT), nullable=False),
    Column("client_id", String(64), nullable=False),
    Column("user_id", String(64), nullable=False),
    Column("action", String(40), nullable=False),
    Column("subject", String(64), nullable=False),  # keyed digest: the chain can never be deleted
    Column("object_id", String(64), nullable=False),
    Column("details", Text, nullable=False),  # canonical JSON
    Column("prev_hash", String(64), nullable=False, unique=True),  # unique: the chain cannot fork
    Column("hash", String(64), nullable=False, unique=True),
)
Index(None, audit.c.object_id)
