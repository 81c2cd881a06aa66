"""What the antivirus says of files that came from others: at once when they come, later when it could not; before they leave."""

import time
from datetime import timedelta

import structlog
from sqlalchemy import Select, exists, or_, select, update
from sqlalchemy.orm import Session

from integrations.antivirus.api import Antivirus, AntivirusIndisponible
from portal.errors import Invalid, RemoteUnavailable
from portal.formats import maintenant
from portal.models.associations import Mandat
from portal.models.avis import BrouillonAvis, RevisionAvis
from portal.models.documents import Fichier
from portal.models.engagements import Engagement
from portal.models.fichiers_ds import FichierDS
from portal.models.imports import LotImport
from portal.models.lettres import CopieParapheur
from portal.models.liens_associations import Contestation
from portal.models.pieces import PieceCoffre, PieceDemande
from portal.models.receptions import PieceReception
from portal.models.souscriptions import AttestationCer
from portal.permissions import SYSTEME
from portal.services import journal
from portal.services.fichiers import read_bytes
from portal.services.moyens import Moyens
from portal.vocabulaire import VerdictAntivirus
from portal.vocabulaire_ds import EtatFichierDS

SANS_VERDICT = (VerdictAntivirus.NON_ANALYSE, VerdictAntivirus.INDISPONIBLE)
RELANCE = timedelta(minutes=5)
LOT = 100
DUREE_SECONDES = 30.0
INFECTE = "L’antivirus du portail a trouvé un virus dans ce fichier : il n’est pas remis."
PIECE_INFECTEE = (
    "L’antivirus du portail a trouvé un virus dans le fichier joint\u00a0: rien n’est envoyé. "
    "Écrivez de nouveau votre message, avec un autre fichier ou sans fichier."
)
PIECE_EN_ATTENTE = (
    "L’antivirus du portail n’a pas encore pu analyser le fichier joint\u00a0: l’envoi attend qu’il réponde, "
    "et reprendra seul."
)
journal_technique = structlog.get_logger("portal.antivirus")


def scan(antivirus: Antivirus | None, octets: bytes) -> VerdictAntivirus:
    """Its verdict, « indisponible » when there is no antivirus or when it does not answer: never « sain » by default."""
    if antivirus is None:
        return VerdictAntivirus.INDISPONIBLE
    try:
        analyse = antivirus.analyser(octets)
    except AntivirusIndisponible as panne:
        journal_technique.warning("antivirus_indisponible", raison=str(panne))
        return VerdictAntivirus.INDISPONIBLE
    if analyse.infecte:
        journal_technique.warning("virus_detecte", signature=analyse.signature)
        return VerdictAntivirus.INFECTE
    return VerdictAntivirus.SAIN


def clear(moyens: Moyens, fichier: Fichier, octets: bytes) -> None:
    """Let through a file that somebody joined here, before it is given to others; its verdict is kept. No transaction is open.

    Raises Invalid when it holds a virus, RemoteUnavailable while the portal's antivirus cannot tell. Without an antivirus,
    whoever receives the file scans it.
    """
    verdict = fichier.verdict
    if moyens.antivirus is not None and verdict in SANS_VERDICT:
        verdict = scan(moyens.antivirus, octets)
        with moyens.fabrique.begin() as session:
            give_verdict(session, fichier.id, verdict)
        if verdict in SANS_VERDICT:
            raise RemoteUnavailable(PIECE_EN_ATTENTE)
    if verdict == VerdictAntivirus.INFECTE:
        raise Invalid("fichier", PIECE_INFECTEE)


def scan_due(moyens: Moyens) -> int:
    """Scan, for half a minute at most, the files of others that have no verdict; returns how many now have one.

    Without an antivirus nothing is read. No transaction is open while it scans.
    """
    if moyens.antivirus is None:
        return 0
    with moyens.fabrique() as session:
        dus = list(session.scalars(_dus()))
    fin, rendus = time.monotonic() + DUREE_SECONDES, 0
    for fichier in dus:
        if time.monotonic() > fin:
            break
        verdict = _scan_kept(moyens, fichier)
        with moyens.fabrique.begin() as session:
            give_verdict(session, fichier.id, verdict)
        rendus += verdict not in SANS_VERDICT
    return rendus


def _dus() -> Select[Fichier]:
    """Those that have waited longest first: one that cannot be scanned never holds the others back."""
    recents = Fichier.verdict_at > maintenant() - RELANCE
    return (
        select(Fichier)
        .where(
            Fichier.verdict.in_(SANS_VERDICT),
            or_(Fichier.verdict_at.is_(None), ~recents),
            or_(
                exists().where(FichierDS.fichier_id == Fichier.id),
                exists().where(AttestationCer.fichier_id == Fichier.id),
                exists().where(Engagement.pouvoir_id == Fichier.id),
                exists().where(Mandat.ecrit_id == Fichier.id),
                exists().where(Contestation.piece_id == Fichier.id),
                exists().where(PieceCoffre.fichier_id == Fichier.id),
                exists().where(PieceDemande.fichier_id == Fichier.id),
                exists().where(PieceReception.fichier_id == Fichier.id),
                exists().where(CopieParapheur.fichier_id == Fichier.id),
                exists().where(RevisionAvis.fichier_id == Fichier.id),
                exists().where(BrouillonAvis.fichier_id == Fichier.id),
                exists().where(LotImport.fichier_id == Fichier.id),
            ),
        )
        .order_by(Fichier.verdict_at.nulls_first(), Fichier.id)
        .limit(LOT)
    )


def _scan_kept(moyens: Moyens, fichier: Fichier) -> VerdictAntivirus:
    try:
        octets = read_bytes(moyens.stockage, fichier)
    except RemoteUnavailable:
        return VerdictAntivirus.INDISPONIBLE
    return scan(moyens.antivirus, octets)


def give_verdict(session: Session, fichier_id: int, verdict: VerdictAntivirus) -> None:
    """Write a verdict, unless a better one is there. An infected file is refused wherever it stands, and the journal says so."""
    fichier = session.get_one(Fichier, fichier_id, with_for_update=True, populate_existing=True)
    if fichier.verdict not in SANS_VERDICT:
        return
    fichier.verdict, fichier.verdict_at = verdict, maintenant()
    if verdict != VerdictAntivirus.INFECTE:
        return
    refuses = session.execute(
        update(FichierDS)
        .where(FichierDS.fichier_id == fichier_id)
        .values(etat=EtatFichierDS.REFUSE, erreur=INFECTE)
        .returning(FichierDS.dossier_id)
    )
    for dossier_id in sorted(set(refuses.scalars())):
        valeurs = {"sha256": fichier.sha256}
        journal.record(session, by=SYSTEME, action="fichier_infecte", objet=f"dossier:{dossier_id}", valeurs=valeurs)
