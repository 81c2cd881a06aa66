"""Copies the files of DS dossiers: read where they are now, fetched, checked and stored outside any transaction."""

import base64
import hashlib
import math
import time

import structlog

from integrations.demarches_simplifiees.api import DemarchesSimplifiees
from integrations.demarches_simplifiees.errors import (
    AccesRefuse,
    DSIndisponible,
    ErreurDS,
    Introuvable,
    ReponseInvalide,
    TropDeRequetes,
)
from integrations.demarches_simplifiees.types import FichierDS as FichierRecu
from integrations.stockage.api import StockageIndisponible
from portal.formats import maintenant, taille_fr
from portal.models.fichiers_ds import REFUSES_PAR_DS, FichierDS
from portal.services import antivirus, fichiers
from portal.services.fichiers_ds import prises
from portal.services.fichiers_ds.notes import place
from portal.services.fichiers_ds.prises import ESSAIS, Issue, Prise
from portal.services.moyens import Moyens
from portal.services.types_fichiers import type_mime
from portal.vocabulaire import VerdictAntivirus
from portal.vocabulaire_ds import EtatFichierDS

MAXIMUM = 200 * 1024 * 1024
DUREE_SECONDES = 30.0
# A file that DS does not list is looked for twice: a read may be late.
ESSAIS_ABSENT = 2
PANNES = (DSIndisponible, TropDeRequetes, AccesRefuse, StockageIndisponible)
ABSENT = (
    "Démarches Simplifiées ne montre plus ce fichier, qui n’avait pas encore été copié : il a été retiré par son auteur, "
    "effacé après la décision, ou écarté parce qu’un virus y a été trouvé."
)
INFECTE_POUR_DS = "L’antivirus de Démarches Simplifiées a écarté ce fichier : il n’est ni copié ni remis."
TROP_LOURD = f"Ce fichier dépasse {taille_fr(MAXIMUM)}, la plus grande taille que le portail copie."
ALTERE = (
    "Le contenu reçu ne correspond pas à l’empreinte que donne Démarches Simplifiées, malgré plusieurs essais : "
    "il n’est pas gardé."
)
journal_technique = structlog.get_logger("portal.fichiers_ds")


class _Echec(Exception):
    """A try that is over before the bytes are stored."""

    def __init__(self, etat: EtatFichierDS, raison: str, *, patience: int = 1) -> None:
        super().__init__(raison)
        self.issue = Issue(etat, raison, patience=patience)


def copy_due(moyens: Moyens) -> bool:
    """Copy what is due, dossier after dossier, for half a minute at most. True when more may be left to do now.

    It stops at the first outage: one more dossier would meet the same.
    """
    fin = time.monotonic() + DUREE_SECONDES
    while time.monotonic() < fin:
        with moyens.fabrique.begin() as session:
            prise = prises.take(session, prises.next_due(session))
        if prise is None or not copy(moyens, prise, fin=fin):
            return False
    return True


def copy_one(moyens: Moyens, dossier_id: int) -> None:
    """Copy the files of this dossier that are due, a second time at once for what failed the first."""
    while True:
        with moyens.fabrique.begin() as session:
            prise = prises.take(session, dossier_id)
        if prise is None or not copy(moyens, prise):
            return


def copy(moyens: Moyens, prise: Prise, *, fin: float = math.inf) -> bool:
    """Bring the files of a dossier as far as they can go now. False when DS, or our storage, cannot be used at present.

    No file is begun after `fin` (monotonic seconds): those that are left are given back.
    """
    ds = moyens.ds
    if ds is None:
        return False
    if not prise.lignes:
        return True
    try:
        lus = {place(prise.dossier_id, un): un for un in ds.lire_fichiers(prise.number)}
    except Introuvable:
        lus = {}
    except ErreurDS as raison:
        issue = _outage(raison)
        for ligne in prise.lignes:
            _settle(moyens, ligne, issue)
        return not issue.panne
    sans_panne = True
    for ligne in prise.lignes:
        if time.monotonic() > fin:
            _give_back(moyens, ligne)
        elif _renew(moyens, ligne):
            issue = _fetch(moyens, ds, lus.get(ligne.place))
            _settle(moyens, ligne, issue)
            sans_panne &= not issue.panne
    return sans_panne


def _fetch(moyens: Moyens, ds: DemarchesSimplifiees, recu: FichierRecu | None) -> Issue:
    """One try for one file: its bytes stored under a key of their own, or why not."""
    try:
        octets = _download(ds, recu)
        verdict = antivirus.scan(moyens.antivirus, octets)
        if verdict == VerdictAntivirus.INFECTE:
            raise _Echec(EtatFichierDS.REFUSE, antivirus.INFECTE)
        valeurs = fichiers.store(moyens.stockage, octets, type_mime(octets))
    except _Echec as echec:
        return echec.issue
    except (ErreurDS, StockageIndisponible) as raison:
        return _outage(raison)
    return Issue(EtatFichierDS.RECU, valeurs=valeurs | {"verdict": verdict, "verdict_at": maintenant()})


def _download(ds: DemarchesSimplifiees, recu: FichierRecu | None) -> bytes:
    """The bytes, as DS's checksum tells them. Raises _Echec, and what the client raises."""
    if recu is None:
        raise _Echec(EtatFichierDS.PERDU, ABSENT, patience=ESSAIS_ABSENT)
    if recu.virus in REFUSES_PAR_DS:
        raise _Echec(EtatFichierDS.REFUSE, INFECTE_POUR_DS)
    if (recu.taille or 0) > MAXIMUM:
        raise _Echec(EtatFichierDS.REFUSE, TROP_LOURD)
    try:
        octets = ds.telecharger(recu.url, maximum=MAXIMUM)
    except ReponseInvalide as refus:
        raise _Echec(EtatFichierDS.REFUSE, str(refus)) from refus
    if recu.checksum and recu.checksum != _md5(octets):
        raise _Echec(EtatFichierDS.REFUSE, ALTERE, patience=ESSAIS)
    return octets


def _outage(raison: Exception) -> Issue:
    """A try that proves nothing against the file. An expired address is no outage: the next try asks for a fresh one."""
    return Issue(EtatFichierDS.REFUSE, str(raison), patience=ESSAIS, panne=isinstance(raison, PANNES))


def _md5(octets: bytes) -> str:
    """DS's checksum: the base64 of an MD5, which proves a whole transfer and nothing else."""
    return base64.b64encode(hashlib.md5(octets, usedforsecurity=False).digest()).decode()


def _renew(moyens: Moyens, ligne: FichierDS) -> bool:
    with moyens.fabrique.begin() as session:
        return prises.renew(session, ligne)


def _give_back(moyens: Moyens, ligne: FichierDS) -> None:
    with moyens.fabrique.begin() as session:
        prises.give_back(session, ligne)


def _settle(moyens: Moyens, ligne: FichierDS, issue: Issue) -> None:
    """Write how a try ended, and forget bytes that serve nobody."""
    with moyens.fabrique.begin() as session:
        utile = prises.settle(session, ligne, issue)
    if issue.valeurs and not utile:
        moyens.stockage.supprimer(issue.valeurs["cle_stockage"])
    if issue.erreur:
        journal_technique.info("fichier_non_copie", fichier=ligne.id, essai=ligne.essais, panne=issue.panne)
