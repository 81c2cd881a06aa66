"""What the portal says of seals: those of the files that it keeps, and those of the files that anybody shows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from integrations.cachet import isole
from integrations.cachet.api import EtatDuCachet, OrigineCachet
from integrations.cachet.trousseau import Trousseau
from portal.errors import RemoteUnavailable
from portal.formats import date_fr
from portal.models.documents import Document
from portal.services.fichiers import read_bytes
from portal.services.moyens import Moyens
from portal.vocabulaire import EtatDocument, GenreDocument

ALERTE = timedelta(days=60)
DEBUT_DE_PDF = 1024


class Verdict(StrEnum):
    """What a file that is none of our receipts turns out to be."""

    PAS_UN_PDF = "pas_un_pdf"
    SANS_CACHET = "sans_cachet"
    AUTRE_CACHET = "autre_cachet"
    ALTERE = "altere"
    AUTRE_DOCUMENT = "autre_document"
    ILLISIBLE = "illisible"
    INCONNU = "inconnu"


@dataclass(frozen=True, slots=True)
class RecuGarde:
    """A receipt that we keep. `intact` is None until it is made; `certificat` is the SHA-256 of the one that sealed it."""

    genre: GenreDocument
    intact: bool | None
    sha256: str
    taille: int
    scelle_at: datetime | None
    certificat: str
    origine: OrigineCachet | None


def check_kept(moyens: Moyens, documents: Sequence[Document]) -> list[RecuGarde]:
    """Read each file again and compare it with its fingerprint. No transaction is open."""
    return [_garde(moyens, document) for document in documents]


def _garde(moyens: Moyens, document: Document) -> RecuGarde:
    fichier, certificat = document.fichier, document.cachet or ""
    if document.etat != EtatDocument.PRET or fichier is None:
        return RecuGarde(document.genre, None, "", 0, None, "", None)
    try:
        read_bytes(moyens.stockage, fichier)
        intact = True
    except RemoteUnavailable:
        intact = False
    return RecuGarde(
        document.genre,
        intact,
        fichier.sha256,
        fichier.taille,
        document.produced_at,
        certificat,
        moyens.trousseau.origine(certificat) if certificat else None,
    )


def examine(trousseau: Trousseau, octets: bytes) -> tuple[Verdict, EtatDuCachet | None]:
    """What the seal tells of a file that is none of our receipts, byte for byte. Nothing of it is kept.

    Takes seconds, in a process of its own: no transaction is open.
    """
    if b"%PDF-" not in octets[:DEBUT_DE_PDF]:
        return Verdict.PAS_UN_PDF, None
    etat = isole.controler(octets, trousseau)
    if etat is None:
        return Verdict.INCONNU, None
    if not etat.certificat:
        return (Verdict.ILLISIBLE if etat.present else Verdict.SANS_CACHET), etat
    if etat.origine == OrigineCachet.AUTRE:
        return Verdict.AUTRE_CACHET, etat
    return (Verdict.AUTRE_DOCUMENT if etat.bon else Verdict.ALTERE), etat


def notices(trousseau: Trousseau, *, now: datetime) -> list[str]:
    """What whoever runs the portal should know of its key, in French; nothing when all is well."""
    if trousseau.courant is None:
        return ["Aucune clé de cachet n’est configurée (CACHET_P12)\u00a0: les reçus attendent pour être établis."]
    if trousseau.courant.fin - now < ALERTE:
        return [f"Le certificat du cachet prend fin le {date_fr(trousseau.courant.fin)}\u00a0: préparez le suivant."]
    return []
