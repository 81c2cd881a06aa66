"""What agents and the association may read of its CER: the status, what gives it, the agréments that services have noted."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.documents.statut_cer import StatutCer
from portal.errors import NotFound
from portal.formats import aujourdhui
from portal.models.associations import Association
from portal.models.dossiers import Dossier
from portal.models.services import Service
from portal.models.souscriptions import Reconnaissance
from portal.permissions import Acteur, Verdict
from portal.permissions.reconnaissances import can_note, can_withdraw
from portal.queries import dossiers
from portal.queries.mandats import services_proprietaires
from portal.queries.statuts_cer import statut_cer
from portal.queries.titres_cer import list_titres
from portal.vocabulaire_cer import OrigineCer

PREUVES_DE_DOSSIER = frozenset({OrigineCer.DEMANDE, OrigineCer.DS})


@dataclass(frozen=True, slots=True)
class Notee:
    """A reconnaissance, the service that has noted it, and whether the viewer may withdraw it."""

    reconnaissance: Reconnaissance
    service: str
    retirable: bool = False

    @property
    def en_vigueur(self) -> bool:
        """Whether today, in Paris, is within its days."""
        fin = self.reconnaissance.date_fin
        return fin is None or aujourdhui() <= fin


@dataclass(frozen=True, slots=True)
class VueCer:
    """The CER of an association for an agent. `lisibles`: references of the dossiers that she may open."""

    dossier: Dossier
    association: Association
    statut: StatutCer
    titres: list[StatutCer]
    notees: list[Notee]
    lisibles: frozenset[str]
    verdict: Verdict

    def montre(self, titre: StatutCer) -> bool:
        """Whether its proof may be named: the dossier of another service is not."""
        return titre.origine not in PREUVES_DE_DOSSIER or titre.preuve in self.lisibles


def get_vue(session: Session, viewer: Acteur, reference: str) -> VueCer:
    """The CER of the association of a dossier. Raises NotFound for another service's, or when no association asks."""
    dossier = dossiers.get(session, viewer, reference)
    association = session.get(Association, dossier.association_id) if dossier.association_id else None
    if association is None:
        raise NotFound("Le demandeur de ce dossier n’est pas une association connue de ce portail.")
    proprietaires = services_proprietaires(session, association.id)
    lisibles = dossiers.visible_dossiers(viewer).where(Dossier.association_id == association.id)
    return VueCer(
        dossier=dossier,
        association=association,
        statut=statut_cer(session, association.id),
        titres=list_titres(session, association.id),
        notees=[
            Notee(notee, service, can_withdraw(viewer, notee, proprietaires).ok)
            for notee, service in _notees(session, association.id)
        ],
        lisibles=frozenset(session.scalars(lisibles.with_only_columns(Dossier.reference))),
        verdict=can_note(viewer, proprietaires),
    )


def list_standing(session: Session, viewer: Acteur, association_id: int) -> list[Notee]:
    """Those that stand, for a member whose mandat is proved; the others see nothing that services have noted."""
    if association_id not in viewer.associations_prouvees:
        return []
    return [Notee(notee, service) for notee, service in _notees(session, association_id) if notee.retiree_at is None]


def _notees(session: Session, association_id: int) -> list[tuple[Reconnaissance, str]]:
    choix = (
        select(Reconnaissance, Service.nom)
        .join(Service, Service.id == Reconnaissance.service_id)
        .where(Reconnaissance.association_id == association_id)
        .order_by(Reconnaissance.date_debut.desc(), Reconnaissance.id.desc())
    )
    return [(notee, service) for notee, service in session.execute(choix)]


def get(session: Session, association_id: int, reconnaissance_id: int) -> Reconnaissance:
    """One that a service has noted of this association. Raises NotFound."""
    notee = session.get(Reconnaissance, reconnaissance_id)
    if notee is None or notee.association_id != association_id:
        raise NotFound
    return notee
