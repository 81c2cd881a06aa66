"""The JSON of DS is kept whole as text, in the cheapest form; three indexes that others already cover go.

Revision: 0016, after 0015
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

GARDEES = ("raw", "contenu")
LZ4 = "SELECT 'lz4' = ANY(enumvals) FROM pg_settings WHERE name = 'default_toast_compression'"


def upgrade() -> None:
    """jsonb is parsed at each writing and compressed slowly, for values that nothing but the application looks into."""
    for colonne in GARDEES:
        op.alter_column("dossier_ds", colonne, type_=sa.Text(), postgresql_using=f"{colonne}::text")
    if op.get_bind().scalar(sa.text(LZ4)):
        for colonne in GARDEES:
            op.execute(f"ALTER TABLE dossier_ds ALTER COLUMN {colonne} SET COMPRESSION lz4")
    op.drop_index("ix_association_identifiant_type_valeur", table_name="association_identifiant")
    op.drop_index("ix_fait_association_association_id", table_name="fait_association")
    op.drop_index("ix_fichier_ds_dossier_id", table_name="fichier_ds")


def downgrade() -> None:
    """Back to jsonb, and to the indexes."""
    op.create_index("ix_fichier_ds_dossier_id", "fichier_ds", ["dossier_id"], unique=False)
    op.create_index("ix_fait_association_association_id", "fait_association", ["association_id"], unique=False)
    op.create_index(
        "ix_association_identifiant_type_valeur", "association_identifiant", ["type", "valeur"], unique=False
    )
    for colonne in GARDEES:
        op.alter_column("dossier_ds", colonne, type_=postgresql.JSONB(), postgresql_using=f"{colonne}::jsonb")
        op.execute(f"ALTER TABLE dossier_ds ALTER COLUMN {colonne} SET COMPRESSION default")
