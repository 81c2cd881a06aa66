"""The envelope of each démarche of a service: granted, decided, proposed, and what remains."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from portal.permissions import may_be_agent
from portal.queries import enveloppes
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.rendering import render
from portal.web.session import session

bp = Blueprint("enveloppes", __name__, url_prefix="/instruction/enveloppes")


@bp.get("")
@access(may_be_agent)
def lister() -> ResponseReturnValue:
    """Those of the service."""
    return render("enveloppes/list.html", enveloppes=enveloppes.list_du_service(session(), acteur()))


@bp.get("/<int:demarche_id>")
@access(may_be_agent)
def montrer(demarche_id: int) -> ResponseReturnValue:
    """One of them, drawn and in figures."""
    return render("enveloppes/show.html", enveloppe=enveloppes.of_demarche(session(), acteur(), demarche_id))
