"""The funders of a demande commune side by side."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from portal.permissions import may_be_agent
from portal.queries import comites
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.rendering import render
from portal.web.session import session

bp = Blueprint("comites", __name__, url_prefix="/instruction/dossiers/<reference>/comite")


@bp.get("")
@access(may_be_agent)
def montrer(reference: str) -> ResponseReturnValue:
    """Asked, proposed, granted by each, against the cost of the project, and what is still to be found."""
    return render("comites/show.html", comite=comites.get(session(), acteur(), reference))
