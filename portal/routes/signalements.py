"""Reporting an error on what a register says of my association; answering, for agents."""

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from portal.forms.signalements import ReponseForm, SignalementForm
from portal.permissions import may_be_agent, may_be_usager, may_instruct
from portal.queries import associations, signalements
from portal.services import signalements as services
from portal.web.access import access
from portal.web.adresses import identifiant
from portal.web.connexion import acteur
from portal.web.formulaires import accepted
from portal.web.rendering import render, see_other
from portal.web.session import session

bp = Blueprint("signalements", __name__)


@bp.get("/associations/<int:association_id>/signalements/<champ>")
@access(may_be_usager)
def preparer(association_id: int, champ: str) -> ResponseReturnValue:
    """What is wrong in that fact."""
    return _page(association_id, champ, SignalementForm())


@bp.post("/associations/<int:association_id>/signalements/<champ>")
@access(may_be_usager)
def signaler(association_id: int, champ: str) -> ResponseReturnValue:
    """Report it."""
    mienne = associations.get_mine(session(), acteur(), association_id)
    fait, form = signalements.get_fact(session(), mienne, champ), SignalementForm()
    form.proposer(fait.dits)
    if not accepted(
        form,
        lambda: services.report(
            session(), by=acteur(), fait=fait.faits[form.source.data], correction=form.correction.data
        ),
    ):
        return _page(association_id, champ, form, status=422)
    return see_other(
        url_for("associations.montrer", association_id=association_id, _anchor="identite"),
        message="L’erreur est signalée. Votre correction est affichée à côté de ce que dit la source.",
    )


@bp.get("/instruction/signalements")
@access(may_be_agent)
def lister() -> ResponseReturnValue:
    """Those of associations of which my service owns a dossier."""
    apres = request.args.get("apres", 0, type=identifiant)
    return render("signalements/list.html", lot=signalements.list_open(session(), acteur(), apres))


@bp.get("/instruction/signalements/<int:signalement_id>")
@access(may_be_agent)
def montrer(signalement_id: int) -> ResponseReturnValue:
    """One of them."""
    vu = signalements.get(session(), acteur(), signalement_id)
    return render("signalements/show.html", vu=vu, form=ReponseForm())


@bp.post("/instruction/signalements/<int:signalement_id>")
@access(may_instruct)
def repondre(signalement_id: int) -> ResponseReturnValue:
    """Answer it."""
    vu, form = signalements.get(session(), acteur(), signalement_id), ReponseForm()
    if not accepted(
        form,
        lambda: services.answer(
            session(), by=acteur(), signalement=vu.signalement, fait=vu.fait, reponse=form.reponse.data
        ),
    ):
        return render("signalements/show.html", status=422, vu=vu, form=form)
    return see_other(url_for(".montrer", signalement_id=signalement_id), message="Votre réponse part par courriel.")


def _page(association_id: int, champ: str, form: SignalementForm, status: int = 200) -> ResponseReturnValue:
    mienne = associations.get_mine(session(), acteur(), association_id)
    fait = signalements.get_fact(session(), mienne, champ)
    form.proposer(fait.dits)
    return render("signalements/new.html", status=status, mienne=mienne, nom_du_fait=champ, fait=fait, form=form)
