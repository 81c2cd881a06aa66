"""The vault of an association as one of its people sees it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, and_, distinct, func, or_, select
from sqlalchemy.orm import Session, joinedload

from portal.errors import NotFound
from portal.formats import ESPACE_INSECABLE, aujourdhui, date_fr
from portal.models.associations import Association
from portal.models.documents import Fichier
from portal.models.pieces import PieceCoffre, PieceDemande
from portal.permissions import Acteur, Verdict
from portal.permissions.coffre import can_confirm, can_keep, can_take_out
from portal.queries.associations import MonAssociation, get_mine
from portal.queries.ribs import RibLu, lire_rib
from portal.vocabulaire import VerdictAntivirus
from portal.vocabulaire_demandes import LIBELLES_PIECE, GenrePiece

BIENTOT_JOURS = 60
LIMITE = 200
# Their label ends on another noun: « Comptes approuvés du dernier exercice clos, du 31 décembre 2025 ».
CLOS_LE = frozenset({GenrePiece.COMPTES, GenrePiece.RIB})


@dataclass(frozen=True, slots=True, kw_only=True)
class PieceLue:
    """A document of the vault. `demandes`: how many requests it is joined to; `rib` is None but for a RIB."""

    piece: PieceCoffre
    demandes: int
    rib: RibLu | None
    retirable: Verdict
    confirmable: Verdict

    @property
    def nom(self) -> str:
        """What it is, and of when: « Statuts du 12 mars 2025 »."""
        return nom_de(self.piece)

    @property
    def etat(self) -> str:
        """Whether it is still worth something, in words."""
        return etat_de(self.piece)

    @property
    def perimee(self) -> bool:
        """Its last day is past."""
        return self.piece.valide_jusqu_au is not None and self.piece.valide_jusqu_au < _aujourd_hui()

    @property
    def usage(self) -> str:
        """« jointe à 3 demandes »."""
        if not self.demandes:
            return "jointe à aucune demande"
        return f"jointe à {self.demandes}{ESPACE_INSECABLE}demande{'s' if self.demandes > 1 else ''}"


@dataclass(frozen=True, slots=True)
class Rayon:
    """The documents of one kind: those that serve, newest first, and those that were replaced or taken out."""

    genre: GenrePiece
    valables: tuple[PieceLue, ...]
    anciennes: tuple[PieceLue, ...]
    deposable: Verdict

    @property
    def libelle(self) -> str:
        """For people."""
        return LIBELLES_PIECE[self.genre]


@dataclass(frozen=True, slots=True)
class Coffre:
    """All that this person may see of a vault, by kind."""

    mienne: MonAssociation
    rayons: tuple[Rayon, ...]


def nom_de(piece: PieceCoffre) -> str:
    """« Statuts du 12 mars 2025 »; without a date, that of its coming."""
    jour = f"du {date_fr(piece.date_piece)}" if piece.date_piece else f"reçu le {date_fr(piece.deposee_at)}"
    return (
        f"{LIBELLES_PIECE[piece.genre]}, {jour}"
        if piece.genre == GenrePiece.COMPTES
        else f"{LIBELLES_PIECE[piece.genre]} {jour}"
    )


def etat_de(piece: PieceCoffre) -> str:
    """« valable », « expire dans 20 jours », « périmée depuis le … », or what the antivirus says."""
    if piece.fichier.verdict == VerdictAntivirus.INFECTE:
        return "virus détecté, ne peut pas servir"
    fin = piece.valide_jusqu_au
    restent = (fin - _aujourd_hui()).days if fin else None
    if fin is not None and restent is not None and restent < 0:
        return f"périmée depuis le {date_fr(fin)}"
    if restent is not None and restent <= BIENTOT_JOURS:
        jours = (
            "aujourd’hui" if restent == 0 else "demain" if restent == 1 else f"dans {restent}{ESPACE_INSECABLE}jours"
        )
        return f"expire {jours}"
    return "valable" if fin is None else f"valable jusqu’au {date_fr(fin)}"


def _aujourd_hui() -> date:
    return aujourdhui()


def visible_pieces(viewer: Acteur) -> Select[PieceCoffre]:
    """Documents of associations whose link is proved; else, and for an aidant, only what the person put there (model.md)."""
    miennes = and_(
        PieceCoffre.deposee_par_id == viewer.user_id,
        PieceCoffre.association_id.in_([mandat.association_id for mandat in viewer.mandats]),
    )
    return select(PieceCoffre).where(or_(PieceCoffre.association_id.in_(viewer.associations_prouvees), miennes))


def get_coffre(session: Session, viewer: Acteur, association_id: int) -> Coffre:
    """The vault of one of my associations, in a fixed number of queries, the last 200 documents. Raises NotFound."""
    mienne = get_mine(session, viewer, association_id)
    pieces = session.scalars(
        visible_pieces(viewer)
        .where(PieceCoffre.association_id == association_id)
        .options(joinedload(PieceCoffre.fichier), joinedload(PieceCoffre.deposee_par))
        .order_by(PieceCoffre.deposee_at.desc(), PieceCoffre.id.desc())
        .limit(LIMITE)
    ).all()
    usages = _usages(session, association_id)
    ribs = [une for une in list_ribs(session, association_id) if mienne.prouve or une.deposee_par_id == viewer.user_id]
    lues = [_lue(viewer, piece, usages, ribs, mienne.association) for piece in pieces]
    return Coffre(
        mienne,
        tuple(
            Rayon(
                genre,
                tuple(lue for lue in lues if lue.piece.genre == genre and lue.piece.retiree_at is None),
                tuple(lue for lue in lues if lue.piece.genre == genre and lue.piece.retiree_at is not None),
                can_keep(viewer, association_id, genre),
            )
            for genre in GenrePiece
        ),
    )


def _usages(session: Session, association_id: int) -> Mapping[int, int]:
    """How many requests bear each document."""
    lignes = session.execute(
        select(PieceDemande.coffre_id, func.count(distinct(PieceDemande.demande_id)))
        .join(PieceCoffre, PieceCoffre.id == PieceDemande.coffre_id)
        .where(PieceCoffre.association_id == association_id, PieceDemande.retiree_at.is_(None))
        .group_by(PieceDemande.coffre_id)
    )
    return {piece_id: nombre for piece_id, nombre in lignes if piece_id is not None}


def select_ribs(association_id: int) -> Select[PieceCoffre]:
    """Every RIB that the association ever had, oldest first: what tells whether an IBAN is new."""
    return (
        select(PieceCoffre)
        .where(PieceCoffre.association_id == association_id, PieceCoffre.genre == GenrePiece.RIB)
        .order_by(PieceCoffre.deposee_at, PieceCoffre.id)
    )


def list_ribs(session: Session, association_id: int) -> list[PieceCoffre]:
    """The same, read."""
    return list(session.scalars(select_ribs(association_id)))


def _lue(
    viewer: Acteur, piece: PieceCoffre, usages: Mapping[int, int], ribs: list[PieceCoffre], association: Association
) -> PieceLue:
    rib = None
    confirmable = Verdict(ok=False)
    if piece.genre == GenrePiece.RIB:
        rib = lire_rib(piece, ribs, association.denomination, association.sigle)
        if rib.change_at and rib.confirme_at is None and piece.retiree_at is None:
            confirmable = can_confirm(viewer, piece)
    return PieceLue(
        piece=piece,
        demandes=usages.get(piece.id, 0),
        rib=rib,
        retirable=can_take_out(viewer, piece),
        confirmable=confirmable,
    )


def get(session: Session, viewer: Acteur, association_id: int, piece_id: int) -> PieceCoffre:
    """One document of a vault. Raises NotFound."""
    piece = session.scalars(
        visible_pieces(viewer)
        .where(PieceCoffre.id == piece_id, PieceCoffre.association_id == association_id)
        .options(joinedload(PieceCoffre.fichier))
    ).first()
    if piece is None:
        raise NotFound
    return piece


def list_reusable(session: Session, viewer: Acteur, association_id: int) -> list[PieceCoffre]:
    """What may be joined to a request as it is: present, not out of date, without a virus; newest first."""
    return list(
        session.scalars(
            visible_pieces(viewer)
            .join(PieceCoffre.fichier)
            .where(
                PieceCoffre.association_id == association_id,
                PieceCoffre.retiree_at.is_(None),
                or_(PieceCoffre.valide_jusqu_au.is_(None), PieceCoffre.valide_jusqu_au >= _aujourd_hui()),
                Fichier.verdict != VerdictAntivirus.INFECTE,
            )
            .order_by(PieceCoffre.deposee_at.desc(), PieceCoffre.id.desc())
            .limit(LIMITE)
        )
    )
