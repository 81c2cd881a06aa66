"""The settings of a service: how it decides and notifies, its words for a motivation, and the way to the others."""

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from portal.forms.base import Formulaire
from portal.forms.reglages import ModeleMotivationForm, ReglagesForm
from portal.permissions import may_lead
from portal.queries import delegations, modeles_motivation
from portal.services import reglages as services
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.formulaires import accepted, attempted
from portal.web.rendering import render, see_other
from portal.web.session import session

CONFLIT = 409
bp = Blueprint("reglages", __name__, url_prefix="/instruction/reglages")


@bp.get("")
@access(may_lead)
def montrer() -> ResponseReturnValue:
    """What the service has said, and where the rest is set."""
    return _page(ReglagesForm(data=_depart()))


@bp.post("")
@access(may_lead)
def enregistrer() -> ResponseReturnValue:
    """Write it, unless somebody else has meanwhile."""
    form = ReglagesForm()
    status = attempted(form, lambda: services.save(session(), by=acteur(), version=form.lue, **form.valeurs()))
    if status == CONFLIT:
        reglage = delegations.reglage(session(), acteur().service_id)
        form.reprendre(reglage.version if reglage else 0)
    if status is not None:
        return _page(form, status=status)
    return see_other(url_for(".montrer"), message="Les réglages du service sont enregistrés.")


@bp.get("/motivations")
@access(may_lead)
def lister_modeles() -> ResponseReturnValue:
    """Words of the service to begin a motivation with."""
    return _modeles(ModeleMotivationForm())


@bp.post("/motivations")
@access(may_lead)
def ajouter_modele() -> ResponseReturnValue:
    """Keep more of them."""
    form = ModeleMotivationForm()
    if not accepted(form, lambda: services.add_model(session(), by=acteur(), **form.valeurs())):
        return _modeles(form, status=422)
    return see_other(url_for(".lister_modeles"), message="Le modèle est ajouté.")


@bp.post("/motivations/<int:modele_id>/retirer")
@access(may_lead)
def retirer_modele(modele_id: int) -> ResponseReturnValue:
    """Offer it no more."""
    services.retire_model(session(), by=acteur(), modele=modeles_motivation.get(session(), acteur(), modele_id))
    return see_other(url_for(".lister_modeles"), message="Le modèle n’est plus proposé.")


def _depart() -> dict[str, object]:
    """What the form begins with; nothing is chosen in advance of how decisions leave."""
    reglage = delegations.reglage(session(), acteur().service_id)
    siret = delegations.siret(session(), acteur().service_id)
    if reglage is None:
        return {"version": 0, "qui_decide": "responsable", "proposition_requise": "non", "siret": siret}
    return {
        "siret": siret,
        "version": reglage.version,
        "qui_decide": reglage.qui_decide.value,
        "proposition_requise": "oui" if reglage.proposition_requise else "non",
        "mode_notification": reglage.mode_notification.value if reglage.mode_notification else None,
        "ville": reglage.ville,
        "tribunal": reglage.tribunal,
    }


def _page(form: ReglagesForm, *, status: int = 200) -> ResponseReturnValue:
    return render("reglages/show.html", status=status, form=form)


def _modeles(form: ModeleMotivationForm, *, status: int = 200) -> ResponseReturnValue:
    modeles = modeles_motivation.list_du_service(session(), acteur())
    return render("reglages/motivations.html", status=status, form=form, modeles=modeles, bouton=Formulaire())
