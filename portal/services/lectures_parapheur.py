"""What the jobs of the parapheur do: the archive of a batch that leaves, the reading of what came back."""

import csv
import io
import zipfile
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.documents.lecteur_signees import CopieLue, FichierRefuse, lire_copies
from portal.formats import maintenant
from portal.models.documents import Document, Fichier
from portal.models.lettres import CopieParapheur, FichierRetour, RetourParapheur
from portal.queries import parapheur as queries
from portal.services import antivirus, fichiers, parapheur
from portal.services.moyens import Moyens
from portal.vocabulaire import VerdictAntivirus
from portal.vocabulaire_instruction import LIBELLES_GENRE_LETTRE
from portal.vocabulaire_lettres import EtatCopie, EtatRetour

PDF = "application/pdf"
ENTETES = ("Fichier", "Numéro", "Dossier", "Association", "Lettre")
PAGES_CITEES = 40
journal_technique = structlog.get_logger("portal.parapheur")
INFECTE = (
    "L’antivirus du portail a trouvé un virus dans ce fichier\u00a0: il n’est pas lu, et aucune lettre n’y est rattachée. "
    "Numérisez de nouveau les pages signées depuis un autre poste."
)


def archive(moyens: Moyens, document: Document) -> bytes:
    """The .zip of a batch: one PDF per letter, and an index in CSV that a spreadsheet opens. No transaction is open meanwhile."""
    lot_id = int((document.parametres or {})["lot"])
    with moyens.fabrique() as session:
        lettres = [(une, une.lettre.document.fichier) for une in queries.of_lot(session, lot_id)]
    lignes, tampon = io.StringIO(), io.BytesIO()
    index = csv.writer(lignes, delimiter=";")
    index.writerow(ENTETES)
    with zipfile.ZipFile(tampon, "w", zipfile.ZIP_DEFLATED) as zip_:
        for une, fichier in lettres:
            if fichier is None:
                continue
            numero = une.lettre.document.numero
            nom = f"{une.reference} {numero}.pdf"
            zip_.writestr(nom, fichiers.read_bytes(moyens.stockage, fichier))
            genre = LIBELLES_GENRE_LETTRE[une.lettre.genre]
            index.writerow((nom, numero, une.reference, _texte(une.association), genre))
        zip_.writestr("index.csv", "\ufeff" + lignes.getvalue())
    return tampon.getvalue()


def _texte(valeur: str) -> str:
    """A spreadsheet takes for a formula what begins with one of these."""
    return f"'{valeur}" if valeur.startswith(("=", "+", "-", "@", "\t")) else valeur


def read(moyens: Moyens, retour_id: int) -> None:
    """Read every file of a sending that waits, each in a child process, and tie its copies. Nothing when it is read already.

    While the antivirus of the portal cannot tell, what is left waits for it: the job asks again every minute.
    """
    with moyens.fabrique() as session:
        retour = session.get(RetourParapheur, retour_id)
        if retour is None or retour.etat == EtatRetour.LU:
            return
        envoyes = [(un.id, un.nom, un.fichier) for un in retour.fichiers]
    for envoye_id, nom, fichier in envoyes:
        try:
            refus, copies = _lire(moyens, fichier)
        except _SansVerdict:
            journal_technique.warning("retour_en_attente_de_l_antivirus", retour=retour_id)
            return
        with moyens.fabrique.begin() as session:
            _conserver(session, moyens, retour_id, envoye_id, nom, refus, copies)
    with moyens.fabrique.begin() as session:
        retour = session.get_one(RetourParapheur, retour_id, with_for_update={"of": RetourParapheur})
        retour.etat, retour.lu_at = EtatRetour.LU, maintenant()


class _SansVerdict(Exception):
    """The antivirus of the portal could not scan these bytes for now."""


@dataclass(frozen=True, slots=True)
class _Copie:
    """A copy, with the values of its stored bytes."""

    lue: CopieLue
    valeurs: dict[str, Any]


def _lire(moyens: Moyens, fichier: Fichier) -> tuple[str, list[_Copie]]:
    """Why the file is refused, or its copies with their bytes stored: no transaction is open meanwhile. Raises _SansVerdict."""
    octets = fichiers.read_bytes(moyens.stockage, fichier)
    if _verdict(moyens, fichier, octets) == VerdictAntivirus.INFECTE:
        return INFECTE, []
    try:
        lues = lire_copies(octets)
    except FichierRefuse as refus:
        return str(refus), []
    # Its pages are scanned too: they leave the portal as files of their own.
    verdicts = [_scan(moyens, lue.pdf) for lue in lues]
    if VerdictAntivirus.INFECTE in verdicts:
        return INFECTE, []
    return "", [
        _Copie(lue, fichiers.store(moyens.stockage, lue.pdf, PDF) | {"verdict": verdict, "verdict_at": maintenant()})
        for lue, verdict in zip(lues, verdicts, strict=True)
    ]


def _verdict(moyens: Moyens, fichier: Fichier, octets: bytes) -> VerdictAntivirus:
    """That of a file as it was sent, asked for once. Without an antivirus, nothing is ever called clean."""
    if moyens.antivirus is None or fichier.verdict not in antivirus.SANS_VERDICT:
        return fichier.verdict
    verdict = antivirus.scan(moyens.antivirus, octets)
    with moyens.fabrique.begin() as session:
        antivirus.give_verdict(session, fichier.id, verdict)
    return _known(verdict)


def _scan(moyens: Moyens, octets: bytes) -> VerdictAntivirus:
    if moyens.antivirus is None:
        return VerdictAntivirus.INDISPONIBLE
    return _known(antivirus.scan(moyens.antivirus, octets))


def _known(verdict: VerdictAntivirus) -> VerdictAntivirus:
    if verdict in antivirus.SANS_VERDICT:
        raise _SansVerdict
    return verdict


def _conserver(
    session: Session, moyens: Moyens, retour_id: int, envoye_id: int, nom: str, refus: str, copies: list[_Copie]
) -> None:
    """A worker that was killed begins again: what it had kept of that file is not kept twice."""
    retour = session.get_one(RetourParapheur, retour_id, with_for_update={"of": RetourParapheur})
    deja = select(CopieParapheur.id).where(CopieParapheur.retour_id == retour_id, CopieParapheur.nom == nom)
    if session.scalars(deja.limit(1)).first() is not None:
        return
    session.get_one(FichierRetour, envoye_id).refus = refus
    for une in copies:
        fichier, nouveau = fichiers.keep(session, une.valeurs)
        if not nouveau:
            moyens.stockage.supprimer(une.valeurs["cle_stockage"])
            antivirus.give_verdict(session, fichier.id, une.valeurs["verdict"])
        copie = CopieParapheur(
            retour_id=retour_id,
            fichier_id=fichier.id,
            nom=nom,
            pages=", ".join(str(page) for page in une.lue.pages[:PAGES_CITEES]),
            numero=une.lue.numero,
            etat=EtatCopie.A_CHOISIR,
        )
        session.add(copie)
        parapheur.tie(session, retour=retour, copie=copie)


def due(session: Session) -> list[int]:
    """What came back and is still to be read: a worker may have been killed."""
    attente = select(RetourParapheur.id).where(RetourParapheur.etat == EtatRetour.A_LIRE)
    return list(session.scalars(attente.order_by(RetourParapheur.id).limit(100)))
