"""What the portal asks of an antivirus, whichever it is."""

from dataclasses import dataclass
from typing import Protocol


class AntivirusIndisponible(RuntimeError):
    """No verdict: the scanner did not answer, refused the bytes or spoke nonsense. Never to be read as « nothing found »."""


@dataclass(frozen=True, slots=True)
class Analyse:
    """A verdict. `signature` is the scanner's own name of what it found, "" when it found nothing."""

    signature: str

    @property
    def infecte(self) -> bool:
        """True when something was found."""
        return bool(self.signature)


class Antivirus(Protocol):
    """A scanner of bytes."""

    def analyser(self, octets: bytes) -> Analyse:
        """Scan the bytes. Raises `AntivirusIndisponible` whenever there is no clear verdict."""
