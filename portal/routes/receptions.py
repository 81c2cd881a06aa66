"""Entering a request that came by post, mail or counter: who asks, then what the paper says."""

import secrets

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from portal.forms.associations import RattacherForm, saisie
from portal.forms.receptions import DemandeurForm, ReceptionAutreForm, ReceptionForm, ReceptionSaisieForm
from portal.models.associations import Association, ConsultationAnnuaire
from portal.models.dossiers import Dossier
from portal.permissions import may_instruct
from portal.queries import associations
from portal.queries import receptions as queries
from portal.routes.consultations import consulter
from portal.services import annuaire
from portal.services import associations as services_associations
from portal.services import receptions as services
from portal.services.receptions import DemandeRecue, Demandeur
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.formulaires import outcome
from portal.web.rendering import render, see_other
from portal.web.session import moyens, session

bp = Blueprint("receptions", __name__, url_prefix="/instruction/receptions/nouvelle")


@bp.get("")
@access(may_instruct)
def preparer() -> ResponseReturnValue:
    """Who asks: a number or a name."""
    return render("receptions/demandeur.html", form=RattacherForm())


@bp.post("")
@access(may_instruct)
def chercher() -> ResponseReturnValue:
    """Ask the register, and keep its answer for the next page."""
    form = RattacherForm()
    consultation = outcome(form, lambda: consulter(form))
    if consultation is None:
        return render("receptions/demandeur.html", status=422, form=form)
    return see_other(url_for(".saisir", consultation_id=consultation.id))


@bp.post("/<int:consultation_id>/choix")
@access(may_instruct)
def choisir(consultation_id: int) -> ResponseReturnValue:
    """Take one of the register's answers."""
    consultation = associations.get_consultation(session(), acteur(), consultation_id)
    form = DemandeurForm()
    form.proposer(associations.list_candidates(consultation))
    choisie = outcome(
        form, lambda: annuaire.choose(session(), by=acteur(), consultation=consultation, rang=form.choix.data)
    )
    if choisie is None:
        return _page_de_choix(consultation, form, status=422)
    return see_other(url_for(".saisir", consultation_id=consultation_id))


@bp.get("/<int:consultation_id>")
@access(may_instruct)
def saisir(consultation_id: int) -> ResponseReturnValue:
    """What the paper says; the register's answers to a name are chosen from first."""
    consultation = associations.get_consultation(session(), acteur(), consultation_id)
    if consultation.fiche is None and consultation.candidats is not None:
        return _page_de_choix(consultation, DemandeurForm())
    return _page(_formulaire(consultation), consultation)


@bp.post("/<int:consultation_id>")
@access(may_instruct)
def enregistrer(consultation_id: int) -> ResponseReturnValue:
    """Enter it."""
    consultation = associations.get_consultation(session(), acteur(), consultation_id)
    form = ReceptionForm() if consultation.fiche else ReceptionSaisieForm()
    form.offrir(queries.list_campagnes(session(), acteur()))

    def act() -> Dossier:
        association = services_associations.of_consultation(
            session(), by=acteur(), consultation=consultation, **saisie(form)
        )
        siret = consultation.valeur if consultation.genre == "siret" else association.siret_siege
        return _entrer(form, _demandeur(association, siret))

    return _suite(form, outcome(form, act), consultation_id)


@bp.get("/autre")
@access(may_instruct)
def saisir_autre() -> ResponseReturnValue:
    """The same for somebody who is no association."""
    return _page(ReceptionAutreForm(data={"cle": secrets.token_urlsafe(24)}), None)


@bp.post("/autre")
@access(may_instruct)
def enregistrer_autre() -> ResponseReturnValue:
    """Enter it."""
    form = ReceptionAutreForm()
    form.offrir(queries.list_campagnes(session(), acteur()))
    demandeur = outcome(
        form,
        lambda: _entrer(
            form,
            Demandeur(
                nom=form.nom.data,
                siret=form.siret.valeur or "",
                code_postal=form.code_postal.data,
                commune=form.commune.data,
            ),
        ),
    )
    return _suite(form, demandeur, None)


def _formulaire(consultation: ConsultationAnnuaire) -> ReceptionForm:
    neuf = {"cle": secrets.token_urlsafe(24)}
    return ReceptionForm(data=neuf) if consultation.fiche else ReceptionSaisieForm(data=neuf)


def _demandeur(association: Association, siret: str) -> Demandeur:
    return Demandeur(
        nom=association.denomination,
        association=association,
        siret=siret,
        code_postal=association.code_postal,
        commune=association.commune,
    )


def _entrer(form: ReceptionForm, demandeur: Demandeur) -> Dossier:
    return services.enter(
        session(),
        by=acteur(),
        cle=form.cle.data,
        demandeur=demandeur,
        demarche_id=int(form.demarche.data),
        recue=DemandeRecue(**form.dits()),
        racine=moyens().config.portal_url,
    )


def _suite(form: ReceptionForm, dossier: Dossier | None, consultation_id: int | None) -> ResponseReturnValue:
    """The page where the scans are joined; after a refusal, the same page with all that was typed."""
    if dossier is not None:
        message = f"La demande est enregistrée sous le numéro {dossier.reference}. Joignez maintenant sa numérisation."
        return see_other(url_for("pieces_reception.montrer", reference=dossier.reference), message=message)
    consultation = (
        associations.get_consultation(session(), acteur(), consultation_id) if consultation_id is not None else None
    )
    return _page(form, consultation, status=422)


def _page(form: ReceptionForm, consultation: ConsultationAnnuaire | None, *, status: int = 200) -> ResponseReturnValue:
    form.offrir(queries.list_campagnes(session(), acteur()))
    fiche = associations.lire_fiche(consultation) if consultation else None
    return render("receptions/edit.html", status=status, form=form, consultation=consultation, fiche=fiche)


def _page_de_choix(
    consultation: ConsultationAnnuaire, form: DemandeurForm, *, status: int = 200
) -> ResponseReturnValue:
    form.proposer(associations.list_candidates(consultation))
    fermees = associations.list_closed(consultation)
    return render("receptions/choisir.html", status=status, consultation=consultation, fermees=fermees, form=form)
