"""Puts documents in the vault of an association, takes them out, and watches over its IBAN."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.errors import Conflict, Forbidden
from portal.formats import aujourdhui, maintenant
from portal.models.associations import Association, Mandat
from portal.models.connexion import User
from portal.models.delais import plus_mois
from portal.models.documents import Fichier
from portal.models.pieces import PieceCoffre
from portal.permissions import Acteur, Verdict
from portal.permissions.coffre import can_confirm, can_keep, can_take_out
from portal.queries.coffre import list_ribs
from portal.queries.ribs import lire_rib
from portal.services import courriels, journal
from portal.vocabulaire import EtatMandat
from portal.vocabulaire_demandes import LIBELLES_PIECE, GenrePiece

MOIS_DES_COMPTES = 18
DE_L_EXERCICE = frozenset({GenrePiece.COMPTES, GenrePiece.RAPPORT_ACTIVITE, GenrePiece.RAPPORT_COMMISSAIRE})
# One takes the place of the former; of the others an association has several.
UNIQUES = frozenset(GenrePiece) - {GenrePiece.POUVOIR, GenrePiece.AUTRE}


def keep(
    session: Session,
    *,
    by: Acteur,
    association: Association,
    genre: GenrePiece,
    fichier: Fichier,
    nom: str,
    date_piece: date | None = None,
    valide_jusqu_au: date | None = None,
    **compte: str,
) -> PieceCoffre:
    """Keep a document. It takes the place of those of its kind that this person may take out, which stay in the history.

    The same file of the same kind sent twice is one document. Accounts and reports hold for 18 months after the exercice
    (`date_piece`) unless a day is given. A RIB bears its `iban`, `bic` and `titulaire`; proved members are told by mail of
    an IBAN that is another than before. Raises Forbidden.
    """
    _check(can_keep(by, association.id, genre))
    _lock(session, association)
    presentes = _presentes(session, by, association, genre)
    meme = [une for une in presentes if (une.fichier_id, une.iban) == (fichier.id, compte.get("iban", ""))]
    if meme:
        return meme[0]
    piece = PieceCoffre(
        association_id=association.id,
        genre=genre,
        fichier_id=fichier.id,
        nom=nom,
        date_piece=date_piece,
        valide_jusqu_au=valide_jusqu_au or _default_end(genre, date_piece),
        **compte,
        deposee_par_id=by.user_id,
        deposee_at=maintenant(),
    )
    _replace(session, by, presentes if genre in UNIQUES else [], piece, fichier)
    if genre == GenrePiece.RIB:
        _tell_changed_iban(session, by, association, piece)
    return piece


def _replace(session: Session, by: Acteur, anciennes: list[PieceCoffre], piece: PieceCoffre, fichier: Fichier) -> None:
    session.add(piece)
    for une in anciennes:
        une.retiree_at = piece.deposee_at
    session.flush()
    valeurs = {"genre": piece.genre, "sha256": fichier.sha256, "remplace": [une.id for une in anciennes]}
    _record(session, by, "piece_gardee", piece, piece=piece.id, **valeurs)


def _default_end(genre: GenrePiece, date_piece: date | None) -> date | None:
    """The last day of what speaks of an exercice; None for what has none."""
    return plus_mois(date_piece, MOIS_DES_COMPTES) if date_piece is not None and genre in DE_L_EXERCICE else None


def take_out(session: Session, *, by: Acteur, piece: PieceCoffre) -> PieceCoffre:
    """Take a document out; requests that bear it keep it. Taken out already, nothing changes. Raises Forbidden."""
    _check(can_take_out(by, piece))
    session.refresh(piece, with_for_update={"of": PieceCoffre})
    if piece.retiree_at is None:
        piece.retiree_at = maintenant()
        _record(session, by, "piece_retiree", piece, piece=piece.id, genre=piece.genre)
    return piece


def put_back(session: Session, *, by: Acteur, piece: PieceCoffre) -> PieceCoffre:
    """Put back a document that was taken out. Raises Forbidden, Conflict when another one has its place.

    A RIB that another followed is not put back: its IBAN would pass for the usual one. It is sent again, and counts as new.
    """
    _check(can_take_out(by, piece))
    association = session.get_one(Association, piece.association_id)
    _lock(session, association)
    session.refresh(piece)
    if piece.retiree_at is None:
        return piece
    if piece.genre in UNIQUES and _presentes(session, by, association, piece.genre):
        raise Conflict(
            f"Un autre document tient déjà la place de celui-ci ({LIBELLES_PIECE[piece.genre]})\u00a0: rien n’a été changé. "
            "Retirez d’abord l’autre."
        )
    if piece.genre == GenrePiece.RIB and list_ribs(session, association.id)[-1].id != piece.id:
        raise Conflict("Un autre RIB a été déposé depuis\u00a0: déposez celui-ci de nouveau, avec son IBAN.")
    piece.retiree_at = None
    _record(session, by, "piece_remise", piece, piece=piece.id, genre=piece.genre)
    return piece


def confirm_iban(session: Session, *, by: Acteur, piece: PieceCoffre) -> PieceCoffre:
    """A second member says that the IBAN is the association's. Raises Forbidden, Conflict when there is nothing to confirm."""
    _check(can_confirm(by, piece))
    session.refresh(piece, with_for_update={"of": PieceCoffre})
    if piece.genre != GenrePiece.RIB or piece.retiree_at is not None:
        raise Conflict("Ce RIB n’est plus celui du coffre\u00a0: rien n’a été confirmé.")
    if piece.confirme_at is None:
        piece.confirme_par_id, piece.confirme_at = by.user_id, maintenant()
        _record(session, by, "iban_confirme", piece, piece=piece.id)
    return piece


