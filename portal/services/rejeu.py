"""Reads again, without network, what DS had sent: the mappings in force reach every dossier of a démarche.

Batches of raw JSON by key, each committed with its place: a replay that was killed goes on from there, unless a mapping changed
meanwhile. It holds the lock of the synchronisation: the two never write the same dossiers at once.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, delete, func, select, update
from sqlalchemy.orm import Session

from portal.errors import Forbidden, NotFound
from portal.formats import maintenant
from portal.models.demarches import Demarche
from portal.models.dossiers import Dossier, DossierDS
from portal.models.synchronisation import Curseur, SyncRun
from portal.permissions import Acteur, may_administer
from portal.queries.correspondances import empreinte_de, of_demarche
from portal.services import journal
from portal.services.moyens import Moyens
from portal.services.synchronisation import rangement
from portal.services.synchronisation.curseurs import read_cursor, save_cursor
from portal.services.synchronisation.verrou import verrou
from portal.travaux import commander
from portal.vocabulaire import Source
from portal.vocabulaire_ds import GenreRun

FLUX = "rejeu"
LOT = 200
# A synchronisation of a few thousand dossiers lasts less; the order comes back until it finds the démarche free.
REPORT = timedelta(minutes=1)
INTERROMPU = "Cette relecture a été interrompue avant sa fin. La suivante reprend là où elle s’était arrêtée."


def order(session: Session, *, by: Acteur, demarche_id: int) -> None:
    """Order a replay on behalf of an administrator. Raises Forbidden, NotFound (no such DS démarche)."""
    verdict = may_administer(by)
    if not verdict:
        raise Forbidden(verdict.raison)
    _commander(session, get_demarche(session, demarche_id))
    journal.record(session, by=by, action="rejeu_demande", objet=f"demarche:{demarche_id}")


def postpone(moyens: Moyens, demarche_id: int) -> None:
    """Give the same order again for later: the démarche is being synchronised."""
    with moyens.fabrique.begin() as session:
        _commander(session, get_demarche(session, demarche_id), dans=REPORT)


def replay(moyens: Moyens, demarche_id: int, *, lot: int = LOT) -> SyncRun:
    """Apply the mappings in force to every dossier of a démarche and return the run.

    One event for each dossier that really changed; what DS no longer shows stays hidden. A dossier that cannot be read goes to
    quarantine and stops none other. `lot`: how many are committed together. Raises NotFound, Conflict (a run is under way).
    """
    with moyens.fabrique() as session:
        get_demarche(session, demarche_id)
    with verrou(moyens.fabrique, demarche_id):
        run_id, plan, place = _open(moyens, demarche_id)
        while (suivante := _batch(moyens, demarche_id, run_id, plan, place, lot)) is not None:
            place = suivante
        return _close(moyens, demarche_id, run_id)


def get_demarche(session: Session, demarche_id: int) -> Demarche:
    """A démarche of DS. Raises NotFound otherwise."""
    demarche = session.get(Demarche, demarche_id)
    if demarche is None or demarche.source != Source.DS:
        raise NotFound
    return demarche


def _commander(session: Session, demarche: Demarche, *, dans: timedelta = timedelta()) -> None:
    verrou_de_file, unique = f"synchronisation:{demarche.ds_number}", f"rejeu:{demarche.id}"
    commander(session, "rejeu.lancer", verrou=verrou_de_file, unique=unique, dans=dans, demarche_id=demarche.id)


def _open(moyens: Moyens, demarche_id: int) -> tuple[int, str, int]:
    """A new run, the print of its mappings, and the dossier after which it begins; a killed one is closed with its reason."""
    with moyens.fabrique.begin() as session:
        laisses = update(SyncRun).where(SyncRun.demarche_id == demarche_id, SyncRun.genre == GenreRun.REJEU)
        session.execute(laisses.where(SyncRun.ended_at.is_(None)).values(ended_at=maintenant(), erreur=INTERROMPU))
        plan = empreinte_de(None, session.scalars(of_demarche(demarche_id)))
        memoire, _, dernier = (read_cursor(session, demarche_id, FLUX) or "").partition(" ")
        place = int(dernier) if memoire == plan else 0
        lus, attendus = (session.scalar(_compte(demarche_id, place, apres=apres)) or 0 for apres in (False, True))
        run = SyncRun(
            demarche_id=demarche_id,
            genre=GenreRun.REJEU,
            started_at=maintenant(),
            avancement=lus,
            attendus=lus + attendus,
            erreur="",
        )
        session.add(run)
        session.flush()
        return run.id, plan, place


def _batch(moyens: Moyens, demarche_id: int, run_id: int, plan: str, place: int, taille: int) -> int | None:
    """Store the next batch with its place; the last dossier of the batch, None when there is nothing more."""
    with moyens.fabrique.begin() as session:
        lot = _read(session, demarche_id, place, taille)
        if not lot:
            return None
        demarche, run = session.get_one(Demarche, demarche_id), session.get_one(SyncRun, run_id)
        run.changes += rangement.store_all(session, demarche, [raw for _, raw in lot], lu_at=None)
        run.lus += len(lot)
        run.avancement += len(lot)
        dernier: int = lot[-1][0]
        save_cursor(session, demarche_id, FLUX, f"{plan} {dernier}")
        return dernier


def _read(session: Session, demarche_id: int, place: int, taille: int) -> Sequence[Row[int, dict[str, object]]]:
    return session.execute(
        select(DossierDS.dossier_id, DossierDS.raw)
        .join(Dossier, Dossier.id == DossierDS.dossier_id)
        .where(Dossier.demarche_id == demarche_id, DossierDS.dossier_id > place)
        .order_by(DossierDS.dossier_id)
        .limit(taille)
    ).all()


def _close(moyens: Moyens, demarche_id: int, run_id: int) -> SyncRun:
    with moyens.fabrique.begin() as session:
        session.execute(delete(Curseur).where(Curseur.demarche_id == demarche_id, Curseur.flux == FLUX))
        run = session.get_one(SyncRun, run_id)
        run.ended_at = maintenant()
        return run


def _compte(demarche_id: int, place: int, *, apres: bool) -> Any:
    cote = Dossier.id > place if apres else Dossier.id <= place
    siens = select(func.count()).select_from(DossierDS).join(Dossier, Dossier.id == DossierDS.dossier_id)
    return siens.where(Dossier.demarche_id == demarche_id, cote)
