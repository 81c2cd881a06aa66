"""« Mes tâches »: the one inbox of an agent."""

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from portal.permissions import may_be_agent
from portal.queries import attentes, taches
from portal.services import taches as services
from portal.web.access import access
from portal.web.adresses import identifiant
from portal.web.connexion import acteur
from portal.web.rendering import render, see_other
from portal.web.session import session

bp = Blueprint("taches", __name__, url_prefix="/instruction/taches")


@bp.get("")
@access(may_be_agent)
def lister() -> ResponseReturnValue:
    """What waits for this agent, what it should know, what comes to its end."""
    vue = taches.list_open(session(), acteur(), apres=request.args.get("apres", ""))
    informations = taches.list_informations(session(), acteur())
    montrees = [*informations, *(tache for groupe in vue.groupes for tache in groupe.taches)]
    return render(
        "taches/list.html",
        vue=vue,
        informations=informations,
        associations=taches.associations(session(), montrees),
        ailleurs=taches.elsewhere(acteur()),
        attentes=attentes.get(session(), acteur()),
        suite="apres" in request.args,
    )


@bp.get("/faites")
@access(may_be_agent)
def lister_faites() -> ResponseReturnValue:
    """What was done within thirty days."""
    faites = taches.list_done(session(), acteur())
    return render("taches/faites.html", faites=faites, associations=taches.associations(session(), faites))


@bp.post("/<int:tache_id>/faite")
@access(may_be_agent)
def finir(tache_id: int) -> ResponseReturnValue:
    """It is done."""
    services.finish(session(), by=acteur(), tache=taches.get(session(), acteur(), tache_id))
    return see_other(url_for(".lister"), message="C’est fait. La tâche reste trente jours parmi les tâches faites.")


@bp.post("/<int:tache_id>/a-faire")
@access(may_be_agent)
def reprendre(tache_id: int) -> ResponseReturnValue:
    """It was not done after all."""
    services.reopen(session(), by=acteur(), tache=taches.get(session(), acteur(), tache_id))
    return see_other(url_for(".lister"), message="La tâche est de nouveau à faire.")


@bp.post("/lues")
@access(may_be_agent)
def lire() -> ResponseReturnValue:
    """What was only to be known is read, up to the newest that the page showed."""
    services.mark_read(session(), by=acteur(), jusqu_a=request.form.get("jusqu_a", 0, type=identifiant))
    return see_other(url_for(".lister"), message="Les informations sont marquées comme lues.")
