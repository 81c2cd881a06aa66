"""Requests of several projects, to several services, whose sections are merged input by input.

Revision: 0026, after 0025
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

SECTIONS = ("identite", "projet", "budget_projet", "montant", "attestations")
TOUTES = (
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
)
GENRES = (
    "recu_engagement",
    "recu_avec_preuve",
    "engagement_a_signer",
    "affiche_cer",
    "registre_cer",
    "bilan_cer",
    "retrait",
    "recepisse",
    "synthese",
    "file_dossiers",
)


def upgrade() -> None:
    """Create and widen the tables."""
    op.create_table(
        "projet",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("demande_id", sa.BigInteger(), nullable=False),
        sa.Column("rang", sa.BigInteger(), nullable=False),
        sa.Column("intitule", sa.String(length=500), nullable=False),
        sa.Column("date_debut", sa.Date(), nullable=True),
        sa.Column("date_fin", sa.Date(), nullable=True),
        sa.Column("montant_demande", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.ForeignKeyConstraint(["demande_id"], ["demande.id"], name=op.f("fk_projet_demande_id_demande")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_projet")),
        sa.UniqueConstraint("demande_id", "rang", name=op.f("uq_projet_demande_id_rang")),
    )
    op.create_table(
        "signature_depot",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("demande_id", sa.BigInteger(), nullable=False),
        sa.Column("demandee_par_id", sa.BigInteger(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("mot", sa.String(length=1000), nullable=False),
        sa.Column("contenu_sha256", sa.String(length=64), nullable=False),
        sa.Column("demandee_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("close_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("close_par_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["close_par_id"], ["user.id"], name=op.f("fk_signature_depot_close_par_id_user")),
        sa.ForeignKeyConstraint(["demande_id"], ["demande.id"], name=op.f("fk_signature_depot_demande_id_demande")),
        sa.ForeignKeyConstraint(["demandee_par_id"], ["user.id"], name=op.f("fk_signature_depot_demandee_par_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signature_depot")),
    )
    op.create_index(op.f("ix_signature_depot_demande_id"), "signature_depot", ["demande_id"], unique=False)
    op.create_index(
        "ix_signature_depot_email_ouverte",
        "signature_depot",
        ["email"],
        unique=False,
        postgresql_where=sa.text("close_at IS NULL"),
    )
    op.create_index(
        "uq_signature_depot_ouverte",
        "signature_depot",
        ["demande_id"],
        unique=True,
        postgresql_where=sa.text("close_at IS NULL"),
    )
    op.create_table(
        "projet_territoire",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("projet_id", sa.BigInteger(), nullable=False),
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
        sa.Column("part", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.ForeignKeyConstraint(["projet_id"], ["projet.id"], name=op.f("fk_projet_territoire_projet_id_projet")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_projet_territoire")),
        sa.UniqueConstraint("projet_id", "genre", "code", name=op.f("uq_projet_territoire_projet_id_genre_code")),
    )
    op.create_table(
        "modification_section",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("section_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("anciennes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("page", sa.String(length=32), nullable=False),
        sa.Column("envoi", sa.BigInteger(), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_modification_section_by_id_user")),
        sa.ForeignKeyConstraint(
            ["section_id"], ["section_saisie.id"], name=op.f("fk_modification_section_section_id_section_saisie")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_modification_section")),
        sa.UniqueConstraint("section_id", "version", name=op.f("uq_modification_section_section_id_version")),
    )
    op.add_column("demande", sa.Column("precedente_id", sa.BigInteger(), nullable=True))
    op.create_index(op.f("ix_demande_demarche_id"), "demande", ["demarche_id"], unique=False)
    op.create_foreign_key(op.f("fk_demande_precedente_id_demande"), "demande", "demande", ["precedente_id"], ["id"])
    op.add_column("document", sa.Column("demande_id", sa.BigInteger(), nullable=True))
    op.add_column("document", sa.Column("demarche_id", sa.BigInteger(), nullable=True))
    op.create_index(op.f("ix_document_demande_id"), "document", ["demande_id"], unique=False)
    op.create_index(op.f("ix_document_demarche_id"), "document", ["demarche_id"], unique=False)
    op.create_foreign_key(op.f("fk_document_demande_id_demande"), "document", "demande", ["demande_id"], ["id"])
    op.create_foreign_key(op.f("fk_document_demarche_id_demarche"), "document", "demarche", ["demarche_id"], ["id"])
    op.add_column("dossier", sa.Column("signature_demandee_at", sa.DateTime(timezone=True), nullable=True))
    op.drop_constraint(op.f("uq_dossier_demande_id"), "dossier", type_="unique")
    op.create_unique_constraint(op.f("uq_dossier_demande_id_demarche_id"), "dossier", ["demande_id", "demarche_id"])
    op.add_column(
        "ligne_budget", sa.Column("projet_rang", sa.BigInteger(), nullable=False, server_default=sa.text("1"))
    )
    op.alter_column("ligne_budget", "projet_rang", server_default=None)
    op.alter_column(
        "ligne_budget",
        "libelle",
        existing_type=sa.VARCHAR(length=200),
        type_=sa.String(length=300),
        existing_nullable=False,
    )
    op.drop_constraint(op.f("uq_ligne_budget_demande_id_sens_slug_ordre"), "ligne_budget", type_="unique")
    op.create_unique_constraint(
        op.f("uq_ligne_budget_demande_id_projet_rang_sens_slug_ordre"),
        "ligne_budget",
        ["demande_id", "projet_rang", "sens", "slug", "ordre"],
    )
    op.add_column("section_saisie", sa.Column("rang", sa.BigInteger(), nullable=False, server_default=sa.text("1")))
    op.alter_column("section_saisie", "rang", server_default=None)
    op.add_column("section_saisie", sa.Column("complement_id", sa.BigInteger(), nullable=True))
    op.add_column(
        "section_saisie",
        sa.Column(
            "provenances", postgresql.JSONB(astext_type=sa.Text()), nullable=False, server_default=sa.text("'{}'")
        ),
    )
    op.alter_column("section_saisie", "provenances", server_default=None)
    op.add_column("section_saisie", sa.Column("retiree_at", sa.DateTime(timezone=True), nullable=True))
    op.drop_constraint(op.f("uq_section_saisie_demande_id_section"), "section_saisie", type_="unique")
    op.create_index(op.f("ix_section_saisie_complement_id"), "section_saisie", ["complement_id"], unique=False)
    op.create_index(
        "uq_section_saisie_place",
        "section_saisie",
        ["demande_id", "section", "rang", sa.literal_column("coalesce(complement_id, 0)")],
        unique=True,
    )
    op.create_foreign_key(
        op.f("fk_section_saisie_complement_id_complement"), "section_saisie", "complement", ["complement_id"], ["id"]
    )
    _accepter("document", "genre", "genredocument", (*GENRES, "formulaire_vierge", "formulaire_rempli", "compte_rendu"))
    _renommer("montant", "demande", TOUTES)


def downgrade() -> None:
    """Take it all back."""
    op.execute("DELETE FROM document WHERE genre IN ('formulaire_vierge', 'formulaire_rempli', 'compte_rendu')")
    op.execute("DELETE FROM modification_section")
    op.execute(
        "DELETE FROM section_saisie WHERE complement_id IS NOT NULL OR rang > 1 OR section IN "
        "('moyens', 'budget_association', 'cofinancements', 'questions', 'pieces')"
    )
    op.execute("DELETE FROM ligne_budget WHERE projet_rang <> 1")
    _accepter("document", "genre", "genredocument", GENRES)
    _renommer("demande", "montant", SECTIONS)
    op.drop_constraint(op.f("fk_section_saisie_complement_id_complement"), "section_saisie", type_="foreignkey")
    op.drop_index("uq_section_saisie_place", table_name="section_saisie")
    op.drop_index(op.f("ix_section_saisie_complement_id"), table_name="section_saisie")
    op.create_unique_constraint(
        op.f("uq_section_saisie_demande_id_section"),
        "section_saisie",
        ["demande_id", "section"],
        postgresql_nulls_not_distinct=False,
    )
    op.drop_column("section_saisie", "retiree_at")
    op.drop_column("section_saisie", "provenances")
    op.drop_column("section_saisie", "complement_id")
    op.drop_column("section_saisie", "rang")
    op.drop_constraint(op.f("uq_ligne_budget_demande_id_projet_rang_sens_slug_ordre"), "ligne_budget", type_="unique")
    op.create_unique_constraint(
        op.f("uq_ligne_budget_demande_id_sens_slug_ordre"),
        "ligne_budget",
        ["demande_id", "sens", "slug", "ordre"],
        postgresql_nulls_not_distinct=False,
    )
    op.alter_column(
        "ligne_budget",
        "libelle",
        existing_type=sa.String(length=300),
        type_=sa.VARCHAR(length=200),
        existing_nullable=False,
    )
    op.drop_column("ligne_budget", "projet_rang")
    op.drop_constraint(op.f("uq_dossier_demande_id_demarche_id"), "dossier", type_="unique")
    op.create_unique_constraint(
        op.f("uq_dossier_demande_id"), "dossier", ["demande_id"], postgresql_nulls_not_distinct=False
    )
    op.drop_column("dossier", "signature_demandee_at")
    op.drop_constraint(op.f("fk_document_demarche_id_demarche"), "document", type_="foreignkey")
    op.drop_constraint(op.f("fk_document_demande_id_demande"), "document", type_="foreignkey")
    op.drop_index(op.f("ix_document_demarche_id"), table_name="document")
    op.drop_index(op.f("ix_document_demande_id"), table_name="document")
    op.drop_column("document", "demarche_id")
    op.drop_column("document", "demande_id")
    op.drop_constraint(op.f("fk_demande_precedente_id_demande"), "demande", type_="foreignkey")
    op.drop_index(op.f("ix_demande_demarche_id"), table_name="demande")
    op.drop_column("demande", "precedente_id")
    op.drop_table("modification_section")
    op.drop_table("projet_territoire")
    op.drop_index(
        "uq_signature_depot_ouverte", table_name="signature_depot", postgresql_where=sa.text("close_at IS NULL")
    )
    op.drop_index(
        "ix_signature_depot_email_ouverte", table_name="signature_depot", postgresql_where=sa.text("close_at IS NULL")
    )
    op.drop_index(op.f("ix_signature_depot_demande_id"), table_name="signature_depot")
    op.drop_table("signature_depot")
    op.drop_table("projet")


def _accepter(table: str, colonne: str, enum: str, valeurs: tuple[str, ...]) -> None:
    """The values that a column of words takes."""
    op.drop_constraint(op.f(f"ck_{table}_{enum}"), table, type_="check")
    liste = ", ".join(f"'{une}'" for une in valeurs)
    op.create_check_constraint(op.f(f"ck_{table}_{enum}"), table, f"{colonne} IN ({liste})")


def _renommer(ancien: str, nouveau: str, valeurs: tuple[str, ...]) -> None:
    """The section of what is asked changes its name, and the table the sections that it takes."""
    op.drop_constraint(op.f("ck_section_saisie_sectiondemande"), "section_saisie", type_="check")
    op.execute(
        sa.text("UPDATE section_saisie SET section = :nouveau WHERE section = :ancien").bindparams(
            ancien=ancien, nouveau=nouveau
        )
    )
    op.create_check_constraint(
        op.f("ck_section_saisie_sectiondemande"),
        "section_saisie",
        "section IN (" + ", ".join(f"'{une}'" for une in valeurs) + ")",
    )
