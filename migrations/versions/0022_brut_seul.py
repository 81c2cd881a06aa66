"""What pages show of a DS dossier is read from DS's own JSON: it is no longer kept beside it.

Revision: 0022, after 0021
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Drop it, with the prints of its parts, that only DS dossiers had besides those filed here."""
    op.drop_column("dossier_ds", "contenu")
    op.execute("UPDATE dossier SET contenu_empreintes = '{}' WHERE source = 'ds'")


def downgrade() -> None:
    """Bring the column back, empty: a replay of each démarche fills it."""
    op.add_column("dossier_ds", sa.Column("contenu", sa.Text(), nullable=False, server_default=sa.text("'[]'")))
    op.alter_column("dossier_ds", "contenu", server_default=None)
