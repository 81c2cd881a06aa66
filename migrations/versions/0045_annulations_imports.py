"""The lines of an import by what they wrote: those of one object are tried together before anything is taken back.

Revision: 0045, after 0044
"""

from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """An index more."""
    op.create_index("ix_ligne_import_lot_id_objet", "ligne_import", ["lot_id", "objet"])


def downgrade() -> None:
    """As before."""
    op.drop_index("ix_ligne_import_lot_id_objet", table_name="ligne_import")
