"""Comptes rendus financiers and their reminders.

Revision: 0028, after 0027
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create and widen the tables."""
    op.create_table(
        "compte_rendu",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("echeance", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("depose_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("depose_par_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["depose_par_id"], ["user.id"], name=op.f("fk_compte_rendu_depose_par_id_user")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_compte_rendu_dossier_id_dossier")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_compte_rendu")),
        sa.UniqueConstraint("dossier_id", name=op.f("uq_compte_rendu_dossier_id")),
    )
    op.create_table(
        "rappel",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("compte_rendu_id", sa.BigInteger(), nullable=False),
        sa.Column("etape", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["compte_rendu_id"], ["compte_rendu.id"], name=op.f("fk_rappel_compte_rendu_id_compte_rendu")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rappel")),
        sa.UniqueConstraint("compte_rendu_id", "etape", name=op.f("uq_rappel_compte_rendu_id_etape")),
    )
    op.create_table(
        "section_compte_rendu",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("compte_rendu_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "section",
            sa.Enum(
                "bilan",
                "tableau",
                "annexe",
                name="sectioncompterendu",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("valeurs", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_by_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["compte_rendu_id"], ["compte_rendu.id"], name=op.f("fk_section_compte_rendu_compte_rendu_id_compte_rendu")
        ),
        sa.ForeignKeyConstraint(
            ["updated_by_id"], ["user.id"], name=op.f("fk_section_compte_rendu_updated_by_id_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_section_compte_rendu")),
        sa.UniqueConstraint("compte_rendu_id", "section", name=op.f("uq_section_compte_rendu_compte_rendu_id_section")),
    )


def downgrade() -> None:
    """Take it all back."""
    op.drop_table("section_compte_rendu")
    op.drop_table("rappel")
    op.drop_table("compte_rendu")
