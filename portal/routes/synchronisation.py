"""The exchange with Démarches Simplifiées, for people: what is in step, what waits, what is stuck, and setting it going again."""

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from portal.permissions import may_instruct
from portal.permissions.synchronisation import may_follow_ds
from portal.queries import envois_du_service, suivi_demarche
from portal.queries import synchronisation as etats
from portal.services import operations_ds, reprises
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.rendering import render, see_other
from portal.web.session import moyens, session

bp = Blueprint("synchronisation", __name__, url_prefix="/instruction/synchronisation")


@bp.get("")
@access(may_follow_ds)
def montrer() -> ResponseReturnValue:
    """Every démarche, then this service's acts that wait or were refused. The fragment is what moves during a run."""
    etat = etats.state(session(), acteur(), config=moyens().config)
    instruit = bool(may_instruct(acteur()))
    return render("synchronisation/list.html", partial="synchronisation/_etat.html", etat=etat, instruit=instruit)


@bp.get("/demarches/<int:demarche_id>")
@access(may_follow_ds)
def suivre(demarche_id: int) -> ResponseReturnValue:
    """One démarche in full. The fragment is what moves during a run."""
    configurees = moyens().config.ds_demarches
    fiche = suivi_demarche.get(session(), acteur(), demarche_id, configurees=configurees)
    return render("synchronisation/show.html", partial="synchronisation/_suivi.html", fiche=fiche, suivi=fiche.suivi)


@bp.post("/demarches/<int:demarche_id>/lancer")
@access(may_follow_ds)
def lancer(demarche_id: int) -> ResponseReturnValue:
    """Order a run at once: it also tries again what is set aside."""
    demarche = reprises.order_run(session(), by=acteur(), demarche_id=demarche_id)
    message = f"La synchronisation de la démarche n°\u00a0{demarche.ds_number} est demandée\u00a0: elle commence dans un instant."
    return see_other(url_for(".suivre", demarche_id=demarche_id), message=message)


@bp.post("/demarches/<int:demarche_id>/ecartes/<int:number>/relire")
@access(may_follow_ds)
def relire(demarche_id: int, number: int) -> ResponseReturnValue:
    """Read again one dossier that is set aside."""
    reprises.read_again(session(), by=acteur(), demarche_id=demarche_id, number=number)
    message = f"Le dossier n°\u00a0{number} sera relu dans un instant. S’il reste dans la liste, sa raison sera à jour."
    return see_other(url_for(".suivre", demarche_id=demarche_id), message=message)


@bp.post("/demarches/<int:demarche_id>/fichiers/reessayer")
@access(may_follow_ds)
def reprendre_fichiers(demarche_id: int) -> ResponseReturnValue:
    """Try once more to copy the files that were refused or lost."""
    repris = reprises.retry_files(session(), by=acteur(), demarche_id=demarche_id)
    page = url_for(".suivre", demarche_id=demarche_id)
    if not repris:
        return see_other(page, message="Aucun fichier ne peut être copié de nouveau.", genre="attention")
    copies = "Sa copie est" if repris == 1 else "Leur copie est"
    return see_other(page, message=f"{copies} demandée de nouveau ({repris}).")


@bp.post("/operations/<int:operation_id>/reessayer")
@access(may_instruct)
def reessayer(operation_id: int) -> ResponseReturnValue:
    """Send again what DS refused."""
    operation = envois_du_service.get(session(), acteur(), operation_id)
    operations_ds.retry(session(), by=acteur(), operation_id=operation.id)
    return see_other(url_for(".montrer"), message="L’action repart vers Démarches Simplifiées.")
