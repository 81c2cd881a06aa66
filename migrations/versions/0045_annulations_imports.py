"""Imports whose kind is found by the reading, and their lines by what they wrote: those of one object are taken back together.

Revision: 0045, after 0044
"""

from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

CONNU = "genre IS NOT NULL OR etat IN ('a_lire', 'lu', 'illisible', 'abandonne')"


def upgrade() -> None:
    """An index more, and a kind that may not be known yet."""
    op.create_index("ix_ligne_import_lot_id_objet", "ligne_import", ["lot_id", "objet"])
    op.alter_column("lot_import", "genre", nullable=True)
    op.create_check_constraint(op.f("ck_lot_import_genre_connu"), "lot_import", CONNU)


def downgrade() -> None:
    """As before; what nobody has named is forgotten."""
    op.drop_constraint(op.f("ck_lot_import_genre_connu"), "lot_import", type_="check")
    op.execute("DELETE FROM ligne_import WHERE lot_id IN (SELECT id FROM lot_import WHERE genre IS NULL)")
    op.execute("DELETE FROM lot_import WHERE genre IS NULL")
    op.alter_column("lot_import", "genre", nullable=False)
    op.drop_index("ix_ligne_import_lot_id_objet", table_name="ligne_import")
