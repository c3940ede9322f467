"""What banks report back: the decision on a score, and how the loan ended."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create both tables."""
    op.create_table(
        "bank_decisions",
        sa.Column("return_id", sa.String(40), nullable=False),
        sa.Column("score_id", sa.String(40), nullable=False),
        sa.Column("client_id", sa.String(64), nullable=False),
        sa.Column("decision", sa.String(16), nullable=False),
        sa.Column("decided_on", sa.String(10), nullable=False),
        sa.Column("account_no", sa.String(40), nullable=True),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("created_at", sa.String(27), nullable=False),
        sa.PrimaryKeyConstraint("return_id", name="pk_bank_decisions"),
        sa.ForeignKeyConstraint(
            ["score_id"], ["decisions.decision_id"], name="fk_bank_decisions_score_id_decisions"
        ),
        sa.ForeignKeyConstraint(
            ["client_id"], ["clients.client_id"], name="fk_bank_decisions_client_id_clients"
        ),
        sa.UniqueConstraint("score_id", name="uq_bank_decisions_score_id"),
        sa.UniqueConstraint(
            "client_id", "account_no", name="uq_bank_decisions_client_id_account_no"
        ),
    )
    op.create_index("ix_bank_decisions_decided_on", "bank_decisions", ["decided_on"])
    op.create_table(
        "account_outcomes",
        sa.Column("outcome_id", sa.String(40), nullable=False),
        sa.Column("return_id", sa.String(40), nullable=False),
        sa.Column("outcome_on", sa.String(10), nullable=False),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("created_at", sa.String(27), nullable=False),
        sa.PrimaryKeyConstraint("outcome_id", name="pk_account_outcomes"),
        sa.ForeignKeyConstraint(
            ["return_id"],
            ["bank_decisions.return_id"],
            name="fk_account_outcomes_return_id_bank_decisions",
        ),
    )
    op.create_index("ix_account_outcomes_return_id", "account_outcomes", ["return_id"])
    op.create_index("ix_account_outcomes_outcome_on", "account_outcomes", ["outcome_on"])


def downgrade() -> None:
    """Drop both tables."""
    op.drop_table("account_outcomes")
    op.drop_table("bank_decisions")
