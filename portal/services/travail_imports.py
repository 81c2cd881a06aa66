"""Carries imports to their end in a worker: read in a child process, written and taken back by packets."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from portal.classeurs.lecture import Lecture, ouvrir
from portal.classeurs.resultats import ClasseurRefuse
from portal.errors import Invalid, RemoteUnavailable
from portal.models.documents import Fichier
from portal.models.imports import LotImport
from portal.services import annulations_imports, antivirus, applications_imports, baux_imports, lectures_imports
from portal.services.fichiers import read_bytes
from portal.services.moyens import Moyens
from portal.services.pas_a_pas import Etapes, carry
from portal.services.pauses import with_pauses
from portal.vocabulaire_imports import EtatImport

COMME_AVANT = "comme la dernière fois que votre service a importé un tableau aux mêmes titres"
APPLIQUER = Etapes(applications_imports.advance, applications_imports.put_off, baux_imports.release)
ANNULER = Etapes(annulations_imports.advance, annulations_imports.put_off, baux_imports.release)


def run(moyens: Moyens, lot_id: int, *, bail: timedelta = baux_imports.BAIL) -> None:
    """Do what that import waits for, if nobody else is at it."""
    with moyens.fabrique.begin() as session:
        lot = baux_imports.take(session, lot_id, bail=bail)
        fichier = session.get_one(Fichier, lot.fichier_id) if lot is not None else None
    if lot is None or fichier is None or lot.pris_at is None:
        return
    if lot.etat == EtatImport.A_LIRE:
        _read(moyens, lot, fichier, _Bail(lot.id, lot.pris_at))
    else:
        carry(moyens, APPLIQUER if lot.etat == EtatImport.A_APPLIQUER else ANNULER, lot.id, lot.pris_at)


def run_due(moyens: Moyens, *, bail: timedelta = baux_imports.BAIL) -> int:
    """Take up the imports that nobody is at, oldest first; how many there were."""
    with moyens.fabrique() as session:
        dus = baux_imports.due(session, bail=bail)
    for lot_id in dus:
        run(moyens, lot_id, bail=bail)
    return len(dus)


@dataclass(slots=True)
class _Bail:
    """The lease of a reading: its last mark."""

    lot_id: int
    marque: datetime


def _read(moyens: Moyens, lot: LotImport, fichier: Fichier, bail: _Bail) -> None:
    """No transaction is open while the file is parsed; its lines are kept by packets."""
    try:
        octets = read_bytes(moyens.stockage, fichier)
        antivirus.clear(moyens, fichier, octets)
        with TemporaryDirectory() as dossier:
            chemin = Path(dossier) / "fichier"
            chemin.write_bytes(octets)
            _stage(moyens, lot, chemin, bail)
    except ClasseurRefuse as refus:
        _refuse(moyens, bail, str(refus))
    except Invalid:
        _refuse(moyens, bail, antivirus.INFECTE)
    except RemoteUnavailable:
        with moyens.fabrique.begin() as session:
            baux_imports.wait(session, lot.id)


def _stage(moyens: Moyens, lot: LotImport, chemin: Path, bail: _Bail) -> None:
    """Read it as the person or the memory of the service says, else as it is found; ask when it is not. Raises ClasseurRefuse."""
    with ouvrir(chemin, lot.nom, lectures_imports.instructions(lot)) as lecture:
        with moyens.fabrique() as session:
            connues = lectures_imports.remembered(session, lot, lecture.constat)
        if connues is None:
            _conclude(moyens, lecture, bail)
            return
    if not _go_on(moyens, bail, partial(baux_imports.prolong, lot_id=lot.id)):
        return
    with ouvrir(chemin, lot.nom, connues) as lecture:
        if lot.genre is None:
            lecture.constat = replace(lecture.constat, raison_genre=COMME_AVANT)
        _conclude(moyens, lecture, bail)


def _conclude(moyens: Moyens, lecture: Lecture, bail: _Bail) -> None:
    if lecture.constat.hesitation:
        with moyens.fabrique.begin() as session:
            lectures_imports.ask(session, bail.lot_id, bail.marque, lecture.constat)
    else:
        _keep(moyens, lecture, bail)


def _keep(moyens: Moyens, lecture: Lecture, bail: _Bail) -> None:
    """Each packet in a transaction of its own; a worker that is killed begins the reading again."""
    if not _go_on(moyens, bail, partial(lectures_imports.begin, lot_id=bail.lot_id)):
        return
    lignes, stage = with_pauses(lecture.lignes), partial(lectures_imports.stage, lot_id=bail.lot_id)
    while paquet := list(islice(lignes, lectures_imports.PAQUET)):
        if not _go_on(moyens, bail, partial(stage, genre=lecture.constat.genre, lues=paquet)):
            return
    if lecture.bilan is not None:
        with moyens.fabrique.begin() as session:
            lectures_imports.conclude(session, bail.lot_id, bail.marque, lecture.constat, lecture.bilan)


def _go_on(moyens: Moyens, bail: _Bail, pas: Callable[..., datetime | None]) -> bool:
    """Do that step under the lease; false when it is somebody else's."""
    with moyens.fabrique.begin() as session:
        suivante = pas(session, marque=bail.marque)
    if suivante is not None:
        bail.marque = suivante
    return suivante is not None


def _refuse(moyens: Moyens, bail: _Bail, message: str) -> None:
    with moyens.fabrique.begin() as session:
        lectures_imports.refuse(session, bail.lot_id, bail.marque, message)
