"""Probes for whoever runs the portal."""

from flask import Blueprint, Response, jsonify

from portal.formats import maintenant
from portal.permissions import may_be_anyone
from portal.queries import sante
from portal.services import cachets
from portal.web.access import access
from portal.web.session import moyens, session

bp = Blueprint("sante", __name__)


@bp.get("/healthz")
@access(may_be_anyone)
def vivant() -> Response:
    """The process answers."""
    return jsonify({"etat": "vivant"})


@bp.get("/readyz")
@access(may_be_anyone)
def pret() -> tuple[Response, int]:
    """The database answers and bears the schema that this code expects. `avis`: what does not stop the portal from serving."""
    defauts = sante.defauts(session())
    avis = cachets.notices(moyens().trousseau, now=maintenant())
    etat = "attente" if defauts else "pret"
    return jsonify({"etat": etat, "defauts": defauts, "avis": avis}), 503 if defauts else 200
