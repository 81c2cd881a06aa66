"""What a démarche settles of the avis that are asked on it, for the responsables of its service."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from portal.errors import NotFound
from portal.models.avis import ModeleQuestion
from portal.models.demarches import Demarche
from portal.models.experts import ConsulteDemarche
from portal.models.services import Service
from portal.permissions import Acteur
from portal.queries import consultables

DEMARCHES_MONTREES = 200


@dataclass(frozen=True, slots=True)
class ReglageAvis:
    """A démarche, its questions, those on its list, and the services that may join it."""

    demarche: Demarche
    questions: Sequence[ModeleQuestion]
    consultes: Sequence[ConsulteDemarche]
    services: Sequence[tuple[int, str]]


def list_demarches(session: Session, viewer: Acteur) -> Sequence[Demarche]:
    """Those of the viewer's service, the latest first."""
    siennes = select(Demarche).where(Demarche.service_id == viewer.service_id)
    triees = siennes.order_by(Demarche.exercice.desc().nulls_last(), Demarche.titre, Demarche.id)
    return session.scalars(triees.limit(DEMARCHES_MONTREES)).all()


def get_demarche(session: Session, viewer: Acteur, demarche_id: int) -> Demarche:
    """One of them. Raises NotFound."""
    sienne = select(Demarche).where(Demarche.id == demarche_id, Demarche.service_id == viewer.service_id)
    demarche = session.scalars(sienne).first()
    if demarche is None:
        raise NotFound
    return demarche


def get(session: Session, viewer: Acteur, demarche_id: int) -> ReglageAvis:
    """All that its page shows. Raises NotFound."""
    demarche = get_demarche(session, viewer, demarche_id)
    services = select(Service.id, Service.sigle, Service.nom).where(Service.id != viewer.service_id)
    lus = session.execute(services.order_by(Service.sigle, Service.id).limit(consultables.SERVICES_MAXIMUM))
    return ReglageAvis(
        demarche=demarche,
        questions=consultables.questions(session, demarche),
        consultes=consultables.of_demarche(session, demarche),
        services=[(ident, f"{sigle} – {nom}") for ident, sigle, nom in lus],
    )


def get_question(session: Session, demarche: Demarche, modele_id: int) -> ModeleQuestion:
    """A question of that démarche. Raises NotFound."""
    sienne = select(ModeleQuestion).where(ModeleQuestion.id == modele_id, ModeleQuestion.demarche_id == demarche.id)
    modele = session.scalars(sienne).first()
    if modele is None:
        raise NotFound
    return modele


def get_consulte(session: Session, demarche: Demarche, consulte_id: int) -> ConsulteDemarche:
    """Somebody of its list. Raises NotFound."""
    sien = select(ConsulteDemarche).where(
        ConsulteDemarche.id == consulte_id, ConsulteDemarche.demarche_id == demarche.id
    )
    avec = sien.options(joinedload(ConsulteDemarche.service), joinedload(ConsulteDemarche.expert))
    consulte = session.scalars(avec).first()
    if consulte is None:
        raise NotFound
    return consulte
