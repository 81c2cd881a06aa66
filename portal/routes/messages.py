"""The messages of a dossier, for agents: reading the threads that are theirs, writing to the audience that they choose."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from portal.forms.messages import MessageAgentForm
from portal.forms.pieces import ENVOI_MAXIMAL
from portal.permissions import may_be_agent, may_instruct
from portal.routes import fils_messages
from portal.vocabulaire_demandes import AudienceMessage
from portal.web.access import access
from portal.web.securite import plafond

bp = Blueprint("messages", __name__, url_prefix="/instruction/dossiers/<reference>/echanges")
FIL = fils_messages.Fil(
    blueprint="messages",
    formulaire=MessageAgentForm,
    audience=AudienceMessage.SERVICE,
    dossiers="Dossiers à instruire",
    liste="dossiers.lister",
    dossier="dossiers.show",
    invite="Écrire un message",
    envoye="Le message est envoyé.",
)


@bp.get("")
@access(may_be_agent)
def lire(reference: str) -> ResponseReturnValue:
    """The threads that are read by the service."""
    return fils_messages.read(FIL, reference)


@bp.post("")
@access(may_instruct)
@plafond(ENVOI_MAXIMAL)
def envoyer(reference: str) -> ResponseReturnValue:
    """Write to the association, to the services that were asked, or to colleagues; call some of them by name."""
    return fils_messages.send(FIL, reference)


@bp.get("/<int:message_id>/fichier")
@access(may_be_agent)
def telecharger(reference: str, message_id: int) -> ResponseReturnValue:
    """The file joined to a message."""
    return fils_messages.give_file(reference, message_id)
