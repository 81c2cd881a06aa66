"""The sheet of an association: its words, who looked at it and why, who follows it, the rows that were merged.

Revision: 0035, after 0034
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

MOTS = r"""
CREATE FUNCTION mots_nus(texte text) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
    SELECT array_remove(regexp_split_to_array(replace(replace(
        lower(regexp_replace(normalize(texte, NFKD), '[\u0300-\u036f]', '', 'g')), 'œ', 'oe'), 'æ', 'ae'),
        '[^a-z0-9]+'), '')
$$
"""
REMPLIR = """
CREATE FUNCTION association_mots() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    NEW.mots := array_to_tsvector(mots_nus(NEW.denomination || ' ' || NEW.sigle || ' ' || NEW.commune)
        || ARRAY(SELECT '@' || mot FROM unnest(mots_nus(NEW.commune)) AS mot));
    RETURN NEW;
END $$
"""
MOTIFS = ("lien", "depot_annonce", "partenariat", "controle", "signalement", "autre")


def upgrade() -> None:
    """Words are kept by a trigger, whoever writes the name."""
    op.execute(MOTS)
    op.execute(REMPLIR)
    op.add_column("association", sa.Column("mots", postgresql.TSVECTOR(), nullable=True))
    op.add_column("association", sa.Column("absorbee_par_id", sa.BigInteger(), nullable=True))
    op.execute(
        "CREATE TRIGGER association_mots BEFORE INSERT OR UPDATE OF denomination, sigle, commune ON association "
        "FOR EACH ROW EXECUTE FUNCTION association_mots()"
    )
    op.execute("UPDATE association SET commune = commune")
    op.alter_column("association", "mots", nullable=False)
    op.create_index(
        "ix_association_mots",
        "association",
        ["mots"],
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
    )
    op.create_foreign_key(
        op.f("fk_association_absorbee_par_id_association"), "association", "association", ["absorbee_par_id"], ["id"]
    )
    op.create_index(
        "ix_association_absorbee_par_id",
        "association",
        ["absorbee_par_id"],
        postgresql_where=sa.text("absorbee_par_id IS NOT NULL"),
    )
    _consultations()
    _abonnements()
    _fusions()


def _consultations() -> None:
    op.create_table(
        "consultation_association",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("association_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("service_id", sa.BigInteger(), nullable=False),
        sa.Column("jour", sa.Date(), nullable=False),
        sa.Column(
            "motif",
            sa.Enum(*MOTIFS, name="motifconsultation", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("precision", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        *_liens("consultation_association", association_id="association", user_id="user", service_id="service"),
        sa.UniqueConstraint("association_id", "user_id", "service_id", "jour", name="uq_consultation_association_jour"),
    )
    op.create_index(
        "ix_consultation_association_motivee",
        "consultation_association",
        ["service_id", "at"],
        postgresql_where=sa.text("motif <> 'lien'"),
    )


def _abonnements() -> None:
    op.create_table(
        "abonnement_association",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("association_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("service_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        *_liens("abonnement_association", association_id="association", user_id="user", service_id="service"),
        sa.UniqueConstraint(
            "association_id",
            "user_id",
            "service_id",
            name=op.f("uq_abonnement_association_association_id_user_id_service_id"),
        ),
    )
    op.create_index(op.f("ix_abonnement_association_user_id"), "abonnement_association", ["user_id"])


def _fusions() -> None:
    op.create_table(
        "fusion_association",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("gardee_id", sa.BigInteger(), nullable=False),
        sa.Column("absorbee_id", sa.BigInteger(), nullable=False),
        sa.Column("par_id", sa.BigInteger(), nullable=False),
        sa.Column("service_id", sa.BigInteger(), nullable=False),
        sa.Column("motif", sa.Text(), nullable=False),
        sa.Column("deplaces", postgresql.JSONB(), nullable=False),
        sa.Column("otes", postgresql.JSONB(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("annulee_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("annulee_par_id", sa.BigInteger(), nullable=True),
        *_liens(
            "fusion_association",
            gardee_id="association",
            absorbee_id="association",
            par_id="user",
            service_id="service",
            annulee_par_id="user",
        ),
    )
    op.create_index(op.f("ix_fusion_association_gardee_id"), "fusion_association", ["gardee_id"])
    op.create_index(
        "uq_fusion_association_absorbee",
        "fusion_association",
        ["absorbee_id"],
        unique=True,
        postgresql_where=sa.text("annulee_at IS NULL"),
    )


def _liens(table: str, **colonnes: str) -> list[sa.Constraint]:
    cles = [
        sa.ForeignKeyConstraint([colonne], [f"{vers}.id"], name=op.f(f"fk_{table}_{colonne}_{vers}"))
        for colonne, vers in colonnes.items()
    ]
    return [sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")), *cles]


def downgrade() -> None:
    """The rows merged stay merged; nothing says it any more."""
    for table in ("fusion_association", "abonnement_association", "consultation_association"):
        op.drop_table(table)
    op.execute("DROP TRIGGER association_mots ON association")
    op.drop_index("ix_association_absorbee_par_id", table_name="association")
    op.drop_index("ix_association_mots", table_name="association")
    op.drop_constraint("fk_association_absorbee_par_id_association", "association", type_="foreignkey")
    op.drop_column("association", "absorbee_par_id")
    op.drop_column("association", "mots")
    op.execute("DROP FUNCTION association_mots()")
    op.execute("DROP FUNCTION mots_nus(text)")
