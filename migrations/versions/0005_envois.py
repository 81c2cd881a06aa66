"""Outboxes and the state of the DS synchronisation.

Revision: 0005, after 0004
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Outboxes and the state of the DS synchronisation."""
    op.create_table(
        "courriel",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("gabarit", sa.String(length=60), nullable=False),
        sa.Column("destinataire", sa.String(length=254), nullable=False),
        sa.Column("donnees", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "etat",
            sa.Enum(
                "a_envoyer",
                "en_cours",
                "envoye",
                "a_verifier",
                "refuse",
                name="etatenvoi",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("essais", sa.BigInteger(), nullable=False),
        sa.Column("prochain_essai", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("pris_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("erreur", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courriel")),
    )
    op.create_index("ix_courriel_etat_prochain_essai", "courriel", ["etat", "prochain_essai"], unique=False)
    op.create_table(
        "curseur",
        sa.Column("demarche_id", sa.BigInteger(), nullable=False),
        sa.Column("flux", sa.String(length=20), nullable=False),
        sa.Column("valeur", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["demarche_id"], ["demarche.id"], name=op.f("fk_curseur_demarche_id_demarche")),
        sa.PrimaryKeyConstraint("demarche_id", "flux", name=op.f("pk_curseur")),
    )
    op.create_table(
        "quarantaine",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("demarche_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("motif", sa.Text(), nullable=False),
        sa.Column("essais", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["demarche_id"], ["demarche.id"], name=op.f("fk_quarantaine_demarche_id_demarche")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quarantaine")),
        sa.UniqueConstraint("demarche_id", "number", name=op.f("uq_quarantaine_demarche_id_number")),
    )
    op.create_table(
        "sync_run",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("demarche_id", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lus", sa.BigInteger(), nullable=False),
        sa.Column("changes", sa.BigInteger(), nullable=False),
        sa.Column("en_quarantaine", sa.BigInteger(), nullable=False),
        sa.Column("erreur", sa.Text(), nullable=False),
        sa.Column("injoignable", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["demarche_id"], ["demarche.id"], name=op.f("fk_sync_run_demarche_id_demarche")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sync_run")),
    )
    op.create_index("ix_sync_run_demarche_id_started_at", "sync_run", ["demarche_id", "started_at"], unique=False)
    op.create_table(
        "operation_ds",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("mutation", sa.String(length=60), nullable=False),
        sa.Column("arguments", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("demande_par_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "etat",
            sa.Enum(
                "a_envoyer",
                "en_cours",
                "envoye",
                "a_verifier",
                "refuse",
                name="etatenvoi",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("essais", sa.BigInteger(), nullable=False),
        sa.Column("prochain_essai", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("pris_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("erreur", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["demande_par_id"], ["user.id"], name=op.f("fk_operation_ds_demande_par_id_user")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_operation_ds_dossier_id_dossier")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operation_ds")),
    )
    op.create_index(op.f("ix_operation_ds_dossier_id"), "operation_ds", ["dossier_id"], unique=False)
    op.create_index("ix_operation_ds_etat_prochain_essai", "operation_ds", ["etat", "prochain_essai"], unique=False)
    op.create_index(
        "uq_operation_ds_dossier_id_en_attente",
        "operation_ds",
        ["dossier_id"],
        unique=True,
        postgresql_where=sa.text("etat IN ('a_envoyer', 'en_cours', 'a_verifier')"),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_index(
        "uq_operation_ds_dossier_id_en_attente",
        table_name="operation_ds",
        postgresql_where=sa.text("etat IN ('a_envoyer', 'en_cours', 'a_verifier')"),
    )
    op.drop_index("ix_operation_ds_etat_prochain_essai", table_name="operation_ds")
    op.drop_index(op.f("ix_operation_ds_dossier_id"), table_name="operation_ds")
    op.drop_table("operation_ds")
    op.drop_index("ix_sync_run_demarche_id_started_at", table_name="sync_run")
    op.drop_table("sync_run")
    op.drop_table("quarantaine")
    op.drop_table("curseur")
    op.drop_index("ix_courriel_etat_prochain_essai", table_name="courriel")
    op.drop_table("courriel")
