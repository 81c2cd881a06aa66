"""The files of a dossier, looked at without being saved, one by one; or taken all together as an archive."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from portal.permissions import may_be_agent
from portal.queries import archives, dossiers, fichiers_ds, pieces, receptions
from portal.queries.remises import to_give
from portal.services import traces
from portal.web.access import access
from portal.web.archives import stream
from portal.web.connexion import acteur
from portal.web.pieces import give
from portal.web.session import fermer, moyens, session

bp = Blueprint("apercus", __name__, url_prefix="/instruction/dossiers/<reference>")


@bp.get("/pieces/<int:piece_id>/apercu")
@access(may_be_agent)
def piece(reference: str, piece_id: int) -> ResponseReturnValue:
    """A file joined to the request, shown by the browser itself when it is an image or a PDF that the antivirus has read."""
    dossier, jointe = pieces.get_of_dossier(session(), acteur(), reference, piece_id)
    garde = to_give(jointe.fichier, antivirus=moyens().antivirus is not None)
    return give(garde, jointe.nom, action="piece_lue", objet=f"dossier:{dossier.id}", montrer=True, piece=jointe.id)


@bp.get("/reception/pieces/<int:piece_id>/apercu")
@access(may_be_agent)
def scan(reference: str, piece_id: int) -> ResponseReturnValue:
    """The same for a scan of a request that came on paper."""
    dossier, recue = receptions.get_piece(session(), acteur(), reference, piece_id)
    garde = to_give(recue.fichier, antivirus=moyens().antivirus is not None)
    return give(garde, recue.nom, action="piece_lue", objet=f"dossier:{dossier.id}", montrer=True, piece=recue.id)


@bp.get("/fichiers/<int:fichier_id>/apercu")
@access(may_be_agent)
def fichier(reference: str, fichier_id: int) -> ResponseReturnValue:
    """The same for a file of Démarches Simplifiées whose copy is here."""
    dossier = dossiers.get(session(), acteur(), reference)
    antivirus = moyens().antivirus is not None
    suivi = fichiers_ds.get(session(), acteur(), dossier, fichier_id, antivirus=antivirus)
    garde, objet = fichiers_ds.to_give(suivi), f"dossier:{dossier.id}"
    return give(garde, suivi.nom_sur, action="fichier_ds_consulte", objet=objet, montrer=True, fichier_ds=suivi.id)


@bp.get("/pieces/archive")
@access(may_be_agent)
def archive(reference: str) -> ResponseReturnValue:
    """Every file that this agent may take, in one archive made while it is sent; what is left out is said in it."""
    contenu = archives.get(session(), acteur(), reference, antivirus=moyens().antivirus is not None)
    lecteur = acteur()
    fermer()
    traces.note_reading(
        moyens().fabrique,
        by=lecteur,
        action="pieces_lues",
        objet=f"dossier:{contenu.dossier_id}",
        valeurs={"sha256": [une.fichier.sha256 for une in contenu.entrees]},
    )
    return stream(contenu)
