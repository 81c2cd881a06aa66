"""How the exchange with Démarches Simplifiées stands, told so that a person can read it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Row, Select, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session, joinedload

from portal.errors import NotFound
from portal.formats import anciennete_fr, maintenant
from portal.models.demarches import Demarche, GroupeInstructeur
from portal.models.dossiers import Dossier
from portal.models.envois import EN_ATTENTE, OperationDS
from portal.models.synchronisation import Quarantaine, SyncRun
from portal.models.workflow import TRANSITIONS
from portal.permissions import Acteur, can_instruct
from portal.vocabulaire import EtatEnvoi, Source

MAXIMUM = 100
LIBELLES_MUTATION = {t.mutation: t.libelle for t in TRANSITIONS if t.mutation}


@dataclass(frozen=True, slots=True)
class Ecarte:
    """A dossier that could not be stored, and why. It is tried again at each run."""

    number: int
    motif: str
    essais: int
    at: datetime


@dataclass(frozen=True, slots=True)
class SuiviDemarche:
    """One démarche: when it was last in step, what the last run saw, since when it fails and why."""

    id: int
    number: int
    titre: str
    service: str
    succes_at: datetime | None
    retard: str
    lus: int
    changes: int
    en_cours: bool
    panne_depuis: datetime | None
    panne: str
    injoignable: bool
    ecartes: tuple[Ecarte, ...]
    groupes_sans_service: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Envoi:
    """An act that waits to leave for DS, or that DS refused (`erreur` holds its words)."""

    id: int
    reference: str
    demandeur: str
    libelle: str
    created_at: datetime
    erreur: str
    peut_relancer: bool


@dataclass(frozen=True, slots=True)
class EtatSynchronisation:
    """The whole page."""

    demarches: tuple[SuiviDemarche, ...]
    attentes: tuple[Envoi, ...]
    refus: tuple[Envoi, ...]
    non_rattachees: tuple[int, ...]

    @property
    def muet_depuis(self) -> datetime | None:
        """Since when DS does not answer at all, None when it does."""
        return min((d.panne_depuis for d in self.demarches if d.injoignable and d.panne_depuis), default=None)


@dataclass(frozen=True, slots=True)
class Comptes:
    """How many operations wait, and how many DS refused."""

    en_attente: int
    refusees: int


def state(session: Session, viewer: Acteur, *, configurees: Iterable[int] = ()) -> EtatSynchronisation:
    """The state of every DS démarche, and of the acts on the dossiers that this agent's service owns.

    A service that is only asked for its avis knows nothing of them: an act under way may be a decision not yet notified.

    `configurees`: the numbers that this portal must follow; those that no service has are told apart.
    """
    demarches = list_demarches(session)
    connues = {demarche.number for demarche in demarches}
    return EtatSynchronisation(
        demarches=demarches,
        attentes=_envois(session, viewer, EN_ATTENTE),
        refus=_envois(session, viewer, (EtatEnvoi.REFUSE,)),
        non_rattachees=tuple(sorted(set(configurees) - connues)),
    )


def list_demarches(session: Session) -> tuple[SuiviDemarche, ...]:
    """Every DS démarche, by title, in a fixed number of queries."""
    demarches = session.scalars(
        select(Demarche)
        .where(Demarche.source == Source.DS, Demarche.ds_number.is_not(None))
        .options(joinedload(Demarche.service))
        .order_by(Demarche.titre, Demarche.id)
    ).all()
    succes = {run.demarche_id: run for run in session.scalars(_derniers(SyncRun.erreur == ""))}
    derniers = {run.demarche_id: run for run in session.scalars(_derniers(SyncRun.ended_at.is_not(None)))}
    en_cours = set(session.scalars(select(SyncRun.demarche_id).where(SyncRun.ended_at.is_(None))))
    pannes = {ligne.demarche_id: ligne.depuis for ligne in session.execute(_pannes())}
    ecartes, orphelins = _ecartes(session), _groupes_sans_service(session)
    return tuple(
        _suivi(
            demarche,
            succes=succes.get(demarche.id),
            dernier=derniers.get(demarche.id),
            panne_depuis=pannes.get(demarche.id),
            en_cours=demarche.id in en_cours,
            ecartes=tuple(ecartes[demarche.id]),
            groupes=tuple(orphelins[demarche.id]),
        )
        for demarche in demarches
    )


def count_operations(session: Session) -> Comptes:
    """Over every service: what is not settled, and what DS refused."""
    lignes = session.execute(select(OperationDS.etat, func.count()).group_by(OperationDS.etat))
    par_etat: dict[EtatEnvoi, int] = dict(lignes.all())
    en_attente = sum(par_etat.get(etat, 0) for etat in EN_ATTENTE)
    return Comptes(en_attente=en_attente, refusees=par_etat.get(EtatEnvoi.REFUSE, 0))


def get_operation(session: Session, viewer: Acteur, operation_id: int) -> OperationDS:
    """An operation on a dossier that this agent's service owns. Raises NotFound otherwise."""
    operation = session.scalars(
        select(OperationDS)
        .join(Dossier, Dossier.id == OperationDS.dossier_id)
        .where(OperationDS.id == operation_id, Dossier.service_id == viewer.service_id)
    ).first()
    if operation is None:
        raise NotFound
    return operation


