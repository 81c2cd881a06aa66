"""The exchange with Démarches Simplifiées, for agents: what is in step, what waits, what is stuck."""

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from portal.permissions import may_be_agent, may_instruct
from portal.queries import synchronisation as etats
from portal.services import operations_ds, synchronisation
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.rendering import render, see_other
from portal.web.session import moyens, session

bp = Blueprint("synchronisation", __name__, url_prefix="/instruction/synchronisation")


@bp.get("")
@access(may_be_agent)
def montrer() -> ResponseReturnValue:
    """Every démarche, then this service's acts that wait or were refused."""
    etat = etats.state(session(), acteur(), configurees=moyens().config.ds_demarches)
    peut_agir = bool(may_instruct(acteur()))
    return render("synchronisation/show.html", partial="synchronisation/_etat.html", etat=etat, peut_agir=peut_agir)


@bp.post("/demarches/<int:demarche_id>/lancer")
@access(may_instruct)
def lancer(demarche_id: int) -> ResponseReturnValue:
    """Order a run at once: it also tries again what is set aside."""
    demarche = synchronisation.order(session(), by=acteur(), demarche_id=demarche_id)
    message = f"La synchronisation de la démarche n° {demarche.ds_number} est demandée : actualisez cette page dans un instant."
    return see_other(url_for(".montrer"), message=message)


@bp.post("/operations/<int:operation_id>/reessayer")
@access(may_instruct)
def reessayer(operation_id: int) -> ResponseReturnValue:
    """Send again what DS refused."""
    operation = etats.get_operation(session(), acteur(), operation_id)
    operations_ds.retry(session(), by=acteur(), operation_id=operation.id)
    return see_other(url_for(".montrer"), message="L’action repart vers Démarches Simplifiées.")
