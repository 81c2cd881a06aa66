"""Reads again, without network, what DS had sent: the mappings in force reach every dossier of a démarche.

Batches of raw JSON by key, each committed with its place: a replay that was killed goes on from there, unless a mapping changed
meanwhile. It holds the lock of the synchronisation: the two never write the same dossiers at once.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session

from portal.errors import Forbidden, NotFound
from portal.models.demarches import Demarche
from portal.models.dossiers import Dossier, DossierDS
from portal.models.synchronisation import Curseur, SyncRun
from portal.permissions import Acteur, may_administer
from portal.queries.correspondances import empreinte_de, of_demarche
from portal.services import journal
from portal.services.moyens import Moyens
from portal.services.synchronisation import rangement, runs
from portal.services.synchronisation.curseurs import read_cursor, save_cursor
from portal.services.synchronisation.demarches import hold
from portal.services.synchronisation.verrou import verrou
from portal.travaux import commander
from portal.vocabulaire import Source
from portal.vocabulaire_ds import GenreRun

FLUX = "rejeu"
LOT = 200
# A synchronisation of a few thousand dossiers lasts less; the order comes back until it finds the démarche free.
REPORT = timedelta(minutes=1)


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
    with verrou(moyens.fabrique, demarche_id) as tenu:
        run = runs.start(moyens.fabrique, demarche_id, GenreRun.REJEU)
        plan, place = _resume(moyens, run)
        while (suivante := _batch(moyens, run, plan, place, lot)) is not None:
            tenu()
            place = suivante
        return _close(moyens, run)


def get_demarche(session: Session, demarche_id: int) -> Demarche:
    """A démarche of DS. Raises NotFound otherwise."""
    demarche = session.get(Demarche, demarche_id)
    if demarche is None or demarche.source != Source.DS:
        raise NotFound
    return demarche


def _commander(session: Session, demarche: Demarche, *, dans: timedelta = timedelta()) -> None:
    verrou_de_file, unique = f"synchronisation:{demarche.ds_number}", f"rejeu:{demarche.id}"
    commander(session, "rejeu.lancer", verrou=verrou_de_file, unique=unique, dans=dans, demarche_id=demarche.id)


def _resume(moyens: Moyens, run: SyncRun) -> tuple[str, int]:
    """The print of the mappings in force, and the dossier after which to begin: the last one of a replay that was killed."""
    with moyens.fabrique.begin() as session:
        plan = empreinte_de(None, session.scalars(of_demarche(run.demarche_id)))
        memoire, _, dernier = (read_cursor(session, run.demarche_id, FLUX) or "").partition(" ")
        place = int(dernier) if memoire == plan else 0
        tous = _miens(run.demarche_id).with_only_columns(func.count())
        ligne = session.get_one(SyncRun, run.id)
        ligne.attendus, ligne.avancement = (session.scalar(un) or 0 for un in (tous, tous.where(Dossier.id <= place)))
        return plan, place


def _batch(moyens: Moyens, run: SyncRun, plan: str, place: int, taille: int) -> int | None:
    """Store the next batch with its place; the last dossier of the batch, None when there is nothing more."""
    with moyens.fabrique.begin() as session:
        # held first: what is read below is then what nobody is refreshing
        demarche = hold(session, run.demarche_id)
        suite = _miens(run.demarche_id).where(Dossier.id > place).order_by(Dossier.id).limit(taille)
        lot = session.execute(suite).all()
        if not lot:
            return None
        ligne = session.get_one(SyncRun, run.id)
        ligne.changes += rangement.store_all(session, demarche, [raw for _, raw in lot], lu_at=None)
        ligne.lus += len(lot)
        ligne.avancement += len(lot)
        dernier: int = lot[-1][0]
        save_cursor(session, run.demarche_id, FLUX, f"{plan} {dernier}")
        return dernier


def _close(moyens: Moyens, run: SyncRun) -> SyncRun:
    with moyens.fabrique.begin() as session:
        session.execute(delete(Curseur).where(Curseur.demarche_id == run.demarche_id, Curseur.flux == FLUX))
        return runs.end(session, run.id, "", injoignable=False)


def _miens(demarche_id: int) -> Select[int, dict[str, Any]]:
    """Every dossier of the démarche with its raw JSON."""
    return (
        select(Dossier.id, DossierDS.raw)
        .join(DossierDS, DossierDS.dossier_id == Dossier.id)
        .where(Dossier.demarche_id == demarche_id)
    )
