"""Establishes the poster by which an association informs its members (décret n° 2021-1947, art. 1er)."""

from sqlalchemy.orm import Session

from portal.documents import rendu
from portal.errors import Forbidden
from portal.models.documents import Document
from portal.models.engagements import Engagement
from portal.permissions import Acteur
from portal.queries import affiches_cer as queries
from portal.services import documents
from portal.vocabulaire import EtatDocument, GenreDocument


def issue(session: Session, *, by: Acteur, engagement: Engagement, taille: queries.Format, racine: str) -> Document:
    """The poster of a signature that the actor sees, the one that exists if it says the same. Raises Forbidden.

    `racine` is PORTAL_URL, which its QR code leads to.
    """
    verdict = queries.verdict(session, engagement)
    if not verdict:
        raise Forbidden(verdict.raison)
    affiche = queries.affiche(engagement, racine=racine, taille=taille)
    page = rendu.html(affiche)
    for deja in queries.list_posters(session, by, engagement.id):
        if deja.html == page and deja.etat != EtatDocument.ECHEC:
            return deja
    return documents.issue(
        session,
        by=by,
        genre=GenreDocument.AFFICHE_CER,
        nom=f"Affiche {taille} du contrat d’engagement républicain",
        document=affiche,
        engagement_id=engagement.id,
    )
