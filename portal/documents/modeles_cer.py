"""What each document of the CER holds, frozen, besides the receipt."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from portal.documents.modeles import AssociationCitee, Document, Personne, ServiceCite, TexteCer


@dataclass(frozen=True, slots=True)
class EngagementASigner(Document):
    """The page that is printed, signed by hand and sent back. Its QR code leads to `adresse`, the page of the request `code`."""

    code: str
    adresse: str
    association: AssociationCitee
    signataire: Personne
    demandeur: str
    texte: TexteCer
    phrase_consentement: str


@dataclass(frozen=True, slots=True)
class AfficheCer(Document):
    """The poster by which an association tells its members what it has subscribed (décret n° 2021-1947, art. 1er).

    `adresse` leads to a public page that says the same, and never to the receipt. It names no person.
    """

    format: Literal["A4", "A3"]
    association: str
    souscrit_le: datetime
    texte: TexteCer
    engagements: tuple[str, ...]
    adresse: str


@dataclass(frozen=True, slots=True)
class BadgeCer(Document):
    """The mark that an association shows on its web site. It names no person."""

    association: str
    souscrit_le: datetime
    version: str


@dataclass(frozen=True, slots=True)
class LettreRetrait(Document):
    """The signed withdrawal of a grant. Amounts in euros; `jours_restants` of `jours`: see models.prorata.

    `observations` is empty when the association has not answered by `observations_avant`.
    """

    reference: str
    service: ServiceCite
    association: AssociationCitee
    intitule: str
    accordee_le: datetime | None
    montant_accorde: Decimal
    montant_retire: Decimal
    motif: str
    motivation: str
    date_manquement: date
    periode_debut: date
    periode_fin: date
    jours: int
    jours_restants: int
    informee_le: datetime
    observations_avant: date
    observations: str
    signe_le: datetime
    restitution_avant: date
    auteur: str
