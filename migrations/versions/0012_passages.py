"""What a run says of itself, what a DS démarche says of itself, the dossiers to read again.

Revision: 0012, after 0011
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What a run says of itself, what a DS démarche says of itself, the dossiers to read again."""
    op.create_table(
        "relecture_ds",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("demarche_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("demandes", sa.BigInteger(), nullable=False),
        sa.Column("essais", sa.BigInteger(), nullable=False),
        sa.Column("prochain_essai", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["demarche_id"], ["demarche.id"], name=op.f("fk_relecture_ds_demarche_id_demarche")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relecture_ds")),
        sa.UniqueConstraint("demarche_id", "number", name=op.f("uq_relecture_ds_demarche_id_number")),
    )
    op.create_index(op.f("ix_relecture_ds_prochain_essai"), "relecture_ds", ["prochain_essai"], unique=False)
    op.add_column("demarche", sa.Column("ds_id", sa.String(length=100), nullable=False, server_default=sa.text("''")))
    op.add_column("demarche", sa.Column("ds_state", sa.String(length=40), nullable=False, server_default=sa.text("''")))
    op.add_column("demarche", sa.Column("date_creation", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "demarche", sa.Column("fichiers_a_la_demande", sa.Boolean(), nullable=False, server_default=sa.text("false"))
    )
    op.add_column(
        "demarche", sa.Column("annotation_avis", sa.String(length=100), nullable=False, server_default=sa.text("''"))
    )
    op.add_column(
        "demarche",
        sa.Column(
            "etiquettes", postgresql.JSONB(astext_type=sa.Text()), nullable=False, server_default=sa.text("'[]'")
        ),
    )
    op.add_column(
        "sync_run",
        sa.Column(
            "genre",
            sa.Enum(
                "courant", "complet", "rejeu", name="genrerun", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
            server_default=sa.text("'courant'"),
        ),
    )
    op.add_column("sync_run", sa.Column("requetes", sa.BigInteger(), nullable=False, server_default=sa.text("0")))
    op.add_column("sync_run", sa.Column("avancement", sa.BigInteger(), nullable=False, server_default=sa.text("0")))
    op.add_column("sync_run", sa.Column("attendus", sa.BigInteger(), nullable=False, server_default=sa.text("0")))
    # the lines that stand already got a value; the application gives it to the next ones
    op.alter_column("demarche", "ds_id", server_default=None)
    op.alter_column("demarche", "ds_state", server_default=None)
    op.alter_column("demarche", "fichiers_a_la_demande", server_default=None)
    op.alter_column("demarche", "annotation_avis", server_default=None)
    op.alter_column("demarche", "etiquettes", server_default=None)
    op.alter_column("sync_run", "genre", server_default=None)
    op.alter_column("sync_run", "requetes", server_default=None)
    op.alter_column("sync_run", "avancement", server_default=None)
    op.alter_column("sync_run", "attendus", server_default=None)


def downgrade() -> None:
    """Drop them."""
    op.drop_column("sync_run", "attendus")
    op.drop_column("sync_run", "avancement")
    op.drop_column("sync_run", "requetes")
    op.drop_column("sync_run", "genre")
    op.drop_column("demarche", "etiquettes")
    op.drop_column("demarche", "annotation_avis")
    op.drop_column("demarche", "fichiers_a_la_demande")
    op.drop_column("demarche", "date_creation")
    op.drop_column("demarche", "ds_state")
    op.drop_column("demarche", "ds_id")
    op.drop_index(op.f("ix_relecture_ds_prochain_essai"), table_name="relecture_ds")
    op.drop_table("relecture_ds")
