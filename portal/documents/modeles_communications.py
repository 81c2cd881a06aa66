"""What the document that communicates the avis given on a dossier holds, frozen."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from portal.documents.modeles import AssociationCitee, Document, ServiceCite


@dataclass(frozen=True, slots=True)
class AvisCommunique:
    """One avis as the association reads it. `refus`: why none of it is sent. `occulte`: passages are hidden. Amounts in euros."""

    de: str
    donne_le: datetime
    sens: str
    montant: Decimal | None
    texte: str
    refus: str
    occulte: bool


@dataclass(frozen=True, slots=True)
class CommunicationAvis(Document):
    """The avis given on a dossier, sent to the association that asked for them after the decision (CRPA L311-2, L311-7)."""

    reference: str
    demandeur: AssociationCitee
    intitule: str
    service: ServiceCite
    recue_le: date
    avis: tuple[AvisCommunique, ...]
