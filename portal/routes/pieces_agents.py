"""The files joined to a request, for the agents of the service that instructs it."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from portal.permissions import may_be_agent
from portal.queries import pieces
from portal.queries.remises import to_give
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.pieces import give
from portal.web.session import moyens, session

bp = Blueprint("pieces_agents", __name__, url_prefix="/instruction/dossiers/<reference>/pieces")


@bp.get("/<int:piece_id>")
@access(may_be_agent)
def telecharger(reference: str, piece_id: int) -> ResponseReturnValue:
    """Its bytes, for the owner service."""
    dossier, piece = pieces.get_of_dossier(session(), acteur(), reference, piece_id)
    fichier = to_give(piece.fichier, antivirus=moyens().antivirus is not None)
    return give(fichier, piece.nom, action="piece_lue", objet=f"dossier:{dossier.id}", piece=piece.id)
