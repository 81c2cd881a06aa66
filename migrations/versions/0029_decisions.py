"""Propositions, decisions in lines, délégations, how services notify, their letters and the parapheur.

Revision: 0029, after 0028
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

GENRES = (
    "recu_engagement",
    "recu_avec_preuve",
    "engagement_a_signer",
    "affiche_cer",
    "registre_cer",
    "bilan_cer",
    "retrait",
    "recepisse",
    "formulaire_vierge",
    "formulaire_rempli",
    "compte_rendu",
    "synthese",
    "file_dossiers",
)
GENRES_DE_LETTRES = ("lettre", "apercu_lettre", "parapheur", "cahier")


def upgrade() -> None:
    """Create and widen the tables."""
    op.create_table(
        "delegation",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("service_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("qualite", sa.String(length=200), nullable=False),
        sa.Column("reference", sa.String(length=200), nullable=False),
        sa.Column("debut", sa.Date(), nullable=False),
        sa.Column("fin", sa.Date(), nullable=True),
        sa.Column("plafond", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("demarches", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("notee_par_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("retiree_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["notee_par_id"], ["user.id"], name=op.f("fk_delegation_notee_par_id_user")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_delegation_service_id_service")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_delegation_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegation")),
    )
    op.create_index(op.f("ix_delegation_service_id"), "delegation", ["service_id"], unique=False)
    op.create_index(op.f("ix_delegation_user_id"), "delegation", ["user_id"], unique=False)
    op.create_table(
        "gabarit_lettre",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("service_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "genre",
            sa.Enum(
                "notification",
                "notification_partielle",
                "refus",
                "sans_suite",
                "arrete",
                "complement",
                "convention",
                "reception",
                name="genrelettre",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("objet", sa.String(length=300), nullable=False),
        sa.Column("corps", sa.Text(), nullable=False),
        sa.Column("auteur_id", sa.BigInteger(), nullable=False),
        sa.Column("publie_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["auteur_id"], ["user.id"], name=op.f("fk_gabarit_lettre_auteur_id_user")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_gabarit_lettre_service_id_service")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gabarit_lettre")),
        sa.UniqueConstraint("service_id", "genre", "version", name=op.f("uq_gabarit_lettre_service_id_genre_version")),
    )
    op.create_table(
        "lot_parapheur",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("service_id", sa.BigInteger(), nullable=False),
        sa.Column("par_id", sa.BigInteger(), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_lot_parapheur_document_id_document")),
        sa.ForeignKeyConstraint(["par_id"], ["user.id"], name=op.f("fk_lot_parapheur_par_id_user")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_lot_parapheur_service_id_service")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lot_parapheur")),
    )
    op.create_index(op.f("ix_lot_parapheur_service_id"), "lot_parapheur", ["service_id"], unique=False)
    op.create_table(
        "modele_motivation",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("service_id", sa.BigInteger(), nullable=False),
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
        sa.Column("titre", sa.String(length=100), nullable=False),
        sa.Column("texte", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("retire_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_modele_motivation_service_id_service")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_modele_motivation")),
    )
    op.create_index(op.f("ix_modele_motivation_service_id"), "modele_motivation", ["service_id"], unique=False)
    op.create_table(
        "reglage_service",
        sa.Column("service_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "qui_decide",
            sa.Enum(
                "responsable", "instructeur", name="quidecide", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("proposition_requise", sa.Boolean(), nullable=False),
        sa.Column(
            "mode_notification",
            sa.Enum(
                "teleservice",
                "parapheur",
                name="modenotification",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("ville", sa.String(length=100), nullable=False),
        sa.Column("tribunal", sa.String(length=200), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_reglage_service_service_id_service")),
        sa.PrimaryKeyConstraint("service_id", name=op.f("pk_reglage_service")),
    )
    op.create_table(
        "decision_passee",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("contenu", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("motif", sa.Text(), nullable=False),
        sa.Column("rouverte_par_id", sa.BigInteger(), nullable=True),
        sa.Column("rouverte_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_decision_passee_dossier_id_dossier")),
        sa.ForeignKeyConstraint(["rouverte_par_id"], ["user.id"], name=op.f("fk_decision_passee_rouverte_par_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision_passee")),
    )
    op.create_index(op.f("ix_decision_passee_dossier_id"), "decision_passee", ["dossier_id"], unique=False)
    op.create_table(
        "proposition",
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
        sa.Column("lignes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("montant", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("conditions", sa.Text(), nullable=False),
        sa.Column("commentaire", sa.Text(), nullable=False),
        sa.Column("auteur_id", sa.BigInteger(), nullable=False),
        sa.Column("proposee_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["auteur_id"], ["user.id"], name=op.f("fk_proposition_auteur_id_user")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_proposition_dossier_id_dossier")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposition")),
        sa.UniqueConstraint("dossier_id", name=op.f("uq_proposition_dossier_id")),
    )
    op.create_table(
        "lettre",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "genre",
            sa.Enum(
                "notification",
                "notification_partielle",
                "refus",
                "sans_suite",
                "arrete",
                "complement",
                "convention",
                "reception",
                name="genrelettre",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("decision_version", sa.BigInteger(), nullable=True),
        sa.Column("gabarit_id", sa.BigInteger(), nullable=True),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "etat",
            sa.Enum(
                "preparee",
                "au_parapheur",
                "signee",
                "partie",
                "remplacee",
                name="etatlettre",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("lot_id", sa.BigInteger(), nullable=True),
        sa.Column("signe_fichier_id", sa.BigInteger(), nullable=True),
        sa.Column("signe_nom", sa.String(length=300), nullable=False),
        sa.Column("signe_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signe_par_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_lettre_document_id_document")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_lettre_dossier_id_dossier")),
        sa.ForeignKeyConstraint(
            ["gabarit_id"], ["gabarit_lettre.id"], name=op.f("fk_lettre_gabarit_id_gabarit_lettre")
        ),
        sa.ForeignKeyConstraint(["lot_id"], ["lot_parapheur.id"], name=op.f("fk_lettre_lot_id_lot_parapheur")),
        sa.ForeignKeyConstraint(["signe_fichier_id"], ["fichier.id"], name=op.f("fk_lettre_signe_fichier_id_fichier")),
        sa.ForeignKeyConstraint(["signe_par_id"], ["user.id"], name=op.f("fk_lettre_signe_par_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lettre")),
        sa.UniqueConstraint("document_id", name=op.f("uq_lettre_document_id")),
    )
    op.create_index(op.f("ix_lettre_dossier_id"), "lettre", ["dossier_id"], unique=False)
    op.create_index(op.f("ix_lettre_lot_id"), "lettre", ["lot_id"], unique=False)
    op.create_index(op.f("ix_lettre_signe_fichier_id"), "lettre", ["signe_fichier_id"], unique=False)
    op.add_column(
        "decision", sa.Column("lignes", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False)
    )
    op.add_column("decision", sa.Column("delegation_id", sa.BigInteger(), nullable=True))
    op.add_column(
        "decision",
        sa.Column(
            "mode",
            sa.Enum(
                "teleservice",
                "parapheur",
                name="modenotification",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
    )
    op.add_column("decision", sa.Column("consultee_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("decision", sa.Column("consultee_par_id", sa.BigInteger(), nullable=True))
    op.add_column("decision", sa.Column("recommande_le", sa.Date(), nullable=True))
    op.add_column("decision", sa.Column("recommande_numero", sa.String(length=40), server_default="", nullable=False))
    op.create_foreign_key(
        op.f("fk_decision_delegation_id_delegation"), "decision", "delegation", ["delegation_id"], ["id"]
    )
    op.create_foreign_key(op.f("fk_decision_consultee_par_id_user"), "decision", "user", ["consultee_par_id"], ["id"])
    op.add_column(
        "financement",
        sa.Column(
            "nature",
            sa.Enum("numeraire", "nature", name="natureoctroi", native_enum=False, create_constraint=True, length=40),
            server_default="numeraire",
            nullable=False,
        ),
    )
    op.add_column("financement", sa.Column("conditionnel", sa.Boolean(), server_default="false", nullable=False))
    op.add_column("document", sa.Column("avancement", sa.BigInteger(), nullable=True))
    _retours()
    _accepter((*GENRES, *GENRES_DE_LETTRES))


def downgrade() -> None:
    """Take it all back."""
    op.drop_column("document", "avancement")
    op.drop_index(op.f("ix_copie_parapheur_retour_id"), table_name="copie_parapheur")
    op.drop_index(op.f("ix_copie_parapheur_fichier_id"), table_name="copie_parapheur")
    op.drop_table("copie_parapheur")
    op.drop_index(op.f("ix_fichier_retour_retour_id"), table_name="fichier_retour")
    op.drop_index(op.f("ix_fichier_retour_fichier_id"), table_name="fichier_retour")
    op.drop_table("fichier_retour")
    op.drop_index(op.f("ix_retour_parapheur_service_id"), table_name="retour_parapheur")
    op.drop_table("retour_parapheur")
    op.drop_column("financement", "conditionnel")
    op.drop_column("financement", "nature")
    op.drop_constraint(op.f("fk_decision_consultee_par_id_user"), "decision", type_="foreignkey")
    op.drop_constraint(op.f("fk_decision_delegation_id_delegation"), "decision", type_="foreignkey")
    op.drop_column("decision", "recommande_numero")
    op.drop_column("decision", "recommande_le")
    op.drop_column("decision", "consultee_par_id")
    op.drop_column("decision", "consultee_at")
    op.drop_column("decision", "mode")
    op.drop_column("decision", "delegation_id")
    op.drop_column("decision", "lignes")
    op.drop_index(op.f("ix_lettre_signe_fichier_id"), table_name="lettre")
    op.drop_index(op.f("ix_lettre_lot_id"), table_name="lettre")
    op.drop_index(op.f("ix_lettre_dossier_id"), table_name="lettre")
    op.drop_table("lettre")
    op.drop_table("proposition")
    op.drop_index(op.f("ix_decision_passee_dossier_id"), table_name="decision_passee")
    op.drop_table("decision_passee")
    op.drop_table("reglage_service")
    op.drop_index(op.f("ix_modele_motivation_service_id"), table_name="modele_motivation")
    op.drop_table("modele_motivation")
    op.drop_index(op.f("ix_lot_parapheur_service_id"), table_name="lot_parapheur")
    op.drop_table("lot_parapheur")
    op.drop_table("gabarit_lettre")
    liste = ", ".join(f"'{genre}'" for genre in GENRES_DE_LETTRES)
    op.execute(f"DELETE FROM document WHERE genre IN ({liste})")  # noqa: S608  # our own constants
    _accepter(GENRES)
    op.drop_index(op.f("ix_delegation_user_id"), table_name="delegation")
    op.drop_index(op.f("ix_delegation_service_id"), table_name="delegation")
    op.drop_table("delegation")


def _accepter(genres: tuple[str, ...]) -> None:
    """The kinds of documents."""
    op.drop_constraint(op.f("ck_document_genredocument"), "document", type_="check")
    liste = ", ".join(f"'{genre}'" for genre in genres)
    op.create_check_constraint(op.f("ck_document_genredocument"), "document", f"genre IN ({liste})")


def _retours() -> None:
    """What comes back from the parapheur."""
    op.create_table(
        "retour_parapheur",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("service_id", sa.BigInteger(), nullable=False),
        sa.Column("par_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "etat",
            sa.Enum("a_lire", "lu", name="etatretour", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("lu_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["par_id"], ["user.id"], name=op.f("fk_retour_parapheur_par_id_user")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_retour_parapheur_service_id_service")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retour_parapheur")),
    )
    op.create_index(op.f("ix_retour_parapheur_service_id"), "retour_parapheur", ["service_id"], unique=False)
    op.create_table(
        "fichier_retour",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("retour_id", sa.BigInteger(), nullable=False),
        sa.Column("fichier_id", sa.BigInteger(), nullable=False),
        sa.Column("nom", sa.String(length=300), nullable=False),
        sa.Column("refus", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["fichier_id"], ["fichier.id"], name=op.f("fk_fichier_retour_fichier_id_fichier")),
        sa.ForeignKeyConstraint(
            ["retour_id"], ["retour_parapheur.id"], name=op.f("fk_fichier_retour_retour_id_retour_parapheur")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fichier_retour")),
    )
    op.create_index(op.f("ix_fichier_retour_fichier_id"), "fichier_retour", ["fichier_id"], unique=False)
    op.create_index(op.f("ix_fichier_retour_retour_id"), "fichier_retour", ["retour_id"], unique=False)
    op.create_table(
        "copie_parapheur",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("retour_id", sa.BigInteger(), nullable=False),
        sa.Column("fichier_id", sa.BigInteger(), nullable=False),
        sa.Column("nom", sa.String(length=300), nullable=False),
        sa.Column("pages", sa.String(length=200), nullable=False),
        sa.Column("numero", sa.String(length=40), nullable=False),
        sa.Column("lettre_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "etat",
            sa.Enum(
                "rattachee",
                "refusee",
                "a_choisir",
                "ecartee",
                name="etatcopie",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("raison", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["fichier_id"], ["fichier.id"], name=op.f("fk_copie_parapheur_fichier_id_fichier")),
        sa.ForeignKeyConstraint(["lettre_id"], ["lettre.id"], name=op.f("fk_copie_parapheur_lettre_id_lettre")),
        sa.ForeignKeyConstraint(
            ["retour_id"], ["retour_parapheur.id"], name=op.f("fk_copie_parapheur_retour_id_retour_parapheur")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_copie_parapheur")),
    )
    op.create_index(op.f("ix_copie_parapheur_fichier_id"), "copie_parapheur", ["fichier_id"], unique=False)
    op.create_index(op.f("ix_copie_parapheur_retour_id"), "copie_parapheur", ["retour_id"], unique=False)
