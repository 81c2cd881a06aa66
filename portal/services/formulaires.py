"""Makes the form of a campaign or of a request as a document; the same content is made once."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.documents import rendu
from portal.errors import Forbidden
from portal.models.demandes import Demande
from portal.models.demarches import Demarche
from portal.models.documents import Document
from portal.models.dossiers import Dossier
from portal.permissions import Acteur, may_be_connected
from portal.queries import formulaires
from portal.queries.demandes_lisibles import charger
from portal.services import documents
from portal.vocabulaire import EtatDocument, GenreDocument


def issue_blank(session: Session, *, by: Acteur, demarche: Demarche) -> Document:
    """The blank form of a published campaign, as it reads now: the one already made if nothing has changed since.

    The campaign's row is locked, so that two people who ask at once get the same one. Raises Forbidden to nobody logged in.
    """
    verdict = may_be_connected(by)
    if not verdict:
        raise Forbidden(verdict.raison)
    session.execute(select(Demarche.id).where(Demarche.id == demarche.id).with_for_update())
    formulaire = formulaires.vierge(session, demarche)
    dernier = formulaires.dernier_vierge(session, demarche)
    if dernier is not None and dernier.html == rendu.html(formulaire):
        return dernier
    return documents.issue(
        session,
        by=by,
        genre=GenreDocument.FORMULAIRE_VIERGE,
        nom=f"Formulaire à remplir, campagne {demarche.id}",
        document=formulaire,
        demarche_id=demarche.id,
    )


def issue_filled(session: Session, *, by: Acteur, demande: Demande) -> Document:
    """A request as it reads now. The caller has loaded it for this person; asked again while nothing has changed, it is one."""
    lue = charger(session, demande)
    references = session.scalars(
        select(Dossier.reference).where(Dossier.demande_id == demande.id).order_by(Dossier.id)
    ).all()
    formulaire = formulaires.rempli(lue, references)
    dernier = session.scalars(
        select(Document)
        .where(
            Document.demande_id == demande.id,
            Document.auteur_id == by.user_id,
            Document.genre == GenreDocument.FORMULAIRE_REMPLI,
            Document.etat != EtatDocument.ECHEC,
        )
        .order_by(Document.created_at.desc(), Document.id.desc())
    ).first()
    if dernier is not None and dernier.html == rendu.html(formulaire):
        return dernier
    return documents.issue(
        session,
        by=by,
        genre=GenreDocument.FORMULAIRE_REMPLI,
        nom=f"Demande de subvention {', '.join(references) or demande.id}",
        document=formulaire,
        demande_id=demande.id,
    )
