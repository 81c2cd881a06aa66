"""Carries imports to their end in a worker: read in a child process, written and taken back by packets."""

from dataclasses import replace
from datetime import datetime, timedelta
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
        _read(moyens, lot, fichier, lot.pris_at)
    else:
        carry(moyens, APPLIQUER if lot.etat == EtatImport.A_APPLIQUER else ANNULER, lot.id, lot.pris_at)


def run_due(moyens: Moyens, *, bail: timedelta = baux_imports.BAIL) -> int:
    """Take up the imports that nobody is at, oldest first; how many there were."""
    with moyens.fabrique() as session:
        dus = baux_imports.due(session, bail=bail)
    for lot_id in dus:
        run(moyens, lot_id, bail=bail)
    return len(dus)


def _read(moyens: Moyens, lot: LotImport, fichier: Fichier, marque: datetime) -> None:
    """No transaction is open while the file is parsed; its lines are kept by packets."""
    try:
        octets = read_bytes(moyens.stockage, fichier)
        antivirus.clear(moyens, fichier, octets)
        with TemporaryDirectory() as dossier:
            chemin = Path(dossier) / "fichier"
            chemin.write_bytes(octets)
            _stage(moyens, lot, chemin, marque)
    except ClasseurRefuse as refus:
        _refuse(moyens, lot.id, str(refus))
    except Invalid:
        _refuse(moyens, lot.id, antivirus.INFECTE)
    except RemoteUnavailable:
        with moyens.fabrique.begin() as session:
            baux_imports.wait(session, lot.id)


def _stage(moyens: Moyens, lot: LotImport, chemin: Path, marque: datetime) -> None:
    """Read it as the person or the memory of the service says, else as it is found; ask when it is not. Raises ClasseurRefuse."""
    with ouvrir(chemin, lot.nom, lectures_imports.instructions(lot)) as lecture:
        with moyens.fabrique() as session:
            connues = lectures_imports.remembered(session, lot, lecture.constat)
        if connues is None:
            _conclude(moyens, lot, lecture, marque)
            return
    with ouvrir(chemin, lot.nom, connues) as lecture:
        if lot.genre is None:
            lecture.constat = replace(lecture.constat, raison_genre=COMME_AVANT)
        _conclude(moyens, lot, lecture, marque)


def _conclude(moyens: Moyens, lot: LotImport, lecture: Lecture, marque: datetime) -> None:
    if lecture.constat.hesitation:
        with moyens.fabrique.begin() as session:
            lectures_imports.ask(session, lot.id, marque, lecture.constat)
    else:
        _keep(moyens, lot, lecture, marque)


def _keep(moyens: Moyens, lot: LotImport, lecture: Lecture, marque: datetime) -> None:
    """Each packet in a transaction of its own; a worker that is killed begins the reading again."""
    with moyens.fabrique.begin() as session:
        suivante = lectures_imports.begin(session, lot.id, marque)
    if suivante is None:
        return
    marque, lignes = suivante, with_pauses(lecture.lignes)
    while paquet := list(islice(lignes, lectures_imports.PAQUET)):
        with moyens.fabrique.begin() as session:
            suivante = lectures_imports.stage(session, lot.id, marque, lecture.constat.genre, paquet)
        if suivante is None:
            return
        marque = suivante
    if lecture.bilan is not None:
        with moyens.fabrique.begin() as session:
            lectures_imports.conclude(session, lot.id, marque, lecture.constat, lecture.bilan)


def _refuse(moyens: Moyens, lot_id: int, message: str) -> None:
    with moyens.fabrique.begin() as session:
        lectures_imports.refuse(session, lot_id, message)
