"""The bytes of a pouvoir: for the people of the association, and for the agents who verify who may sign."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from portal.models.engagements import Engagement
from portal.permissions import may_be_agent, may_be_usager
from portal.queries import pouvoirs
from portal.queries.remises import to_give
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.pieces import give
from portal.web.session import moyens, session

bp = Blueprint("pouvoirs", __name__)


@bp.get("/engagements/<code>/pouvoir")
@access(may_be_usager)
def telecharger(code: str) -> ResponseReturnValue:
    """For the association."""
    return _remettre(pouvoirs.get(session(), acteur(), code))


@bp.get("/instruction/pouvoirs/<code>")
@access(may_be_agent)
def consulter(code: str) -> ResponseReturnValue:
    """For an agent."""
    return _remettre(pouvoirs.get_for_agent(session(), acteur(), code))


def _remettre(engagement: Engagement) -> ResponseReturnValue:
    """To be saved: never shown inside our pages, and never without a trace of who took it."""
    fichier = to_give(engagement.pouvoir, antivirus=moyens().antivirus is not None)
    nom, objet = engagement.pouvoir_nom, f"association:{engagement.association_id}"
    return give(fichier, nom, action="pouvoir_consulte", objet=objet, engagement=engagement.code)
