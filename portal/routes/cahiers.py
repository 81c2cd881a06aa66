"""The cahier de commission of a view, and the one-page summary of a dossier."""

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from portal.permissions import may_be_agent
from portal.queries import options_file
from portal.services import cahiers as services
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.rendering import see_other
from portal.web.session import session

bp = Blueprint("cahiers", __name__, url_prefix="/instruction/cahiers")


@bp.post("")
@access(may_be_agent)
def commander() -> ResponseReturnValue:
    """Order the cahier of exactly the view shown: its page says how far it is."""
    filtre = options_file.read(session(), acteur(), request.args or request.form)
    document = services.order(session(), by=acteur(), filtre=filtre)
    return see_other(url_for("documents.show", numero=document.numero))
