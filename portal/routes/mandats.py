"""For agents: who says to act for an association, and which document proves it."""

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from portal.forms.mandats import PreuveForm
from portal.permissions import may_be_agent, may_instruct
from portal.queries import attestations_cer, mandats, pouvoirs
from portal.services import mandats as services
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.formulaires import accepted
from portal.web.rendering import render, see_other
from portal.web.session import session

bp = Blueprint("mandats", __name__, url_prefix="/instruction/mandats")


@bp.get("")
@access(may_be_agent)
def lister() -> ResponseReturnValue:
    """Declared links of associations whose dossiers my service reads."""
    return render(
        "mandats/list.html",
        mandats=mandats.list_declared(session(), acteur()),
        papiers=attestations_cer.count_waiting(session(), acteur()),
    )


@bp.get("/<int:mandat_id>")
@access(may_be_agent)
def montrer(mandat_id: int) -> ResponseReturnValue:
    """One of them."""
    return _page(mandats.get(session(), acteur(), mandat_id), PreuveForm())


@bp.post("/<int:mandat_id>/prouver")
@access(may_instruct)
def prouver(mandat_id: int) -> ResponseReturnValue:
    """The link is verified on a document."""
    trouve = mandats.get(session(), acteur(), mandat_id)
    form = PreuveForm()
    if not accepted(form, lambda: services.prove(session(), by=acteur(), mandat=trouve.mandat, piece=form.piece.data)):
        return _page(trouve, form, status=422)
    return see_other(
        url_for(".montrer", mandat_id=mandat_id),
        message=f"Le lien entre {trouve.mandat.user.nom_affiche} et l’association est vérifié.",
    )


def _page(trouve: mandats.MandatAVerifier, form: PreuveForm, status: int = 200) -> ResponseReturnValue:
    joints = pouvoirs.list_of_mandat(session(), acteur(), trouve.mandat.id)
    return render("mandats/show.html", status=status, trouve=trouve, pouvoirs=joints, form=form)
