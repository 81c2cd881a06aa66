"""For agents: where the association of a dossier stands with the CER, and the agréments that free it from signing."""

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from portal.formats import date_fr
from portal.forms.reconnaissances import ReconnaissanceForm
from portal.models.souscriptions import Reconnaissance
from portal.permissions import may_be_agent, may_instruct
from portal.queries import reconnaissances
from portal.queries.reconnaissances import VueCer
from portal.services import reconnaissances as services
from portal.vocabulaire_cer import DISPENSENT, TypeReconnaissance
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.formulaires import outcome
from portal.web.rendering import render, see_other
from portal.web.session import session

bp = Blueprint("reconnaissances", __name__, url_prefix="/instruction/dossiers/<reference>/contrat")


@bp.get("")
@access(may_be_agent)
def montrer(reference: str) -> ResponseReturnValue:
    """The status, every title that gives it, what services have noted."""
    vue = reconnaissances.get_vue(session(), acteur(), reference)
    return render("reconnaissances/show.html", vue=vue, form=ReconnaissanceForm())


@bp.post("")
@access(may_instruct)
def noter(reference: str) -> ResponseReturnValue:
    """Note what a document shows."""
    vue = reconnaissances.get_vue(session(), acteur(), reference)
    form = ReconnaissanceForm()
    notee = outcome(form, lambda: _noter(vue, form))
    if notee is None:
        return render("reconnaissances/show.html", status=422, vue=vue, form=form)
    return see_other(url_for(".montrer", reference=reference), message=_effet(notee))


@bp.post("/<int:reconnaissance_id>/retirer")
@access(may_instruct)
def retirer(reference: str, reconnaissance_id: int) -> ResponseReturnValue:
    """What was noted by mistake."""
    vue = reconnaissances.get_vue(session(), acteur(), reference)
    notee = reconnaissances.get(session(), vue.association.id, reconnaissance_id)
    services.withdraw(session(), by=acteur(), reconnaissance=notee)
    return see_other(url_for(".montrer", reference=reference), message="Cette reconnaissance est retirée.")


def _noter(vue: VueCer, form: ReconnaissanceForm) -> Reconnaissance:
    return services.note(
        session(),
        by=acteur(),
        association_id=vue.association.id,
        genre=TypeReconnaissance(form.genre.data),
        autorite=form.autorite.data,
        reference=form.reference.data,
        date_debut=form.date_debut.valeur,
        date_fin=form.date_fin.valeur,
    )


def _effet(notee: Reconnaissance) -> str:
    if notee.type not in DISPENSENT:
        return "Cet agrément est noté. Il ne dispense pas du contrat."
    if notee.date_fin is None:
        return "Cette reconnaissance est notée. Elle dispense l’association de souscrire le contrat."
    return f"Cet agrément est noté. Son dernier jour est le {date_fr(notee.date_fin)}."
