"""The labels of a DS dossier, to be compared: DS dates no change of theirs.

Revision: 0018, after 0017
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Dossiers that bear labels will differ once from the empty text, and be read again."""
    op.add_column("dossier_ds", sa.Column("etiquettes", sa.Text(), nullable=False, server_default=sa.text("''")))
    op.alter_column("dossier_ds", "etiquettes", server_default=None)


def downgrade() -> None:
    """Drop them."""
    op.drop_column("dossier_ds", "etiquettes")
