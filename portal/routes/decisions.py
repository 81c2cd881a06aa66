"""Deciding on a dossier, then notifying."""

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from portal.forms.decisions import DecisionForm
from portal.forms.dossiers import VersionForm
from portal.models.dossiers import Dossier
from portal.permissions import may_instruct
from portal.queries import decisions as queries
from portal.services import decisions as services
from portal.vocabulaire import MotifDecision, SensDecision
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.formulaires import accepted
from portal.web.rendering import render, see_other
from portal.web.session import session

bp = Blueprint("decisions", __name__, url_prefix="/instruction/dossiers/<reference>/decision")


@bp.get("")
@access(may_instruct)
def preparer(reference: str) -> ResponseReturnValue:
    """The decision to write, or to change before it is notified."""
    dossier = queries.a_decider(session(), acteur(), reference)
    return _page(dossier, DecisionForm(data=queries.a_ecrire(session(), dossier)))


@bp.post("")
@access(may_instruct)
def enregistrer(reference: str) -> ResponseReturnValue:
    """Record the decision: nothing leaves yet."""
    dossier = queries.a_decider(session(), acteur(), reference)
    form = DecisionForm()

    def act() -> object:
        return services.decide(
            session(), by=acteur(), dossier=dossier, teneur=_teneur(form), qualite=form.qualite.data, version=form.lue
        )

    if not accepted(form, act):
        return _page(dossier, form, status=422)
    return see_other(
        _retour(reference), message="La décision est enregistrée. Elle ne sera connue qu’une fois notifiée."
    )


@bp.post("/notification")
@access(may_instruct)
def notifier(reference: str) -> ResponseReturnValue:
    """Notify the recorded decision."""
    dossier = queries.a_decider(session(), acteur(), reference)
    decision = services.notify(session(), by=acteur(), dossier=dossier, version=VersionForm().lue)
    message = (
        "La décision est notifiée."
        if decision.notified_at
        else "La décision part vers Démarches Simplifiées. L’état changera dès qu’elle y sera appliquée."
    )
    return see_other(_retour(reference), message=message)


def _teneur(form: DecisionForm) -> services.Teneur:
    return services.Teneur(
        sens=SensDecision(form.sens.data),
        motif=MotifDecision(form.motif.data) if form.motif.data else None,
        motivation=form.motivation.data,
        montant_accorde=form.montant_accorde.valeur,
        conditions=form.conditions.data,
    )


def _page(dossier: Dossier, form: DecisionForm, *, status: int = 200) -> ResponseReturnValue:
    return render("decisions/edit.html", status=status, dossier=dossier, form=form)


def _retour(reference: str) -> str:
    return url_for("dossiers.show", reference=reference)
