"""Messages and corrections of filed requests.

Revision: 0025, after 0024
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create and widen the tables."""
    op.create_table(
        "complement",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("sections", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("motif", sa.Text(), nullable=False),
        sa.Column("echeance", sa.Date(), nullable=False),
        sa.Column("pieces_exigees", sa.Boolean(), nullable=False),
        sa.Column("demande_par_id", sa.BigInteger(), nullable=False),
        sa.Column("demande_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("repondu_par_id", sa.BigInteger(), nullable=True),
        sa.Column("repondu_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("annule_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["demande_par_id"], ["user.id"], name=op.f("fk_complement_demande_par_id_user")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_complement_dossier_id_dossier")),
        sa.ForeignKeyConstraint(["repondu_par_id"], ["user.id"], name=op.f("fk_complement_repondu_par_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complement")),
    )
    op.create_index(op.f("ix_complement_dossier_id"), "complement", ["dossier_id"], unique=False)
    op.create_index(
        "uq_complement_ouvert",
        "complement",
        ["dossier_id"],
        unique=True,
        postgresql_where=sa.text("repondu_at IS NULL AND annule_at IS NULL"),
    )
    op.create_table(
        "lecture_messages",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("dernier_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_lecture_messages_dossier_id_dossier")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_lecture_messages_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lecture_messages")),
        sa.UniqueConstraint("dossier_id", "user_id", name=op.f("uq_lecture_messages_dossier_id_user_id")),
    )
    op.create_table(
        "message",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("cle", sa.String(length=40), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "audience",
            sa.Enum(
                "association",
                "services_saisis",
                "service",
                name="audiencemessage",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("auteur_id", sa.BigInteger(), nullable=False),
        sa.Column("service_id", sa.BigInteger(), nullable=True),
        sa.Column("texte", sa.Text(), nullable=False),
        sa.Column("fichier_id", sa.BigInteger(), nullable=True),
        sa.Column("fichier_nom", sa.String(length=300), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["auteur_id"], ["user.id"], name=op.f("fk_message_auteur_id_user")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_message_dossier_id_dossier")),
        sa.ForeignKeyConstraint(["fichier_id"], ["fichier.id"], name=op.f("fk_message_fichier_id_fichier")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_message_service_id_service")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("cle", name=op.f("uq_message_cle")),
    )
    op.create_index("ix_message_dossier_id_id", "message", ["dossier_id", "id"], unique=False)
    op.create_index(op.f("ix_message_fichier_id"), "message", ["fichier_id"], unique=False)
    op.create_table(
        "revision_section",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("demande_id", sa.BigInteger(), nullable=False),
        sa.Column("complement_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "section",
            sa.Enum(
                "demande",
                "identite",
                "moyens",
                "budget_association",
                "projet",
                "budget_projet",
                "cofinancements",
                "questions",
                "pieces",
                "attestations",
                name="sectiondemande",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("rang", sa.BigInteger(), nullable=False),
        sa.Column("anciennes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("nouvelles", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("contenu_version", sa.BigInteger(), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_revision_section_by_id_user")),
        sa.ForeignKeyConstraint(
            ["complement_id"], ["complement.id"], name=op.f("fk_revision_section_complement_id_complement")
        ),
        sa.ForeignKeyConstraint(["demande_id"], ["demande.id"], name=op.f("fk_revision_section_demande_id_demande")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revision_section")),
        sa.UniqueConstraint(
            "complement_id", "section", "rang", name=op.f("uq_revision_section_complement_id_section_rang")
        ),
    )
    op.create_index(op.f("ix_revision_section_demande_id"), "revision_section", ["demande_id"], unique=False)


def downgrade() -> None:
    """Take it all back."""
    op.drop_index(op.f("ix_revision_section_demande_id"), table_name="revision_section")
    op.drop_table("revision_section")
    op.drop_index(op.f("ix_message_fichier_id"), table_name="message")
    op.drop_index("ix_message_dossier_id_id", table_name="message")
    op.drop_table("message")
    op.drop_table("lecture_messages")
    op.drop_index(
        "uq_complement_ouvert",
        table_name="complement",
        postgresql_where=sa.text("repondu_at IS NULL AND annule_at IS NULL"),
    )
    op.drop_index(op.f("ix_complement_dossier_id"), table_name="complement")
    op.drop_table("complement")
