"""What the open data of grants must say beside the request, and what was published.

Revision: 0043, after 0042
"""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Both tables."""
    op.create_table(
        "donnee_essentielle",
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("date_convention", sa.Date(), nullable=True),
        sa.Column("reference", sa.String(length=100), nullable=False),
        sa.Column("objet", sa.String(length=256), nullable=False),
        sa.Column("conditions", sa.String(length=256), nullable=False),
        sa.Column("debut", sa.Date(), nullable=True),
        sa.Column("fin", sa.Date(), nullable=True),
        sa.Column("notification_ue", sa.Boolean(), nullable=True),
        sa.Column("id_rae", sa.String(length=5), nullable=False),
        sa.Column("dispositif_aide", sa.String(length=100), nullable=False),
        sa.Column("par_id", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_donnee_essentielle_dossier_id_dossier")),
        sa.ForeignKeyConstraint(["par_id"], ["user.id"], name=op.f("fk_donnee_essentielle_par_id_user")),
        sa.PrimaryKeyConstraint("dossier_id", name=op.f("pk_donnee_essentielle")),
    )
    op.create_table(
        "publication_scdl",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("service_id", sa.BigInteger(), nullable=False),
        sa.Column("exercice", sa.BigInteger(), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column("lignes", sa.BigInteger(), nullable=False),
        sa.Column("ecartees", sa.BigInteger(), nullable=False),
        sa.Column("publiee_le", sa.Date(), nullable=True),
        sa.Column("adresse", sa.String(length=300), nullable=False),
        sa.Column("par_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_publication_scdl_document_id_document")
        ),
        sa.ForeignKeyConstraint(["par_id"], ["user.id"], name=op.f("fk_publication_scdl_par_id_user")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_publication_scdl_service_id_service")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publication_scdl")),
        sa.UniqueConstraint("document_id", name=op.f("uq_publication_scdl_document_id")),
    )
    op.create_index("ix_publication_scdl_service_id_exercice_id", "publication_scdl", ["service_id", "exercice", "id"])


def downgrade() -> None:
    """Without them."""
    op.drop_table("publication_scdl")
    op.drop_table("donnee_essentielle")
