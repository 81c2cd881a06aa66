"""Campaigns for everybody: which are open, what each finances, how to ask, and until when."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.permissions import may_be_anyone, may_be_usager
from portal.queries import campagnes
from portal.queries.filtres_campagnes import MOMENTS, FiltreCampagnes
from portal.web.access import access
from portal.web.rendering import render
from portal.web.session import session

bp = Blueprint("campagnes", __name__, url_prefix="/campagnes")


@bp.get("")
@access(may_be_anyone)
def lister() -> ResponseReturnValue:
    """Open ones by default; the coming and the closed ones are told apart."""
    filtre = FiltreCampagnes.from_args(request.args)
    services = campagnes.services_publics(session())
    return render(
        "campagnes/list.html",
        partial="campagnes/_liste.html",
        filtre=filtre,
        vue=campagnes.list_publiques(session(), filtre),
        moments=MOMENTS,
        services=[(ident, nom) for ident, nom, _ in services],
        territoires=[("", "Tous les territoires"), *((nom, nom) for nom in _territoires(services))],
    )


@bp.get("/<int:demarche_id>")
@access(may_be_anyone)
def montrer(demarche_id: int) -> ResponseReturnValue:
    """All that one of them says."""
    campagne = campagnes.get_campagne(session(), demarche_id)
    return render("campagnes/show.html", campagne=campagne, lue=campagnes.lire(session(), campagne))


@bp.get("/<int:demarche_id>/demander")
@access(may_be_usager)
def demander(demarche_id: int) -> ResponseReturnValue:
    """Where somebody who had to log in first comes back to begin a request."""
    campagne = campagnes.get_campagne(session(), demarche_id)
    return redirect(url_for("demandes.choisir", campagne=campagne.id), 303)


def _territoires(services: list[tuple[int, str, str]]) -> list[str]:
    """Each territory once, in order."""
    return sorted({territoire for *_, territoire in services if territoire})
