"""The services to which a request is addressed: the campaigns that it may add, the dossiers that it has become."""

from collections.abc import Collection
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, case, or_, select

from portal.formats import maintenant
from portal.forms.saisie import AutreCampagne
from portal.models.demandes import Demande
from portal.models.demarches import Demarche
from portal.models.dossiers import Dossier
from portal.models.services import Service
from portal.queries.campagnes import ouverte
from portal.queries.lots import Lignes
from portal.vocabulaire import Source

PROPOSEES = 20


def select_others(demande: Demande, adressees: Collection[int]) -> Select[*tuple[Any, ...]]:
    """The columns of AutreCampagne. Of a draft: the campaigns open now, and those already addressed even if they have closed.

    At most PROPOSEES are offered: the same dispositif first, then the same exercice, then the first to close. A filed request
    only knows those that it was addressed to.
    """
    retenues: ColumnElement[bool] = Demarche.id.in_(adressees)
    if demande.deposee_at is None:
        retenues = or_(retenues, ouverte(maintenant()))
    campagne = demande.demarche
    proches = (
        case((Demarche.id.in_(adressees), 0), else_=1),
        case((and_(Demarche.dispositif == campagne.dispositif, Demarche.dispositif != ""), 0), else_=1),
        case((Demarche.exercice == campagne.exercice, 0), else_=1),
    )
    return (
        select(Demarche.id, Service.nom, Demarche.titre)
        .select_from(Demarche)
        .join(Service, Service.id == Demarche.service_id)
        .where(Demarche.source == Source.PORTAIL, Demarche.service_id != campagne.service_id, retenues)
        .order_by(*proches, Demarche.cloture, Demarche.id)
        .limit(PROPOSEES + len(adressees))
    )


def others(lignes: Lignes) -> tuple[AutreCampagne, ...]:
    """By the name of their service."""
    return tuple(sorted((AutreCampagne(*ligne) for ligne in lignes), key=lambda une: (une.service, une.demarche_id)))


class DossierLie(NamedTuple):
    """A dossier that a request has become: its service, amount (euros) and reference are shown, nothing else."""

    id: int
    reference: str
    service: str
    montant_demande: Decimal | None


def select_dossiers(demande: Demande) -> Select[*tuple[Any, ...]]:
    """The columns of DossierLie, of every dossier of a request."""
    return (
        select(Dossier.id, Dossier.reference, Service.nom, Dossier.montant_demande)
        .select_from(Dossier)
        .join(Service, Service.id == Dossier.service_id)
        .where(Dossier.demande_id == demande.id)
        .order_by(Dossier.id)
    )
