"""Tasks that tell what happens to an association that an agent follows.

Revision: 0039, after 0038
"""

from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

AVANT = (
    "mention",
    "attribution",
    "complement_repondu",
    "message",
    "avis_demande",
    "avis_rendu",
    "proposition",
    "lettre_non_lue",
    "reorientation",
    "lot_termine",
    "communication",
)


def upgrade() -> None:
    """One more kind of task."""
    _accepter((*AVANT, "abonnement"))


def downgrade() -> None:
    """Without it."""
    op.execute("DELETE FROM tache WHERE genre = 'abonnement'")
    _accepter(AVANT)


def _accepter(genres: tuple[str, ...]) -> None:
    valeurs = ", ".join(f"'{genre}'" for genre in genres)
    op.drop_constraint(op.f("ck_tache_genretache"), "tache", type_="check")
    op.create_check_constraint(op.f("ck_tache_genretache"), "tache", f"genre IN ({valeurs})")
