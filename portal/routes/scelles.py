"""Breaking the seal of avis that were asked together."""

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from portal.forms.scelles import LeveeForm
from portal.permissions import may_instruct
from portal.queries import scelles as queries
from portal.queries.scelles import ALever
from portal.services import scelles as services
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.formulaires import accepted
from portal.web.rendering import render, see_other
from portal.web.session import session

bp = Blueprint("scelles", __name__, url_prefix="/instruction/demandes-avis/<int:demande_id>/scelle")


@bp.get("")
@access(may_instruct)
def preparer(demande_id: int) -> ResponseReturnValue:
    """Who has answered, who is awaited, and what breaking the seal does."""
    return _page(queries.get_to_break(session(), acteur(), demande_id), LeveeForm())


@bp.post("")
@access(may_instruct)
def lever(demande_id: int) -> ResponseReturnValue:
    """Read the answers now, with a reason."""
    vue, form = queries.get_to_break(session(), acteur(), demande_id), LeveeForm()

    def act() -> None:
        services.break_seal(session(), by=acteur(), demande=vue.demande, motif=form.motif.data)

    if not accepted(form, act):
        return _page(vue, form, status=422)
    return see_other(_retour(vue), message="Le scellé est levé : votre service lit les avis déjà rendus.")


def _page(vue: ALever, form: LeveeForm, *, status: int = 200) -> ResponseReturnValue:
    return render("scelles/lever.html", status=status, vue=vue, form=form, retour=_retour(vue))


def _retour(vue: ALever) -> str:
    if vue.dossier is None:
        return url_for("associations.montrer", association_id=vue.demande.association_id)
    return url_for("sections.avis", reference=vue.dossier.reference)