def _lock(session: Session, association: Association) -> None:
    """Two persons who put documents in the same vault wait for each other; a request filed meanwhile does not.

    Who locks the vault and a request locks the vault first.
    """
    session.execute(select(Association.id).where(Association.id == association.id).with_for_update(key_share=True))


def _check(verdict: Verdict) -> None:
    if not verdict:
        raise Forbidden(verdict.raison)


def _presentes(session: Session, by: Acteur, association: Association, genre: GenrePiece) -> list[PieceCoffre]:
    """Those of that kind, not taken out, that this person may take out."""
    pieces = session.scalars(
        select(PieceCoffre)
        .where(
            PieceCoffre.association_id == association.id,
            PieceCoffre.genre == genre,
            PieceCoffre.retiree_at.is_(None),
        )
        .order_by(PieceCoffre.id)
    )
    return [piece for piece in pieces if can_take_out(by, piece)]


def _tell_changed_iban(session: Session, by: Acteur, association: Association, piece: PieceCoffre) -> None:
    """The members hear of a changed IBAN by a letter that does not hold it."""
    ribs = list_ribs(session, association.id)
    rib = lire_rib(piece, ribs)
    if rib.change_at != piece.deposee_at:
        return
    _record(session, by, "iban_change", piece, piece=piece.id)
    for adresse in _members(session, association, {une.deposee_par_id for une in ribs}):
        courriels.enqueue(
            session,
            "iban_change",
            destinataire=adresse,
            association_id=association.id,
            association=association.denomination,
            personne=by.nom_affiche,
        )


def _members(session: Session, association: Association, deposants: set[int]) -> Iterable[str]:
    """Addresses of the proved members, and of whoever put one of the RIBs there."""
    membres = session.execute(
        select(User.email, Mandat.etat, Mandat.user_id)
        .join(Mandat, Mandat.user_id == User.id)
        .where(
            Mandat.association_id == association.id,
            Mandat.valant_le(aujourdhui()),
            User.disabled_at.is_(None),
        )
        .order_by(User.id)
    )
    return [email for email, etat, ident in membres if etat == EtatMandat.PROUVE or ident in deposants]


def _record(session: Session, by: Acteur, action: str, gardee: PieceCoffre, /, **valeurs: object) -> None:
    journal.record(session, by=by, action=action, objet=f"association:{gardee.association_id}", valeurs=valeurs)
