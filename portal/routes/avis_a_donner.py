"""« Avis à donner »: what waits for my service, several answered on one page, and an avis with its versions."""

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from portal.forms.avis import MemeReponseForm
from portal.permissions import may_be_agent, may_instruct
from portal.queries import avis_a_donner as queries
from portal.queries import avis_rendus
from portal.routes import lots_avis
from portal.web.access import access
from portal.web.adresses import identifiant
from portal.web.connexion import acteur
from portal.web.pieces import give
from portal.web.rendering import render, see_other
from portal.web.session import moyens, session

bp = Blueprint("avis_a_donner", __name__, url_prefix="/instruction/avis")
REPRENDRE = "reprendre"
A_COCHER = "Cochez les demandes auxquelles vous répondez ensemble."


@bp.get("")
@access(may_be_agent)
def lister() -> ResponseReturnValue:
    """What waits for an avis of my service."""
    vue = queries.list_waiting(session(), acteur(), apres=request.args.get("apres", ""))
    return render("avis/a_donner.html", vue=vue, suite="apres" in request.args, maximum=queries.PAR_LOT)


@bp.get("/repondre")
@access(may_instruct)
def repondre() -> ResponseReturnValue:
    """Several of them on one page: those that were ticked, or all about one association."""
    if not {"demande", "association"} & set(request.args):
        return see_other(url_for(".lister"), message=A_COCHER, genre="attention")
    lot = lots_avis.prepare(_demandees(envoyees=False), MemeReponseForm())
    return render("avis/lot.html", lot=lot, faites=())


@bp.post("/repondre")
@access(may_instruct)
def donner() -> ResponseReturnValue:
    """Give those that are filled in: each by itself."""
    if "demande" not in request.form:
        return see_other(url_for(".lister"), message=A_COCHER, genre="attention")
    if REPRENDRE in request.form:
        repris = lots_avis.take_up(_demandees(envoyees=True), MemeReponseForm(), request.form[REPRENDRE])
        return render("avis/lot.html", lot=repris, faites=())
    lot = lots_avis.receive(_demandees(envoyees=True), MemeReponseForm())
    faites = lots_avis.give(lot)
    if lot.correct:
        donnes = "Un avis est enregistré." if len(faites) == 1 else f"{len(faites)} avis sont enregistrés."
        return see_other(url_for(".lister"), message=donnes)
    return render("avis/lot.html", status=422, lot=lot, faites=faites)


@bp.get("/<int:avis_id>")
@access(may_be_agent)
def montrer(avis_id: int) -> ResponseReturnValue:
    """An avis that I may read, with each of its versions."""
    return render("avis/versions.html", lu=avis_rendus.get(session(), acteur(), avis_id))


@bp.get("/<int:avis_id>/fichier")
@access(may_be_agent)
def telecharger(avis_id: int) -> ResponseReturnValue:
    """The file joined to it, or to one of its versions."""
    version = request.args.get("version", type=identifiant)
    antivirus = moyens().antivirus is not None
    fichier, nom = avis_rendus.get_file(session(), acteur(), avis_id, version, antivirus=antivirus)
    return give(fichier, nom, action="fichier_avis_consulte", objet=f"avis:{avis_id}")


def _demandees(*, envoyees: bool) -> tuple[queries.LigneARepondre, ...]:
    return queries.list_to_answer(
        session(),
        acteur(),
        demandes=request.values.getlist("demande", type=identifiant)[: queries.PAR_LOT],
        association_id=None if envoyees else request.args.get("association", type=identifiant),
        envoyees=envoyees,
    )
