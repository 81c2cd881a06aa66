"""An association asks to read the avis given on its dossier."""

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from portal.permissions import may_be_usager
from portal.queries import communications as queries
from portal.queries import mes_dossiers
from portal.services import communications as services
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.rendering import render, see_other
from portal.web.session import session

bp = Blueprint("mes_communications", __name__, url_prefix="/dossiers/<reference>/communication-des-avis")


@bp.get("")
@access(may_be_usager)
def montrer(reference: str) -> ResponseReturnValue:
    """What may be asked, what was, and the answer."""
    dossier = mes_dossiers.get(session(), acteur(), reference)
    return render("communications/mienne.html", dossier=dossier, suite=queries.of_dossier(session(), acteur(), dossier))


@bp.post("")
@access(may_be_usager)
def demander(reference: str) -> ResponseReturnValue:
    """Ask."""
    services.ask(session(), by=acteur(), dossier=mes_dossiers.get(session(), acteur(), reference))
    return see_other(
        url_for(".montrer", reference=reference),
        message="Votre demande est enregistrée. Le service a un mois pour vous répondre.",
    )
