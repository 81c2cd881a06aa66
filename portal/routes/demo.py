"""Pages that exist in demo mode only: become somebody by a click, read what the portal would have mailed."""

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from portal.permissions import may_be_anyone
from portal.queries import personas as personnages
from portal.services import boite, connexion
from portal.services import courriels as envois
from portal.web.access import access
from portal.web.connexion import acteur, ouvrir
from portal.web.rendering import render, see_other
from portal.web.session import moyens, session

bp = Blueprint("demo", __name__, url_prefix="/demo")


@bp.get("/")
@access(may_be_anyone)
def personas() -> ResponseReturnValue:
    """Who one may be."""
    return render("demo/personas.html", personas=personnages.list_personas(session()))


@bp.post("/connexion/<int:user_id>")
@access(may_be_anyone)
def devenir(user_id: int) -> ResponseReturnValue:
    """Log in as that persona."""
    persona = personnages.get_persona(session(), user_id)
    if acteur().connecte:
        connexion.end_session(session(), by=acteur())
    ouvrir(connexion.open_session(session(), persona))
    return see_other(url_for("accueil.index"), message=f"Vous êtes maintenant {persona.nom_affiche}.")


@bp.get("/courriels")
@access(may_be_anyone)
def courriels() -> ResponseReturnValue:
    """The latest letters."""
    lettres, en_attente = boite.read_letters(moyens()), envois.waiting(session())
    return render("demo/courriels.html", lettres=lettres, en_attente=en_attente)
