"""Workbooks that services import, and the sources, origins and documents that come with them.

Revision: 0040, after 0039
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

# The values that a CHECK lists, and those added here: table, column, name of the type.
AJOUTS = (
    ("demarche", "source", "source", ("portail", "ds"), ("tableur",)),
    ("dossier", "source", "source", ("portail", "ds"), ("tableur",)),
    ("acces_dossier", "source", "source", ("portail", "ds"), ("tableur",)),
    ("dossier", "origine", "originedossier", ("portail", "ds", "courrier", "courriel", "guichet"), ("tableur",)),
    (
        "document",
        "genre",
        "genredocument",
        (
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
            "lettre",
            "apercu_lettre",
            "parapheur",
            "cahier",
            "communication",
        ),
        ("fiche_association", "feuille_travail", "erreurs_import", "donnees_essentielles"),
    ),
)


def upgrade() -> None:
    """Workbooks that services import, and the sources, origins and documents that come with them."""
    for table, colonne, genre, avant, ajouts in AJOUTS:
        _accepter(table, colonne, genre, (*avant, *ajouts))
    op.create_table(
        "lot_import",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("cle", sa.String(length=40), nullable=False),
        sa.Column("service_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "genre",
            sa.Enum(
                "demandes",
                "versements",
                "associations",
                "avis",
                "scdl",
                name="genreimport",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("fichier_id", sa.BigInteger(), nullable=False),
        sa.Column("nom", sa.String(length=300), nullable=False),
        sa.Column("demarche_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "etat",
            sa.Enum(
                "a_lire",
                "lu",
                "illisible",
                "a_appliquer",
                "applique",
                "a_annuler",
                "annule",
                "abandonne",
                name="etatimport",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reglages", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("constat", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("forme", sa.String(length=64), nullable=False),
        sa.Column("comptes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("precedent_id", sa.BigInteger(), nullable=True),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("fait", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("pris_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("applique_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("annule_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["demarche_id"], ["demarche.id"], name=op.f("fk_lot_import_demarche_id_demarche")),
        sa.ForeignKeyConstraint(["fichier_id"], ["fichier.id"], name=op.f("fk_lot_import_fichier_id_fichier")),
        sa.ForeignKeyConstraint(
            ["precedent_id"], ["lot_import.id"], name=op.f("fk_lot_import_precedent_id_lot_import")
        ),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_lot_import_service_id_service")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_lot_import_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lot_import")),
        sa.UniqueConstraint("cle", name=op.f("uq_lot_import_cle")),
    )
    op.create_index(op.f("ix_lot_import_demarche_id"), "lot_import", ["demarche_id"], unique=False)
    op.create_index(op.f("ix_lot_import_fichier_id"), "lot_import", ["fichier_id"], unique=False)
    op.create_index(op.f("ix_lot_import_precedent_id"), "lot_import", ["precedent_id"], unique=False)
    op.create_index("ix_lot_import_service_id_id", "lot_import", ["service_id", "id"], unique=False)
    op.create_index(op.f("ix_lot_import_user_id"), "lot_import", ["user_id"], unique=False)
    op.create_table(
        "ligne_import",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("lot_id", sa.BigInteger(), nullable=False),
        sa.Column("numero", sa.BigInteger(), nullable=False),
        sa.Column("lu", sa.Text(), nullable=False),
        sa.Column("valeurs", sa.Text(), nullable=False),
        sa.Column("remarques", sa.Text(), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum(
                "pret",
                "avertissement",
                "rejete",
                name="verdictligne",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "comparaison",
            sa.Enum(
                "",
                "nouvelle",
                "modifiee",
                "inchangee",
                name="comparaison",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("cle_source", sa.String(length=200), nullable=False),
        sa.Column("cle_ligne", sa.String(length=200), nullable=False),
        sa.Column(
            "etat",
            sa.Enum(
                "attente",
                "faite",
                "refusee",
                "ecartee",
                "annulee",
                name="etatligneimport",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("objet", sa.String(length=60), nullable=False),
        sa.Column("avant", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["lot_id"], ["lot_import.id"], name=op.f("fk_ligne_import_lot_id_lot_import")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ligne_import")),
        sa.UniqueConstraint("lot_id", "numero", name=op.f("uq_ligne_import_lot_id_numero")),
    )
    op.create_index("ix_ligne_import_lot_id_cle_ligne", "ligne_import", ["lot_id", "cle_ligne"], unique=False)
    op.create_index("ix_ligne_import_lot_id_etat_numero", "ligne_import", ["lot_id", "etat", "numero"], unique=False)
    op.create_index(
        "ix_ligne_import_lot_id_verdict_numero", "ligne_import", ["lot_id", "verdict", "numero"], unique=False
    )
    op.create_table(
        "correspondance_import",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("service_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "genre",
            sa.Enum(
                "demandes",
                "versements",
                "associations",
                "avis",
                "scdl",
                name="genreimport",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("forme", sa.String(length=64), nullable=False),
        sa.Column("colonnes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("par_id", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["par_id"], ["user.id"], name=op.f("fk_correspondance_import_par_id_user")),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_correspondance_import_service_id_service")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correspondance_import")),
        sa.UniqueConstraint(
            "service_id", "genre", "forme", name=op.f("uq_correspondance_import_service_id_genre_forme")
        ),
    )
    op.create_table(
        "dossier_tableur",
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("service_id", sa.BigInteger(), nullable=False),
        sa.Column("cle", sa.String(length=200), nullable=False),
        sa.Column("ligne_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_dossier_tableur_dossier_id_dossier")),
        sa.ForeignKeyConstraint(
            ["ligne_id"], ["ligne_import.id"], name=op.f("fk_dossier_tableur_ligne_id_ligne_import")
        ),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_dossier_tableur_service_id_service")),
        sa.PrimaryKeyConstraint("dossier_id", name=op.f("pk_dossier_tableur")),
    )
    op.create_index("ix_dossier_tableur_ligne_id", "dossier_tableur", ["ligne_id"], unique=False)
    op.create_index("ix_dossier_tableur_service_id_cle", "dossier_tableur", ["service_id", "cle"], unique=False)


def downgrade() -> None:
    """Without them."""
    op.drop_table("dossier_tableur")
    op.drop_table("correspondance_import")
    op.drop_table("ligne_import")
    op.drop_table("lot_import")
    for table, colonne, genre, avant, _ in AJOUTS:
        _accepter(table, colonne, genre, avant)


def _accepter(table: str, colonne: str, genre: str, valeurs: tuple[str, ...]) -> None:
    nom = op.f(f"ck_{table}_{genre}")
    op.drop_constraint(nom, table, type_="check")
    liste = ", ".join(f"'{valeur}'" for valeur in valeurs)
    op.create_check_constraint(nom, table, f"{colonne} IN ({liste})")
