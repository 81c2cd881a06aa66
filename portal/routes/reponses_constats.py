"""For those who represent an association: what a service has stated of it, and their answer."""

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from portal.forms.manquements import ReponseForm
from portal.models.manquements import Constat
from portal.permissions import may_be_usager
from portal.queries import constats
from portal.queries.constats import CONSULTATION
from portal.services import constats as services
from portal.services import traces
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.formulaires import accepted
from portal.web.rendering import render, see_other
from portal.web.session import fermer as rendre_la_session
from portal.web.session import moyens, session

bp = Blueprint("reponses_constats", __name__, url_prefix="/constats/<reference>")


@bp.get("")
@access(may_be_usager)
def lire(reference: str) -> ResponseReturnValue:
    """The statement and the answers given, shown once its consultation is in the journal, and not otherwise."""
    lectrice = acteur()
    objet = f"constat:{constats.get_received(session(), lectrice, reference).id}"
    rendre_la_session()
    traces.note_reading(moyens().fabrique, by=lectrice, action=CONSULTATION, objet=objet, valeurs={})
    return _page(constats.get_received(session(), lectrice, reference), ReponseForm())


@bp.post("/reponse")
@access(may_be_usager)
def repondre(reference: str) -> ResponseReturnValue:
    """Answer."""
    constat = constats.get_received(session(), acteur(), reference)
    form = ReponseForm()
    if not accepted(form, lambda: services.answer(session(), by=acteur(), constat=constat, texte=form.texte.data)):
        return _page(constat, form, status=422)
    return see_other(url_for(".lire", reference=reference), message="Votre réponse est jointe au constat.")


def _page(constat: Constat, form: ReponseForm, *, status: int = 200) -> ResponseReturnValue:
    ouvert = constats.is_open_to_answers(constat)
    return render("constats/lire.html", status=status, constat=constat, form=form, ouvert=ouvert)
