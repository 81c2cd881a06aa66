"""What the acknowledgement of a request received by post, mail or counter holds, frozen."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from portal.documents.modeles import AssociationCitee, Document, ServiceCite


@dataclass(frozen=True, slots=True)
class AccuseReception(Document):
    """Acknowledgement of a request that came on paper, with the mentions of CRPA R112-5.

    `canal` says how it came; `envoyee_le` is None when nobody knows. `adresse_verification` is a public page that knows its
    `numero`.
    """

    reference: str
    demandeur: AssociationCitee
    demarche: str
    intitule: str
    montant_demande: Decimal | None
    canal: str
    envoyee_le: date | None
    recue_le: date
    service: ServiceCite
    rejet_implicite_le: date
    numero: str
    adresse_verification: str
