"""Requests to read the avis given on a dossier.

Revision: 0033, after 0032
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

DOCUMENTS = (
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
)
TACHES = (
    "mention",
    "attribution",
    "complement_repondu",
    "message",
    "avis_demande",
    "avis_rendu",
    "proposition",
    "lettre_non_lue",
    "reorientation",
    "lot_termine",
)


def upgrade() -> None:
    """The register, its kind of document and its kind of task."""
    _accepter("document", (*DOCUMENTS, "communication"))
    _accepter("tache", (*TACHES, "communication"))
    op.create_table(
        "communication",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("demandeur_nom", sa.String(length=200), nullable=False),
        sa.Column("recue_le", sa.Date(), nullable=False),
        sa.Column("echeance", sa.Date(), nullable=False),
        sa.Column(
            "etat",
            sa.Enum(
                "a_traiter",
                "envoyee",
                "refusee",
                name="etatcommunication",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("motif", sa.Text(), nullable=False),
        sa.Column("close_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("close_par_id", sa.BigInteger(), nullable=True),
        sa.Column("document_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["close_par_id"], ["user.id"], name=op.f("fk_communication_close_par_id_user")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_communication_document_id_document")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_communication_dossier_id_dossier")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_communication_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_communication")),
    )
    op.create_index(op.f("ix_communication_dossier_id"), "communication", ["dossier_id"], unique=False)
    op.create_index(
        "ix_communication_ouverte",
        "communication",
        ["id"],
        unique=False,
        postgresql_where=sa.text("etat = 'a_traiter'"),
    )
    op.create_index(
        "uq_communication_ouverte",
        "communication",
        ["dossier_id"],
        unique=True,
        postgresql_where=sa.text("etat = 'a_traiter'"),
    )
    op.create_table(
        "occultation",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("communication_id", sa.BigInteger(), nullable=False),
        sa.Column("avis_id", sa.BigInteger(), nullable=False),
        sa.Column("passages", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("refus", sa.Text(), nullable=False),
        sa.Column("consultee_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dite_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["avis_id"], ["avis.id"], name=op.f("fk_occultation_avis_id_avis")),
        sa.ForeignKeyConstraint(
            ["communication_id"], ["communication.id"], name=op.f("fk_occultation_communication_id_communication")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_occultation")),
        sa.UniqueConstraint("communication_id", "avis_id", name=op.f("uq_occultation_communication_id_avis_id")),
    )


def downgrade() -> None:
    """Without the register, neither its documents nor its tasks."""
    op.drop_table("occultation")
    op.drop_index(
        "uq_communication_ouverte", table_name="communication", postgresql_where=sa.text("etat = 'a_traiter'")
    )
    op.drop_index(
        "ix_communication_ouverte", table_name="communication", postgresql_where=sa.text("etat = 'a_traiter'")
    )
    op.drop_index(op.f("ix_communication_dossier_id"), table_name="communication")
    op.drop_table("communication")
    for table, genres in (("document", DOCUMENTS), ("tache", TACHES)):
        op.execute(f"DELETE FROM {table} WHERE genre = 'communication'")  # noqa: S608  # our own constants
        _accepter(table, genres)


def _accepter(table: str, genres: tuple[str, ...]) -> None:
    """The values of `genre`."""
    nom = op.f(f"ck_{table}_genre{table}")
    op.drop_constraint(nom, table, type_="check")
    liste = ", ".join(f"'{genre}'" for genre in genres)
    op.create_check_constraint(nom, table, f"genre IN ({liste})")
