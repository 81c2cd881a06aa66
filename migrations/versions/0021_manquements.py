"""Breaches of the CER: statements of facts, answers, withdrawals and their sendings.

Revision: 0021, after 0020
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "constat",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("reference", sa.String(length=20), nullable=False),
        sa.Column("association_id", sa.BigInteger(), nullable=False),
        sa.Column("service_id", sa.BigInteger(), nullable=False),
        sa.Column("auteur_id", sa.BigInteger(), nullable=False),
        sa.Column("faits", sa.Text(), nullable=False),
        sa.Column("date_faits", sa.Date(), nullable=False),
        sa.Column("source", sa.String(length=500), nullable=False),
        sa.Column("reponse_avant", sa.Date(), nullable=False),
        sa.Column("conserve_jusqu_au", sa.Date(), nullable=False),
        sa.Column("informee_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "cloture",
            sa.Enum(
                "decision",
                "sans_suite",
                "delai",
                name="clotureconstat",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_constat_association_id_association")
        ),
        sa.ForeignKeyConstraint(["auteur_id"], ["user.id"], name=op.f("fk_constat_auteur_id_user")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_constat_service_id_service")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_constat")),
        sa.UniqueConstraint("reference", name=op.f("uq_constat_reference")),
    )
    op.create_index(op.f("ix_constat_association_id"), "constat", ["association_id"], unique=False)
    op.create_index(op.f("ix_constat_service_id"), "constat", ["service_id"], unique=False)
    op.create_table(
        "lecteur_constat",
        sa.Column("constat_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["constat_id"], ["constat.id"], name=op.f("fk_lecteur_constat_constat_id_constat")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_lecteur_constat_user_id_user")),
        sa.PrimaryKeyConstraint("constat_id", "user_id", name=op.f("pk_lecteur_constat")),
    )
    op.create_index(op.f("ix_lecteur_constat_user_id"), "lecteur_constat", ["user_id"], unique=False)
    op.create_table(
        "reponse_constat",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("constat_id", sa.BigInteger(), nullable=False),
        sa.Column("auteur_id", sa.BigInteger(), nullable=False),
        sa.Column("texte", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["auteur_id"], ["user.id"], name=op.f("fk_reponse_constat_auteur_id_user")),
        sa.ForeignKeyConstraint(["constat_id"], ["constat.id"], name=op.f("fk_reponse_constat_constat_id_constat")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reponse_constat")),
    )
    op.create_index(op.f("ix_reponse_constat_constat_id"), "reponse_constat", ["constat_id"], unique=False)
    op.create_table(
        "retrait",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("decision_id", sa.BigInteger(), nullable=False),
        sa.Column("constat_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "motif",
            sa.Enum(
                "objet_illicite",
                "activite_incompatible",
                "modalites_incompatibles",
                name="motifretrait",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("griefs", sa.Text(), nullable=False),
        sa.Column("courrier", sa.String(length=200), nullable=False),
        sa.Column("motivation", sa.Text(), nullable=False),
        sa.Column("periode_debut", sa.Date(), nullable=False),
        sa.Column("periode_fin", sa.Date(), nullable=False),
        sa.Column("date_manquement", sa.Date(), nullable=False),
        sa.Column("montant_accorde", sa.Numeric(precision=14, scale=2), nullable=False),
        sa.Column("montant_retire", sa.Numeric(precision=14, scale=2), nullable=False),
        sa.Column("observations_avant", sa.Date(), nullable=False),
        sa.Column("observations", sa.Text(), nullable=False),
        sa.Column("observations_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("auteur_id", sa.BigInteger(), nullable=False),
        sa.Column("auteur_nom", sa.String(length=200), nullable=False),
        sa.Column("auteur_qualite", sa.String(length=200), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("notified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("renonce_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["auteur_id"], ["user.id"], name=op.f("fk_retrait_auteur_id_user")),
        sa.ForeignKeyConstraint(["constat_id"], ["constat.id"], name=op.f("fk_retrait_constat_id_constat")),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name=op.f("fk_retrait_decision_id_decision")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retrait")),
    )
    op.create_index(op.f("ix_retrait_constat_id"), "retrait", ["constat_id"], unique=False)
    op.create_index(op.f("ix_retrait_decision_id"), "retrait", ["decision_id"], unique=False)
    op.create_index(
        "uq_retrait_vivant", "retrait", ["decision_id"], unique=True, postgresql_where=sa.text("renonce_at IS NULL")
    )
    op.create_table(
        "envoi_retrait",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("retrait_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "genre",
            sa.Enum(
                "association",
                "prefet",
                "cofinanceur",
                name="destinataireretrait",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("nom", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("courriel_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["courriel_id"], ["courriel.id"], name=op.f("fk_envoi_retrait_courriel_id_courriel")),
        sa.ForeignKeyConstraint(["retrait_id"], ["retrait.id"], name=op.f("fk_envoi_retrait_retrait_id_retrait")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_envoi_retrait")),
        sa.UniqueConstraint("retrait_id", "genre", "email", name=op.f("uq_envoi_retrait_retrait_id_genre_email")),
    )
    op.create_index(op.f("ix_envoi_retrait_retrait_id"), "envoi_retrait", ["retrait_id"], unique=False)


def downgrade() -> None:
    """Drop them."""
    op.drop_index(op.f("ix_envoi_retrait_retrait_id"), table_name="envoi_retrait")
    op.drop_table("envoi_retrait")
    op.drop_index("uq_retrait_vivant", table_name="retrait")
    op.drop_index(op.f("ix_retrait_decision_id"), table_name="retrait")
    op.drop_index(op.f("ix_retrait_constat_id"), table_name="retrait")
    op.drop_table("retrait")
    op.drop_index(op.f("ix_reponse_constat_constat_id"), table_name="reponse_constat")
    op.drop_table("reponse_constat")
    op.drop_index(op.f("ix_lecteur_constat_user_id"), table_name="lecteur_constat")
    op.drop_table("lecteur_constat")
    op.drop_index(op.f("ix_constat_service_id"), table_name="constat")
    op.drop_index(op.f("ix_constat_association_id"), table_name="constat")
    op.drop_table("constat")
