"""The columns of the queue follow their dossier, whoever writes it.

Revision: 0008, after 0007
"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

COPIER = """
CREATE FUNCTION acces_dossier_copier() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    SELECT d.date_depot, d.etat, d.source, d.demarche_id, d.exercice, d.instructeur_id,
        array_to_tsvector(ARRAY(SELECT NEW.service_id || '_' || mot FROM unnest(string_to_array(d.mots, ' ')) AS mot))
    INTO NEW.date_depot, NEW.etat, NEW.source, NEW.demarche_id, NEW.exercice, NEW.instructeur_id, NEW.recherche
    FROM dossier d WHERE d.id = NEW.dossier_id;
    RETURN NEW;
END $$
"""
PROPAGER = """
CREATE FUNCTION dossier_propager() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    UPDATE acces_dossier SET dossier_id = dossier_id WHERE dossier_id = NEW.id;
    RETURN NULL;
END $$
"""
SUIVIES = ("date_depot", "etat", "source", "demarche_id", "exercice", "instructeur_id", "mots")


def upgrade() -> None:
    """An access copies its dossier when it is written; a dossier that changes has its accesses written again."""
    op.execute(COPIER)
    op.execute(PROPAGER)
    op.execute(
        "CREATE TRIGGER acces_dossier_copier BEFORE INSERT OR UPDATE ON acces_dossier "
        "FOR EACH ROW EXECUTE FUNCTION acces_dossier_copier()"
    )
    avant, apres = (", ".join(f"{ligne}.{colonne}" for colonne in SUIVIES) for ligne in ("OLD", "NEW"))
    op.execute(
        "CREATE TRIGGER dossier_propager AFTER UPDATE ON dossier "
        f"FOR EACH ROW WHEN (({avant}) IS DISTINCT FROM ({apres})) EXECUTE FUNCTION dossier_propager()"
    )


def downgrade() -> None:
    """Drop both triggers and their functions."""
    op.execute("DROP TRIGGER dossier_propager ON dossier")
    op.execute("DROP TRIGGER acces_dossier_copier ON acces_dossier")
    op.execute("DROP FUNCTION dossier_propager()")
    op.execute("DROP FUNCTION acces_dossier_copier()")
