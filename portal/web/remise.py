"""Hands over the bytes of a file that a person joined: to be saved; or, an image or a PDF found clean, to be looked at."""

from io import BytesIO

from flask import send_file
from flask.typing import ResponseReturnValue

from portal.models.documents import Fichier
from portal.services.fichiers import read_bytes
from portal.vocabulaire import VerdictAntivirus
from portal.web.securite import POLITIQUE_APERCU, POLITIQUE_TELECHARGEMENT
from portal.web.session import moyens, rendre


def hand_over(fichier: Fichier, nom: str) -> ResponseReturnValue:
    """The file under the name that it came with. The transaction is over before the bytes are read. Raises RemoteUnavailable."""
    rendre()
    octets = read_bytes(moyens().stockage, fichier)
    reponse = send_file(BytesIO(octets), mimetype=fichier.type_mime, as_attachment=True, download_name=nom, etag=False)
    reponse.headers["Content-Security-Policy"] = POLITIQUE_TELECHARGEMENT
    return reponse


# What browsers show by themselves without running anything of ours.
MONTRABLES = frozenset({"image/png", "image/jpeg", "application/pdf"})


def can_show(fichier: Fichier) -> bool:
    """Whether a browser may show the file instead of saving it: a kind that holds no page, and found clean."""
    return fichier.type_mime in MONTRABLES and fichier.verdict == VerdictAntivirus.SAIN


def show(fichier: Fichier, nom: str) -> ResponseReturnValue:
    """The file, shown by the browser itself under a policy of its own when it may be, else to be saved. RemoteUnavailable."""
    if not can_show(fichier):
        return hand_over(fichier, nom)
    rendre()
    octets = read_bytes(moyens().stockage, fichier)
    reponse = send_file(BytesIO(octets), mimetype=fichier.type_mime, download_name=nom, etag=False)
    reponse.headers["Content-Security-Policy"] = POLITIQUE_APERCU
    return reponse
