"""What campaigns ask and say, their closings put off, and the table of territories.

Revision: 0024, after 0023
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create and widen the tables."""
    op.create_table(
        "territoire",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column(
            "genre",
            sa.Enum(
                "qpv",
                "commune",
                "epci",
                "departement",
                name="genreterritoire",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("nom", sa.String(length=200), nullable=False),
        sa.Column("generation", sa.String(length=10), nullable=False),
        sa.Column("departement", sa.String(length=3), nullable=False),
        sa.Column("mots", sa.String(length=250), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_territoire")),
        sa.UniqueConstraint("genre", "code", "generation", name=op.f("uq_territoire_genre_code_generation")),
    )
    op.create_index(
        "ix_territoire_genre_mots",
        "territoire",
        ["genre", "mots"],
        unique=False,
        postgresql_ops={"mots": "text_pattern_ops"},
    )
    op.create_table(
        "piece_requise",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("demarche_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column(
            "genre",
            sa.Enum(
                "statuts",
                "dirigeants",
                "rib",
                "comptes",
                "rapport_activite",
                "rapport_commissaire",
                "pouvoir",
                "autre",
                name="genrepiece",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("libelle", sa.String(length=200), nullable=False),
        sa.Column("aide", sa.Text(), nullable=False),
        sa.Column("obligatoire", sa.Boolean(), nullable=False),
        sa.Column("base_legale", sa.String(length=300), nullable=False),
        sa.Column("ordre", sa.BigInteger(), nullable=False),
        sa.Column("retiree_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["demarche_id"], ["demarche.id"], name=op.f("fk_piece_requise_demarche_id_demarche")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_piece_requise")),
        sa.UniqueConstraint("demarche_id", "code", name=op.f("uq_piece_requise_demarche_id_code")),
    )
    op.create_table(
        "prolongation",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("demarche_id", sa.BigInteger(), nullable=False),
        sa.Column("ancienne", sa.DateTime(timezone=True), nullable=False),
        sa.Column("nouvelle", sa.DateTime(timezone=True), nullable=False),
        sa.Column("motif", sa.Text(), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_prolongation_by_id_user")),
        sa.ForeignKeyConstraint(["demarche_id"], ["demarche.id"], name=op.f("fk_prolongation_demarche_id_demarche")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prolongation")),
    )
    op.create_index(op.f("ix_prolongation_demarche_id"), "prolongation", ["demarche_id"], unique=False)
    op.create_table(
        "question",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("demarche_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column(
            "genre",
            sa.Enum(
                "texte",
                "choix",
                "montant",
                "fichier",
                name="genrequestion",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("libelle", sa.String(length=300), nullable=False),
        sa.Column("aide", sa.Text(), nullable=False),
        sa.Column("choix", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("obligatoire", sa.Boolean(), nullable=False),
        sa.Column("base_legale", sa.String(length=300), nullable=False),
        sa.Column("ordre", sa.BigInteger(), nullable=False),
        sa.Column("retiree_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["demarche_id"], ["demarche.id"], name=op.f("fk_question_demarche_id_demarche")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question")),
        sa.UniqueConstraint("demarche_id", "code", name=op.f("uq_question_demarche_id_code")),
    )
    op.add_column("demarche", sa.Column("publiee_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("demarche", sa.Column("public", sa.Text(), nullable=False, server_default=sa.text("''")))
    op.alter_column("demarche", "public", server_default=None)
    op.add_column("demarche", sa.Column("montants", sa.Text(), nullable=False, server_default=sa.text("''")))
    op.alter_column("demarche", "montants", server_default=None)
    op.add_column(
        "demarche",
        sa.Column("aides", postgresql.JSONB(astext_type=sa.Text()), nullable=False, server_default=sa.text("'{}'")),
    )
    op.alter_column("demarche", "aides", server_default=None)
    op.add_column(
        "demarche", sa.Column("fuseau", sa.String(length=40), nullable=False, server_default=sa.text("'Europe/Paris'"))
    )
    op.alter_column("demarche", "fuseau", server_default=None)
    op.add_column("demarche", sa.Column("precedente_id", sa.BigInteger(), nullable=True))
    op.add_column("demarche", sa.Column("version", sa.BigInteger(), nullable=False, server_default=sa.text("1")))
    op.alter_column("demarche", "version", server_default=None)
    op.create_foreign_key(op.f("fk_demarche_precedente_id_demarche"), "demarche", "demarche", ["precedente_id"], ["id"])
    op.execute("UPDATE demarche SET publiee_at = created_at WHERE source = 'portail'")


def downgrade() -> None:
    """Take it all back."""
    op.drop_constraint(op.f("fk_demarche_precedente_id_demarche"), "demarche", type_="foreignkey")
    op.drop_column("demarche", "version")
    op.drop_column("demarche", "precedente_id")
    op.drop_column("demarche", "fuseau")
    op.drop_column("demarche", "aides")
    op.drop_column("demarche", "montants")
    op.drop_column("demarche", "public")
    op.drop_column("demarche", "publiee_at")
    op.drop_table("question")
    op.drop_index(op.f("ix_prolongation_demarche_id"), table_name="prolongation")
    op.drop_table("prolongation")
    op.drop_table("piece_requise")
    op.drop_index("ix_territoire_genre_mots", table_name="territoire", postgresql_ops={"mots": "text_pattern_ops"})
    op.drop_table("territoire")
