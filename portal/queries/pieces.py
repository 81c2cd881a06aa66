"""The files joined to a request, for its people and for the agents of the service that instructs it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, ScalarSelect, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from portal.errors import NotFound
from portal.forms.pieces_attendues import PieceAttendue
from portal.models.associations import Association
from portal.models.demandes import Demande
from portal.models.dossiers import Dossier
from portal.models.echanges import Complement
from portal.models.pieces import PieceCoffre, PieceDemande
from portal.permissions import Acteur, can_edit
from portal.queries import coffre, demandes, dossiers, lectures_dossiers, pieces_deposees
from portal.queries.coffre import nom_de
from portal.queries.demandes_visibles import visible_demandes
from portal.queries.lecture_demandes import CHARGEMENT, DemandeLue, lire
from portal.queries.ribs import RibLu, lire_rib
from portal.vocabulaire_demandes import GenrePiece

RETIREES_MONTREES = 10
RIB_JOINT = aliased(PieceCoffre)
# What an agent reads: all but what a correction still being written holds.
ENVOYEES: ColumnElement[bool] = or_(PieceDemande.complement_id.is_(None), Complement.repondu_at.is_not(None))


@dataclass(frozen=True, slots=True)
class Rubrique:
    """One piece that is expected, what the vault offers for it, and what was just taken out of it."""

    attendue: PieceAttendue
    du_coffre: tuple[tuple[int, str], ...]
    retirees: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class PagePieces:
    """The page of the pieces of a draft."""

    lue: DemandeLue
    rubriques: tuple[Rubrique, ...]

    @property
    def demande(self) -> Demande:
        """The request."""
        return self.lue.demande


def expecting(
    session: Session, viewer: Acteur, demande_id: int, piece: PieceCoffre
) -> tuple[Demande, PieceAttendue] | None:
    """A request that this person may still change, with the piece for which it wants that document; None when it wants none."""
    miennes = visible_demandes(viewer).where(Demande.association_id == piece.association_id)
    demande = session.scalars(miennes.where(Demande.id == demande_id).options(*CHARGEMENT)).first()
    if demande is None or not can_edit(viewer, demande):
        return None
    attendues = (une for une in lire(demande).contexte.pieces if une.genre == piece.genre)
    return next(((demande, une) for une in attendues), None)


def a_modifier(session: Session, viewer: Acteur, demande_id: int) -> PagePieces:
    """The pieces of a request that this person may change. Raises NotFound, Forbidden."""
    lue = lire(demandes.get_a_modifier(session, viewer, demande_id))
    reprises = coffre.list_reusable(session, viewer, lue.demande.association_id)
    retirees = _taken_out(session, lue.demande)
    return PagePieces(
        lue,
        tuple(
            Rubrique(
                attendue,
                tuple((une.id, nom_de(une)) for une in reprises if _offered(une, attendue)),
                tuple((une.id, une.nom) for une in retirees if une.code == attendue.code),
            )
            for attendue in lue.contexte.pieces
        ),
    )


def _offered(piece: PieceCoffre, attendue: PieceAttendue) -> bool:
    """Of the same kind, and not joined yet."""
    return piece.genre == attendue.genre and all(une.coffre_id != piece.id for une in attendue.jointes)


def _taken_out(session: Session, demande: Demande) -> list[PieceDemande]:
    """The last ones taken out of a draft, that may come back; not those that were joined again."""
    presentes = select(PieceDemande.fichier_id).where(
        PieceDemande.demande_id == demande.id, PieceDemande.retiree_at.is_(None)
    )
    return list(
        session.scalars(
            select(PieceDemande)
            .where(
                PieceDemande.demande_id == demande.id,
                PieceDemande.complement_id.is_(None),
                PieceDemande.retiree_at.is_not(None),
                PieceDemande.fichier_id.not_in(presentes),
            )
            .order_by(PieceDemande.retiree_at.desc(), PieceDemande.id.desc())
            .limit(RETIREES_MONTREES)
        )
    )


def get(session: Session, viewer: Acteur, demande_id: int, piece_id: int) -> PieceDemande:
    """A file of a request that this person may see, with its request. Raises NotFound."""
    demande = demandes.get(session, viewer, demande_id)
    piece = session.scalars(
        select(PieceDemande)
        .where(PieceDemande.id == piece_id, PieceDemande.demande_id == demande.id)
        .options(joinedload(PieceDemande.fichier))
    ).first()
    if piece is None:
        raise NotFound
    return piece


def get_of_dossier(session: Session, viewer: Acteur, reference: str, piece_id: int) -> tuple[Dossier, PieceDemande]:
    """A file of a dossier, for its owner service, and for those that were asked, the RIB apart. Raises NotFound."""
    dossier = dossiers.get(session, viewer, reference)
    if dossier.demande_id is None or not _is_open(session, viewer, dossier, piece_id):
        raise NotFound
    piece = session.scalars(
        select(PieceDemande)
        .outerjoin(Complement, Complement.id == PieceDemande.complement_id)
        .where(
            PieceDemande.id == piece_id,
            PieceDemande.demande_id == dossier.demande_id,
            PieceDemande.retiree_at.is_(None),
            ENVOYEES,
        )
        .options(joinedload(PieceDemande.fichier))
    ).first()
    if piece is None:
        raise NotFound
    return dossier, piece


def _is_open(session: Session, viewer: Acteur, dossier: Dossier, piece_id: int) -> bool:
    if dossier.service_id == viewer.service_id:
        return True
    return piece_id in shared_ids(session, viewer, dossier)


def shared_ids(session: Session, viewer: Acteur, dossier: Dossier) -> frozenset[int]:
    """The files joined to the request of a dossier that a service reads because it was asked for its avis."""
    if dossier.demande is None or not lectures_dossiers.get(session, viewer, dossier).pieces:
        return frozenset()
    partagees = pieces_deposees.shared(pieces_deposees.list_joined(session, dossier.demande))
    return frozenset(jointe.id for piece in partagees for jointe in piece.jointes)


@dataclass(frozen=True, slots=True)
class CompteDuDossier:
    """The account a grant would be paid to. `autre_depuis`: when another RIB was put in the vault since, None otherwise.

    `entier`: whether this agent reads the whole IBAN, which the owner service alone does.
    """

    rib: RibLu
    autre_depuis: datetime | None
    entier: bool

    @property
    def iban(self) -> str:
        """As this agent may read it."""
        return self.rib.entier if self.entier else self.rib.masque


def compte_of_dossier(session: Session, viewer: Acteur, dossier: Dossier) -> CompteDuDossier | None:
    """The RIB joined to the request of a dossier that this agent sees; None when there is none. One query."""
    if dossier.demande_id is None or dossier.association_id is None:
        return None
    lignes = session.execute(
        coffre.select_ribs(dossier.association_id).add_columns(PieceCoffre.id == _rib_joint(dossier.demande_id))
    ).all()
    histoire = [une for une, _ in lignes]
    joint = next((une for une, est_joint in lignes if est_joint), None)
    if joint is None:
        return None
    association = session.get_one(Association, dossier.association_id)
    suivants = [une for une in histoire if une.id > joint.id and une.retiree_at is None and une.iban != joint.iban]
    return CompteDuDossier(
        lire_rib(joint, histoire, association.denomination, association.sigle, dossier.demandeur_nom),
        suivants[0].deposee_at if suivants else None,
        entier=dossier.service_id == viewer.service_id,
    )


def _rib_joint(demande_id: int) -> ScalarSelect[int | None]:
    """The last RIB of the vault that was joined to a request."""
    return (
        select(PieceDemande.coffre_id)
        .join(RIB_JOINT, RIB_JOINT.id == PieceDemande.coffre_id)
        .outerjoin(Complement, Complement.id == PieceDemande.complement_id)
        .where(
            PieceDemande.demande_id == demande_id,
            PieceDemande.retiree_at.is_(None),
            RIB_JOINT.genre == GenrePiece.RIB,
            ENVOYEES,
        )
        .order_by(PieceDemande.id.desc())
        .limit(1)
        .scalar_subquery()
    )


def list_begun_before(session: Session, demande: Demande, instant: datetime) -> list[PieceDemande]:
    """The files of a request whose sending began before that instant (UTC), oldest first: what counts at a closing."""
    return list(
        session.scalars(
            select(PieceDemande)
            .where(
                PieceDemande.demande_id == demande.id,
                PieceDemande.retiree_at.is_(None),
                PieceDemande.recue_at < instant,
            )
            .order_by(PieceDemande.recue_at, PieceDemande.id)
        )
    )
