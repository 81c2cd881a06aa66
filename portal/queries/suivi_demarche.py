"""One DS démarche in full: its runs, what is set aside, its files, what DS no longer shows."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.models.demarches import GroupeInstructeur
from portal.models.dossiers import Dossier, DossierDS
from portal.models.fichiers_ds import FichierDS
from portal.models.synchronisation import SyncRun
from portal.permissions import Acteur
from portal.queries import blocages_ds, envois_du_service, passages, synchronisation
from portal.queries.blocages_ds import MANQUENT, Ecarte
from portal.queries.synchronisation import SuiviDemarche
from portal.vocabulaire_ds import EtatFichierDS, Visibilite

GROUPES = 20
RAISONS = 5


@dataclass(frozen=True, slots=True)
class FichiersSuivis:
    """The files of a démarche by état, those that DS no longer shows left out; and why some are missing, with how many each."""

    attendus: int = 0
    a_la_demande: int = 0
    refuses: int = 0
    perdus: int = 0
    raisons: Sequence[tuple[str, int]] = ()

    @property
    def manquants(self) -> int:
        """Those that could not be copied."""
        return self.refuses + self.perdus


@dataclass(frozen=True, slots=True)
class DemarcheDetaillee:
    """The page of a démarche. `fichiers` and `raisons` (why DS refuses acts) are there for those whom they concern.

    `caches`: how many dossiers DS no longer shows, by visibility. `groupes`: the first groups without a service.
    """

    suivi: SuiviDemarche
    ecartes: tuple[Ecarte, ...]
    groupes: Sequence[str]
    fichiers: FichiersSuivis | None
    caches: dict[Visibilite, int]
    raisons: Sequence[tuple[str, int]]
    runs: Sequence[SyncRun]


def get(session: Session, viewer: Acteur, demarche_id: int, *, configurees: Collection[int]) -> DemarcheDetaillee:
    """Raises NotFound."""
    suivi = synchronisation.get(session, viewer, demarche_id, configurees=configurees)
    concerne = suivi.sienne or viewer.est_administrateur
    return DemarcheDetaillee(
        suivi=suivi,
        ecartes=blocages_ds.list_set_aside(session, demarche_id),
        groupes=_groupes(session, demarche_id),
        fichiers=_fichiers(session, demarche_id) if concerne else None,
        caches=_caches(session, demarche_id) if concerne else {},
        raisons=envois_du_service.reasons(session, demarche_id) if viewer.est_administrateur else (),
        runs=passages.list_last(session, demarche_id),
    )


def _groupes(session: Session, demarche_id: int) -> Sequence[str]:
    orphelins = select(GroupeInstructeur.label).where(
        GroupeInstructeur.demarche_id == demarche_id,
        GroupeInstructeur.service_id.is_(None),
        GroupeInstructeur.closed.is_(False),
    )
    return session.scalars(orphelins.order_by(GroupeInstructeur.label, GroupeInstructeur.id).limit(GROUPES)).all()


def _fichiers(session: Session, demarche_id: int) -> FichiersSuivis:
    siens = (Dossier.demarche_id == demarche_id, FichierDS.disparu_at.is_(None))
    comptes = (
        select(FichierDS.etat, func.count())
        .join(Dossier, Dossier.id == FichierDS.dossier_id)
        .where(*siens, FichierDS.etat != EtatFichierDS.RECU)
        .group_by(FichierDS.etat)
    )
    raisons = (
        select(FichierDS.erreur, func.count())
        .join(Dossier, Dossier.id == FichierDS.dossier_id)
        .where(*siens, FichierDS.etat.in_(MANQUENT))
        .group_by(FichierDS.erreur)
        .order_by(func.count().desc(), FichierDS.erreur)
        .limit(RAISONS)
    )
    par_etat: dict[EtatFichierDS, int] = dict(session.execute(comptes).all())
    return FichiersSuivis(
        attendus=par_etat.get(EtatFichierDS.ATTENDU, 0),
        a_la_demande=par_etat.get(EtatFichierDS.A_LA_DEMANDE, 0),
        refuses=par_etat.get(EtatFichierDS.REFUSE, 0),
        perdus=par_etat.get(EtatFichierDS.PERDU, 0),
        raisons=[(raison, combien) for raison, combien in session.execute(raisons)],
    )


def _caches(session: Session, demarche_id: int) -> dict[Visibilite, int]:
    comptes = (
        select(DossierDS.visibilite, func.count())
        .join(Dossier, Dossier.id == DossierDS.dossier_id)
        .where(Dossier.demarche_id == demarche_id, DossierDS.visibilite != Visibilite.VISIBLE)
        .group_by(DossierDS.visibilite)
        .order_by(DossierDS.visibilite)
    )
    return dict(session.execute(comptes).all())
