"""The home page of each kind of visitor."""

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from portal.permissions import may_be_anyone
from portal.queries import demandes
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.rendering import render
from portal.web.session import session

bp = Blueprint("accueil", __name__)


@bp.get("/")
@access(may_be_anyone)
def index() -> ResponseReturnValue:
    """Where everybody starts: agents go to their queue, usagers to their associations."""
    if acteur().est_agent and acteur().affectation is None:
        return render("accueil/sans_service.html")
    if acteur().est_agent:
        return redirect(url_for("dossiers.lister"), 303)
    if acteur().est_usager:
        return redirect(url_for("associations.lister"), 303)
    return render("accueil/show.html", campagnes=demandes.list_campagnes(session()))
