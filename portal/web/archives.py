"""Sends an archive while it is made."""

from flask import Response
from werkzeug.http import dump_options_header

from portal.queries.archives import Archive
from portal.services import archives
from portal.web.securite import POLITIQUE_TELECHARGEMENT
from portal.web.session import moyens


def stream(archive: Archive) -> Response:
    """The answer, under a name that says which dossier it is of."""
    reponse = Response(archives.produce(moyens().stockage, archive), mimetype="application/zip")
    nom = f"Pièces {archive.reference}.zip"
    reponse.headers["Content-Disposition"] = dump_options_header("attachment", {"filename": nom})
    reponse.headers["Content-Security-Policy"] = POLITIQUE_TELECHARGEMENT
    return reponse
