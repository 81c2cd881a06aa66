"""Keeps the file that a form has read, before anything speaks of it."""

from portal.errors import Invalid
from portal.forms.pieces import Piece
from portal.models.documents import Fichier
from portal.services import fichiers
from portal.services.types_fichiers import PAPIERS, type_mime
from portal.web.session import fermer, moyens, session


def keep_paper(piece: Piece) -> Fichier:
    """A PDF, a JPEG or a PNG, by its content, written durably: no transaction is open meanwhile.

    Raises Invalid on the field when it is something else, RemoteUnavailable.
    """
    genre = type_mime(piece.octets)
    if genre not in PAPIERS:
        raise Invalid(
            piece.name,
            f"Le fichier «\u00a0{piece.nom_fichier}\u00a0» n’est ni un PDF, ni une image JPEG ou PNG. Enregistrez-le sous une "
            "de ces formes, ou photographiez la page.",
        )
    fermer()
    valeurs = fichiers.deposit(moyens().stockage, piece.octets, genre)
    fichier, nouveau = fichiers.keep(session(), valeurs)
    if not nouveau:
        moyens().stockage.supprimer(valeurs["cle_stockage"])
    return fichier
