"""What a person had typed when the login session ended: listed, read again, sent again or forgotten."""

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from portal.permissions import may_be_connected
from portal.queries import connexion as connexions
from portal.queries import saisies
from portal.services import connexion as services
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.rendering import render, see_other
from portal.web.session import session

bp = Blueprint("saisies", __name__, url_prefix="/saisies")


@bp.get("/")
@access(may_be_connected)
def lister() -> ResponseReturnValue:
    """Every one that is still kept."""
    gardees = connexions.list_saisies(session(), acteur())
    return render("saisies/list.html", saisies=[(saisie, saisies.titre(saisie)) for saisie in gardees])


@bp.get("/<int:saisie_id>")
@access(may_be_connected)
def montrer(saisie_id: int) -> ResponseReturnValue:
    """One, in full, ready to be sent again."""
    saisie = connexions.get_saisie(session(), acteur(), saisie_id)
    lignes = saisies.lignes(session(), acteur(), saisie)
    return render("saisies/show.html", saisie=saisie, titre_page=saisies.titre(saisie), lignes=lignes)


@bp.post("/<int:saisie_id>/supprimer")
@access(may_be_connected)
def supprimer(saisie_id: int) -> ResponseReturnValue:
    """Forget it."""
    services.drop_saisie(session(), by=acteur(), saisie_id=saisie_id)
    return see_other(url_for(".lister"), message="La saisie est supprimée.")
