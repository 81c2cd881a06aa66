"""What the grant request form holds on paper, blank or filled in. Values are French texts; an empty one is left to be written."""

from dataclasses import dataclass
from datetime import date, datetime

from portal.documents.modeles import AssociationCitee, Document, ServiceCite


@dataclass(frozen=True, slots=True)
class CaseFormulaire:
    """A question and its answer; `choix` are boxes to tick, `aide` says how to answer."""

    libelle: str
    valeur: str = ""
    choix: tuple[str, ...] = ()
    aide: str = ""
    longue: bool = False


@dataclass(frozen=True, slots=True)
class PosteFormulaire:
    """A line of a budget table; `groupe` is the heading that it stands under."""

    groupe: str
    libelle: str
    montant: str = ""


@dataclass(frozen=True, slots=True)
class TableauFormulaire:
    """A budget table, every line of the plan in order, with its totals (empty: to be written)."""

    titre: str
    charges: tuple[PosteFormulaire, ...]
    produits: tuple[PosteFormulaire, ...]
    total_charges: str = ""
    total_produits: str = ""


@dataclass(frozen=True, slots=True)
class PartieFormulaire:
    """A section of the form."""

    titre: str
    cases: tuple[CaseFormulaire, ...]
    tableaux: tuple[TableauFormulaire, ...] = ()


@dataclass(frozen=True, slots=True)
class Formulaire(Document):
    """The form of a campaign, blank when `association` is None; `depose_le` once filed, `etabli_le` for one filled in.

    `reference`: of the dossiers it became, else what tells it apart. `cloture`: the closing, in Paris and where the
    associations are.
    """

    reference: str
    campagne: str
    service: ServiceCite
    cloture: str
    parties: tuple[PartieFormulaire, ...]
    association: AssociationCitee | None = None
    depose_le: datetime | None = None
    etabli_le: date | None = None
