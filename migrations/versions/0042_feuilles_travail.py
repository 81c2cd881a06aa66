"""Working sheets that leave and come back, and the columns of exports that a service keeps.

Revision: 0042, after 0041
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Working sheets that leave and come back, and the columns of exports that a service keeps."""
    op.create_table(
        "feuille_travail",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("jeton", sa.String(length=40), nullable=False),
        sa.Column("service_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=True),
        sa.Column("colonnes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("base", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_feuille_travail_document_id_document")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_feuille_travail_service_id_service")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_feuille_travail_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feuille_travail")),
        sa.UniqueConstraint("jeton", name=op.f("uq_feuille_travail_jeton")),
    )
    op.create_index(op.f("ix_feuille_travail_document_id"), "feuille_travail", ["document_id"], unique=False)
    op.create_index(op.f("ix_feuille_travail_service_id"), "feuille_travail", ["service_id"], unique=False)
    op.create_index(op.f("ix_feuille_travail_user_id"), "feuille_travail", ["user_id"], unique=False)
    op.create_table(
        "retour_feuille",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("cle", sa.String(length=40), nullable=False),
        sa.Column("feuille_id", sa.BigInteger(), nullable=True),
        sa.Column("service_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("fichier_id", sa.BigInteger(), nullable=False),
        sa.Column("nom", sa.String(length=300), nullable=False),
        sa.Column(
            "etat",
            sa.Enum(
                "a_lire",
                "lu",
                "illisible",
                "a_appliquer",
                "applique",
                name="etatretour",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("constat", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("pris_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("applique_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["feuille_id"], ["feuille_travail.id"], name=op.f("fk_retour_feuille_feuille_id_feuille_travail")
        ),
        sa.ForeignKeyConstraint(["fichier_id"], ["fichier.id"], name=op.f("fk_retour_feuille_fichier_id_fichier")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_retour_feuille_service_id_service")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_retour_feuille_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retour_feuille")),
        sa.UniqueConstraint("cle", name=op.f("uq_retour_feuille_cle")),
    )
    op.create_index(op.f("ix_retour_feuille_feuille_id"), "retour_feuille", ["feuille_id"], unique=False)
    op.create_index(op.f("ix_retour_feuille_fichier_id"), "retour_feuille", ["fichier_id"], unique=False)
    op.create_index(op.f("ix_retour_feuille_service_id"), "retour_feuille", ["service_id"], unique=False)
    op.create_index(op.f("ix_retour_feuille_user_id"), "retour_feuille", ["user_id"], unique=False)
    op.create_table(
        "modification_feuille",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("retour_id", sa.BigInteger(), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=True),
        sa.Column("reference", sa.String(length=40), nullable=False),
        sa.Column("champ", sa.String(length=40), nullable=False),
        sa.Column("base", sa.Text(), nullable=False),
        sa.Column("feuille", sa.Text(), nullable=False),
        sa.Column("portail", sa.Text(), nullable=False),
        sa.Column(
            "etat",
            sa.Enum(
                "a_appliquer",
                "conflit",
                "impossible",
                "ecartee",
                "appliquee",
                "refusee",
                name="etatmodification",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("essais", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossier.id"], name=op.f("fk_modification_feuille_dossier_id_dossier")
        ),
        sa.ForeignKeyConstraint(
            ["retour_id"], ["retour_feuille.id"], name=op.f("fk_modification_feuille_retour_id_retour_feuille")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_modification_feuille")),
        sa.UniqueConstraint(
            "retour_id", "reference", "champ", name=op.f("uq_modification_feuille_retour_id_reference_champ")
        ),
    )
    op.create_index(op.f("ix_modification_feuille_dossier_id"), "modification_feuille", ["dossier_id"], unique=False)
    op.create_index(
        "ix_modification_feuille_retour_id_etat", "modification_feuille", ["retour_id", "etat"], unique=False
    )
    op.create_table(
        "modele_export",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("service_id", sa.BigInteger(), nullable=False),
        sa.Column("nom", sa.String(length=80), nullable=False),
        sa.Column("colonnes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("par_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["par_id"], ["user.id"], name=op.f("fk_modele_export_par_id_user")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_modele_export_service_id_service")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_modele_export")),
        sa.UniqueConstraint("service_id", "nom", name=op.f("uq_modele_export_service_id_nom")),
    )


def downgrade() -> None:
    """Without them."""
    op.drop_table("modele_export")
    op.drop_table("modification_feuille")
    op.drop_table("retour_feuille")
    op.drop_table("feuille_travail")
