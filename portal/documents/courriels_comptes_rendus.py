"""The words of our mails on comptes rendus financiers."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class CompteRenduAttendu:
    """A compte rendu is due by the day `echeance`, or late."""

    adresse: str
    reference: str
    association: str
    echeance: date | None
    en_retard: bool


@dataclass(frozen=True, slots=True)
class CompteRenduDepose:
    """An association has filed it."""

    adresse: str
    reference: str
    association: str


Courriel = CompteRenduAttendu | CompteRenduDepose
GABARIT_DE = {
    CompteRenduAttendu: "courriels/compte_rendu_attendu.txt",
    CompteRenduDepose: "courriels/compte_rendu_depose.txt",
}
