"""The words of the mails about an account whose address changes."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AdresseAProuver:
    """To the new address: the link that proves it."""

    adresse: str
    minutes: int


@dataclass(frozen=True, slots=True)
class AdresseDejaPrise:
    """To an address that already has an account: it cannot become another one's. `adresse` is the login page."""

    adresse: str


@dataclass(frozen=True, slots=True)
class AdresseQuiChange:
    """To the present address: what is asked, and the link that cancels it, even once done."""

    adresse: str
    nouvelle: str
    heures: int


Courriel = AdresseAProuver | AdresseDejaPrise | AdresseQuiChange
GABARIT_DE = {
    AdresseAProuver: "courriels/adresse_a_prouver.txt",
    AdresseDejaPrise: "courriels/adresse_deja_prise.txt",
    AdresseQuiChange: "courriels/adresse_qui_change.txt",
}
