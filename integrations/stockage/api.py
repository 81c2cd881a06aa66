"""What the portal asks of a storage, whatever keeps the bytes."""

import re
from pathlib import Path
from typing import Protocol

CLE = re.compile(r"[a-f0-9]{32}")


class CleInvalide(ValueError):
    """The key is not 32 hexadecimal digits: it was not drawn by the portal, and never becomes a path."""


class FichierIntrouvable(LookupError):
    """Nothing is stored under this key."""


class StockageIndisponible(RuntimeError):
    """The storage did not answer or has no room left; the same call may succeed later."""


class Stockage(Protocol):
    """Bytes by key. A key is 32 lower-case hexadecimal digits; every method raises `CleInvalide` for another."""

    def ecrire(self, cle: str, octets: bytes) -> None:
        """Keep the bytes: once this returns, a power cut does not lose them. Raises `StockageIndisponible`."""

    def deposer(self, cle: str, source: Path) -> None:
        """The same for the bytes of a file, which are never all in memory. Raises `StockageIndisponible`."""

    def lire(self, cle: str) -> bytes:
        """Give the bytes back. Raises `FichierIntrouvable`, `StockageIndisponible`."""

    def existe(self, cle: str) -> bool:
        """Say whether something is stored under the key. Raises `StockageIndisponible`."""

    def supprimer(self, cle: str) -> None:
        """Forget the bytes; a key that holds nothing is no error. Raises `StockageIndisponible`."""


def verifier_cle(cle: str) -> str:
    """Return the key unchanged, or raise `CleInvalide`."""
    if not CLE.fullmatch(cle):
        raise CleInvalide("Une clé de stockage compte 32 chiffres hexadécimaux minuscules.")
    return cle
