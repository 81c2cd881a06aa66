"""The page of a dossier, for agents. The queue stands in routes/file.py, on the same blueprint."""

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from portal.forms.dossiers import VersionForm
from portal.permissions import may_be_agent, may_instruct
from portal.queries import cahiers, dossiers
from portal.routes import pages_dossier
from portal.services import documents
from portal.services import dossiers as services
from portal.vocabulaire import GenreDocument
from portal.vocabulaire_instruction import PartieDossier
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.rendering import see_other
from portal.web.session import session

bp = Blueprint("dossiers", __name__, url_prefix="/instruction/dossiers")


@bp.get("/<reference>")
@access(may_be_agent)
def show(reference: str) -> ResponseReturnValue:
    """What the dossier waits for, the acts that this agent may do, and its summary."""
    return pages_dossier.show(PartieDossier.SYNTHESE, reference)


@bp.post("/<reference>/prise-en-charge")
@access(may_instruct)
def prendre_en_charge(reference: str) -> ResponseReturnValue:
    """Follow the dossier, and put it « en instruction »."""
    dossier = dossiers.get(session(), acteur(), reference)
    services.take_in_charge(session(), by=acteur(), dossier=dossier, version=VersionForm().lue)
    suivi = dossier.instructeur_id == acteur().user_id
    message = "Vous suivez désormais ce dossier." if suivi else "Prise en charge demandée à Démarches Simplifiées."
    return see_other(url_for(".show", reference=reference), message=message)


@bp.post("/<reference>/synthese")
@access(may_be_agent)
def resumer(reference: str) -> ResponseReturnValue:
    """Freeze a summary of what this agent sees now, on one page, as a PDF to come."""
    dossier = dossiers.get(session(), acteur(), reference)
    document = documents.issue(
        session(),
        by=acteur(),
        genre=GenreDocument.SYNTHESE,
        nom=f"Synthèse {reference}",
        document=cahiers.fiche(session(), acteur(), dossier),
        dossier_id=dossier.id,
    )
    return see_other(url_for("documents.show", numero=document.numero))
