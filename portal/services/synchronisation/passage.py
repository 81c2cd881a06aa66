"""A run over one démarche: its entities, its quarantine, its dossiers since the saved cursor, an overlap, its deletions.

DS sorts by modification date, and a transaction that commits late may slip behind the cursor (ds/api §4). So a run walks
the list from the cursor (its `updatedSince` never moves: a cursor belongs to one order), then walks again what changed since
ten minutes before the last complete run began. Storing twice changes nothing, so that the overlap costs one request.
The network is never waited for inside a transaction; a page and its cursor are committed together.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from integrations.demarches_simplifiees.api import DemarchesSimplifiees
from integrations.demarches_simplifiees.errors import DSIndisponible, ErreurDS
from integrations.demarches_simplifiees.types import EnTete
from portal.errors import RemoteUnavailable
from portal.formats import maintenant
from portal.models.demarches import Demarche
from portal.models.dossiers import Dossier, DossierDS
from portal.models.synchronisation import Quarantaine, SyncRun
from portal.services.moyens import Moyens
from portal.services.synchronisation import demarches, lecture, rangement, suppressions
from portal.services.synchronisation.curseurs import FLUX_DOSSIERS, read_cursor, save_cursor
from portal.services.synchronisation.verrou import verrou
from portal.vocabulaire import Visibilite

RECOUVREMENT = timedelta(minutes=10)
# DS dates its changes to the second, by its own clock: what was read sooner than this after a change is read once more.
PRECISION = timedelta(seconds=60)
# An agent looks a few days back; a run every five minutes would otherwise fill the table for ever.
MEMOIRE = timedelta(days=30)
ORIGINE = datetime(2015, 1, 1, tzinfo=UTC)
INTERROMPU = (
    "Ce passage a été interrompu avant sa fin. Ce qui était lu est conservé, le passage suivant a repris la suite."
)


def sync(moyens: Moyens, number: int, *, suppressions_aussi: bool = True) -> SyncRun:
    """Run over the démarche of that DS number and return the run, with its reason when DS fails.

    `suppressions_aussi`: walk the two deletion streams too (slow at DS, so not at each run).
    Raises Invalid (démarche of no service), Conflict (already running), RemoteUnavailable (no DS configured).
    """
    ds = get_ds(moyens)
    with moyens.fabrique() as session:
        demarche = demarches.get_attached(session, instance=moyens.instance_ds, number=number)
    with verrou(moyens.fabrique, demarche.id):
        passage = _Passage(moyens, ds, demarche, number, _open(moyens, demarche.id))
        try:
            passage.derouler(suppressions_aussi=suppressions_aussi)
        except ErreurDS as panne:
            return passage.finir(str(panne), injoignable=isinstance(panne, DSIndisponible))
        return passage.finir("")


def sync_one(moyens: Moyens, dossier_id: int) -> bool:
    """Read one dossier of ours again. True when something changed. Raises ErreurDS when DS does not tell it."""
    with moyens.fabrique() as session:
        number = session.scalars(select(DossierDS.number).where(DossierDS.dossier_id == dossier_id)).one()
    raw = get_ds(moyens).lire_dossier(number)
    with moyens.fabrique.begin() as session:
        dossier = session.get_one(Dossier, dossier_id)
        return rangement.store_all(session, dossier.demarche, [raw]) > 0


def get_ds(moyens: Moyens) -> DemarchesSimplifiees:
    """The DS of this portal. Raises RemoteUnavailable when none is configured."""
    if moyens.ds is None:
        raise RemoteUnavailable(
            "Aucune instance de Démarches Simplifiées n’est configurée : renseignez DS_URL, DS_TOKEN et DS_DEMARCHES."
        )
    return moyens.ds


def _open(moyens: Moyens, demarche_id: int) -> SyncRun:
    """A new run; those that a killed worker left open are closed with their reason, old ones go (never the last complete)."""
    with moyens.fabrique.begin() as session:
        anciens = delete(SyncRun).where(SyncRun.demarche_id == demarche_id, SyncRun.started_at < maintenant() - MEMOIRE)
        session.execute(anciens.where(SyncRun.started_at < _dernier_complet(demarche_id).scalar_subquery()))
        laisses = update(SyncRun).where(SyncRun.demarche_id == demarche_id, SyncRun.ended_at.is_(None))
        session.execute(laisses.values(ended_at=maintenant(), erreur=INTERROMPU))
        run = SyncRun(demarche_id=demarche_id, started_at=maintenant(), lus=0, changes=0, en_quarantaine=0, erreur="")
        session.add(run)
    return run


@dataclass
class _Passage:
    moyens: Moyens
    ds: DemarchesSimplifiees
    demarche: Demarche
    number: int
    run: SyncRun
    vus: set[int] = field(default_factory=set)
    changes: int = 0

    def derouler(self, *, suppressions_aussi: bool) -> None:
        recue = self.ds.lire_demarche(self.number)
        with self.moyens.fabrique.begin() as session:
            demarches.refresh(session, session.get_one(Demarche, self.demarche.id), recue)
            repris = list(session.scalars(_en_quarantaine(self.demarche.id)))
            curseur = read_cursor(session, self.demarche.id, FLUX_DOSSIERS)
            complet = session.scalar(_dernier_complet(self.demarche.id))
        self._reprendre(repris)
        self._parcourir(recue.date_creation or ORIGINE, curseur, flux=FLUX_DOSSIERS)
        if complet is not None:
            self._parcourir(complet - RECOUVREMENT, None, flux=None)
        if suppressions_aussi:
            self.changes += suppressions.follow(self.moyens.fabrique, self.ds, self.demarche)

    def finir(self, erreur: str, *, injoignable: bool = False) -> SyncRun:
        with self.moyens.fabrique.begin() as session:
            run = session.get_one(SyncRun, self.run.id)
            self._noter(session, run)
            run.ended_at, run.erreur, run.injoignable = maintenant(), erreur, injoignable
        return run

    def _reprendre(self, numeros: list[int]) -> None:
        """Try again what is in quarantine, one by one."""
        lu = lecture.Lecture()
        for numero in numeros:
            lecture.fetch_one(self.ds, numero, lu)
        self._ranger(lu, curseur=None, flux=None)

    def _parcourir(self, depuis: datetime, apres: str | None, *, flux: str | None) -> None:
        """Walk the list by pages; `flux` names the cursor to save with each page, None for a walk that leaves no trace."""
        for debut, page in lecture.list_pages(self.ds, self.number, apres=apres, depuis=depuis):
            self.vus |= {un.number for un in page.elements}
            voulus = self._a_lire(page.elements)
            lu = lecture.fetch(self.ds, self.number, page=page, apres=debut, depuis=depuis, voulus=voulus)
            self._ranger(lu, curseur=page.curseur_fin, flux=flux)

    def _a_lire(self, entetes: tuple[EnTete, ...]) -> set[int]:
        """Those that are new, changed, hidden here, or read too soon after their last change to be sure."""
        with self.moyens.fabrique() as session:
            connus = {
                number: (date, synced_at, visibilite)
                for number, date, synced_at, visibilite in session.execute(
                    select(
                        DossierDS.number,
                        DossierDS.date_derniere_modification,
                        DossierDS.synced_at,
                        DossierDS.visibilite,
                    ).where(
                        DossierDS.instance == self.demarche.instance,
                        DossierDS.number.in_([un.number for un in entetes]),
                    )
                )
            }
        return {un.number for un in entetes if self._differe(un, connus.get(un.number))}

    def _differe(self, entete: EnTete, connu: tuple[datetime, datetime, Visibilite] | None) -> bool:
        if connu is None:
            return True
        date, synced_at, visibilite = connu
        lu_trop_tot = synced_at < min(date + PRECISION, self.run.started_at)
        return entete.date_derniere_modification != date or visibilite != Visibilite.VISIBLE or lu_trop_tot

    def _ranger(self, lu: lecture.Lecture, *, curseur: str | None, flux: str | None) -> None:
        raws: list[Mapping[str, Any]] = list(lu.raws.values())
        with self.moyens.fabrique.begin() as session:
            demarche = session.get_one(Demarche, self.demarche.id)
            self.changes += rangement.store_all(session, demarche, raws)
            self.changes += suppressions.hide(session, demarche, lu.absents, Visibilite.INDISPONIBLE)
            for number, motif in lu.illisibles.items():
                rangement.quarantine(session, demarche, number, motif)
            if flux is not None:
                save_cursor(session, demarche.id, flux, curseur)
            self._noter(session, session.get_one(SyncRun, self.run.id))

    def _noter(self, session: Session, run: SyncRun) -> None:
        run.lus, run.changes = len(self.vus), self.changes
        run.en_quarantaine = len(session.scalars(_en_quarantaine(self.demarche.id)).all())


def _en_quarantaine(demarche_id: int) -> Any:
    return select(Quarantaine.number).where(Quarantaine.demarche_id == demarche_id).order_by(Quarantaine.id)


def _dernier_complet(demarche_id: int) -> Any:
    """When the last run that read everything began."""
    complets = select(SyncRun.started_at).where(SyncRun.demarche_id == demarche_id, SyncRun.erreur == "")
    return complets.where(SyncRun.ended_at.is_not(None)).order_by(SyncRun.started_at.desc(), SyncRun.id.desc()).limit(1)
