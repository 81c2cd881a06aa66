"""Which service has read which avis.

Revision: 0036, after 0035
"""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing is known of what was read before."""
    op.create_table(
        "lecture_avis",
        sa.Column("avis_id", sa.BigInteger(), nullable=False),
        sa.Column("service_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("lu_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["avis_id"], ["avis.id"], name=op.f("fk_lecture_avis_avis_id_avis")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_lecture_avis_service_id_service")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_lecture_avis_user_id_user")),
        sa.PrimaryKeyConstraint("avis_id", "service_id", name=op.f("pk_lecture_avis")),
    )
    op.create_index(op.f("ix_lecture_avis_service_id"), "lecture_avis", ["service_id"], unique=False)


def downgrade() -> None:
    """What was read is forgotten."""
    op.drop_index(op.f("ix_lecture_avis_service_id"), table_name="lecture_avis")
    op.drop_table("lecture_avis")
