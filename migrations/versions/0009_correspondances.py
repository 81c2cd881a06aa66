"""From DS forms to our columns: published forms, mappings, and what they feed.

Revision: 0009, after 0008
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """From DS forms to our columns: published forms, mappings, and what they feed."""
    op.create_table(
        "correspondance",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("demarche_id", sa.BigInteger(), nullable=False),
        sa.Column("champ_id", sa.String(length=100), nullable=False),
        sa.Column("libelle", sa.Text(), nullable=False),
        sa.Column("type", sa.String(length=100), nullable=False),
        sa.Column(
            "cible",
            sa.Enum(
                "siret",
                "rna",
                "montant_demande",
                "intitule",
                "budget",
                "cer_case",
                "cer_date",
                name="ciblechamp",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("detail", sa.String(length=60), nullable=False),
        sa.Column(
            "etat",
            sa.Enum(
                "proposee",
                "confirmee",
                "ecartee",
                "disparue",
                name="etatcorrespondance",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("confiance", sa.BigInteger(), nullable=False),
        sa.Column("raison", sa.Text(), nullable=False),
        sa.Column("decidee_par_id", sa.BigInteger(), nullable=True),
        sa.Column("decidee_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["decidee_par_id"], ["user.id"], name=op.f("fk_correspondance_decidee_par_id_user")),
        sa.ForeignKeyConstraint(["demarche_id"], ["demarche.id"], name=op.f("fk_correspondance_demarche_id_demarche")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correspondance")),
        sa.UniqueConstraint(
            "demarche_id",
            "champ_id",
            "cible",
            "detail",
            name=op.f("uq_correspondance_demarche_id_champ_id_cible_detail"),
        ),
    )
    op.create_table(
        "revision_ds",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("demarche_id", sa.BigInteger(), nullable=False),
        sa.Column("ds_id", sa.String(length=100), nullable=False),
        sa.Column("date_publication", sa.DateTime(timezone=True), nullable=True),
        sa.Column("descripteurs", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("lue_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("vue_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["demarche_id"], ["demarche.id"], name=op.f("fk_revision_ds_demarche_id_demarche")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revision_ds")),
        sa.UniqueConstraint("demarche_id", "ds_id", name=op.f("uq_revision_ds_demarche_id_ds_id")),
    )
    op.add_column(
        "dossier_ds", sa.Column("revision_id", sa.String(length=100), nullable=False, server_default=sa.text("''"))
    )
    op.add_column("dossier_ds", sa.Column("archived", sa.Boolean(), nullable=False, server_default=sa.text("false")))
    op.add_column(
        "dossier_ds",
        sa.Column("budget", postgresql.JSONB(astext_type=sa.Text()), nullable=False, server_default=sa.text("'[]'")),
    )
    op.add_column("dossier_ds", sa.Column("cer_atteste", sa.Boolean(), nullable=True))
    op.add_column("dossier_ds", sa.Column("cer_date", sa.Date(), nullable=True))
    # the lines that stand already got a value; the application gives it to the next ones
    op.alter_column("dossier_ds", "revision_id", server_default=None)
    op.alter_column("dossier_ds", "archived", server_default=None)
    op.alter_column("dossier_ds", "budget", server_default=None)


def downgrade() -> None:
    """Drop them."""
    op.drop_column("dossier_ds", "cer_date")
    op.drop_column("dossier_ds", "cer_atteste")
    op.drop_column("dossier_ds", "budget")
    op.drop_column("dossier_ds", "archived")
    op.drop_column("dossier_ds", "revision_id")
    op.drop_table("revision_ds")
    op.drop_table("correspondance")
