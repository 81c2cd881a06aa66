"""Adds files to the corrections of a filed request, until they are sent; what was filed stays as it is."""

from datetime import datetime

from sqlalchemy.orm import Session

from portal.errors import Forbidden, Invalid
from portal.formats import maintenant
from portal.forms.pieces_attendues import PieceAttendue
from portal.models.documents import Fichier
from portal.models.pieces import PieceCoffre, PieceDemande
from portal.permissions import Acteur
from portal.permissions.complements import can_correct
from portal.queries.complements import Correction
from portal.services import complements, journal, pieces


def join(
    session: Session, *, by: Acteur, correction: Correction, code: str, fichier: Fichier, nom: str, recue_at: datetime
) -> PieceDemande:
    """Add a file for the piece `code`. `recue_at` (UTC): when its sending began. Raises Forbidden, Conflict, Invalid."""
    _open(session, by, correction)
    attendue = next((une for une in correction.deposee.contexte.pieces if une.code == code), None)
    if attendue is None:
        raise Invalid("code", "Cette pièce n’est plus demandée\u00a0: choisissez-en une autre.")
    piece, nouvelle = pieces.join(
        session,
        by=by,
        demande=correction.deposee.demande,
        attendue=attendue,
        fichier=fichier,
        nom=nom,
        recue_at=recue_at,
        complement=correction.complement,
    )
    if not nouvelle:
        raise Invalid("fichier", f"«\u00a0{nom}\u00a0» est déjà joint à cette demande\u00a0: il compte une fois.")
    return piece


def reuse(
    session: Session, *, by: Acteur, correction: Correction, piece: tuple[PieceCoffre, PieceAttendue]
) -> PieceDemande:
    """Add a document of the vault. Raises Forbidden, Conflict, Invalid."""
    _open(session, by, correction)
    document, attendue = piece
    return pieces.reuse(
        session,
        by=by,
        demande=correction.deposee.demande,
        attendue=attendue,
        piece=document,
        complement=correction.complement,
    )


def remove(session: Session, *, by: Acteur, correction: Correction, piece: PieceDemande) -> None:
    """Take out a file that these corrections had added. Raises Forbidden, Conflict."""
    _open(session, by, correction)
    piece.retiree_at = maintenant()
    valeurs = {"piece": piece.id, "code": piece.code}
    journal.record(session, by=by, action="piece_retiree", objet=f"demande:{piece.demande_id}", valeurs=valeurs)


def _open(session: Session, by: Acteur, correction: Correction) -> None:
    complements.lock_open(session, correction.complement)
    verdict = can_correct(by, correction.dossier)
    if not verdict:
        raise Forbidden(verdict.raison)