def _suivi(
    demarche: Demarche,
    *,
    succes: SyncRun | None,
    dernier: SyncRun | None,
    panne_depuis: datetime | None,
    en_cours: bool,
    ecartes: tuple[Ecarte, ...],
    groupes: tuple[str, ...],
) -> SuiviDemarche:
    en_panne = dernier is not None and dernier.erreur != ""
    return SuiviDemarche(
        id=demarche.id,
        number=demarche.ds_number or 0,
        titre=demarche.titre,
        service=demarche.service.sigle,
        succes_at=succes.ended_at if succes else None,
        retard=anciennete_fr(maintenant() - succes.ended_at) if succes and succes.ended_at else "jamais encore",
        lus=dernier.lus if dernier else 0,
        changes=dernier.changes if dernier else 0,
        en_cours=en_cours,
        panne_depuis=panne_depuis if en_panne else None,
        panne=dernier.erreur if dernier else "",
        injoignable=dernier is not None and dernier.injoignable,
        ecartes=ecartes,
        groupes_sans_service=groupes,
    )


def _derniers(critere: ColumnElement[bool]) -> Select[SyncRun]:
    """The last ended run of each démarche among those that meet `critere`."""
    return (
        select(SyncRun)
        .where(SyncRun.ended_at.is_not(None), critere)
        .ext(distinct_on(SyncRun.demarche_id))
        .order_by(SyncRun.demarche_id, SyncRun.started_at.desc(), SyncRun.id.desc())
    )


def _pannes() -> Select[int, datetime]:
    """For each démarche, when the first run that failed since its last success began."""
    succes = (
        select(SyncRun.demarche_id, func.max(SyncRun.started_at).label("at"))
        .where(SyncRun.ended_at.is_not(None), SyncRun.erreur == "")
        .group_by(SyncRun.demarche_id)
        .subquery()
    )
    return (
        select(SyncRun.demarche_id, func.min(SyncRun.started_at).label("depuis"))
        .outerjoin(succes, succes.c.demarche_id == SyncRun.demarche_id)
        .where(SyncRun.erreur != "", or_(succes.c.at.is_(None), SyncRun.started_at > succes.c.at))
        .group_by(SyncRun.demarche_id)
    )


def _ecartes(session: Session) -> dict[int, list[Ecarte]]:
    par_demarche: dict[int, list[Ecarte]] = defaultdict(list)
    for ligne in session.scalars(select(Quarantaine).order_by(Quarantaine.at, Quarantaine.id).limit(MAXIMUM)):
        par_demarche[ligne.demarche_id].append(Ecarte(ligne.number, ligne.motif, ligne.essais, ligne.at))
    return par_demarche


def _groupes_sans_service(session: Session) -> dict[int, list[str]]:
    par_demarche: dict[int, list[str]] = defaultdict(list)
    groupes = select(GroupeInstructeur).where(
        GroupeInstructeur.service_id.is_(None), GroupeInstructeur.closed.is_(False)
    )
    for groupe in session.scalars(groupes.order_by(GroupeInstructeur.label, GroupeInstructeur.id)):
        par_demarche[groupe.demarche_id].append(groupe.label)
    return par_demarche


def _envois(session: Session, viewer: Acteur, etats: Iterable[EtatEnvoi]) -> tuple[Envoi, ...]:
    lignes = session.execute(
        select(OperationDS, Dossier)
        .join(Dossier, Dossier.id == OperationDS.dossier_id)
        .where(OperationDS.etat.in_(list(etats)), Dossier.service_id == viewer.service_id)
        .order_by(OperationDS.created_at, OperationDS.id)
        .limit(MAXIMUM)
    )
    return tuple(_envoi(ligne, viewer) for ligne in lignes)


def _envoi(ligne: Row[OperationDS, Dossier], viewer: Acteur) -> Envoi:
    operation, dossier = ligne
    return Envoi(
        id=operation.id,
        reference=dossier.reference,
        demandeur=dossier.demandeur_nom,
        libelle=LIBELLES_MUTATION.get(operation.mutation, operation.mutation),
        created_at=operation.created_at,
        erreur=operation.erreur,
        peut_relancer=operation.etat == EtatEnvoi.REFUSE and bool(can_instruct(viewer, dossier)),
    )
