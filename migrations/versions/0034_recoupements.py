"""Cross-checks: what was found around each dossier, and the associations to look at again.

Revision: 0034, after 0033
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

GENRES = ("meme_action", "cofinancement", "minimis", "meme_compte", "cer")
ETATS = ("a_regarder", "information", "ecarte", "confirme")
# What cross-checks compare of a dossier: a change of any of them has its association looked at again.
COMPARES = (
    "association_id",
    "demarche_id",
    "service_id",
    "etat",
    "intitule",
    "exercice",
    "montant_demande",
    "montant_accorde",
    "date_traitement",
    "contenu_version",
    "cer",
)
DOSSIER = """
CREATE FUNCTION dossier_recouper() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO association_a_recouper (association_id)
    SELECT DISTINCT une FROM unnest(CASE WHEN TG_OP = 'UPDATE' THEN ARRAY[OLD.association_id, NEW.association_id]
        ELSE ARRAY[NEW.association_id] END) AS une WHERE une IS NOT NULL;
    RETURN NULL;
END $$
"""
RIB = """
CREATE FUNCTION piece_coffre_recouper() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO association_a_recouper (association_id)
    SELECT DISTINCT association_id FROM piece_coffre WHERE iban = NEW.iban;
    RETURN NULL;
END $$
"""


def upgrade() -> None:
    """Every association that has a dossier still to be decided is looked at a first time."""
    op.create_table(
        "association_a_recouper",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("association_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["association_id"],
            ["association.id"],
            name=op.f("fk_association_a_recouper_association_id_association"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_association_a_recouper")),
    )
    op.create_index("ix_association_a_recouper_association_id", "association_a_recouper", ["association_id"])
    _create_findings()
    op.create_index("ix_piece_coffre_iban", "piece_coffre", ["iban"], postgresql_where=sa.text("iban <> ''"))
    op.execute(DOSSIER)
    op.execute(RIB)
    avant, apres = (", ".join(f"{ligne}.{colonne}" for colonne in COMPARES) for ligne in ("OLD", "NEW"))
    op.execute(
        "CREATE TRIGGER dossier_recouper_nouveau AFTER INSERT ON dossier "
        "FOR EACH ROW WHEN (NEW.association_id IS NOT NULL) EXECUTE FUNCTION dossier_recouper()"
    )
    op.execute(
        "CREATE TRIGGER dossier_recouper_autre AFTER UPDATE ON dossier "
        f"FOR EACH ROW WHEN (({avant}) IS DISTINCT FROM ({apres})) EXECUTE FUNCTION dossier_recouper()"
    )
    op.execute(
        "CREATE TRIGGER piece_coffre_recouper AFTER INSERT OR UPDATE OF iban, retiree_at ON piece_coffre "
        "FOR EACH ROW WHEN (NEW.iban <> '') EXECUTE FUNCTION piece_coffre_recouper()"
    )
    op.execute(
        "INSERT INTO association_a_recouper (association_id) SELECT DISTINCT association_id FROM dossier "
        "WHERE association_id IS NOT NULL AND etat IN ('en_construction', 'en_instruction')"
    )


def _create_findings() -> None:
    op.create_table(
        "recoupement",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("genre", _enum("genrerecoupement", GENRES), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("autre_dossier_id", sa.BigInteger(), nullable=True),
        sa.Column("cle", sa.String(length=80), nullable=False),
        sa.Column("faits", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("empreinte", sa.String(length=64), nullable=False),
        sa.Column("etat", _enum("etatrecoupement", ETATS), nullable=False),
        sa.Column("juge_par_id", sa.BigInteger(), nullable=True),
        sa.Column("juge_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("motif", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("calcule_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("disparu_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["autre_dossier_id"],
            ["dossier.id"],
            name=op.f("fk_recoupement_autre_dossier_id_dossier"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossier.id"], name=op.f("fk_recoupement_dossier_id_dossier"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["juge_par_id"], ["user.id"], name=op.f("fk_recoupement_juge_par_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recoupement")),
        sa.UniqueConstraint("dossier_id", "genre", "cle", name=op.f("uq_recoupement_dossier_id_genre_cle")),
    )
    op.create_index(op.f("ix_recoupement_autre_dossier_id"), "recoupement", ["autre_dossier_id"])


def _enum(nom: str, valeurs: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*valeurs, name=nom, native_enum=False, create_constraint=True, length=40)


def downgrade() -> None:
    """Findings go, with what people had made of them."""
    op.execute("DROP TRIGGER piece_coffre_recouper ON piece_coffre")
    op.execute("DROP TRIGGER dossier_recouper_autre ON dossier")
    op.execute("DROP TRIGGER dossier_recouper_nouveau ON dossier")
    op.execute("DROP FUNCTION piece_coffre_recouper()")
    op.execute("DROP FUNCTION dossier_recouper()")
    op.drop_index("ix_piece_coffre_iban", table_name="piece_coffre")
    op.drop_index(op.f("ix_recoupement_autre_dossier_id"), table_name="recoupement")
    op.drop_table("recoupement")
    op.drop_index("ix_association_a_recouper_association_id", table_name="association_a_recouper")
    op.drop_table("association_a_recouper")
