"""The words of our mails on requests that came by another door, or that change hands."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class DemandeRecue:
    """A service has registered a request that came on paper: the mentions of CRPA R112-5. `adresse`: where it is checked."""

    adresse: str
    reference: str
    demandeur: str
    intitule: str
    service: str
    coordonnees: str
    recue_le: date | None
    rejet_implicite_le: date | None


@dataclass(frozen=True, slots=True)
class DemandeTransmise:
    """A service has handed the request over to another one, or to another call (CRPA L114-2)."""

    adresse: str
    reference: str
    association: str
    intitule: str
    ancien: str
    service: str
    coordonnees: str
    demarche: str


Courriel = DemandeRecue | DemandeTransmise
GABARIT_DE = {
    DemandeRecue: "courriels/demande_recue.txt",
    DemandeTransmise: "courriels/demande_transmise.txt",
}
