"""What the compte rendu financier holds, frozen as it was filed."""

from dataclasses import dataclass
from datetime import date, datetime

from portal.documents.modeles import AssociationCitee, Document, Section, ServiceCite


@dataclass(frozen=True, slots=True)
class LigneComparee:
    """A line of a table, already in French: expected, done, difference, difference in percent. `groupe`: its heading."""

    groupe: str
    libelle: str
    prevu: str
    realise: str
    ecart: str
    pourcentage: str


@dataclass(frozen=True, slots=True)
class TableauCompare:
    """The charges, or the produits, and their total."""

    titre: str
    lignes: tuple[LigneComparee, ...]
    total: LigneComparee


@dataclass(frozen=True, slots=True)
class CompteRenduFinancier(Document):
    """Cerfa 15059*02: the three sheets. `montant_accorde` is in French already."""

    reference: str
    service: ServiceCite
    association: AssociationCitee
    intitule: str
    exercice: int | None
    montant_accorde: str
    echeance: date
    depose_le: datetime
    depose_par: str
    certification: str
    bilan: Section
    tableaux: tuple[TableauCompare, ...]
    annexe: Section
