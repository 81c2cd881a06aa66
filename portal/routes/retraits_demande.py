"""For the people of an association: withdrawing a filed request, after a page that says what it means."""

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from portal.forms.retraits_demande import RetraitDemandeForm
from portal.permissions import may_be_usager
from portal.queries import retraits_demande as queries
from portal.queries.retraits_demande import Retirable
from portal.services import retraits_demande as services
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.formulaires import outcome
from portal.web.preuves import require_recent_proof
from portal.web.rendering import render, see_other
from portal.web.session import session

bp = Blueprint("retraits_demande", __name__, url_prefix="/dossiers/<reference>/retirer")


@bp.get("")
@access(may_be_usager)
def preparer(reference: str) -> ResponseReturnValue:
    """What withdrawing means, and from whom."""
    retirable = queries.get(session(), acteur(), reference)
    require_recent_proof()
    return _page(retirable, _form(retirable))


@bp.post("")
@access(may_be_usager)
def retirer(reference: str) -> ResponseReturnValue:
    """Withdraw it."""
    retirable = queries.get(session(), acteur(), reference)
    require_recent_proof()
    form = _form(retirable)
    retires = outcome(
        form,
        lambda: services.withdraw(
            session(), by=acteur(), dossier=retirable.dossier, motif=form.motif.data, commune=form.commune
        ),
    )
    if retires is None:
        return _page(queries.get(session(), acteur(), reference), form, status=422)
    nombre = len(retires)
    message = (
        "Votre demande est retirée." if nombre < 2 else f"Vos {nombre} dossiers de la demande commune sont retirés."
    )
    return see_other(url_for("mes_dossiers.montrer", reference=reference), message=message)


def _form(retirable: Retirable) -> RetraitDemandeForm:
    form = RetraitDemandeForm()
    if not retirable.freres:
        form.for_one()
    return form


def _page(retirable: Retirable, form: RetraitDemandeForm, *, status: int = 200) -> ResponseReturnValue:
    return render("retraits_demande/new.html", status=status, retirable=retirable, form=form)
