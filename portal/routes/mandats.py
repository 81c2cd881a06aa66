"""For agents: who says to act for an association, which document proves it, and the end of a link."""

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from portal.forms.mandats import FinForm, PreuveForm
from portal.permissions import may_be_agent, may_instruct
from portal.queries import attestations_cer, contestations, mandats, pouvoirs, signalements
from portal.queries.remises import to_give
from portal.services import mandats as services
from portal.web.access import access
from portal.web.adresses import identifiant
from portal.web.connexion import acteur
from portal.web.formulaires import accepted
from portal.web.pieces import give
from portal.web.rendering import render, see_other
from portal.web.session import moyens, session

bp = Blueprint("mandats", __name__, url_prefix="/instruction/mandats")


@bp.get("")
@access(may_be_agent)
def lister() -> ResponseReturnValue:
    """Declared links of associations whose dossiers my service reads, and what else waits about them."""
    return render(
        "mandats/list.html",
        lot=mandats.list_declared(session(), acteur(), request.args.get("apres", 0, type=identifiant)),
        papiers=attestations_cer.count_waiting(session(), acteur()),
        contestations=contestations.count_open(session(), acteur()),
        signalements=signalements.count_open(session(), acteur()),
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

    def act() -> None:
        piece, fin_le = form.piece.data, form.fin_le.valeur
        services.prove(session(), by=acteur(), mandat=trouve.mandat, piece=piece, fin_le=fin_le)

    if not accepted(form, act):
        return _page(trouve, form, status=422)
    return see_other(
        url_for(".montrer", mandat_id=mandat_id),
        message=f"Le lien entre {trouve.mandat.user.nom_affiche} et l’association est vérifié.",
    )


@bp.get("/<int:mandat_id>/fin")
@access(may_instruct)
def preparer_fin(mandat_id: int) -> ResponseReturnValue:
    """Why the link is no longer true."""
    return render("mandats/fin.html", trouve=mandats.get(session(), acteur(), mandat_id), form=FinForm())


@bp.post("/<int:mandat_id>/fin")
@access(may_instruct)
def finir(mandat_id: int) -> ResponseReturnValue:
    """End it."""
    trouve, form = mandats.get(session(), acteur(), mandat_id), FinForm()
    if not accepted(form, lambda: services.end(session(), by=acteur(), mandat=trouve.mandat, motif=form.motif.data)):
        return render("mandats/fin.html", status=422, trouve=trouve, form=form)
    message = f"Le lien entre {trouve.mandat.user.nom_affiche} et l’association a pris fin."
    return see_other(url_for(".lister"), message=message)


@bp.get("/<int:mandat_id>/mandat-ecrit")
@access(may_be_agent)
def telecharger(mandat_id: int) -> ResponseReturnValue:
    """The written mandate of an aidant."""
    trouve = mandats.get(session(), acteur(), mandat_id)
    fichier = to_give(trouve.mandat.ecrit, antivirus=moyens().antivirus is not None)
    nom, objet = trouve.mandat.ecrit_nom, f"association:{trouve.mandat.association_id}"
    return give(fichier, nom, action="mandat_ecrit_consulte", objet=objet, mandat=mandat_id)


def _page(trouve: mandats.MandatAVerifier, form: PreuveForm, status: int = 200) -> ResponseReturnValue:
    joints = pouvoirs.list_of_mandat(session(), acteur(), trouve.mandat.id)
    return render("mandats/show.html", status=status, trouve=trouve, pouvoirs=joints, form=form)
