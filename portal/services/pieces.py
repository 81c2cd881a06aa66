"""Joins files to a request, takes them out, puts them back: nothing waits for the rest of the request to be right."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.errors import Conflict, Forbidden, Invalid
from portal.formats import ESPACE_INSECABLE, maintenant
from portal.forms.pieces_attendues import PieceAttendue
from portal.models.demandes import Demande
from portal.models.documents import Fichier
from portal.models.echanges import Complement
from portal.models.pieces import PieceCoffre, PieceDemande
from portal.permissions import Acteur, can_edit
from portal.services import coffre, journal
from portal.services.demandes import lock
from portal.vocabulaire_demandes import GenrePiece

MAXIMUM_PAR_PIECE = 20
# Kinds whose dates need not be asked to be kept in the vault at the same time.
GARDABLES = frozenset(GenrePiece) - {GenrePiece.RIB, GenrePiece.POUVOIR, GenrePiece.AUTRE}


def join(
    session: Session,
    *,
    by: Acteur,
    demande: Demande,
    attendue: PieceAttendue,
    fichier: Fichier,
    nom: str,
    recue_at: datetime,
    au_coffre: bool = False,
    complement: Complement | None = None,
) -> tuple[PieceDemande, bool]:
    """Join a file for a piece; False with it when the same bytes were joined there already: they count once.

    `recue_at` (UTC): when its sending began. One that began before the request was filed still comes in afterwards: whoever
    filed had already pressed the button. `complement`: the correction under way that it belongs to.
    Raises Forbidden, Invalid (the RIB comes from the vault, where its IBAN is checked; twenty files for one piece).
    """
    if attendue.genre == GenrePiece.RIB:
        raise Invalid(
            "fichiers", "Le RIB se dépose dans le coffre de l’association, avec son IBAN, puis se joint d’ici."
        )
    gardee = None
    if au_coffre and attendue.genre in GARDABLES:
        gardee = coffre.keep(
            session, by=by, association=demande.association, genre=attendue.genre, fichier=fichier, nom=nom
        )
    coffre_id = gardee.id if gardee else None
    return _add(session, by, demande, attendue, fichier, nom, recue_at, coffre_id, complement)


def reuse(
    session: Session,
    *,
    by: Acteur,
    demande: Demande,
    attendue: PieceAttendue,
    piece: PieceCoffre,
    complement: Complement | None = None,
) -> PieceDemande:
    """Join a document of the vault that this person may see. A RIB takes the place of the one joined before.

    Raises Forbidden, Conflict when it was taken out of the vault meanwhile, Invalid when it is of another kind.
    """
    if piece.association_id != demande.association_id or attendue.genre not in (piece.genre, GenrePiece.AUTRE):
        raise Invalid("coffre_id", "Ce document du coffre n’est pas celui qui est demandé ici.")
    if piece.retiree_at is not None:
        raise Conflict(
            "Ce document a été retiré du coffre entre-temps\u00a0: il n’a pas été joint. Choisissez-en un autre."
        )
    fichier = session.get_one(Fichier, piece.fichier_id)
    jointe, neuve = _add(session, by, demande, attendue, fichier, piece.nom, maintenant(), piece.id, complement)
    if not neuve and complement is not None:
        raise Invalid(
            "coffre_id", f"«\u00a0{piece.nom}\u00a0» est déjà joint à cette demande\u00a0: il compte une fois."
        )
    jointe.coffre_id = piece.id
    if attendue.genre == GenrePiece.RIB:
        for autre in _presentes(session, demande, attendue.code):
            if autre.id != jointe.id and autre.complement_id == jointe.complement_id:
                _retire(session, by, autre)
    return jointe


def remove(session: Session, *, by: Acteur, demande: Demande, piece: PieceDemande) -> PieceDemande:
    """Take a file out of a draft; it may be put back. Raises Forbidden: a filed request is frozen."""
    lock(session, demande)
    _check_editable(by, demande)
    session.refresh(piece)
    if piece.retiree_at is None:
        _retire(session, by, piece)
    return piece


def restore(session: Session, *, by: Acteur, demande: Demande, piece: PieceDemande) -> PieceDemande:
    """Put back what was taken out. The same bytes joined again meanwhile stay joined once. Raises Forbidden."""
    lock(session, demande)
    _check_editable(by, demande)
    session.refresh(piece)
    if piece.retiree_at is None:
        return piece
    autre = _meme(_presentes(session, demande, piece.code), piece.fichier_id)
    if autre is not None:
        return autre
    piece.retiree_at = None
    _record(session, by, "piece_remise", piece)
    return piece


def _add(
    session: Session,
    by: Acteur,
    demande: Demande,
    attendue: PieceAttendue,
    fichier: Fichier,
    nom: str,
    recue_at: datetime,
    coffre_id: int | None,
    complement: Complement | None,
) -> tuple[PieceDemande, bool]:
    """The new row; False with the one that is there when the same bytes are joined for that piece already."""
    lock(session, demande)
    if complement is None:
        _check_editable(by, _as_draft(demande) if _sent_before_filing(demande, recue_at) else demande)
    presentes = _presentes(session, demande, attendue.code)
    deja = _meme(presentes, fichier.id)
    if deja is not None:
        return deja, False
    if len(presentes) >= MAXIMUM_PAR_PIECE:
        raise Invalid(
            "fichiers",
            f"«{ESPACE_INSECABLE}{attendue.libelle}{ESPACE_INSECABLE}» a déjà {MAXIMUM_PAR_PIECE} fichiers\u00a0: retirez-en un, "
            "ou réunissez-les.",
        )
    piece = PieceDemande(
        demande_id=demande.id,
        code=attendue.code,
        fichier_id=fichier.id,
        coffre_id=coffre_id,
        nom=nom,
        recue_at=recue_at,
        deposee_par_id=by.user_id,
        complement_id=complement.id if complement else None,
    )
    session.add(piece)
    session.flush()
    _record(session, by, "piece_jointe", piece, sha256=fichier.sha256, apres_depot=demande.deposee_at is not None)
    return piece, True


def _sent_before_filing(demande: Demande, recue_at: datetime) -> bool:
    return demande.deposee_at is not None and recue_at < demande.deposee_at


def _as_draft(demande: Demande) -> Demande:
    """The same request, for rights alone, as it was before its filing."""
    return Demande(
        association_id=demande.association_id,
        created_by_id=demande.created_by_id,
        confiee_a_id=demande.confiee_a_id,
    )


def _check_editable(by: Acteur, demande: Demande) -> None:
    verdict = can_edit(by, demande)
    if not verdict:
        raise Forbidden(verdict.raison)


def _presentes(session: Session, demande: Demande, code: str) -> list[PieceDemande]:
    jointes = (
        select(PieceDemande)
        .where(PieceDemande.demande_id == demande.id, PieceDemande.code == code, PieceDemande.retiree_at.is_(None))
        .order_by(PieceDemande.id)
    )
    return list(session.scalars(jointes))


def _meme(presentes: Iterable[PieceDemande], fichier_id: int) -> PieceDemande | None:
    return next((une for une in presentes if une.fichier_id == fichier_id), None)


def _retire(session: Session, by: Acteur, piece: PieceDemande) -> None:
    piece.retiree_at = maintenant()
    _record(session, by, "piece_retiree", piece)


def _record(session: Session, by: Acteur, action: str, piece: PieceDemande, **valeurs: object) -> None:
    objet = f"demande:{piece.demande_id}"
    journal.record(
        session, by=by, action=action, objet=objet, valeurs={"piece": piece.id, "code": piece.code, **valeurs}
    )
