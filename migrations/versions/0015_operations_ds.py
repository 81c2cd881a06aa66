"""What an operation bears and brings back.

Revision: 0015, after 0014
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What an operation bears and brings back."""
    op.add_column(
        "operation_ds", sa.Column("reference", sa.String(length=40), nullable=False, server_default=sa.text("''"))
    )
    op.add_column("operation_ds", sa.Column("fichier_id", sa.BigInteger(), nullable=True))
    op.add_column(
        "operation_ds",
        sa.Column("resultat", postgresql.JSONB(astext_type=sa.Text()), nullable=False, server_default=sa.text("'{}'")),
    )
    op.create_index(op.f("ix_operation_ds_fichier_id"), "operation_ds", ["fichier_id"], unique=False)
    op.create_foreign_key(op.f("fk_operation_ds_fichier_id_fichier"), "operation_ds", "fichier", ["fichier_id"], ["id"])
    # the lines that stand already got a value; the application gives it to the next ones
    op.alter_column("operation_ds", "reference", server_default=None)
    op.alter_column("operation_ds", "resultat", server_default=None)


def downgrade() -> None:
    """Drop them."""
    op.drop_constraint(op.f("fk_operation_ds_fichier_id_fichier"), "operation_ds", type_="foreignkey")
    op.drop_index(op.f("ix_operation_ds_fichier_id"), table_name="operation_ds")
    op.drop_column("operation_ds", "resultat")
    op.drop_column("operation_ds", "fichier_id")
    op.drop_column("operation_ds", "reference")
