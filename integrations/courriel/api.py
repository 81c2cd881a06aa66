"""What the portal asks of a mail carrier."""

from dataclasses import dataclass
from typing import Protocol


class CourrielRefuse(RuntimeError):
    """The letter will never be accepted as it is (unknown mailbox, malformed header): do not send it again."""


class CourrielIndisponible(RuntimeError):
    """The carrier cannot take the letter now: the same letter may be sent again later."""


@dataclass(frozen=True, slots=True)
class Lettre:
    """A plain-text letter. `reference` is ours and unique: the same reference sent twice is the same letter."""

    destinataire: str
    objet: str
    texte: str
    reference: str


class Messagerie(Protocol):
    """Carries letters."""

    def envoyer(self, lettre: Lettre) -> None:
        """Hand the letter over. Raises `CourrielRefuse` (for ever) or `CourrielIndisponible` (for now)."""
