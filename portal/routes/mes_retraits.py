"""For the people of an association: the withdrawal that a service envisages or has notified, and their observations."""

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from portal.forms.manquements import ObservationsForm
from portal.permissions import may_be_usager
from portal.queries import documents, retraits
from portal.queries.retraits import FicheRetrait
from portal.services import retraits as services
from portal.vocabulaire import GenreDocument
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.formulaires import accepted
from portal.web.rendering import render, see_other
from portal.web.session import session

bp = Blueprint("mes_retraits", __name__, url_prefix="/dossiers/<reference>/retrait")


@bp.get("")
@access(may_be_usager)
def lire(reference: str) -> ResponseReturnValue:
    """What is envisaged and why, or what was decided."""
    return _page(retraits.get_received(session(), acteur(), reference), ObservationsForm())


@bp.post("")
@access(may_be_usager)
def observer(reference: str) -> ResponseReturnValue:
    """Present observations."""
    fiche = retraits.get_received(session(), acteur(), reference)
    form = ObservationsForm()

    def act() -> object:
        return services.observe(
            session(), by=acteur(), dossier=fiche.dossier, retrait=fiche.retrait, texte=form.texte.data
        )

    if not accepted(form, act):
        return _page(fiche, form, status=422)
    return see_other(url_for(".lire", reference=reference), message="Vos observations sont jointes à la procédure.")


def _page(fiche: FicheRetrait, form: ObservationsForm, *, status: int = 200) -> ResponseReturnValue:
    lettres = [
        document
        for document in documents.list_of_dossier(session(), acteur(), fiche.dossier.id)
        if document.genre == GenreDocument.RETRAIT
    ]
    verdict = retraits.may_observe(acteur(), fiche)
    return render("retraits/lire.html", status=status, fiche=fiche, form=form, lettres=lettres, verdict=verdict)
