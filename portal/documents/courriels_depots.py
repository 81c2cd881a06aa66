"""The words of our mails around the filing of a request."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SignatureDepotDemandee:
    """Somebody who may not sign has prepared a request, and asks the one who signs to check and file it."""

    adresse: str
    association: str
    demandeur: str
    campagne: str
    siren: str


Courriel = SignatureDepotDemandee

GABARIT_DE: dict[type, str] = {SignatureDepotDemandee: "courriels/signature_depot_demandee.txt"}
