"""Public roots of the days of signatures: whoever keeps a copy can prove later that nothing was changed. They name nobody."""

from datetime import date

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue

from portal.permissions import may_be_anyone
from portal.queries import preuves_cer
from portal.web.access import access
from portal.web.rendering import render
from portal.web.session import session

bp = Blueprint("racines_cer", __name__, url_prefix="/verifier")


@bp.get("/racines")
@access(may_be_anyone)
def lister() -> ResponseReturnValue:
    """The closed days, newest first."""
    avant = _jour(request.args.get("avant", ""))
    return render("racines_cer/list.html", tranche=preuves_cer.list_arbres(session(), avant=avant), avant=avant)


@bp.get("/racines.json")
@access(may_be_anyone)
def telecharger() -> Response:
    """The whole chain, oldest first."""
    jours = [preuves_cer.publie(arbre) for arbre in preuves_cer.all_arbres(session())]
    reponse = jsonify({"format": preuves_cer.FORMAT_RACINES, "jours": jours})
    reponse.headers["Content-Disposition"] = "attachment; filename=racines-cer.json"
    return reponse


def _jour(lu: str) -> date | None:
    """A day of an address; what is none is as if nothing had been asked."""
    try:
        return date.fromisoformat(lu)
    except ValueError:
        return None
