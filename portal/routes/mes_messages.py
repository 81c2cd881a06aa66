"""The messages of a dossier, for the people of the association: reading them, writing to the service."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from portal.forms.messages import MessageForm
from portal.forms.pieces import ENVOI_MAXIMAL
from portal.permissions import may_be_usager
from portal.routes import fils_messages
from portal.vocabulaire_demandes import AudienceMessage
from portal.web.access import access
from portal.web.securite import plafond

bp = Blueprint("mes_messages", __name__, url_prefix="/dossiers/<reference>/messages")
FIL = fils_messages.Fil(
    blueprint="mes_messages",
    formulaire=MessageForm,
    audience=AudienceMessage.ASSOCIATION,
    dossiers="Mes dossiers",
    liste="mes_dossiers.lister",
    dossier="mes_dossiers.montrer",
    invite="Écrire au service",
    envoye="Votre message est envoyé au service.",
)


@bp.get("")
@access(may_be_usager)
def lire(reference: str) -> ResponseReturnValue:
    """The thread with the service."""
    return fils_messages.read(FIL, reference)


@bp.post("")
@access(may_be_usager)
@plafond(ENVOI_MAXIMAL)
def envoyer(reference: str) -> ResponseReturnValue:
    """Write to the service."""
    return fils_messages.send(FIL, reference)


@bp.get("/<int:message_id>/fichier")
@access(may_be_usager)
def telecharger(reference: str, message_id: int) -> ResponseReturnValue:
    """The file joined to a message."""
    return fils_messages.give_file(reference, message_id)
