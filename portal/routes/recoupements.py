"""What an agent makes of a finding around a dossier."""

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from portal.forms.recoupements import RecoupementForm
from portal.permissions import may_be_agent, may_instruct
from portal.queries import recoupements as queries
from portal.queries.recoupements import RecoupementLu, Recoupements
from portal.services import recoupements as services
from portal.vocabulaire_recoupements import EtatRecoupement
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.formulaires import attempted
from portal.web.rendering import render, see_other
from portal.web.session import session

bp = Blueprint(
    "recoupements", __name__, url_prefix="/instruction/dossiers/<reference>/recoupements/<int:recoupement_id>"
)


@bp.get("")
@access(may_be_agent)
def montrer(reference: str, recoupement_id: int) -> ResponseReturnValue:
    """One finding with its reasons, to be set aside or confirmed."""
    tous, trouve = queries.get(session(), acteur(), reference, recoupement_id)
    return _page(tous, trouve, RecoupementForm.of(trouve.genre, trouve.etat, data={"motif": trouve.motif}))


@bp.post("")
@access(may_instruct)
def juger(reference: str, recoupement_id: int) -> ResponseReturnValue:
    """Keep what the agent makes of it."""
    tous, trouve = queries.get_to_judge(session(), acteur(), reference, recoupement_id)
    form = RecoupementForm.of(trouve.genre, trouve.etat)

    def act() -> None:
        services.judge(
            session(),
            by=acteur(),
            dossier=tous.dossier,
            recoupement_id=recoupement_id,
            etat=EtatRecoupement(form.etat.data),
            motif=form.motif.data or "",
        )

    refus = attempted(form, act)
    if refus is not None:
        return _page(*queries.get(session(), acteur(), reference, recoupement_id), form, status=refus)
    return see_other(url_for("sections.recoupements", reference=reference), message="Votre réponse est enregistrée.")


def _page(
    tous: Recoupements, trouve: RecoupementLu, form: RecoupementForm, *, status: int = 200
) -> ResponseReturnValue:
    return render("recoupements/show.html", status=status, dossier=tous.dossier, tous=tous, un=trouve, form=form)
