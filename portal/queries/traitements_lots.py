"""The lots of an agent: how far each has gone, and what became of each dossier."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from portal.errors import NotFound
from portal.models.file_agents import Etiquette
from portal.models.lots import LigneLot, Lot
from portal.permissions import Acteur
from portal.queries import attributions, consultables, modeles_motivation
from portal.queries.recusations import open_to
from portal.vocabulaire_instruction import ActionLot, EtatLigneLot, EtatLot
from portal.vocabulaire_lots import ANNULABLES

PAR_PAGE = 100
LOTS_PAR_PAGE = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLot:
    """A lot and up to a hundred of its lines. `nombres`: lines by what became of them; `suivante`: where the next page begins.

    `reste_a_annuler`: lines that an undo would put back, or still has to.
    """

    lot: Lot
    nombres: Mapping[EtatLigneLot, int]
    reste_a_annuler: int
    etat: EtatLigneLot | None = None
    lignes: Sequence[LigneLot] = ()
    suivante: int | None = None

    @property
    def en_cours(self) -> bool:
        """Whether a worker has still to do something of it."""
        return self.lot.etat in (EtatLot.ATTENTE, EtatLot.EN_COURS)

    @property
    def avancement(self) -> int:
        """Dossiers that are done with, in the present direction."""
        if self.lot.annule_at is None:
            return self.lot.total - self.nombres.get(EtatLigneLot.ATTENTE, 0)
        return self.lot.total - self.reste_a_annuler

    @property
    def annulable(self) -> bool:
        """Whether an undo may be asked for."""
        ouvert = self.lot.etat == EtatLot.TERMINE and self.lot.annule_at is None
        return ouvert and self.lot.action in ANNULABLES and self.reste_a_annuler > 0


def get(session: Session, viewer: Acteur, lot_id: int) -> Lot:
    """A lot that the viewer has asked for, in the service for which it acts. Raises NotFound."""
    lot = session.scalars(
        select(Lot).where(Lot.id == lot_id, Lot.user_id == viewer.user_id, Lot.service_id == viewer.service_id)
    ).first()
    if lot is None:
        raise NotFound
    return lot


def get_page(
    session: Session, viewer: Acteur, lot_id: int, *, etat: EtatLigneLot | None = None, depuis: int = 0
) -> PageLot:
    """A lot in three statements: itself, how many lines of each kind, a page of them in their order."""
    lot = get(session, viewer, lot_id)
    comptes = session.execute(
        select(LigneLot.etat, func.count(), func.count().filter(LigneLot.avant != {}))
        .where(LigneLot.lot_id == lot.id)
        .group_by(LigneLot.etat)
        .order_by(LigneLot.etat)
    ).all()
    choix = select(LigneLot).where(
        LigneLot.lot_id == lot.id, LigneLot.rang >= depuis, open_to(viewer, LigneLot.dossier_id)
    )
    if etat is not None:
        choix = choix.where(LigneLot.etat == etat)
    lues = session.scalars(
        choix.options(joinedload(LigneLot.dossier)).order_by(LigneLot.rang).limit(PAR_PAGE + 1)
    ).all()
    return PageLot(
        lot=lot,
        nombres={etat_lu: nombre for etat_lu, nombre, _ in comptes},
        reste_a_annuler=sum(avec for etat_lu, _, avec in comptes if etat_lu == EtatLigneLot.FAIT),
        etat=etat,
        lignes=lues[:PAR_PAGE],
        suivante=lues[PAR_PAGE].rang if len(lues) > PAR_PAGE else None,
    )


@dataclass(frozen=True, slots=True)
class LotCompte:
    """A lot in a list: how many dossiers were done (or put back since), and refused."""

    lot: Lot
    faits: int
    refuses: int


def list_lots(session: Session, viewer: Acteur, *, avant: int | None = None) -> tuple[list[LotCompte], int | None]:
    """The viewer's lots, newest first, and the number before which the next page goes on."""
    choix = select(Lot).where(Lot.user_id == viewer.user_id, Lot.service_id == viewer.service_id)
    if avant is not None:
        choix = choix.where(Lot.id < avant)
    lots = session.scalars(choix.order_by(Lot.id.desc()).limit(LOTS_PAR_PAGE + 1)).all()
    montres = lots[:LOTS_PAR_PAGE]
    comptes = session.execute(
        select(LigneLot.lot_id, LigneLot.etat, func.count())
        .where(LigneLot.lot_id.in_([lot.id for lot in montres]))
        .group_by(LigneLot.lot_id, LigneLot.etat)
        .order_by(LigneLot.lot_id, LigneLot.etat)
    ).all()
    lus = {(lot_id, etat): nombre for lot_id, etat, nombre in comptes}
    return [_compter(lot, lus) for lot in montres], montres[-1].id if len(lots) > LOTS_PAR_PAGE else None


def _compter(lot: Lot, lus: Mapping[tuple[int, EtatLigneLot], int]) -> LotCompte:
    faits = sum(lus.get((lot.id, etat), 0) for etat in (EtatLigneLot.FAIT, EtatLigneLot.ANNULE))
    return LotCompte(lot, faits, lus.get((lot.id, EtatLigneLot.REFUSE), 0))


def list_options(session: Session, viewer: Acteur, action: ActionLot) -> Sequence[tuple[Any, ...]]:
    """(id, name) of what an action lets choose: agents, labels. (id, title, text) of models of motivation.

    (« proposes » or « services », those) of who may be asked for an avis.
    """
    if action == ActionLot.ATTRIBUER:
        return attributions.list_agents(session, viewer)
    if action == ActionLot.DECIDER:
        return [(un.id, un.titre, un.texte) for un in modeles_motivation.list_du_service(session, viewer)]
    if action == ActionLot.ETIQUETER:
        siennes = select(Etiquette.id, Etiquette.nom).where(
            Etiquette.service_id == viewer.service_id, Etiquette.retiree_at.is_(None)
        )
        return [(ident, nom) for ident, nom in session.execute(siennes.order_by(Etiquette.nom, Etiquette.id))]
    if action == ActionLot.DEMANDER_AVIS:
        offre = consultables.for_service(session, viewer)
        return [("proposes", offre.proposes), ("services", offre.services)]
    return []
