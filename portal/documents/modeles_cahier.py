"""What a cahier de commission holds: a view of the queue, in a table, in two charts, then one page per dossier."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from portal.documents.modeles import Document


@dataclass(frozen=True, slots=True)
class AvisBref:
    """An avis that the reader may see, on one line. `sens` is its label; `texte` is cut to what a line holds."""

    service: str
    sens: str
    montant: Decimal | None
    texte: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FicheCommission:
    """One dossier on one page. Amounts are euros; `propose` and `proposition` are known of the owner service alone;
    once `decidee`, `proposition` tells the decision as its reader may know it.

    `echeance`: the day when silence means rejection, None once the dossier is closed. Long texts are cut: the dossier is
    where they are read whole.
    """

    reference: str
    etat: str
    demandeur: str
    siret: str
    commune: str
    territoire: str
    intitule: str
    objectifs: str
    description: str
    demarche: str
    exercice: int | None
    depose_le: datetime
    echeance: date | None
    instructeur: str
    cer: str
    montant_demande: Decimal | None
    cout: Decimal | None
    propose: Decimal | None
    accorde: Decimal | None
    decidee: bool
    proposition: str
    avis: tuple[AvisBref, ...]
    avis_attendus: int


@dataclass(frozen=True, slots=True)
class FicheDossier(Document):
    """The page of one dossier alone, made for one reader."""

    fiche: FicheCommission
    service: str
    pour: str
    etabli_le: datetime


@dataclass(frozen=True, slots=True)
class Part:
    """Dossiers that share a territory, or an état: how many, and the euros asked and granted."""

    libelle: str
    nombre: int
    demande: Decimal
    accorde: Decimal

    def largeur(self, plus_haut: Decimal) -> float:
        """Of its bar, in hundredths of the highest."""
        return round(float(100 * self.demande / plus_haut), 2) if plus_haut else 0.0


@dataclass(frozen=True, slots=True)
class Cahier(Document):
    """A whole view. `vue`: its criteria in words; `tronque`: the view holds more dossiers than the 500 of a cahier."""

    service: str
    vue: tuple[str, ...]
    pour: str
    etabli_le: datetime
    fiches: tuple[FicheCommission, ...]
    tronque: bool = False

    @property
    def par_territoire(self) -> tuple[Part, ...]:
        """The most asked first."""
        return _parts((fiche.territoire, fiche) for fiche in self.fiches)

    @property
    def par_etat(self) -> tuple[Part, ...]:
        """The most asked first."""
        return _parts((fiche.etat, fiche) for fiche in self.fiches)

    @property
    def demande(self) -> Decimal:
        """Euros asked by all."""
        return sum((fiche.montant_demande or Decimal(0) for fiche in self.fiches), Decimal(0))

    @property
    def propose(self) -> Decimal:
        """Euros proposed to all those for which something is."""
        return sum((fiche.propose or Decimal(0) for fiche in self.fiches), Decimal(0))

    @property
    def accorde(self) -> Decimal:
        """Euros granted, once notified."""
        return sum((fiche.accorde or Decimal(0) for fiche in self.fiches), Decimal(0))


def _parts(fiches: Iterable[tuple[str, FicheCommission]]) -> tuple[Part, ...]:
    groupes: dict[str, list[FicheCommission]] = {}
    for libelle, fiche in fiches:
        groupes.setdefault(libelle, []).append(fiche)
    zero = Decimal(0)
    parts = (
        Part(
            libelle,
            len(siennes),
            sum((une.montant_demande or zero for une in siennes), zero),
            sum((une.accorde or zero for une in siennes), zero),
        )
        for libelle, siennes in groupes.items()
    )
    return tuple(sorted(parts, key=lambda part: (-part.demande, part.libelle)))
