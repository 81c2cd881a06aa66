"""Avis, decisions and documents.

Revision: 0004, after 0003
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Avis, decisions and documents."""
    op.create_table(
        "fichier",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("cle_stockage", sa.String(length=32), nullable=False),
        sa.Column("taille", sa.BigInteger(), nullable=False),
        sa.Column("type_mime", sa.String(length=100), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fichier")),
        sa.UniqueConstraint("cle_stockage", name=op.f("uq_fichier_cle_stockage")),
        sa.UniqueConstraint("sha256", name=op.f("uq_fichier_sha256")),
    )
    op.create_table(
        "decision",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "sens",
            sa.Enum(
                "accepte",
                "refuse",
                "sans_suite",
                name="sensdecision",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "motif",
            sa.Enum(
                "ineligible",
                "incomplet_apres_demande",
                "credits_epuises",
                "priorite",
                "incompatible_cer",
                "doublon",
                "abandon",
                "reoriente",
                name="motifdecision",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("motivation", sa.Text(), nullable=False),
        sa.Column("montant_accorde", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("conditions", sa.Text(), nullable=False),
        sa.Column("auteur_id", sa.BigInteger(), nullable=False),
        sa.Column("auteur_nom", sa.String(length=200), nullable=False),
        sa.Column("auteur_qualite", sa.String(length=200), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("notifiee_par_id", sa.BigInteger(), nullable=True),
        sa.Column("notification_demandee_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("notified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["auteur_id"], ["user.id"], name=op.f("fk_decision_auteur_id_user")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_decision_dossier_id_dossier")),
        sa.ForeignKeyConstraint(["notifiee_par_id"], ["user.id"], name=op.f("fk_decision_notifiee_par_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
        sa.UniqueConstraint("dossier_id", name=op.f("uq_decision_dossier_id")),
    )
    op.create_table(
        "demande_avis",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("service_id", sa.BigInteger(), nullable=False),
        sa.Column("demandeur_service_id", sa.BigInteger(), nullable=False),
        sa.Column("demandeur_id", sa.BigInteger(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("echeance", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["demandeur_id"], ["user.id"], name=op.f("fk_demande_avis_demandeur_id_user")),
        sa.ForeignKeyConstraint(
            ["demandeur_service_id"], ["service.id"], name=op.f("fk_demande_avis_demandeur_service_id_service")
        ),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_demande_avis_dossier_id_dossier")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_demande_avis_service_id_service")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demande_avis")),
        sa.UniqueConstraint(
            "dossier_id",
            "service_id",
            "demandeur_service_id",
            name=op.f("uq_demande_avis_dossier_id_service_id_demandeur_service_id"),
        ),
    )
    op.create_index(op.f("ix_demande_avis_dossier_id"), "demande_avis", ["dossier_id"], unique=False)
    op.create_index(op.f("ix_demande_avis_service_id"), "demande_avis", ["service_id"], unique=False)
    op.create_table(
        "document",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("numero", sa.String(length=40), nullable=False),
        sa.Column(
            "genre",
            sa.Enum(
                "recu_engagement",
                "recepisse",
                "synthese",
                "file_dossiers",
                name="genredocument",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("nom", sa.String(length=200), nullable=False),
        sa.Column("gabarit", sa.String(length=40), nullable=False),
        sa.Column("html", sa.Text(), nullable=True),
        sa.Column("parametres", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("auteur_id", sa.BigInteger(), nullable=False),
        sa.Column("service_id", sa.BigInteger(), nullable=True),
        sa.Column("dossier_id", sa.BigInteger(), nullable=True),
        sa.Column("engagement_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "etat",
            sa.Enum(
                "a_produire", "pret", "echec", name="etatdocument", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("essais", sa.BigInteger(), nullable=False),
        sa.Column("pris_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fichier_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("produced_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["auteur_id"], ["user.id"], name=op.f("fk_document_auteur_id_user")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_document_dossier_id_dossier")),
        sa.ForeignKeyConstraint(
            ["engagement_id"], ["engagement.id"], name=op.f("fk_document_engagement_id_engagement")
        ),
        sa.ForeignKeyConstraint(["fichier_id"], ["fichier.id"], name=op.f("fk_document_fichier_id_fichier")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_document_service_id_service")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
        sa.UniqueConstraint("numero", name=op.f("uq_document_numero")),
    )
    op.create_index(op.f("ix_document_auteur_id"), "document", ["auteur_id"], unique=False)
    op.create_index(op.f("ix_document_dossier_id"), "document", ["dossier_id"], unique=False)
    op.create_index(op.f("ix_document_engagement_id"), "document", ["engagement_id"], unique=False)
    op.create_index(op.f("ix_document_etat"), "document", ["etat"], unique=False)
    op.create_table(
        "avis",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("service_id", sa.BigInteger(), nullable=False),
        sa.Column("auteur_id", sa.BigInteger(), nullable=False),
        sa.Column("demande_avis_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "sens",
            sa.Enum(
                "favorable",
                "favorable_reserves",
                "defavorable",
                "ne_se_prononce_pas",
                name="sensavis",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("montant_propose", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("texte", sa.Text(), nullable=False),
        sa.Column(
            "audience",
            sa.Enum(
                "service",
                "services_saisis",
                "partage",
                name="audience",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("contenu_version", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["auteur_id"], ["user.id"], name=op.f("fk_avis_auteur_id_user")),
        sa.ForeignKeyConstraint(
            ["demande_avis_id"], ["demande_avis.id"], name=op.f("fk_avis_demande_avis_id_demande_avis")
        ),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_avis_dossier_id_dossier")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_avis_service_id_service")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_avis")),
        sa.UniqueConstraint("dossier_id", "service_id", name=op.f("uq_avis_dossier_id_service_id")),
    )
    op.create_index(op.f("ix_avis_service_id"), "avis", ["service_id"], unique=False)
    op.create_table(
        "revision_avis",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("avis_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("auteur_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "sens",
            sa.Enum(
                "favorable",
                "favorable_reserves",
                "defavorable",
                "ne_se_prononce_pas",
                name="sensavis",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("montant_propose", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("texte", sa.Text(), nullable=False),
        sa.Column(
            "audience",
            sa.Enum(
                "service",
                "services_saisis",
                "partage",
                name="audience",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["auteur_id"], ["user.id"], name=op.f("fk_revision_avis_auteur_id_user")),
        sa.ForeignKeyConstraint(["avis_id"], ["avis.id"], name=op.f("fk_revision_avis_avis_id_avis")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revision_avis")),
        sa.UniqueConstraint("avis_id", "version", name=op.f("uq_revision_avis_avis_id_version")),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("revision_avis")
    op.drop_index(op.f("ix_avis_service_id"), table_name="avis")
    op.drop_table("avis")
    op.drop_index(op.f("ix_document_etat"), table_name="document")
    op.drop_index(op.f("ix_document_engagement_id"), table_name="document")
    op.drop_index(op.f("ix_document_dossier_id"), table_name="document")
    op.drop_index(op.f("ix_document_auteur_id"), table_name="document")
    op.drop_table("document")
    op.drop_index(op.f("ix_demande_avis_service_id"), table_name="demande_avis")
    op.drop_index(op.f("ix_demande_avis_dossier_id"), table_name="demande_avis")
    op.drop_table("demande_avis")
    op.drop_table("decision")
    op.drop_table("fichier")
