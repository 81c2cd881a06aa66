"""Which bank accounts of requests are also those of another association; a number leaves here masked."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from portal.formats import iban_masque
from portal.models.associations import Association
from portal.models.dossiers import Dossier
from portal.models.pieces import PieceCoffre, PieceDemande
from portal.queries.requetes_recoupees import Compte
from portal.vocabulaire_demandes import GenrePiece

Porteurs = Mapping[str, Sequence[tuple[int, str, datetime]]]


def load(session: Session, dossiers: Sequence[Dossier]) -> Mapping[int, Compte]:
    """By dossier: the account that a grant would be paid to, when another association has given it too.

    It is that of the RIB joined to the request, else of the vault of the association.
    """
    joints = _joined(session, sorted({un.demande_id for un in dossiers if un.demande_id is not None}))
    gardes = _kept(session, sorted({un.association_id for un in dossiers if un.association_id is not None}))
    ibans = {
        un.id: iban for un in dossiers if (iban := joints.get(un.demande_id or 0) or gardes.get(un.association_id or 0))
    }
    porteurs = _holders(session, sorted(set(ibans.values())))
    comptes = dict[int, Compte]()
    for dossier in dossiers:
        iban = ibans.get(dossier.id)
        autres = [porteur for porteur in porteurs.get(iban or "", ()) if porteur[0] != dossier.association_id]
        if iban and autres:
            comptes[dossier.id] = Compte(masque=iban_masque(iban), autres=tuple(autres))
    return comptes


def _joined(session: Session, demandes: Iterable[int]) -> Mapping[int, str]:
    """The last RIB joined to each request."""
    choix = (
        select(PieceDemande.demande_id, PieceCoffre.iban)
        .join(PieceCoffre, PieceCoffre.id == PieceDemande.coffre_id)
        .where(
            PieceDemande.demande_id.in_(demandes),
            PieceDemande.retiree_at.is_(None),
            PieceCoffre.genre == GenrePiece.RIB,
        )
    )
    return {ident: iban for ident, iban in session.execute(choix.order_by(PieceDemande.id))}  # noqa: C416  # dict() of rows has no types


def _kept(session: Session, associations: Iterable[int]) -> Mapping[int, str]:
    """The last RIB that each association keeps."""
    choix = select(PieceCoffre.association_id, PieceCoffre.iban).where(
        PieceCoffre.association_id.in_(associations),
        PieceCoffre.genre == GenrePiece.RIB,
        PieceCoffre.retiree_at.is_(None),
    )
    return {ident: iban for ident, iban in session.execute(choix.order_by(PieceCoffre.id))}  # noqa: C416  # dict() of rows has no types


def _holders(session: Session, ibans: Iterable[str]) -> Porteurs:
    """Who has given each account, and since when."""
    piece = aliased(PieceCoffre)
    choix = (
        select(piece.iban, Association.id, Association.denomination, piece.deposee_at)
        .join(Association, Association.id == piece.association_id)
        .where(piece.iban.in_(ibans), piece.iban != "", piece.retiree_at.is_(None))
        .order_by(Association.denomination, Association.id, piece.deposee_at, piece.id)
    )
    porteurs = defaultdict[str, dict[int, tuple[int, str, datetime]]](dict)
    for iban, association_id, nom, depuis in session.execute(choix):
        porteurs[iban].setdefault(association_id, (association_id, nom, depuis))
    return {iban: tuple(siens.values()) for iban, siens in porteurs.items()}
