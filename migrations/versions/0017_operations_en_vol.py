"""Of a dossier, one operation in flight; those that wait queue behind it.

Revision: 0017, after 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What waits for its turn is no longer unique; what is in flight is."""
    op.drop_index("uq_operation_ds_dossier_id_en_attente", table_name="operation_ds")
    op.create_index(
        "uq_operation_ds_dossier_id_en_vol",
        "operation_ds",
        ["dossier_id"],
        unique=True,
        postgresql_where=sa.text("etat IN ('en_cours', 'a_verifier')"),
    )


def downgrade() -> None:
    """Back to one that waits: fails, as it must, while several do."""
    op.drop_index("uq_operation_ds_dossier_id_en_vol", table_name="operation_ds")
    op.create_index(
        "uq_operation_ds_dossier_id_en_attente",
        "operation_ds",
        ["dossier_id"],
        unique=True,
        postgresql_where=sa.text("etat IN ('a_envoyer', 'en_cours', 'a_verifier')"),
    )
