"""The append-only journal: tables, and triggers that refuse every rewriting.

Revision: 0006, after 0005
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

REFUS = """
CREATE FUNCTION refuser_reecriture() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Le journal ne se réécrit pas : % refusé sur %.', TG_OP, TG_TABLE_NAME;
END $$
"""
INVIOLABLES = ("evenement", "racine_journal")


def upgrade() -> None:
    """Create the four tables; UPDATE, DELETE and TRUNCATE are refused where nothing may ever change."""
    op.create_table(
        "flux_journal",
        sa.Column("objet", sa.String(80), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("tete", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("objet", name="pk_flux_journal"),
    )
    op.create_table(
        "evenement",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("objet", sa.String(80), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("acteur", sa.String(80), nullable=False),
        sa.Column("service_id", sa.BigInteger(), nullable=True),
        sa.Column("action", sa.String(60), nullable=False),
        sa.Column("champs", postgresql.JSONB(), nullable=False),
        sa.Column("prev_hash", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_evenement"),
        sa.UniqueConstraint("objet", "seq", name="uq_evenement_objet_seq"),
    )
    op.create_table(
        "evenement_detail",
        sa.Column("evenement_id", sa.BigInteger(), nullable=False),
        sa.Column("sel", sa.String(32), nullable=False),
        sa.Column("valeurs", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(["evenement_id"], ["evenement.id"], name="fk_evenement_detail_evenement_id_evenement"),
        sa.PrimaryKeyConstraint("evenement_id", name="pk_evenement_detail"),
    )
    op.create_table(
        "racine_journal",
        sa.Column("jour", sa.Date(), nullable=False),
        sa.Column("dernier_evenement", sa.BigInteger(), nullable=False),
        sa.Column("flux", sa.BigInteger(), nullable=False),
        sa.Column("racine", sa.String(64), nullable=False),
        sa.Column("prev_hash", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("jour", name="pk_racine_journal"),
    )
    op.execute(REFUS)
    for table in INVIOLABLES:
        _interdire(table, "UPDATE OR DELETE", "ROW")
        _interdire(table, "TRUNCATE", "STATEMENT")
    _interdire("flux_journal", "DELETE", "ROW")
    _interdire("flux_journal", "TRUNCATE", "STATEMENT")


def _interdire(table: str, actes: str, niveau: str) -> None:
    op.execute(
        f"CREATE TRIGGER {table}_{niveau.lower()}_inviolable BEFORE {actes} ON {table} "
        f"FOR EACH {niveau} EXECUTE FUNCTION refuser_reecriture()"
    )


def downgrade() -> None:
    """Drop the journal with its triggers."""
    for table in ("racine_journal", "evenement_detail", "evenement", "flux_journal"):
        op.drop_table(table)
    op.execute("DROP FUNCTION refuser_reecriture()")
