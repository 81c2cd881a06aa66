"""The words of our mails to those who are asked for an avis: what is asked, about what, until when; never what a dossier says."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class AvisDemandes:
    """To a service: the same question about several dossiers, or about an association. `autres`: how many are not named."""

    adresse: str
    service: str
    question: str
    objets: list[str]
    autres: int
    echeance: date | None


@dataclass(frozen=True, slots=True)
class AvisDemandeAgent:
    """To an agent who is named, and answers for its service (`consulte`)."""

    adresse: str
    service: str
    consulte: str
    question: str
    objets: list[str]
    autres: int
    echeance: date | None


@dataclass(frozen=True, slots=True)
class AvisRappele:
    """What is still awaited of a service or an agent, all who ask together. Each line says about what, of whom, until when."""

    adresse: str
    lignes: list[str]
    autres: int


@dataclass(frozen=True, slots=True)
class AvisProlonge:
    """There is more time to answer."""

    adresse: str
    service: str
    objets: list[str]
    autres: int
    echeance: date | None


@dataclass(frozen=True, slots=True)
class AvisRetire:
    """Nothing is asked any more."""

    adresse: str
    service: str
    objets: list[str]
    autres: int


@dataclass(frozen=True, slots=True)
class AvisDecline:
    """To who asked: no avis will come from `consulte`. `raison`: in words, « pas concerné ». The motif is read on the page."""

    adresse: str
    consulte: str
    objets: list[str]
    raison: str


Courriel = AvisDemandes | AvisDemandeAgent | AvisRappele | AvisProlonge | AvisRetire | AvisDecline
GABARIT_DE: dict[type, str] = {
    AvisDemandes: "courriels/avis_demandes.txt",
    AvisDemandeAgent: "courriels/avis_demande_agent.txt",
    AvisRappele: "courriels/avis_rappele.txt",
    AvisProlonge: "courriels/avis_prolonge.txt",
    AvisRetire: "courriels/avis_retire.txt",
    AvisDecline: "courriels/avis_decline.txt",
}
