"""The letters of a dossier: those that an agent orders, as texts to edit, and as they came back signed."""

from io import BytesIO

from flask import Blueprint, Response, send_file, url_for
from flask.typing import ResponseReturnValue

from portal.errors import NotFound
from portal.forms.lettres import LettreForm
from portal.permissions import may_be_agent, may_instruct
from portal.queries import dossiers
from portal.queries import lettres as queries
from portal.queries.remises import to_give
from portal.services import lettres_service, textes_a_modifier
from portal.vocabulaire_instruction import LIBELLES_GENRE_LETTRE, GenreLettre
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.remise import hand_over
from portal.web.rendering import see_other
from portal.web.securite import POLITIQUE_TELECHARGEMENT
from portal.web.session import moyens, session

bp = Blueprint("lettres_agent", __name__, url_prefix="/instruction/dossiers/<reference>/lettres")
ODT = "application/vnd.oasis.opendocument.text"


@bp.post("")
@access(may_instruct)
def preparer(reference: str) -> ResponseReturnValue:
    """Prepare an arrêté, a draft of convention, or the letter of a demand of corrections."""
    dossier, form = dossiers.get(session(), acteur(), reference), LettreForm()
    if not form.validate_on_submit():
        raise NotFound
    genre = GenreLettre(form.genre.data)
    lettres_service.order(session(), by=acteur(), dossier=dossier, genre=genre)
    retour = url_for("sections.decision", reference=reference, _anchor="lettres")
    return see_other(retour, message=f"{LIBELLES_GENRE_LETTRE[genre]}\u00a0: le document est en préparation.")


@bp.get("/<numero>/modifiable")
@access(may_be_agent)
def modifiable(reference: str, numero: str) -> ResponseReturnValue:
    """The letter as a text to edit, with the QR code that finds it again once signed."""
    lettre = queries.get(session(), acteur(), reference, numero)
    return _remettre(textes_a_modifier.make(lettre), ODT, f"{lettre.document.nom}.odt")


@bp.get("/<numero>/signee")
@access(may_be_agent)
def signee(reference: str, numero: str) -> ResponseReturnValue:
    """The signed copy, to be saved."""
    lettre, fichier = queries.get_signed(session(), acteur(), reference, numero)
    remis = to_give(fichier, antivirus=moyens().antivirus is not None)
    return hand_over(remis, f"{lettre.document.nom}, signé.pdf")


def _remettre(octets: bytes, type_mime: str, nom: str) -> Response:
    reponse = send_file(BytesIO(octets), mimetype=type_mime, as_attachment=True, download_name=nom, etag=False)
    reponse.headers["Content-Security-Policy"] = POLITIQUE_TELECHARGEMENT
    return reponse
