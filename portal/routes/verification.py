"""Public pages that tell whether a receipt is genuine. They name no person."""

from datetime import timedelta

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.forms.verification import CodeForm
from portal.permissions import may_be_anyone
from portal.queries import engagements
from portal.services import traces
from portal.web.access import access
from portal.web.rendering import render
from portal.web.session import fermer as rendre_la_session
from portal.web.session import moyens, session

bp = Blueprint("verification", __name__, url_prefix="/verifier")

# Generous: 80 random bits cannot be enumerated, the limit only spares the server.
MAXIMUM, FENETRE = 30, timedelta(minutes=1)


@bp.get("")
@access(may_be_anyone)
def chercher() -> ResponseReturnValue:
    """Ask for the code; with a readable one, go to its page."""
    form = CodeForm(request.args)
    if "code" not in request.args:
        return render("verification/chercher.html", form=CodeForm())
    if form.validate():
        return redirect(url_for(".montrer", code=form.code.data), 303)
    return render("verification/chercher.html", status=422, form=form)


@bp.get("/<code>")
@access(may_be_anyone)
def montrer(code: str) -> ResponseReturnValue:
    """What the code proves, or that it proves nothing."""
    rendre_la_session()
    if not traces.count_attempt(
        moyens().fabrique, "verification", request.remote_addr or "", maximum=MAXIMUM, fenetre=FENETRE
    ):
        return render("errors/429.html", status=429)
    engagement = engagements.find_public(session(), code)
    if engagement is None:
        return render("verification/inconnu.html", status=404, form=CodeForm())
    return render("verification/show.html", engagement=engagement, qualites=engagements.QUALITES)
