"""Joins a form and the service that receives it."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from flask import request
from flask_wtf import FlaskForm

from portal.errors import Conflict, Invalid
from portal.forms.dates import Jour
from portal.forms.lignes import sans_la_ligne
from portal.web.session import session

Fait = TypeVar("Fait")
# The buttons of a list of lines: one offers another line, the other takes one out (« agrements-2 »).
RESTER, RETIRER = "rester", "retirer"


def accepted(form: FlaskForm, act: Callable[[], object]) -> bool:
    """Validate the form, then act. A value that the domain refuses becomes an error of its field, and nothing is written."""
    if not form.validate_on_submit():
        return False
    try:
        act()
    except Invalid as refus:
        session().rollback()
        refuse(form, refus)
        return False
    return True


def attempted(form: FlaskForm, act: Callable[[], object]) -> int | None:
    """The same where two people may act at once: None once it is done, else the status of the page to show again.

    422 when the form or the domain refuses; 409, with the reason on the form, when somebody else has changed the object: what was
    typed stays, and the page reads the object afresh.
    """
    try:
        return None if accepted(form, act) else 422
    except Conflict as conflit:
        session().rollback()
        form.form_errors.append(conflit.message)
        return conflit.status


def outcome(form: FlaskForm, act: Callable[[], Fait]) -> Fait | None:
    """The same when the view needs what the act returns: None when the form or the domain refuses."""
    faits: list[Fait] = []
    return faits[0] if accepted(form, lambda: faits.append(act())) else None


def refuse(form: FlaskForm, refus: Invalid) -> None:
    """Attach a refusal of the domain to the field that it names, or to the whole form."""
    champ = form._fields.get(refus.champ)
    if champ is None:
        form.form_errors.append(refus.message)
    elif isinstance(champ, Jour):
        champ.refuser(refus.message)
    else:
        champ.errors = [*champ.errors, refus.message]


def received() -> Mapping[str, str]:
    """What the page sent, without the line that is taken out."""
    return sans_la_ligne(request.form, request.form[RETIRER]) if request.form.get(RETIRER) else request.form


def stays() -> bool:
    """Whether the button that was pressed only changes a list of lines: the same page is shown once more."""
    return RESTER in request.form or RETIRER in request.form


def changed_list() -> str | None:
    """The list that this button changes, to come back to."""
    return request.form.get(RESTER) or request.form.get(RETIRER, "").rpartition("-")[0] or None
