"""Who may decide in the name of a service: added and ended by its responsables, never changed."""

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from portal.forms.reglages import DelegationForm
from portal.permissions import may_lead
from portal.queries import delegations
from portal.services import delegations as services
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.formulaires import accepted
from portal.web.rendering import render, see_other
from portal.web.session import session

bp = Blueprint("delegations", __name__, url_prefix="/instruction/reglages/delegations")


@bp.get("")
@access(may_lead)
def lister() -> ResponseReturnValue:
    """Those of the service, in force first, with the form to add one."""
    return _page(_formulaire())


@bp.post("")
@access(may_lead)
def ajouter() -> ResponseReturnValue:
    """Note one more."""
    form = _formulaire()
    if not accepted(form, lambda: services.add(session(), by=acteur(), **form.valeurs())):
        return _page(form, status=422)
    return see_other(url_for(".lister"), message="La délégation est notée.")


@bp.post("/<int:delegation_id>/fin")
@access(may_lead)
def terminer(delegation_id: int) -> ResponseReturnValue:
    """End it now."""
    services.end(session(), by=acteur(), delegation=delegations.get(session(), acteur(), delegation_id))
    return see_other(url_for(".lister"), message="La délégation a pris fin.")


def _formulaire() -> DelegationForm:
    form = DelegationForm()
    agents = delegations.list_agents(session(), acteur())
    form.agent.choices = [("", "Choisissez"), *((str(agent.id), agent.nom_affiche) for agent in agents)]
    form.demarches.choices = [(str(une.id), une.titre) for une in delegations.list_demarches(session(), acteur())]
    return form


def _page(form: DelegationForm, *, status: int = 200) -> ResponseReturnValue:
    return render(
        "delegations/list.html",
        status=status,
        form=form,
        lignes=delegations.list_lignes(session(), acteur()),
    )
