"""Conflicts of interest of the agents of a service, as its responsables see them."""

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from portal.permissions import may_lead
from portal.queries import dossiers
from portal.queries import recusations as queries
from portal.services import recusations as services
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.rendering import see_other
from portal.web.session import session

bp = Blueprint("recusations", __name__, url_prefix="/instruction/dossiers/<reference>/recusations")


@bp.post("/<int:recusation_id>/levee")
@access(may_lead)
def lever(reference: str, recusation_id: int) -> ResponseReturnValue:
    """The conflict is over: the agent reads the dossier again."""
    dossier = dossiers.get(session(), acteur(), reference)
    recusation = queries.get(session(), acteur(), dossier, recusation_id)
    services.lift(session(), by=acteur(), recusation=recusation)
    return see_other(
        url_for("sections.avis", reference=reference), message="La récusation est levée : cet agent relit le dossier."
    )
