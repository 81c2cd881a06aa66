"""Démarches, requests and dossiers of every source.

Revision: 0003, after 0002
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Démarches, requests and dossiers of every source."""
    op.create_table(
        "demarche",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column(
            "source",
            sa.Enum("portail", "ds", name="source", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("instance", sa.String(length=100), nullable=False),
        sa.Column("ds_number", sa.BigInteger(), nullable=True),
        sa.Column("titre", sa.String(length=300), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("service_id", sa.BigInteger(), nullable=False),
        sa.Column("dispositif", sa.String(length=100), nullable=False),
        sa.Column("programme", sa.String(length=10), nullable=False),
        sa.Column("exercice", sa.BigInteger(), nullable=True),
        sa.Column("ouverture", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cloture", sa.DateTime(timezone=True), nullable=True),
        sa.Column("enveloppe", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("confidentielle", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_demarche_service_id_service")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demarche")),
        sa.UniqueConstraint("instance", "ds_number", name=op.f("uq_demarche_instance_ds_number")),
    )
    op.create_index(op.f("ix_demarche_service_id"), "demarche", ["service_id"], unique=False)
    op.create_table(
        "demande",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("cle", sa.String(length=40), nullable=False),
        sa.Column("association_id", sa.BigInteger(), nullable=False),
        sa.Column("demarche_id", sa.BigInteger(), nullable=False),
        sa.Column("created_by_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("deposee_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deposee_par_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_demande_association_id_association")
        ),
        sa.ForeignKeyConstraint(["created_by_id"], ["user.id"], name=op.f("fk_demande_created_by_id_user")),
        sa.ForeignKeyConstraint(["demarche_id"], ["demarche.id"], name=op.f("fk_demande_demarche_id_demarche")),
        sa.ForeignKeyConstraint(["deposee_par_id"], ["user.id"], name=op.f("fk_demande_deposee_par_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demande")),
        sa.UniqueConstraint("cle", name=op.f("uq_demande_cle")),
    )
    op.create_index(op.f("ix_demande_association_id"), "demande", ["association_id"], unique=False)
    op.create_index(op.f("ix_demande_created_by_id"), "demande", ["created_by_id"], unique=False)
    op.create_table(
        "groupe_instructeur",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("demarche_id", sa.BigInteger(), nullable=False),
        sa.Column("ds_id", sa.String(length=100), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("label", sa.String(length=300), nullable=False),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.Column("instructeurs", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("service_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["demarche_id"], ["demarche.id"], name=op.f("fk_groupe_instructeur_demarche_id_demarche")
        ),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_groupe_instructeur_service_id_service")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_groupe_instructeur")),
        sa.UniqueConstraint("demarche_id", "number", name=op.f("uq_groupe_instructeur_demarche_id_number")),
    )
    op.create_table(
        "dossier",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("reference", sa.String(length=40), nullable=False),
        sa.Column(
            "source",
            sa.Enum("portail", "ds", name="source", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("demarche_id", sa.BigInteger(), nullable=False),
        sa.Column("demande_id", sa.BigInteger(), nullable=True),
        sa.Column("association_id", sa.BigInteger(), nullable=True),
        sa.Column("service_id", sa.BigInteger(), nullable=False),
        sa.Column("instructeur_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "etat",
            sa.Enum(
                "brouillon",
                "en_construction",
                "en_instruction",
                "accepte",
                "refuse",
                "sans_suite",
                "retire",
                name="etat",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("complement_demande", sa.Boolean(), nullable=False),
        sa.Column("statut_source", sa.String(length=100), nullable=False),
        sa.Column("demandeur_genre", sa.String(length=20), nullable=False),
        sa.Column("demandeur_nom", sa.String(length=300), nullable=False),
        sa.Column("demandeur_siret", sa.String(length=14), nullable=False),
        sa.Column("demandeur_rna", sa.String(length=10), nullable=False),
        sa.Column("demandeur_commune", sa.String(length=100), nullable=False),
        sa.Column("lien_verifie", sa.Boolean(), nullable=False),
        sa.Column("intitule", sa.String(length=500), nullable=False),
        sa.Column("exercice", sa.BigInteger(), nullable=True),
        sa.Column("montant_demande", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("montant_accorde", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("date_depot", sa.DateTime(timezone=True), nullable=False),
        sa.Column("date_passage_en_instruction", sa.DateTime(timezone=True), nullable=True),
        sa.Column("date_traitement", sa.DateTime(timezone=True), nullable=True),
        sa.Column("contenu_version", sa.BigInteger(), nullable=False),
        sa.Column("contenu_empreintes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("avis_demandes", sa.BigInteger(), nullable=False),
        sa.Column("avis_rendus", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("mots", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_dossier_association_id_association")
        ),
        sa.ForeignKeyConstraint(["demande_id"], ["demande.id"], name=op.f("fk_dossier_demande_id_demande")),
        sa.ForeignKeyConstraint(["demarche_id"], ["demarche.id"], name=op.f("fk_dossier_demarche_id_demarche")),
        sa.ForeignKeyConstraint(["instructeur_id"], ["user.id"], name=op.f("fk_dossier_instructeur_id_user")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_dossier_service_id_service")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossier")),
        sa.UniqueConstraint("demande_id", name=op.f("uq_dossier_demande_id")),
        sa.UniqueConstraint("reference", name=op.f("uq_dossier_reference")),
    )
    op.create_index("ix_dossier_association_id_date_depot", "dossier", ["association_id", "date_depot"], unique=False)
    op.create_index(op.f("ix_dossier_demarche_id"), "dossier", ["demarche_id"], unique=False)
    op.create_index(op.f("ix_dossier_instructeur_id"), "dossier", ["instructeur_id"], unique=False)
    op.create_table(
        "ligne_budget",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("demande_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "sens",
            sa.Enum("charges", "produits", name="sensbudget", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("compte", sa.String(length=10), nullable=False),
        sa.Column("libelle", sa.String(length=200), nullable=False),
        sa.Column("montant", sa.Numeric(precision=14, scale=2), nullable=False),
        sa.Column("ordre", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["demande_id"], ["demande.id"], name=op.f("fk_ligne_budget_demande_id_demande")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ligne_budget")),
        sa.UniqueConstraint(
            "demande_id", "sens", "slug", "ordre", name=op.f("uq_ligne_budget_demande_id_sens_slug_ordre")
        ),
    )
    op.create_table(
        "section_saisie",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("demande_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "section",
            sa.Enum(
                "identite",
                "projet",
                "budget_projet",
                "montant",
                "attestations",
                name="sectiondemande",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("valeurs", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_by_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["demande_id"], ["demande.id"], name=op.f("fk_section_saisie_demande_id_demande")),
        sa.ForeignKeyConstraint(["updated_by_id"], ["user.id"], name=op.f("fk_section_saisie_updated_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_section_saisie")),
        sa.UniqueConstraint("demande_id", "section", name=op.f("uq_section_saisie_demande_id_section")),
    )
    op.create_table(
        "acces_dossier",
        sa.Column("service_id", sa.BigInteger(), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "motif",
            sa.Enum("proprietaire", "saisi", name="motifacces", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("date_depot", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column(
            "etat",
            sa.Enum(
                "brouillon",
                "en_construction",
                "en_instruction",
                "accepte",
                "refuse",
                "sans_suite",
                "retire",
                name="etat",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            server_default=sa.FetchedValue(),
            nullable=False,
        ),
        sa.Column(
            "source",
            sa.Enum("portail", "ds", name="source", native_enum=False, create_constraint=True, length=40),
            server_default=sa.FetchedValue(),
            nullable=False,
        ),
        sa.Column("demarche_id", sa.BigInteger(), server_default=sa.FetchedValue(), nullable=False),
        sa.Column("exercice", sa.BigInteger(), server_default=sa.FetchedValue(), nullable=True),
        sa.Column("instructeur_id", sa.BigInteger(), server_default=sa.FetchedValue(), nullable=True),
        sa.Column("recherche", postgresql.TSVECTOR(), server_default=sa.FetchedValue(), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_acces_dossier_dossier_id_dossier")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_acces_dossier_service_id_service")),
        sa.PrimaryKeyConstraint("service_id", "dossier_id", name=op.f("pk_acces_dossier")),
    )
    op.create_index(op.f("ix_acces_dossier_dossier_id"), "acces_dossier", ["dossier_id"], unique=False)
    op.create_index(
        "ix_acces_dossier_file",
        "acces_dossier",
        ["service_id", "date_depot", "dossier_id"],
        unique=False,
        postgresql_include=["motif", "etat", "source", "demarche_id", "exercice", "instructeur_id"],
    )
    op.create_index("ix_acces_dossier_recherche", "acces_dossier", ["recherche"], unique=False, postgresql_using="gin")
    op.create_table(
        "dossier_ds",
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("instance", sa.String(length=100), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("ds_id", sa.String(length=100), nullable=False),
        sa.Column("groupe_id", sa.BigInteger(), nullable=True),
        sa.Column("raw", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("contenu", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "visibilite",
            sa.Enum(
                "visible",
                "corbeille",
                "supprime",
                "indisponible",
                name="visibilite",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("date_derniere_modification", sa.DateTime(timezone=True), nullable=False),
        sa.Column("synced_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_dossier_ds_dossier_id_dossier")),
        sa.ForeignKeyConstraint(
            ["groupe_id"], ["groupe_instructeur.id"], name=op.f("fk_dossier_ds_groupe_id_groupe_instructeur")
        ),
        sa.PrimaryKeyConstraint("dossier_id", name=op.f("pk_dossier_ds")),
        sa.UniqueConstraint("instance", "number", name=op.f("uq_dossier_ds_instance_number")),
    )
    op.create_table(
        "financement",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("exercice", sa.BigInteger(), nullable=True),
        sa.Column("programme", sa.String(length=10), nullable=False),
        sa.Column("demande", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("propose", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("accorde", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_financement_dossier_id_dossier")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_financement")),
    )
    op.create_index(op.f("ix_financement_dossier_id"), "financement", ["dossier_id"], unique=False)


def downgrade() -> None:
    """Drop them."""
    op.drop_index(op.f("ix_financement_dossier_id"), table_name="financement")
    op.drop_table("financement")
    op.drop_table("dossier_ds")
    op.drop_index("ix_acces_dossier_recherche", table_name="acces_dossier", postgresql_using="gin")
    op.drop_index(
        "ix_acces_dossier_file",
        table_name="acces_dossier",
        postgresql_include=["motif", "etat", "source", "demarche_id", "exercice", "instructeur_id"],
    )
    op.drop_index(op.f("ix_acces_dossier_dossier_id"), table_name="acces_dossier")
    op.drop_table("acces_dossier")
    op.drop_table("section_saisie")
    op.drop_table("ligne_budget")
    op.drop_index(op.f("ix_dossier_instructeur_id"), table_name="dossier")
    op.drop_index(op.f("ix_dossier_demarche_id"), table_name="dossier")
    op.drop_index("ix_dossier_association_id_date_depot", table_name="dossier")
    op.drop_table("dossier")
    op.drop_table("groupe_instructeur")
    op.drop_index(op.f("ix_demande_created_by_id"), table_name="demande")
    op.drop_index(op.f("ix_demande_association_id"), table_name="demande")
    op.drop_table("demande")
    op.drop_index(op.f("ix_demarche_service_id"), table_name="demarche")
    op.drop_table("demarche")
