"""Contesting a mandat, for the people of an association; settling it on a document, for agents."""

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from portal.forms.contestations import ContestationForm, JugementForm
from portal.forms.pieces import ENVOI_MAXIMAL
from portal.permissions import may_be_agent, may_be_usager, may_instruct
from portal.queries import contestations, membres
from portal.services import contestations as services
from portal.vocabulaire_demandes import EtatContestation
from portal.web.access import access
from portal.web.adresses import identifiant
from portal.web.connexion import acteur
from portal.web.formulaires import accepted
from portal.web.pieces import give, keep_paper
from portal.web.rendering import render, see_other
from portal.web.securite import plafond
from portal.web.session import moyens, session

bp = Blueprint("contestations", __name__)


@bp.get("/associations/<int:association_id>/membres/<int:mandat_id>/contestation")
@access(may_be_usager)
def preparer(association_id: int, mandat_id: int) -> ResponseReturnValue:
    """Why somebody's mandat is no longer true."""
    return _page_du_membre(association_id, mandat_id, ContestationForm())


@bp.post("/associations/<int:association_id>/membres/<int:mandat_id>/contestation")
@access(may_be_usager)
@plafond(ENVOI_MAXIMAL)
def contester(association_id: int, mandat_id: int) -> ResponseReturnValue:
    """Ask a service to settle."""
    membres.get(session(), acteur(), association_id, mandat_id)
    form = ContestationForm()

    def act() -> None:
        piece = keep_paper(form.piece) if form.piece.octets else None
        services.contest(
            session(),
            by=acteur(),
            mandat=membres.get(session(), acteur(), association_id, mandat_id).mandat,
            motif=form.motif.data,
            piece=piece,
            piece_nom=form.piece.nom_fichier,
        )

    if not accepted(form, act):
        return _page_du_membre(association_id, mandat_id, form, status=422)
    message = "Votre contestation est enregistrée. Un service tranchera sur pièce\u00a0; d’ici là rien ne change."
    return see_other(url_for("membres.lister", association_id=association_id), message=message)


@bp.get("/instruction/contestations")
@access(may_be_agent)
def lister() -> ResponseReturnValue:
    """Those of associations of which my service owns a dossier."""
    apres = request.args.get("apres", 0, type=identifiant)
    return render("contestations/list.html", lot=contestations.list_open(session(), acteur(), apres))


@bp.get("/instruction/contestations/<int:contestation_id>")
@access(may_be_agent)
def montrer(contestation_id: int) -> ResponseReturnValue:
    """One of them."""
    return render("contestations/show.html", vue=_vue(contestation_id), form=JugementForm())


@bp.post("/instruction/contestations/<int:contestation_id>")
@access(may_instruct)
def trancher(contestation_id: int) -> ResponseReturnValue:
    """Settle it."""
    vue, form = _vue(contestation_id), JugementForm()

    def act() -> None:
        sens = EtatContestation(form.sens.data)
        jugement = services.Jugement(sens, form.piece_vue.data, form.reponse.data)
        services.settle(session(), by=acteur(), contestation=vue.contestation, jugement=jugement)

    if not accepted(form, act):
        return render("contestations/show.html", status=422, vue=vue, form=form)
    return see_other(
        url_for(".montrer", contestation_id=contestation_id),
        message="La contestation est tranchée. Les deux personnes sont prévenues.",
    )


@bp.get("/instruction/contestations/<int:contestation_id>/piece")
@access(may_be_agent)
def telecharger(contestation_id: int) -> ResponseReturnValue:
    """The document joined."""
    vue = _vue(contestation_id)
    fichier, objet = contestations.to_give(vue), f"association:{vue.contestation.association_id}"
    nom = vue.contestation.piece_nom
    return give(fichier, nom, action="contestation_piece_consultee", objet=objet, contestation=contestation_id)


def _vue(contestation_id: int) -> contestations.ATrancher:
    return contestations.get(session(), acteur(), contestation_id, antivirus=moyens().antivirus is not None)


def _page_du_membre(
    association_id: int, mandat_id: int, form: ContestationForm, status: int = 200
) -> ResponseReturnValue:
    membre = membres.get(session(), acteur(), association_id, mandat_id)
    return render("contestations/new.html", status=status, membre=membre, form=form)
