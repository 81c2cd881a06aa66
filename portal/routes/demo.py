"""Pages that exist in demo mode only."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from portal.permissions import may_be_anyone
from portal.web.access import access
from portal.web.rendering import render

bp = Blueprint("demo", __name__, url_prefix="/demo")


@bp.get("/")
@access(may_be_anyone)
def personas() -> ResponseReturnValue:
    """The personas of the demonstration."""
    return render("demo/personas.html")
