"""What can go wrong with Démarches Simplifiées (DS), sorted by what the caller may do next."""

from datetime import datetime
from enum import StrEnum


class ErreurDS(Exception):
    """Root of every failure of the exchange with DS. Its text is French and holds neither token nor content."""


class DSIndisponible(ErreurDS):
    """DS did not answer, or not intelligibly, to a read: the call may be repeated."""


class DSInjoignable(DSIndisponible):
    """No connection could be made: nothing ever left, even a mutation may be repeated."""


class DelaiDepasse(DSIndisponible):
    """DS ran out of time (or we did), or answered more than we read: repeat later, with a smaller page."""


class ReponseAmbigue(ErreurDS):
    """A mutation left and its outcome is unknown: read the dossier back before any repeat."""


class TropDeRequetes(ErreurDS):
    """DS throttles this token; nothing was applied. `reprise` is when it may be called again (aware UTC)."""

    def __init__(self, reprise: datetime | None) -> None:
        super().__init__("Démarches Simplifiées limite nos appels : la reprise se fera un peu plus tard.")
        self.reprise = reprise


class MotifRefus(StrEnum):
    """What an operator must mend, as far as DS's words tell it."""

    JETON_INVALIDE = "jeton_invalide"
    JETON_EXPIRE = "jeton_expire"
    RESEAU_INTERDIT = "reseau_interdit"
    HORS_PORTEE = "hors_portee"
    INCONNU = "inconnu"


class AccesRefuse(ErreurDS):
    """Invalid, expired or out-of-scope token. DS answers an invalid token as it answers a missing right."""

    def __init__(self, message: str, *, motif: MotifRefus = MotifRefus.INCONNU) -> None:
        super().__init__(message)
        self.motif = motif


class Introuvable(ErreurDS):
    """DS knows no such dossier or instructeur, or hides it."""


class LienExpire(ErreurDS):
    """The address of a file no longer opens it: read fresh ones with `lire_fichiers`."""


class RefusDS(ErreurDS):
    """DS understood a mutation and refused it. `messages` is its own French text, to be shown verbatim."""

    def __init__(self, messages: tuple[str, ...]) -> None:
        super().__init__(" ".join(messages))
        self.messages = messages


class ReponseInvalide(ErreurDS):
    """DS answered something its own interface forbids (`invalid_null`), or refused our query as malformed.

    `code` is DS's error code, or an empty string.
    """

    def __init__(self, message: str, *, code: str = "") -> None:
        super().__init__(message)
        self.code = code
