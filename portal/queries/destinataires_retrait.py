"""To whom the law has a notified withdrawal sent: the préfet of the siège's département, and the co-funders that we know."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.formats import mots_de_recherche
from portal.models.associations import Association
from portal.models.decisions import Decision
from portal.models.demarches import Demarche
from portal.models.dossiers import Dossier
from portal.models.manquements import Retrait
from portal.models.services import Service
from portal.queries.departements import DEPARTEMENTS, departement
from portal.vocabulaire import SensDecision, TypeService
from portal.vocabulaire_cer import DestinataireRetrait


@dataclass(frozen=True, slots=True)
class Destinataire:
    """Somebody to whom it may be sent, and whether it has been."""

    genre: DestinataireRetrait
    nom: str
    email: str
    envoye: bool


def list_known(session: Session, dossier: Dossier, retrait: Retrait) -> Sequence[Destinataire]:
    """Services of this portal that are to be told, the préfet first; those without an address are not among them."""
    if dossier.association_id is None:
        return ()
    faits = {(envoi.genre, envoi.email) for envoi in retrait.envois}
    prefets = _prefets(session, dossier.association_id)
    connus = [(DestinataireRetrait.PREFET, service) for service in prefets if service.id != dossier.service_id]
    connus += [(DestinataireRetrait.COFINANCEUR, service) for service in _cofinanceurs(session, dossier)]
    return [
        Destinataire(genre, service.nom, service.email, (genre, service.email) in faits)
        for genre, service in connus
        if service.email
    ]


def _prefets(session: Session, association_id: int) -> Sequence[Service]:
    """Préfectures whose territoire is the département of the siège, by its code or its name."""
    code = session.scalar(select(departement(Association.code_postal)).where(Association.id == association_id)) or ""
    appellations = {mots_de_recherche(nom) for nom in (code, DEPARTEMENTS.get(code, "")) if nom}
    prefectures = session.scalars(
        select(Service).where(Service.type == TypeService.PREFECTURE).order_by(Service.nom, Service.id)
    )
    return [service for service in prefectures if mots_de_recherche(service.territoire) in appellations]


def _cofinanceurs(session: Session, dossier: Dossier) -> Sequence[Service]:
    """Other services that have granted something to the same association in the same exercice, confidential démarches apart."""
    accordeurs = (
        select(Dossier.service_id)
        .join(Decision, Decision.dossier_id == Dossier.id)
        .join(Demarche, Demarche.id == Dossier.demarche_id)
        .where(Dossier.association_id == dossier.association_id, Dossier.exercice == dossier.exercice)
        .where(Decision.sens == SensDecision.ACCEPTE, Decision.notified_at.is_not(None))
        .where(Demarche.confidentielle.is_(False))
    )
    return session.scalars(
        select(Service)
        .where(Service.id.in_(accordeurs), Service.id != dossier.service_id)
        .order_by(Service.nom, Service.id)
    ).all()
