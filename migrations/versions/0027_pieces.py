"""The vault of an association, and the pieces of a request.

Revision: 0027, after 0026
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create and widen the tables."""
    op.create_table(
        "piece_coffre",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("association_id", sa.BigInteger(), nullable=False),
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
        sa.Column("fichier_id", sa.BigInteger(), nullable=False),
        sa.Column("nom", sa.String(length=300), nullable=False),
        sa.Column("date_piece", sa.Date(), nullable=True),
        sa.Column("valide_jusqu_au", sa.Date(), nullable=True),
        sa.Column("iban", sa.String(length=34), nullable=False),
        sa.Column("bic", sa.String(length=11), nullable=False),
        sa.Column("titulaire", sa.String(length=300), nullable=False),
        sa.Column("deposee_par_id", sa.BigInteger(), nullable=False),
        sa.Column("deposee_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("confirme_par_id", sa.BigInteger(), nullable=True),
        sa.Column("confirme_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retiree_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_piece_coffre_association_id_association")
        ),
        sa.ForeignKeyConstraint(["confirme_par_id"], ["user.id"], name=op.f("fk_piece_coffre_confirme_par_id_user")),
        sa.ForeignKeyConstraint(["deposee_par_id"], ["user.id"], name=op.f("fk_piece_coffre_deposee_par_id_user")),
        sa.ForeignKeyConstraint(["fichier_id"], ["fichier.id"], name=op.f("fk_piece_coffre_fichier_id_fichier")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_piece_coffre")),
    )
    op.create_index("ix_piece_coffre_association_id_genre", "piece_coffre", ["association_id", "genre"], unique=False)
    op.create_index(op.f("ix_piece_coffre_deposee_par_id"), "piece_coffre", ["deposee_par_id"], unique=False)
    op.create_index(op.f("ix_piece_coffre_fichier_id"), "piece_coffre", ["fichier_id"], unique=False)
    op.create_table(
        "piece_demande",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("demande_id", sa.BigInteger(), nullable=False),
        sa.Column("complement_id", sa.BigInteger(), nullable=True),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("fichier_id", sa.BigInteger(), nullable=False),
        sa.Column("coffre_id", sa.BigInteger(), nullable=True),
        sa.Column("nom", sa.String(length=300), nullable=False),
        sa.Column("recue_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("deposee_par_id", sa.BigInteger(), nullable=False),
        sa.Column("retiree_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["coffre_id"], ["piece_coffre.id"], name=op.f("fk_piece_demande_coffre_id_piece_coffre")
        ),
        sa.ForeignKeyConstraint(
            ["complement_id"], ["complement.id"], name=op.f("fk_piece_demande_complement_id_complement")
        ),
        sa.ForeignKeyConstraint(["demande_id"], ["demande.id"], name=op.f("fk_piece_demande_demande_id_demande")),
        sa.ForeignKeyConstraint(["deposee_par_id"], ["user.id"], name=op.f("fk_piece_demande_deposee_par_id_user")),
        sa.ForeignKeyConstraint(["fichier_id"], ["fichier.id"], name=op.f("fk_piece_demande_fichier_id_fichier")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_piece_demande")),
    )
    op.create_index(op.f("ix_piece_demande_coffre_id"), "piece_demande", ["coffre_id"], unique=False)
    op.create_index(op.f("ix_piece_demande_complement_id"), "piece_demande", ["complement_id"], unique=False)
    op.create_index("ix_piece_demande_demande_id_code", "piece_demande", ["demande_id", "code"], unique=False)
    op.create_index(op.f("ix_piece_demande_fichier_id"), "piece_demande", ["fichier_id"], unique=False)
    op.create_index(
        "uq_piece_demande_fichier",
        "piece_demande",
        ["demande_id", "code", "fichier_id"],
        unique=True,
        postgresql_where=sa.text("retiree_at IS NULL"),
    )


def downgrade() -> None:
    """Take it all back."""
    op.drop_index(
        "uq_piece_demande_fichier", table_name="piece_demande", postgresql_where=sa.text("retiree_at IS NULL")
    )
    op.drop_index(op.f("ix_piece_demande_fichier_id"), table_name="piece_demande")
    op.drop_index("ix_piece_demande_demande_id_code", table_name="piece_demande")
    op.drop_index(op.f("ix_piece_demande_complement_id"), table_name="piece_demande")
    op.drop_index(op.f("ix_piece_demande_coffre_id"), table_name="piece_demande")
    op.drop_table("piece_demande")
    op.drop_index(op.f("ix_piece_coffre_fichier_id"), table_name="piece_coffre")
    op.drop_index(op.f("ix_piece_coffre_deposee_par_id"), table_name="piece_coffre")
    op.drop_index("ix_piece_coffre_association_id_genre", table_name="piece_coffre")
    op.drop_table("piece_coffre")
