"""The words of our mails to those whom a service asks for their avis outside every service: they have no account."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class AvisExpert:
    """A service asks an expert about one or several objects. `objets`: each in a line, the first ones only; `autres`: the rest.

    `echeance`: the earliest, None when no date is set. `expire_le`: when the link ends. `rappel`: asked before.
    """

    adresse: str
    service: str
    question: str
    objets: tuple[str, ...]
    autres: int
    echeance: date | None
    expire_le: datetime
    rappel: bool


@dataclass(frozen=True, slots=True)
class CodeExpert:
    """The code that opens a link in another browser. `adresse` is where to ask for a new link."""

    adresse: str
    code: str
    minutes: int


Courriel = AvisExpert | CodeExpert
GABARIT_DE: dict[type[Courriel], str] = {
    AvisExpert: "courriels/avis_expert.txt",
    CodeExpert: "courriels/code_expert.txt",
}
