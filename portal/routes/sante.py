"""Probes for whoever runs the portal."""

from flask import Blueprint, Response, jsonify

from portal.permissions import may_be_anyone
from portal.queries import sante
from portal.web.access import access
from portal.web.session import session

bp = Blueprint("sante", __name__)


@bp.get("/healthz")
@access(may_be_anyone)
def vivant() -> Response:
    """The process answers."""
    return jsonify({"etat": "vivant"})


@bp.get("/readyz")
@access(may_be_anyone)
def pret() -> tuple[Response, int]:
    """The database answers and bears the schema that this code expects."""
    defauts = sante.defauts(session())
    return jsonify({"etat": "attente" if defauts else "pret", "defauts": defauts}), 503 if defauts else 200
