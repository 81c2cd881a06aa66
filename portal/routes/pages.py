"""Pages that the law asks of every public service, in honest first versions."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from portal.permissions import may_be_anyone
from portal.web.access import access
from portal.web.rendering import render

bp = Blueprint("pages", __name__)


@bp.get("/accessibilite")
@access(may_be_anyone)
def accessibilite() -> ResponseReturnValue:
    """Accessibility statement (RGAA 4.1)."""
    return render("pages/accessibilite.html")


@bp.get("/mentions-legales")
@access(may_be_anyone)
def mentions_legales() -> ResponseReturnValue:
    """Legal notice (LCEN)."""
    return render("pages/mentions_legales.html")


@bp.get("/donnees-personnelles")
@access(may_be_anyone)
def donnees_personnelles() -> ResponseReturnValue:
    """Personal data (RGPD article 13)."""
    return render("pages/donnees_personnelles.html")


@bp.get("/plan-du-site")
@access(may_be_anyone)
def plan_du_site() -> ResponseReturnValue:
    """Site map."""
    return render("pages/plan_du_site.html")
