"""Exports of payments.

Revision: 0044, after 0043
"""

from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

GENRES = (
    "recu_engagement",
    "recu_avec_preuve",
    "engagement_a_signer",
    "affiche_cer",
    "registre_cer",
    "bilan_cer",
    "retrait",
    "recepisse",
    "formulaire_vierge",
    "formulaire_rempli",
    "compte_rendu",
    "synthese",
    "file_dossiers",
    "lettre",
    "apercu_lettre",
    "parapheur",
    "cahier",
    "communication",
    "fiche_association",
    "feuille_travail",
    "erreurs_import",
    "donnees_essentielles",
)


def upgrade() -> None:
    """A kind of document more."""
    _accept(*GENRES, "versements")


def downgrade() -> None:
    """One less."""
    op.execute("DELETE FROM document WHERE genre = 'versements'")
    _accept(*GENRES)


def _accept(*genres: str) -> None:
    nom = op.f("ck_document_genredocument")
    op.drop_constraint(nom, "document", type_="check")
    op.create_check_constraint(nom, "document", "genre IN ({})".format(", ".join(f"'{un}'" for un in genres)))
