"""What sharing opinions changes: figures of a service, with their definitions and their queries."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from portal.permissions import may_administer, may_be_agent
from portal.queries import mesures_avis as queries
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.rendering import render
from portal.web.session import session

bp = Blueprint("mesures", __name__, url_prefix="/instruction/mesures")


@bp.get("")
@access(may_be_agent)
def montrer() -> ResponseReturnValue:
    """Those of my service."""
    annee = _annee()
    return render(
        "mesures/show.html",
        mesures=queries.of_service(session(), acteur(), annee),
        annees=queries.years(),
        reperes=queries.REPERES,
        definitions=queries.DEFINITIONS,
        requetes=queries.queries(),
    )


@bp.get("/services")
@access(may_administer)
def comparer() -> ResponseReturnValue:
    """The counts of every service, without any dossier."""
    annee = _annee()
    return render(
        "mesures/services.html",
        annee=annee,
        annees=queries.years(),
        lignes=queries.by_service(session(), annee),
        definitions=queries.DEFINITIONS,
    )


def _annee() -> int:
    """The year asked, this one when it is none of those offered."""
    offertes = queries.years()
    demandee = request.args.get("annee", type=int)
    return demandee if demandee in offertes else offertes[0]
