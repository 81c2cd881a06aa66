"""Asking services for their avis, and giving one."""

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from portal.forms.avis import AvisForm, DemandeAvisForm
from portal.models.avis import DemandeAvis
from portal.models.dossiers import Dossier
from portal.permissions import may_instruct
from portal.queries import avis as queries
from portal.queries import dossiers
from portal.services import avis as services
from portal.vocabulaire import Audience, SensAvis
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.formulaires import accepted, outcome
from portal.web.rendering import render, see_other
from portal.web.session import session

bp = Blueprint("avis", __name__, url_prefix="/instruction/dossiers/<reference>/avis")


@bp.get("/demander")
@access(may_instruct)
def preparer_demande(reference: str) -> ResponseReturnValue:
    """The question to write."""
    dossier = dossiers.get(session(), acteur(), reference)
    return _page_demande(dossier, _formulaire_demande(dossier))


@bp.post("/demander")
@access(may_instruct)
def demander(reference: str) -> ResponseReturnValue:
    """Ask a service."""
    dossier = dossiers.get(session(), acteur(), reference)
    form = _formulaire_demande(dossier)

    def act() -> DemandeAvis:
        return services.ask(
            session(),
            by=acteur(),
            dossier=dossier,
            service_id=int(form.service.data),
            question=form.question.data,
            echeance=form.echeance.valeur,
        )

    demande = outcome(form, act)
    if demande is None:
        return _page_demande(dossier, form, status=422)
    prevenu = "" if demande.service.email else " Il n’a pas d’adresse électronique : prévenez-le vous-même."
    message = f"L’avis est demandé : le service peut lire le dossier dès maintenant.{prevenu}"
    return see_other(_retour(reference), message=message)


@bp.get("/donner")
@access(may_instruct)
def preparer(reference: str) -> ResponseReturnValue:
    """The avis to write, or to change."""
    dossier = dossiers.get(session(), acteur(), reference)
    contexte = queries.pour_repondre(session(), acteur(), dossier)
    return _page_avis(dossier, AvisForm(data=queries.a_ecrire(contexte.mien)), contexte)


@bp.post("/donner")
@access(may_instruct)
def donner(reference: str) -> ResponseReturnValue:
    """Give the avis of the agent's service, or a new version of it."""
    dossier = dossiers.get(session(), acteur(), reference)
    contexte = queries.pour_repondre(session(), acteur(), dossier)
    form = AvisForm()

    def act() -> object:
        return services.give(
            session(),
            by=acteur(),
            dossier=dossier,
            sens=SensAvis(form.sens.data),
            montant_propose=form.montant_propose.valeur,
            texte=form.texte.data,
            audience=Audience(form.audience.data),
            version=form.lue,
        )

    if not accepted(form, act):
        return _page_avis(dossier, form, contexte, status=422)
    return see_other(_retour(reference), message="Votre avis est enregistré.")


def _formulaire_demande(dossier: Dossier) -> DemandeAvisForm:
    form = DemandeAvisForm()
    a_saisir = queries.services_a_saisir(session(), acteur(), dossier)
    form.offrir((service.id, f"{service.sigle} – {service.nom}") for service in a_saisir)
    return form


def _page_demande(dossier: Dossier, form: DemandeAvisForm, *, status: int = 200) -> ResponseReturnValue:
    return render("avis/demander.html", status=status, dossier=dossier, form=form)


def _page_avis(
    dossier: Dossier, form: AvisForm, contexte: queries.PourRepondre, *, status: int = 200
) -> ResponseReturnValue:
    return render("avis/donner.html", status=status, dossier=dossier, form=form, contexte=contexte)


def _retour(reference: str) -> str:
    return url_for("dossiers.show", reference=reference)
