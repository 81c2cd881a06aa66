"""DS drafts prefilled from an association's page.

Revision: 0014, after 0013
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """DS drafts prefilled from an association's page."""
    op.create_table(
        "preremplissage",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("association_id", sa.BigInteger(), nullable=False),
        sa.Column("demarche_id", sa.BigInteger(), nullable=False),
        sa.Column("demande_par_id", sa.BigInteger(), nullable=False),
        sa.Column("valeurs", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "etat",
            sa.Enum(
                "a_envoyer",
                "en_attente",
                "depose",
                "expire",
                "refuse",
                name="etatpreremplissage",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("number", sa.BigInteger(), nullable=True),
        sa.Column("jeton", sa.String(length=200), nullable=False),
        sa.Column("dossier_url", sa.Text(), nullable=False),
        sa.Column("etat_ds", sa.String(length=40), nullable=False),
        sa.Column("ignores", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=True),
        sa.Column("essais", sa.BigInteger(), nullable=False),
        sa.Column("prochain_essai", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("pris_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("erreur", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_preremplissage_association_id_association")
        ),
        sa.ForeignKeyConstraint(["demande_par_id"], ["user.id"], name=op.f("fk_preremplissage_demande_par_id_user")),
        sa.ForeignKeyConstraint(["demarche_id"], ["demarche.id"], name=op.f("fk_preremplissage_demarche_id_demarche")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_preremplissage_dossier_id_dossier")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_preremplissage")),
    )
    op.create_index(op.f("ix_preremplissage_association_id"), "preremplissage", ["association_id"], unique=False)
    op.create_index("ix_preremplissage_etat_prochain_essai", "preremplissage", ["etat", "prochain_essai"], unique=False)
    op.create_index(op.f("ix_preremplissage_number"), "preremplissage", ["number"], unique=False)


def downgrade() -> None:
    """Drop them."""
    op.drop_index(op.f("ix_preremplissage_number"), table_name="preremplissage")
    op.drop_index("ix_preremplissage_etat_prochain_essai", table_name="preremplissage")
    op.drop_index(op.f("ix_preremplissage_association_id"), table_name="preremplissage")
    op.drop_table("preremplissage")
