"""The home page of each kind of visitor."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from portal.permissions import ROLES_ACTIFS, Acteur, may_be_anyone
from portal.queries import accueil_agents, accueil_usagers, attentes, campagnes
from portal.vocabulaire import RoleAffectation
from portal.vocabulaire_instruction import QuiDecide
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.rendering import render
from portal.web.session import session

bp = Blueprint("accueil", __name__)


@bp.get("/")
@access(may_be_anyone)
def index() -> ResponseReturnValue:
    """Where everybody starts: what waits for whoever is logged in, what is open for a visitor."""
    if acteur().est_agent and acteur().affectation is None:
        return render("accueil/sans_service.html")
    if acteur().est_agent:
        return _agent()
    if acteur().est_usager:
        return render("accueil/usager.html", accueil=accueil_usagers.get(session(), acteur()))
    return render("accueil/show.html", campagnes=campagnes.list_campagnes(session()))


def _agent() -> ResponseReturnValue:
    dirige = acteur().role == RoleAffectation.RESPONSABLE
    return render(
        "accueil/agent.html",
        accueil=accueil_agents.get(
            session(), acteur(), agit=acteur().role in ROLES_ACTIFS, decide=dirige or _decides(acteur())
        ),
        a_venir=attentes.count_coming(session(), acteur()),
        liens=attentes.count_links(session(), acteur()),
        charges=accueil_agents.list_loads(session(), acteur()) if dirige else (),
        delegations=accueil_agents.list_ending_delegations(session(), acteur()) if dirige else (),
        technique=accueil_agents.technical_state(session()) if acteur().est_administrateur else None,
    )


def _decides(agent: Acteur) -> bool:
    """Whether the setting of the service lets its instructeurs decide, and this one is."""
    affectation = agent.affectation
    regle = affectation is not None and affectation.qui_decide == QuiDecide.INSTRUCTEUR
    return regle and agent.role in ROLES_ACTIFS
