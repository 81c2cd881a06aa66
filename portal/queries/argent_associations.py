"""What was paid to an association, and what others published of it, as its sheet tells it: lots of its one statement."""

from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, func, select

from portal.formats import montant_fr
from portal.models.services import Service
from portal.models.versements import SubventionPubliee, Versement

PUBLIEES = 50
Lot = Select[*tuple[Any, ...]]


class Paye(NamedTuple):
    """The payments of an exercice, in euros, and how many they are."""

    exercice: int | None
    montant: Decimal
    nombre: int


class Publiee(NamedTuple):
    """A grant as its giver published it. `montant`: whole, said again for each beneficiary; `part` of it is the association's."""

    attribuant: str
    exercice: int | None
    objet: str
    montant: Decimal
    part: Decimal | None
    convention: Any
    importee_at: Any
    service: str

    @property
    def sienne(self) -> str:
        """What of it is the association's, in words."""
        if self.part is None or self.part == 1:
            return montant_fr(self.montant)
        return f"{montant_fr((self.montant * self.part).quantize(Decimal('0.01')))} sur {montant_fr(self.montant)}"


def paid(association_id: ColumnElement[int]) -> Lot:
    """By exercice, whichever service told of it."""
    sommes = (
        select(
            Versement.exercice,
            func.sum(Versement.montant).label("montant"),
            func.count().label("nombre"),
        )
        .where(Versement.association_id == association_id)
        .group_by(Versement.exercice)
        .subquery()
    )
    return select(sommes.c.exercice, sommes.c.montant, sommes.c.nombre).order_by(sommes.c.exercice.desc())


def published(association_id: ColumnElement[int]) -> Lot:
    """The last ones; two services may have imported the same file."""
    ici = SubventionPubliee
    return (
        select(
            ici.attribuant_nom,
            ici.exercice,
            ici.objet,
            ici.montant,
            ici.part,
            ici.date_convention,
            ici.created_at,
            Service.sigle,
        )
        .join(Service, Service.id == ici.service_id)
        .where(ici.association_id == association_id)
        .order_by(ici.date_convention.desc(), ici.id)
        .limit(PUBLIEES)
    )
