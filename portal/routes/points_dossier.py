"""The checklist of a dossier, filled in by the agents of its service."""

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from portal.forms.points_controle import VerificationForm
from portal.models.dossiers import Dossier
from portal.permissions import can_instruct, may_be_agent, may_instruct
from portal.queries import points_controle as queries
from portal.queries.points_controle import PointsDuDossier
from portal.services import points_controle as services
from portal.services.points_controle import Dit
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.formulaires import accepted
from portal.web.rendering import render, see_other
from portal.web.session import session

bp = Blueprint("points_dossier", __name__, url_prefix="/instruction/dossiers/<reference>/verification")


@bp.get("")
@access(may_be_agent)
def verifier(reference: str) -> ResponseReturnValue:
    """The checklist of a dossier."""
    return _verification(*queries.get_to_check(session(), acteur(), reference))


@bp.post("")
@access(may_instruct)
def enregistrer(reference: str) -> ResponseReturnValue:
    """What was verified."""
    dossier, points = queries.get_to_check(session(), acteur(), reference)
    form = _form(points)

    def act() -> object:
        return services.check(
            session(),
            by=acteur(),
            dossier=dossier,
            montres={cle: Dit(*dit) for cle, dit in form.montres.items()},
            dits={cle: Dit(*dit) for cle, dit in form.dits.items()},
        )

    if not accepted(form, act):
        return _verification(*queries.get_to_check(session(), acteur(), reference), form, status=422)
    adresse = url_for("sections.demande", reference=reference, _anchor="points")
    return see_other(adresse, message="La vérification est enregistrée.")


def _form(points: PointsDuDossier) -> VerificationForm:
    return VerificationForm.for_points(
        (un.point.id, un.point.libelle, un.coche.etat if un.coche else "", un.coche.commentaire if un.coche else "")
        for un in points.lignes
        if un.modifiable
    )


def _verification(
    dossier: Dossier, points: PointsDuDossier, form: VerificationForm | None = None, *, status: int = 200
) -> ResponseReturnValue:
    return render(
        "points_controle/verification.html",
        status=status,
        dossier=dossier,
        points=points,
        form=form or _form(points),
        verdict=can_instruct(acteur(), dossier),
    )
