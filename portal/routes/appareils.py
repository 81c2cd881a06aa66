"""Where I am logged in, and closing it from here."""

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from portal.permissions import may_be_connected
from portal.queries import appareils
from portal.services import appareils as services
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.rendering import render, see_other
from portal.web.session import session

bp = Blueprint("appareils", __name__, url_prefix="/compte/connexions")


@bp.get("")
@access(may_be_connected)
def lister() -> ResponseReturnValue:
    """My open sessions."""
    return render("connexion/appareils.html", ouvertes=appareils.list_open(session(), acteur()))


@bp.post("/<int:session_id>/fermer")
@access(may_be_connected)
def fermer(session_id: int) -> ResponseReturnValue:
    """Close one."""
    services.close(session(), by=acteur(), session_id=session_id)
    return see_other(url_for(".lister"), message="Cette session est fermée.")


@bp.post("/fermer-les-autres")
@access(may_be_connected)
def fermer_les_autres() -> ResponseReturnValue:
    """Close all but this one."""
    fermees = services.close_others(session(), by=acteur())
    message = f"Sessions fermées\u00a0: {fermees}. Seule celle-ci reste ouverte."
    return see_other(url_for(".lister"), message=message)
