"""A run over one démarche: its entities, its quarantine, what its cursor brings, what may have slipped behind it, its deletions.

What DS gives after the cursor has changed since, so it is read whole. What slipped behind (a transaction committed late) is found
by numbers and dates: those of the last minutes at each run, all of them at night. Storing twice changes nothing.
The network is never waited for inside a transaction; a page and its cursor are committed together.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from integrations.demarches_simplifiees.api import DemarchesSimplifiees
from integrations.demarches_simplifiees.debit import Compteur, compter
from integrations.demarches_simplifiees.errors import (
    AccesRefuse,
    DSIndisponible,
    ErreurDS,
    Introuvable,
    ReponseInvalide,
)
from integrations.demarches_simplifiees.noeuds import instant
from integrations.demarches_simplifiees.types import EnTete
from portal.copie import among
from portal.errors import RemoteUnavailable
from portal.models.demarches import Demarche
from portal.models.dossiers import Dossier, DossierDS
from portal.models.synchronisation import SyncRun
from portal.services import correspondances, debit_ds
from portal.services.moyens import Moyens
from portal.services.synchronisation import demarches, rangement, runs, suppressions
from portal.services.synchronisation.avance import ahead
from portal.services.synchronisation.curseurs import FLUX_DOSSIERS, HORLOGE, read_cursor, save_cursor
from portal.services.synchronisation.lecture import CurseurRefuse, Lecteur, Lot
from portal.services.synchronisation.verrou import VerrouPerdu, verrou
from portal.vocabulaire_ds import GenreRun, Visibilite

RECOUVREMENT = timedelta(minutes=10)
# How many dossiers are read by themselves before they are stored.
PAR_LOT = 25
REPRISES = 3
MODIFICATION = "dateDerniereModification"


def sync(
    moyens: Moyens, number: int, *, genre: GenreRun = GenreRun.COURANT, suppressions_aussi: bool = True
) -> SyncRun:
    """Run over the démarche of that DS number and return the run, with its reason when DS fails.

    `genre`: COMPLET compares every dossier that DS shows with ours. `suppressions_aussi`: walk the two deletion streams too
    (slow at DS, so not at each run). Raises Invalid (démarche of no service), Conflict (already running), RemoteUnavailable
    (no DS configured).
    """
    ds = get_ds(moyens)
    with moyens.fabrique() as session:
        demarche = demarches.get_attached(session, instance=moyens.instance_ds, number=number)
    with verrou(moyens.fabrique, demarche.id) as tenu, compter() as compteur:
        run = runs.start(moyens.fabrique, demarche.id, genre)
        passage = _Passage(moyens, ds, demarche, number, run, tenu, compteur)
        try:
            passage.derouler(complet=genre == GenreRun.COMPLET, suppressions_aussi=suppressions_aussi)
        except (ErreurDS, VerrouPerdu) as panne:
            if isinstance(panne, AccesRefuse):
                debit_ds.note_answer(moyens.fabrique, moyens.config.ds_token, str(panne))
            return passage.finir(str(panne), injoignable=isinstance(panne, DSIndisponible))
        debit_ds.note_answer(moyens.fabrique, moyens.config.ds_token, "")
        return passage.finir("")


def sync_one(moyens: Moyens, dossier_id: int) -> bool:
    """Read one dossier of ours again. True when something changed. Raises ErreurDS when DS cannot tell it."""
    with moyens.fabrique() as session:
        numbers = select(DossierDS.number, Dossier.demarche_id).join(Dossier, Dossier.id == DossierDS.dossier_id)
        number, demarche_id = session.execute(numbers.where(Dossier.id == dossier_id)).one()
    return refresh_number(moyens, demarche_id, number)


def refresh_number(moyens: Moyens, demarche_id: int, number: int) -> bool:
    """Read the dossier of that DS number, known or not yet. True when something changed.

    One that DS no longer shows becomes « indisponible »; one of another démarche is left aside. Raises ErreurDS when DS
    cannot tell it.
    """
    lot = Lot()
    try:
        raw = get_ds(moyens).lire_dossier(number)
    except Introuvable:
        lot.absents.add(number)
    else:
        lot.raws[number] = raw
    with moyens.fabrique.begin() as session:
        demarche = demarches.hold(session, demarche_id)
        if any((raw.get("demarche") or {}).get("number") != demarche.ds_number for raw in lot.raws.values()):
            return False
        return _store(session, demarche, lot) > 0


def get_ds(moyens: Moyens) -> DemarchesSimplifiees:
    """The DS of this portal. Raises RemoteUnavailable when none is configured."""
    if moyens.ds is None:
        raise RemoteUnavailable(
            "Aucune instance de Démarches Simplifiées n’est configurée\u00a0: renseignez DS_URL, DS_TOKEN et DS_DEMARCHES."
        )
    return moyens.ds


def _store(session: Session, demarche: Demarche, lot: Lot) -> int:
    """Store what a lot brought; returns how many dossiers changed."""
    changes = rangement.store_all(session, demarche, list(lot.raws.values()), lu_at=lot.lu_at)
    if lot.absents:
        changes += suppressions.hide(session, demarche, lot.absents, Visibilite.INDISPONIBLE)
    rangement.quarantine(session, demarche, lot.illisibles)
    return changes


@dataclass
class _Passage:
    moyens: Moyens
    ds: DemarchesSimplifiees
    demarche: Demarche
    number: int
    run: SyncRun
    tenu: Callable[[], None]
    compteur: Compteur
    vus: set[int] = field(default_factory=set)
    changes: int = 0
    attendus: int = 0
    faute: ReponseInvalide | None = None

    def derouler(self, *, complet: bool, suppressions_aussi: bool) -> None:
        recue = self.ds.lire_demarche(self.number)
        with self.moyens.fabrique.begin() as session:
            demarche = demarches.hold(session, self.demarche.id)
            depuis = demarches.refresh(session, demarche, recue)
            correspondances.note_revision(session, demarche, recue.revision)
            repris = rangement.quarantined(session, self.demarche.id)
            curseur = read_cursor(session, self.demarche.id, FLUX_DOSSIERS)
            premiere = not runs.was_read(session, self.demarche.id)
            horloge = read_cursor(session, self.demarche.id, HORLOGE)
            if complet:
                self.attendus = runs.count_known(session, self.demarche.id)
            elif premiere:
                self.attendus = runs.left_over(session, self.run)
        lecteur = Lecteur(self.ds, self.number, depuis)
        if premiere and not complet and curseur is None:
            self._compter(lecteur)
        self._a_part(lambda: self._suivre(lecteur, curseur))
        # after what is new: those that DS cannot tell must not use up the patience of a DS that falters
        self._lire_un_a_un(lecteur, repris)
        if suppressions_aussi or complet:
            self._a_part(lambda: self._supprimer(du_debut=complet))
        if complet:
            self._a_part(lambda: self._tout_verifier(lecteur))
        elif horloge is not None and not premiere:
            recent = Lecteur(self.ds, self.number, datetime.fromisoformat(horloge) - RECOUVREMENT)
            self._a_part(lambda: self._comparer(recent))
        if self.faute:
            raise self.faute

    def finir(self, erreur: str, *, injoignable: bool = False) -> SyncRun:
        with self.moyens.fabrique.begin() as session:
            self._noter(session)
            return runs.end(session, self.run.id, erreur, injoignable=injoignable)

    def _a_part(self, flux: Callable[[], None]) -> None:
        """One stream: an answer of DS that makes no sense stops none of the others, and is told at the end."""
        try:
            flux()
        except ReponseInvalide as faute:
            self.faute = self.faute or faute

    def _compter(self, lecteur: Lecteur) -> None:
        """How many dossiers a first reading has before it: listing numbers is cheap, and people watch it move.

        Uncounted when DS fails meanwhile: the reading itself will meet that failure, or pass.
        """
        try:
            self.attendus = sum(len(page.elements) for _, page in lecteur.list_pages(None))
        except (ErreurDS, CurseurRefuse):
            self.attendus = 0

    def _suivre(self, lecteur: Lecteur, curseur: str | None) -> None:
        """What has changed since the cursor, read whole; from the beginning, by comparison, once DS refuses the cursor."""
        try:
            for lot in ahead(lecteur.walk_by_lots(curseur)):
                self._ranger(lot, numeros=lot.raws, flux=FLUX_DOSSIERS)
        except CurseurRefuse:
            self._comparer(lecteur, flux=FLUX_DOSSIERS)

    def _comparer(self, lecteur: Lecteur, *, flux: str | None = None) -> None:
        """Walk the list from its beginning and read what differs from ours; `flux` names the cursor that it leaves behind."""
        for reprise in range(REPRISES):
            try:
                for debut, page in ahead(lecteur.list_pages(None)):
                    lot = lecteur.fetch(page, debut, self._differents(page.elements))
                    lot.curseur = page.curseur_fin
                    self._ranger(lot, numeros=[un.number for un in page.elements], flux=flux)
            except CurseurRefuse as refus:
                if reprise == REPRISES - 1:
                    raise ReponseInvalide(str(refus)) from refus
            else:
                return

    def _tout_verifier(self, lecteur: Lecteur) -> None:
        """Compare all that DS shows, then ask for each dossier that it no longer lists: one missing answer proves nothing."""
        self._comparer(lecteur)
        with self.moyens.fabrique() as session:
            manquants = sorted(runs.known(session, self.demarche.id) - self.vus)
        self._lire_un_a_un(lecteur, manquants)

    def _supprimer(self, *, du_debut: bool) -> None:
        self.tenu()
        self.changes += suppressions.follow(self.moyens.fabrique, self.ds, self.demarche, du_debut=du_debut)

    def _lire_un_a_un(self, lecteur: Lecteur, numeros: list[int]) -> None:
        for debut in range(0, len(numeros), PAR_LOT):
            lot = lecteur.fetch_each(numeros[debut : debut + PAR_LOT], Lot())
            self._ranger(lot, numeros=(), flux=None)

    def _differents(self, entetes: tuple[EnTete, ...]) -> set[int]:
        """Those that are new, hidden here, of other labels, or of another date: earlier too, since DS's clock may go back."""
        compares = (DossierDS.date_derniere_modification, DossierDS.etiquettes, DossierDS.visibilite)
        demande = select(DossierDS.number, *compares).where(
            DossierDS.instance == self.demarche.instance, among(DossierDS.number, [un.number for un in entetes])
        )
        with self.moyens.fabrique() as session:
            connus = {number: tuple(reste) for number, *reste in session.execute(demande)}
        return {un.number for un in entetes if connus.get(un.number) != _vu(un)}

    def _ranger(self, lot: Lot, *, numeros: Iterable[int], flux: str | None) -> None:
        """Commit a lot with the cursor of its stream."""
        self.tenu()
        self.vus.update(numeros)
        with self.moyens.fabrique.begin() as session:
            demarche = demarches.hold(session, self.demarche.id)
            self.changes += _store(session, demarche, lot)
            if flux is not None:
                save_cursor(session, demarche.id, flux, lot.curseur)
                save_cursor(session, demarche.id, HORLOGE, _latest(lot))
            self._noter(session)

    def _noter(self, session: Session) -> None:
        runs.note(
            session,
            self.run.id,
            lus=len(self.vus),
            changes=self.changes,
            requetes=self.compteur.requetes,
            attendus=max(self.attendus, len(self.vus)) if self.attendus else 0,
        )


def _vu(entete: EnTete) -> tuple[datetime | None, str, Visibilite]:
    """What our copy of a listed dossier should bear."""
    return entete.date_derniere_modification, DossierDS.join_labels(entete.labels), Visibilite.VISIBLE


def _latest(lot: Lot) -> str | None:
    """The latest date of a change among these dossiers: a stream gives them in that order."""
    dates = [date for raw in list(lot.raws.values())[-1:] if (date := instant(raw, MODIFICATION))]
    return dates[0].isoformat() if dates else None
