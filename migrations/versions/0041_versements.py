"""Payments, the dossiers that they pay, and grants that others publish.

Revision: 0041, after 0040
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Payments, the dossiers that they pay, and grants that others publish."""
    op.create_table(
        "versement",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column(
            "source",
            sa.Enum(
                "chorus",
                "fonjep",
                "autre",
                name="sourceversement",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("service_id", sa.BigInteger(), nullable=False),
        sa.Column("association_id", sa.BigInteger(), nullable=True),
        sa.Column("beneficiaire_nom", sa.String(length=300), nullable=False),
        sa.Column("beneficiaire_siret", sa.String(length=14), nullable=False),
        sa.Column("exercice", sa.BigInteger(), nullable=True),
        sa.Column("montant", sa.Numeric(precision=14, scale=2), nullable=False),
        sa.Column("date_operation", sa.Date(), nullable=True),
        sa.Column("ej", sa.String(length=40), nullable=False),
        sa.Column("programme", sa.String(length=10), nullable=False),
        sa.Column("libelle", sa.String(length=500), nullable=False),
        sa.Column("cle", sa.String(length=200), nullable=False),
        sa.Column("ligne_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_versement_association_id_association")
        ),
        sa.ForeignKeyConstraint(["ligne_id"], ["ligne_import.id"], name=op.f("fk_versement_ligne_id_ligne_import")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_versement_service_id_service")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_versement")),
    )
    op.create_index("ix_versement_association_id_exercice", "versement", ["association_id", "exercice"], unique=False)
    op.create_index("ix_versement_beneficiaire_siret", "versement", ["beneficiaire_siret"], unique=False)
    op.create_index("ix_versement_ej", "versement", ["ej"], unique=False)
    op.create_index(op.f("ix_versement_ligne_id"), "versement", ["ligne_id"], unique=False)
    op.create_index("ix_versement_service_id_cle", "versement", ["service_id", "cle"], unique=False)
    op.create_table(
        "versement_dossier",
        sa.Column("versement_id", sa.BigInteger(), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "methode",
            sa.Enum(
                "ej",
                "siret_exercice",
                "manuel",
                name="methoderapprochement",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("confiance", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_versement_dossier_dossier_id_dossier")),
        sa.ForeignKeyConstraint(
            ["versement_id"], ["versement.id"], name=op.f("fk_versement_dossier_versement_id_versement")
        ),
        sa.PrimaryKeyConstraint("versement_id", "dossier_id", name=op.f("pk_versement_dossier")),
    )
    op.create_index(op.f("ix_versement_dossier_dossier_id"), "versement_dossier", ["dossier_id"], unique=False)
    op.create_table(
        "subvention_publiee",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("service_id", sa.BigInteger(), nullable=False),
        sa.Column("association_id", sa.BigInteger(), nullable=True),
        sa.Column("attribuant_nom", sa.String(length=300), nullable=False),
        sa.Column("attribuant_siret", sa.String(length=14), nullable=False),
        sa.Column("beneficiaire_nom", sa.String(length=300), nullable=False),
        sa.Column("beneficiaire_siret", sa.String(length=14), nullable=False),
        sa.Column("beneficiaire_rna", sa.String(length=10), nullable=False),
        sa.Column("date_convention", sa.Date(), nullable=True),
        sa.Column("exercice", sa.BigInteger(), nullable=True),
        sa.Column("objet", sa.Text(), nullable=False),
        sa.Column("montant", sa.Numeric(precision=14, scale=2), nullable=False),
        sa.Column("part", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("donnees", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("ligne_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_subvention_publiee_association_id_association")
        ),
        sa.ForeignKeyConstraint(
            ["ligne_id"], ["ligne_import.id"], name=op.f("fk_subvention_publiee_ligne_id_ligne_import")
        ),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_subvention_publiee_service_id_service")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subvention_publiee")),
    )
    op.create_index("ix_subvention_publiee_association_id", "subvention_publiee", ["association_id"], unique=False)
    op.create_index(op.f("ix_subvention_publiee_ligne_id"), "subvention_publiee", ["ligne_id"], unique=False)
    op.create_index(
        "ix_subvention_publiee_service_id_attribuant_siret",
        "subvention_publiee",
        ["service_id", "attribuant_siret"],
        unique=False,
    )


def downgrade() -> None:
    """Without them."""
    op.drop_table("subvention_publiee")
    op.drop_table("versement_dossier")
    op.drop_table("versement")
