"""The files of DS dossiers, and the verdict of the antivirus.

Revision: 0010, after 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The files of DS dossiers, and the verdict of the antivirus."""
    op.create_table(
        "fichier_ds",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("partie", sa.String(length=20), nullable=False),
        sa.Column("porteur", sa.String(length=100), nullable=False),
        sa.Column("libelle", sa.Text(), nullable=False),
        sa.Column("nom", sa.Text(), nullable=False),
        sa.Column("type_mime", sa.String(length=100), nullable=False),
        sa.Column("taille", sa.BigInteger(), nullable=True),
        sa.Column("checksum", sa.String(length=40), nullable=False),
        sa.Column("virus_ds", sa.String(length=40), nullable=False),
        sa.Column("cree_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "etat",
            sa.Enum(
                "attendu",
                "a_la_demande",
                "recu",
                "refuse",
                "perdu",
                name="etatfichierds",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("fichier_id", sa.BigInteger(), nullable=True),
        sa.Column("essais", sa.BigInteger(), nullable=False),
        sa.Column("prochain_essai", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("pris_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recu_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("disparu_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("erreur", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_fichier_ds_dossier_id_dossier")),
        sa.ForeignKeyConstraint(["fichier_id"], ["fichier.id"], name=op.f("fk_fichier_ds_fichier_id_fichier")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fichier_ds")),
        sa.UniqueConstraint(
            "dossier_id",
            "partie",
            "porteur",
            "nom",
            "checksum",
            name=op.f("uq_fichier_ds_dossier_id_partie_porteur_nom_checksum"),
        ),
    )
    op.create_index(op.f("ix_fichier_ds_dossier_id"), "fichier_ds", ["dossier_id"], unique=False)
    op.create_index("ix_fichier_ds_etat_prochain_essai", "fichier_ds", ["etat", "prochain_essai"], unique=False)
    op.create_index(op.f("ix_fichier_ds_fichier_id"), "fichier_ds", ["fichier_id"], unique=False)
    op.add_column(
        "fichier",
        sa.Column(
            "verdict",
            sa.Enum(
                "non_analyse",
                "sain",
                "infecte",
                "indisponible",
                name="verdictantivirus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
            server_default=sa.text("'non_analyse'"),
        ),
    )
    op.add_column("fichier", sa.Column("verdict_at", sa.DateTime(timezone=True), nullable=True))
    # the lines that stand already got a value; the application gives it to the next ones
    op.alter_column("fichier", "verdict", server_default=None)


def downgrade() -> None:
    """Drop them."""
    op.drop_column("fichier", "verdict_at")
    op.drop_column("fichier", "verdict")
    op.drop_index(op.f("ix_fichier_ds_fichier_id"), table_name="fichier_ds")
    op.drop_index("ix_fichier_ds_etat_prochain_essai", table_name="fichier_ds")
    op.drop_index(op.f("ix_fichier_ds_dossier_id"), table_name="fichier_ds")
    op.drop_table("fichier_ds")
