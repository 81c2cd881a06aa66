"""When an administrator may see content.

Revision: 0013, after 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """When an administrator may see content."""
    op.create_table(
        "autorisation_contenu",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("demarche_id", sa.BigInteger(), nullable=False),
        sa.Column("accordee_par_id", sa.BigInteger(), nullable=False),
        sa.Column("raison", sa.Text(), nullable=False),
        sa.Column("accordee_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expire_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retiree_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["accordee_par_id"], ["user.id"], name=op.f("fk_autorisation_contenu_accordee_par_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["demarche_id"], ["demarche.id"], name=op.f("fk_autorisation_contenu_demarche_id_demarche")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_autorisation_contenu")),
    )
    op.create_index(op.f("ix_autorisation_contenu_demarche_id"), "autorisation_contenu", ["demarche_id"], unique=False)


def downgrade() -> None:
    """Drop them."""
    op.drop_index(op.f("ix_autorisation_contenu_demarche_id"), table_name="autorisation_contenu")
    op.drop_table("autorisation_contenu")
