"""Documents: their page while they are made, their file once they are."""

from io import BytesIO

from flask import Blueprint, send_file, url_for
from flask.typing import ResponseReturnValue

from portal.permissions import may_be_connected
from portal.queries import documents, exports_gardes
from portal.services import documents as services
from portal.services import traces
from portal.services.fichiers import read_bytes
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.rendering import render, see_other
from portal.web.securite import POLITIQUE_TELECHARGEMENT
from portal.web.session import fermer as rendre_la_session
from portal.web.session import moyens, session

bp = Blueprint("documents", __name__, url_prefix="/documents")


@bp.get("/<numero>")
@access(may_be_connected)
def show(numero: str) -> ResponseReturnValue:
    """Where the document stands: the page asks again by itself until it is ready."""
    document = documents.get(session(), acteur(), numero)
    return render(
        "telechargements/show.html",
        partial="telechargements/_etat.html",
        document=document,
        reference=documents.reference_of(session(), document),
        garde=exports_gardes.kept_until(document),
        perime=exports_gardes.is_over(document),
        sans_cle=document.genre in services.SCELLES and moyens().trousseau.courant is None,
    )


@bp.post("/<numero>/reessayer")
@access(may_be_connected)
def reessayer(numero: str) -> ResponseReturnValue:
    """Order again a document that failed."""
    document = documents.get(session(), acteur(), numero)
    services.retry(session(), by=acteur(), document=document)
    return see_other(url_for(".show", numero=numero), message="La préparation du document recommence.")


@bp.get("/<numero>/fichier")
@access(may_be_connected)
def telecharger(numero: str) -> ResponseReturnValue:
    """The file, to be saved: never shown inside our pages."""
    lecteur = acteur()
    document, fichier = documents.get_ready(session(), lecteur, numero, antivirus=moyens().antivirus is not None)
    non_lue = documents.unread_decision(session(), lecteur, document)
    rendre_la_session()
    if non_lue is not None:
        traces.note_decision_read(moyens().fabrique, by=lecteur, decision_id=non_lue)
    octets = read_bytes(moyens().stockage, fichier)
    extension = services.EXTENSIONS[fichier.type_mime]
    reponse = send_file(
        BytesIO(octets),
        mimetype=fichier.type_mime,
        as_attachment=True,
        download_name=f"{document.nom}.{extension}",
        etag=False,
    )
    reponse.headers["Content-Security-Policy"] = POLITIQUE_TELECHARGEMENT
    return reponse
