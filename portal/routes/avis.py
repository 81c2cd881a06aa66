"""Giving an avis on a dossier."""

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from portal.forms.avis import AvisForm
from portal.forms.pieces import ENVOI_MAXIMAL
from portal.models.dossiers import Dossier
from portal.permissions import may_instruct
from portal.queries import dossiers, reponses_avis
from portal.routes import saisie_avis
from portal.services import brouillons_avis
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.rendering import render, see_other
from portal.web.securite import plafond
from portal.web.session import session

bp = Blueprint("avis", __name__, url_prefix="/instruction/dossiers/<reference>/avis")


@bp.get("/donner")
@access(may_instruct)
def preparer(reference: str) -> ResponseReturnValue:
    """The avis to write, or to change."""
    contexte = reponses_avis.pour_repondre(session(), acteur(), _dossier(reference))
    return _page_avis(saisie_avis.begin(AvisForm, contexte), contexte)


@bp.post("/donner")
@access(may_instruct)
@plafond(ENVOI_MAXIMAL)
def donner(reference: str) -> ResponseReturnValue:
    """Give the avis of the agent's service, or a new version of it."""
    form = AvisForm()
    if saisie_avis.wants_draft():
        if saisie_avis.keep_draft(_dossier(reference), form) is not None:
            message = "Votre brouillon est gardé\u00a0: vous seul le lisez."
            return saisie_avis.say_kept(url_for(".preparer", reference=reference), form, message)
        return _refused(reference, form, saisie_avis.draft_refused(form))
    status = saisie_avis.receive(lambda: _dossier(reference), form, lambda objet: saisie_avis.give(objet, form))
    if status is not None:
        return _refused(reference, form, status)
    return see_other(_retour(reference), message="Votre avis est enregistré.")


@bp.post("/donner/brouillon")
@access(may_instruct)
def garder(reference: str) -> ResponseReturnValue:
    """Keep by itself what is typed."""
    dossier = _dossier(reference)
    return saisie_avis.show_draft(dossier, AvisForm(), _adresses(dossier))


@bp.post("/donner/effacer")
@access(may_instruct)
def effacer(reference: str) -> ResponseReturnValue:
    """Forget the draft."""
    brouillons_avis.drop(session(), by=acteur(), objet=_dossier(reference))
    return see_other(url_for(".preparer", reference=reference), message="Votre brouillon est effacé.")


def _dossier(reference: str) -> Dossier:
    return dossiers.get(session(), acteur(), reference)


def _refused(reference: str, form: AvisForm, status: int) -> ResponseReturnValue:
    contexte = reponses_avis.pour_repondre(session(), acteur(), _dossier(reference))
    return _page_avis(form, contexte, status=status)


def _page_avis(form: AvisForm, contexte: reponses_avis.PourRepondre, *, status: int = 200) -> ResponseReturnValue:
    dossier = contexte.objet
    return render(
        "avis/donner.html", status=status, dossier=dossier, form=form, contexte=contexte, adresses=_adresses(dossier)
    )


def _adresses(dossier: reponses_avis.Objet) -> saisie_avis.Adresses:
    reference = dossier.reference if isinstance(dossier, Dossier) else ""
    return saisie_avis.Adresses(
        donner=url_for(".donner", reference=reference),
        brouillon=url_for(".garder", reference=reference),
        effacer=url_for(".effacer", reference=reference),
        retour=url_for("dossiers.show", reference=reference),
        libelle_retour="Revenir au dossier",
    )


def _retour(reference: str) -> str:
    return url_for("sections.avis", reference=reference)
