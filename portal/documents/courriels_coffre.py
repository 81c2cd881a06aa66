"""The words of our mails on the vault of an association."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class IbanChange:
    """A RIB with another IBAN was put in the vault. The letter holds no IBAN: its reader logs in first."""

    adresse: str
    association: str
    personne: str


Courriel = IbanChange
GABARIT_DE: dict[type, str] = {IbanChange: "courriels/iban_change.txt"}
