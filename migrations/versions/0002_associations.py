"""Associations, mandats and the Contrat d'engagement républicain.

Revision: 0002, after 0001
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Associations, mandats and the Contrat d'engagement républicain."""
    op.create_table(
        "association",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("denomination", sa.String(length=300), nullable=False),
        sa.Column("sigle", sa.String(length=50), nullable=False),
        sa.Column("objet_social", sa.Text(), nullable=False),
        sa.Column("nature_juridique", sa.String(length=10), nullable=False),
        sa.Column("adresse", sa.String(length=300), nullable=False),
        sa.Column("code_postal", sa.String(length=10), nullable=False),
        sa.Column("commune", sa.String(length=100), nullable=False),
        sa.Column("date_creation", sa.Date(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("verifiee", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_association")),
    )
    op.create_table(
        "association_identifiant",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("association_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "type",
            sa.Enum("siren", "rna", name="typeidentifiant", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("valeur", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_association_identifiant_association_id_association")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_association_identifiant")),
        sa.UniqueConstraint(
            "type", "valeur", "association_id", name=op.f("uq_association_identifiant_type_valeur_association_id")
        ),
    )
    op.create_index(
        op.f("ix_association_identifiant_association_id"), "association_identifiant", ["association_id"], unique=False
    )
    op.create_index(
        op.f("ix_association_identifiant_type_valeur"), "association_identifiant", ["type", "valeur"], unique=False
    )
    op.create_table(
        "consultation_annuaire",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("genre", sa.String(length=10), nullable=False),
        sa.Column("valeur", sa.String(length=20), nullable=False),
        sa.Column("fiche", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_consultation_annuaire_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultation_annuaire")),
    )
    op.create_index(op.f("ix_consultation_annuaire_user_id"), "consultation_annuaire", ["user_id"], unique=False)
    op.create_table(
        "etablissement",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("association_id", sa.BigInteger(), nullable=False),
        sa.Column("siret", sa.String(length=14), nullable=False),
        sa.Column("siege", sa.Boolean(), nullable=False),
        sa.Column("adresse", sa.String(length=300), nullable=False),
        sa.Column("actif", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_etablissement_association_id_association")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_etablissement")),
        sa.UniqueConstraint("siret", "association_id", name=op.f("uq_etablissement_siret_association_id")),
    )
    op.create_index(op.f("ix_etablissement_association_id"), "etablissement", ["association_id"], unique=False)
    op.create_table(
        "fait_association",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("association_id", sa.BigInteger(), nullable=False),
        sa.Column("champ", sa.String(length=40), nullable=False),
        sa.Column("valeur", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=60), nullable=False),
        sa.Column("observed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_fait_association_association_id_association")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fait_association")),
        sa.UniqueConstraint(
            "association_id", "champ", "source", name=op.f("uq_fait_association_association_id_champ_source")
        ),
    )
    op.create_index(op.f("ix_fait_association_association_id"), "fait_association", ["association_id"], unique=False)
    op.create_table(
        "mandat",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("association_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "lecteur",
                "redacteur",
                "signataire",
                name="rolemandat",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "etat",
            sa.Enum("declare", "prouve", name="etatmandat", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("fonction", sa.String(length=100), nullable=False),
        sa.Column("prouve_par_id", sa.BigInteger(), nullable=True),
        sa.Column("prouve_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("piece_vue", sa.String(length=200), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_mandat_association_id_association")
        ),
        sa.ForeignKeyConstraint(["prouve_par_id"], ["user.id"], name=op.f("fk_mandat_prouve_par_id_user")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_mandat_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mandat")),
        sa.UniqueConstraint("user_id", "association_id", name=op.f("uq_mandat_user_id_association_id")),
    )
    op.create_index(op.f("ix_mandat_association_id"), "mandat", ["association_id"], unique=False)
    op.create_table(
        "texte_cer",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.String(length=20), nullable=False),
        sa.Column("reference", sa.String(length=200), nullable=False),
        sa.Column("nor", sa.String(length=20), nullable=False),
        sa.Column("jorf", sa.String(length=200), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("url", sa.String(length=300), nullable=False),
        sa.Column("corps", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("verifie_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verifie_par_id", sa.BigInteger(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["verifie_par_id"], ["user.id"], name=op.f("fk_texte_cer_verifie_par_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_texte_cer")),
        sa.UniqueConstraint("sha256", name=op.f("uq_texte_cer_sha256")),
        sa.UniqueConstraint("version", name=op.f("uq_texte_cer_version")),
    )
    op.create_table(
        "engagement",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("association_id", sa.BigInteger(), nullable=False),
        sa.Column("texte_id", sa.BigInteger(), nullable=False),
        sa.Column("signataire_id", sa.BigInteger(), nullable=False),
        sa.Column("mandat_id", sa.BigInteger(), nullable=False),
        sa.Column("prenom", sa.String(length=100), nullable=False),
        sa.Column("nom", sa.String(length=100), nullable=False),
        sa.Column("fonction", sa.String(length=100), nullable=False),
        sa.Column(
            "mandat_etat",
            sa.Enum("declare", "prouve", name="etatmandat", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("phrase_consentement", sa.Text(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("texte_sha256", sa.String(length=64), nullable=False),
        sa.Column("annuaire", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("ip", sa.String(length=45), nullable=False),
        sa.Column("agent_utilisateur", sa.String(length=300), nullable=False),
        sa.Column("session_id", sa.BigInteger(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_engagement_association_id_association")
        ),
        sa.ForeignKeyConstraint(["mandat_id"], ["mandat.id"], name=op.f("fk_engagement_mandat_id_mandat")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["session_connexion.id"], name=op.f("fk_engagement_session_id_session_connexion")
        ),
        sa.ForeignKeyConstraint(["signataire_id"], ["user.id"], name=op.f("fk_engagement_signataire_id_user")),
        sa.ForeignKeyConstraint(["texte_id"], ["texte_cer.id"], name=op.f("fk_engagement_texte_id_texte_cer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_engagement")),
        sa.UniqueConstraint(
            "association_id",
            "texte_id",
            "signataire_id",
            name=op.f("uq_engagement_association_id_texte_id_signataire_id"),
        ),
        sa.UniqueConstraint("code", name=op.f("uq_engagement_code")),
    )
    op.create_index(op.f("ix_engagement_association_id"), "engagement", ["association_id"], unique=False)


def downgrade() -> None:
    """Drop them."""
    op.drop_index(op.f("ix_engagement_association_id"), table_name="engagement")
    op.drop_table("engagement")
    op.drop_table("texte_cer")
    op.drop_index(op.f("ix_mandat_association_id"), table_name="mandat")
    op.drop_table("mandat")
    op.drop_index(op.f("ix_fait_association_association_id"), table_name="fait_association")
    op.drop_table("fait_association")
    op.drop_index(op.f("ix_etablissement_association_id"), table_name="etablissement")
    op.drop_table("etablissement")
    op.drop_index(op.f("ix_consultation_annuaire_user_id"), table_name="consultation_annuaire")
    op.drop_table("consultation_annuaire")
    op.drop_index(op.f("ix_association_identifiant_type_valeur"), table_name="association_identifiant")
    op.drop_index(op.f("ix_association_identifiant_association_id"), table_name="association_identifiant")
    op.drop_table("association_identifiant")
    op.drop_table("association")
