"""The files of a DS dossier, for the agents who read it: their list, where each stands, its copy on demand, its bytes."""

from io import BytesIO

from flask import Blueprint, send_file, url_for
from flask.typing import ResponseReturnValue

from portal.permissions import may_be_agent
from portal.queries import dossiers
from portal.queries import fichiers_ds as fichiers
from portal.services import fichiers_ds as services
from portal.services import traces
from portal.services.fichiers import read_bytes
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.rendering import render, see_other
from portal.web.securite import POLITIQUE_TELECHARGEMENT
from portal.web.session import fermer as rendre_la_session
from portal.web.session import moyens, session

bp = Blueprint("fichiers_ds", __name__, url_prefix="/instruction/dossiers/<reference>/fichiers")


def _antivirus() -> bool:
    return moyens().antivirus is not None


@bp.get("")
@access(may_be_agent)
def lister(reference: str) -> ResponseReturnValue:
    """The files of the dossier that this agent may read."""
    dossier = dossiers.get(session(), acteur(), reference)
    liste = fichiers.list_visible(session(), acteur(), dossier, antivirus=_antivirus())
    return render("fichiers_ds/list.html", dossier=dossier, fichiers=liste)


@bp.get("/<int:fichier_id>")
@access(may_be_agent)
def montrer(reference: str, fichier_id: int) -> ResponseReturnValue:
    """Where the file stands: the page asks again by itself while it is being copied."""
    dossier = dossiers.get(session(), acteur(), reference)
    suivi = fichiers.get(session(), acteur(), dossier, fichier_id, antivirus=_antivirus())
    return render("fichiers_ds/show.html", partial="fichiers_ds/_etat.html", dossier=dossier, suivi=suivi)


@bp.post("/<int:fichier_id>/copie")
@access(may_be_agent)
def copier(reference: str, fichier_id: int) -> ResponseReturnValue:
    """Ask for the copy of a file left at DS, or again for one that could not be copied."""
    dossier = dossiers.get(session(), acteur(), reference)
    suivi = fichiers.get(session(), acteur(), dossier, fichier_id, antivirus=_antivirus())
    services.ask_copy(session(), by=acteur(), dossier=dossier, fichier_id=suivi.id)
    return see_other(url_for(".montrer", reference=reference, fichier_id=fichier_id), message="Copie demandée.")


@bp.get("/<int:fichier_id>/telechargement")
@access(may_be_agent)
def telecharger(reference: str, fichier_id: int) -> ResponseReturnValue:
    """The bytes, to be saved: never shown inside our pages, and never without a trace of who took them."""
    dossier = dossiers.get(session(), acteur(), reference)
    suivi = fichiers.get(session(), acteur(), dossier, fichier_id, antivirus=_antivirus())
    conserve, lecteur = fichiers.to_give(suivi), acteur()
    rendre_la_session()
    octets = read_bytes(moyens().stockage, conserve)
    traces.note_reading(
        moyens().fabrique,
        by=lecteur,
        action="fichier_ds_consulte",
        objet=f"dossier:{dossier.id}",
        valeurs={"fichier": suivi.id, "sha256": conserve.sha256},
    )
    reponse = send_file(
        BytesIO(octets),
        mimetype=conserve.type_mime,
        as_attachment=True,
        download_name=suivi.nom_sur,
        etag=False,
    )
    reponse.headers["Content-Security-Policy"] = POLITIQUE_TELECHARGEMENT
    return reponse
