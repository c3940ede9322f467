"""Scores of a challenger that runs in the shadow of the champion, beside the champion's own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table of shadow scores."""
    op.create_table(
        "shadow_scores",
        sa.Column("decision_id", sa.String(40), nullable=False),
        sa.Column("model_name", sa.String(128), nullable=False),
        sa.Column("champion_version", sa.String(32), nullable=False),
        sa.Column("shadow_version", sa.String(32), nullable=False),
        sa.Column("champion_probability", sa.Float(), nullable=False),
        sa.Column("shadow_probability", sa.Float(), nullable=True),
        sa.Column("fault", sa.String(64), nullable=True),
        sa.Column("created_at", sa.String(27), nullable=False),
        sa.PrimaryKeyConstraint("decision_id", "shadow_version", name="pk_shadow_scores"),
    )
    op.create_index(
        "ix_shadow_scores_model_name_created_at", "shadow_scores", ["model_name", "created_at"]
    )


def downgrade() -> None:
    """Drop the table of shadow scores."""
    op.drop_table("shadow_scores")
