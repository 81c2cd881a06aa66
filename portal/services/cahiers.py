"""Orders the cahier de commission of a view, and makes its page with the rights of whoever asked, read again."""

from sqlalchemy.orm import Session

from portal.documents import rendu
from portal.models.documents import Document
from portal.permissions import Acteur
from portal.queries import cahiers
from portal.queries.filtres_dossiers import FiltreDossiers
from portal.services import auteurs, documents
from portal.vocabulaire import GenreDocument

# Before the dossiers: the charts and the table, 20 dossiers a page.
PAGES_DE_TETE, LIGNES_PAR_PAGE = 3, 20


def order(session: Session, *, by: Acteur, filtre: FiltreDossiers) -> Document:
    """Order the cahier of exactly that view. The caller has checked that the actor is an agent of a service."""
    return documents.order_view(
        session,
        by=by,
        genre=GenreDocument.CAHIER,
        nom=f"Cahier de commission {by.libelle_service}",
        parametres={"service_id": by.service_id, "filtre": filtre.args()},
    )


def page(session: Session, document: Document) -> tuple[str, int]:
    """(the HTML of a CAHIER document, about how many pages it has). Raises Forbidden when its author has left the service."""
    viewer = auteurs.get(session, document)
    contenu = cahiers.cahier(session, viewer, FiltreDossiers.from_args((document.parametres or {})["filtre"]))
    nombre = len(contenu.fiches)
    return rendu.html(contenu), PAGES_DE_TETE + nombre + nombre // LIGNES_PAR_PAGE
