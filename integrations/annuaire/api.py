"""What the portal asks of a register, and what a register answers. Identifiers are compact text, already checked."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol

Source = Literal["recherche-entreprises", "api-association"]
# The most that a register gives of a search by name.
REPONSES = 25


class AnnuaireIndisponible(RuntimeError):
    """The register gave no answer that we can read. It says nothing about whether the association exists."""


@dataclass(frozen=True, slots=True)
class Adresse:
    """A postal address; an unknown part is an empty text. `code_commune` is the code of the COG, not a postcode."""

    voie: str
    code_postal: str
    commune: str
    code_commune: str


@dataclass(frozen=True, slots=True)
class Etablissement:
    """A place of the unit, known by its SIRET."""

    siret: str
    siege: bool
    adresse: Adresse
    actif: bool


@dataclass(frozen=True, slots=True)
class Fiche:
    """What one register says of one unit, when we asked it. `observed_at` is aware UTC; None is « not said »."""

    source: Source
    observed_at: datetime
    denomination: str
    sigle: str | None
    siren: str | None
    siret_siege: str | None
    rna: str | None
    objet: str | None
    nature_juridique: str | None
    est_association: bool
    active: bool
    date_creation: date | None
    adresse: Adresse
    etablissements: tuple[Etablissement, ...]

    def possede(self, siret: str) -> bool:
        """Say whether the register gave this SIRET as a place of the unit."""
        return siret == self.siret_siege or any(siret == e.siret for e in self.etablissements)


class Annuaire(Protocol):
    """A register. None means that it answered and knows no such unit; every method may raise `AnnuaireIndisponible`."""

    def par_siren(self, siren: str) -> Fiche | None:
        """The unit that bears these nine digits."""

    def par_siret(self, siret: str) -> Fiche | None:
        """The unit one of whose places bears these fourteen digits."""

    def par_rna(self, rna: str) -> Fiche | None:
        """The association that bears this number of the répertoire national des associations."""

    def par_nom(self, nom: str, lieu: str, /) -> tuple[Fiche, ...]:
        """Associations whose name holds these words, `REPONSES` at most, in the register's order.

        `lieu` narrows them: a postcode, the name of a commune, or an empty text.
        """
