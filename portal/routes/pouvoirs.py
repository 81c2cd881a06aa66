"""The bytes of a pouvoir: for the people of the association, and for the agents who verify who may sign."""

from io import BytesIO

from flask import Blueprint, send_file
from flask.typing import ResponseReturnValue

from portal.models.engagements import Engagement
from portal.permissions import may_be_agent, may_be_usager
from portal.queries import pouvoirs
from portal.services import traces
from portal.services.fichiers import read_bytes
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.securite import POLITIQUE_TELECHARGEMENT
from portal.web.session import fermer as rendre_la_session
from portal.web.session import moyens, session

bp = Blueprint("pouvoirs", __name__)


@bp.get("/engagements/<code>/pouvoir")
@access(may_be_usager)
def telecharger(code: str) -> ResponseReturnValue:
    """For the association."""
    return _remettre(pouvoirs.get(session(), acteur(), code))


@bp.get("/instruction/pouvoirs/<code>")
@access(may_be_agent)
def consulter(code: str) -> ResponseReturnValue:
    """For an agent."""
    return _remettre(pouvoirs.get_for_agent(session(), acteur(), code))


def _remettre(engagement: Engagement) -> ResponseReturnValue:
    """To be saved: never shown inside our pages, and never without a trace of who took it."""
    fichier = pouvoirs.to_give(engagement, antivirus=moyens().antivirus is not None)
    lecteur, nom, objet = acteur(), engagement.pouvoir_nom, f"association:{engagement.association_id}"
    rendre_la_session()
    octets = read_bytes(moyens().stockage, fichier)
    traces.note_reading(
        moyens().fabrique,
        by=lecteur,
        action="pouvoir_consulte",
        objet=objet,
        valeurs={"engagement": engagement.code, "sha256": fichier.sha256},
    )
    reponse = send_file(BytesIO(octets), mimetype=fichier.type_mime, as_attachment=True, download_name=nom, etag=False)
    reponse.headers["Content-Security-Policy"] = POLITIQUE_TELECHARGEMENT
    return reponse
