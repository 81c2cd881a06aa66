"""Joins a form and the service that receives it."""

from collections.abc import Callable
from typing import TypeVar

from flask_wtf import FlaskForm

from portal.errors import Invalid
from portal.forms.dates import Jour
from portal.web.session import session

Fait = TypeVar("Fait")


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
