"""« Mes notifications »: when an agent is told by mail of what is addressed to it."""

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from portal.forms.notifications import NotificationsForm
from portal.permissions import may_be_agent
from portal.queries import notifications
from portal.services import notifications as services
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.formulaires import accepted
from portal.web.rendering import render, see_other
from portal.web.session import session

bp = Blueprint("preferences", __name__, url_prefix="/agents/notifications")


@bp.get("")
@access(may_be_agent)
def montrer() -> ResponseReturnValue:
    """What is chosen now."""
    return render("preferences/notifications.html", form=_form())


@bp.post("")
@access(may_be_agent)
def enregistrer() -> ResponseReturnValue:
    """Choose otherwise."""
    form = _form()
    if not accepted(form, lambda: services.choose(session(), by=acteur(), choix=form.choix)):
        return render("preferences/notifications.html", status=422, form=form)
    return see_other(url_for(".montrer"), message="Vos notifications sont réglées.")


def _form() -> NotificationsForm:
    return NotificationsForm.for_choices(notifications.choices(session(), acteur()))
