"""What the portal knows of a seal, whatever makes it. Certificates are named by the SHA-256 of their DER, in hexadecimal."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class CleAbsente(RuntimeError):
    """There is no key to seal with: what is to be sealed waits."""


class CleIllisible(ValueError):
    """A key or a certificate cannot be read. The message, in French, never shows a password."""


class OrigineCachet(StrEnum):
    """Whose certificate sealed a file."""

    COURANT = "courant"
    ANCIEN = "ancien"
    AUTRE = "autre"


@dataclass(frozen=True, slots=True)
class Certificat:
    """A certificate of ours: `pem` is public, `empreinte` is what people compare."""

    pem: str
    empreinte: str
    sujet: str
    debut: datetime
    fin: datetime


@dataclass(frozen=True, slots=True)
class EtatDuCachet:
    """What a file says of its seal. `scelle_at` is what the sealed file declares (UTC); None without a readable seal.

    `intact`: what is sealed has not changed by a bit. `fichier_entier`: it covers the whole file, nothing was added after it.
    """

    present: bool
    intact: bool = False
    fichier_entier: bool = False
    origine: OrigineCachet | None = None
    certificat: str = ""
    scelle_at: datetime | None = None

    @property
    def bon(self) -> bool:
        """Sealed by us, whole and untouched."""
        return self.intact and self.fichier_entier and self.origine in {OrigineCachet.COURANT, OrigineCachet.ANCIEN}


SANS_CACHET = EtatDuCachet(present=False)


class Cachet(Protocol):
    """Seals and checks PDFs."""

    def sceller(self, pdf: bytes, *, motif: str) -> bytes:
        """The sealed PDF: nothing may be changed in it any more. Raises CleAbsente."""
        ...

    def controler(self, pdf: bytes) -> EtatDuCachet:
        """What this file, whoever made it, says of its seal. Never raises, but MemoryError."""
        ...
