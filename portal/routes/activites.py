"""For the people of an association: who did what on its requests, signatures, mandates and pieces."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from portal.permissions import may_be_usager
from portal.queries import activites
from portal.web.access import access
from portal.web.adresses import identifiant
from portal.web.connexion import acteur
from portal.web.rendering import render
from portal.web.session import session

bp = Blueprint("activites", __name__, url_prefix="/associations/<int:association_id>/activite")


@bp.get("")
@access(may_be_usager)
def lister(association_id: int) -> ResponseReturnValue:
    """Fifty acts, newest first."""
    avant = request.args.get("avant", type=identifiant)
    vue = activites.list_activites(session(), acteur(), association_id, avant=avant)
    return render("activites/list.html", vue=vue, avant=avant)
