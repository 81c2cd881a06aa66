"""Where DS announces its changes, at an address that only DS knows. Nothing it says is believed: the dossier is read again."""

from hmac import compare_digest

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from portal.errors import NotFound
from portal.permissions import may_be_anyone
from portal.services import relectures
from portal.web.access import access
from portal.web.securite import machine, plafond
from portal.web.session import moyens, session

bp = Blueprint("crochets", __name__, url_prefix="/crochets")
# DS announces a dossier in a few hundred bytes.
CORPS_MAXIMAL = 16 * 1024


@bp.post("/ds/<chemin>")
@machine
@plafond(CORPS_MAXIMAL)
@access(may_be_anyone)
def recevoir(chemin: str) -> ResponseReturnValue:
    """204 whatever it announces; 403 when its signature is wrong, 404 elsewhere than at the agreed address."""
    config = moyens().config
    if not config.ds_crochet or not compare_digest(chemin.encode(), config.ds_crochet.encode()):
        raise NotFound
    entetes = {nom.lower(): valeur for nom, valeur in request.headers.items()}
    relectures.receive(
        session(),
        instance=moyens().instance_ds,
        corps=request.get_data(),
        entetes=entetes,
        secret=config.ds_crochet_secret,
    )
    return "", 204
