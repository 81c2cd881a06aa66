"""The file that a draft of an avis already holds.

Revision: 0037, after 0036
"""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A file sent with a page that is refused stays with what was typed."""
    op.add_column("brouillon_avis", sa.Column("fichier_id", sa.BigInteger(), nullable=True))
    op.add_column("brouillon_avis", sa.Column("fichier_nom", sa.String(300), server_default="", nullable=False))
    op.create_foreign_key(
        op.f("fk_brouillon_avis_fichier_id_fichier"), "brouillon_avis", "fichier", ["fichier_id"], ["id"]
    )
    op.create_index(op.f("ix_brouillon_avis_fichier_id"), "brouillon_avis", ["fichier_id"])


def downgrade() -> None:
    """Drafts keep their texts."""
    op.drop_column("brouillon_avis", "fichier_nom")
    op.drop_column("brouillon_avis", "fichier_id")
