"""What we ask of DS with a token, shared by every worker.

Revision: 0011, after 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What we ask of DS with a token, shared by every worker."""
    op.create_table(
        "debit_ds",
        sa.Column("jeton", sa.String(length=64), nullable=False),
        sa.Column("minute", sa.DateTime(timezone=True), nullable=False),
        sa.Column("requetes", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("jeton", "minute", name=op.f("pk_debit_ds")),
    )
    op.create_table(
        "jeton_ds",
        sa.Column("jeton", sa.String(length=64), nullable=False),
        sa.Column("ralenti_jusqu_a", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refus", sa.String(length=300), nullable=False),
        sa.Column("refus_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("jeton", name=op.f("pk_jeton_ds")),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("jeton_ds")
    op.drop_table("debit_ds")
