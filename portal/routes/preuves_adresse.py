"""Proving one's address again, by a code, before what commits an association."""

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from portal.forms.base import Formulaire
from portal.forms.connexion import CodeForm
from portal.permissions import may_be_connected
from portal.permissions.preuves import proved_recently
from portal.queries import connexion as connexions
from portal.services import preuves_adresse as services
from portal.web.access import access
from portal.web.connexion import acteur, lire_suite
from portal.web.formulaires import accepted, outcome
from portal.web.rendering import render, see_other
from portal.web.session import moyens, session

bp = Blueprint("preuves_adresse", __name__, url_prefix="/compte/preuve")


@bp.get("")
@access(may_be_connected)
def demander() -> ResponseReturnValue:
    """Why a code is asked, and its field once it was ordered."""
    return _page(CodeForm())


@bp.post("")
@access(may_be_connected)
def envoyer() -> ResponseReturnValue:
    """Order a code, or another one."""
    form = Formulaire()
    suite = lire_suite(_suite()) or ""
    if not accepted(form, lambda: services.order_code(session(), moyens().fabrique, by=acteur(), suite=suite)):
        saisie = CodeForm(formdata=None)
        saisie.form_errors.extend(form.form_errors)
        return _page(saisie, status=422)
    return see_other(url_for(".demander", suite=_suite() or None), message=f"Un code part à {acteur().email}.")


@bp.post("/code")
@access(may_be_connected)
def confirmer() -> ResponseReturnValue:
    """Give the code, and go back to what one was doing."""
    form = CodeForm()
    suite = outcome(
        form,
        lambda: services.prove(session(), moyens().fabrique, moyens().config, by=acteur(), code=form.code.data),
    )
    if suite is None:
        return _page(form, status=422)
    arrivee = lire_suite(_suite()) or suite or url_for("accueil.index")
    return see_other(arrivee, message="Votre adresse est confirmée pour 12\u00a0heures.")


def _page(form: CodeForm, status: int = 200) -> ResponseReturnValue:
    return render(
        "connexion/preuve.html",
        status=status,
        form=form,
        attendu=connexions.code_attendu(session(), acteur()),
        prouvee=bool(proved_recently(acteur())),
        suite=_suite(),
        retour=lire_suite(_suite()),
    )


def _suite() -> str:
    return request.args.get("suite", "")
