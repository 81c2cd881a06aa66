"""A service reads a dossier no longer: its access, and what only served that service, go at once."""

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from portal.models.avis import DemandeAvis
from portal.models.dossiers import AccesDossier, Dossier
from portal.models.file_agents import Etiquette, EtiquetteDossier, Suivi
from portal.models.services import Affectation
from portal.models.taches import Tache
from portal.vocabulaire import MotifAcces


def close(session: Session, *, dossier: Dossier, service_id: int) -> bool:
    """Take its access from a service whose last demande d'avis on that dossier was closed; True when it went.

    One that still has a demande which waits, or was answered, keeps reading, as does the owner. What it wrote stays.
    """
    session.flush()
    encore = exists().where(
        DemandeAvis.dossier_id == dossier.id, DemandeAvis.service_id == service_id, DemandeAvis.close_at.is_(None)
    )
    fermes = session.scalars(
        delete(AccesDossier)
        .where(
            AccesDossier.service_id == service_id,
            AccesDossier.dossier_id == dossier.id,
            AccesDossier.motif == MotifAcces.SAISI,
            ~encore,
        )
        .returning(AccesDossier.dossier_id)
        .execution_options(synchronize_session=False)
    ).all()
    if fermes:
        forget(session, dossier_id=dossier.id, service_id=service_id)
    return bool(fermes)


def forget(session: Session, *, dossier_id: int, service_id: int) -> None:
    """What only served that service: its labels, the tasks and the follows of its agents who read the dossier no longer."""
    siennes = select(Etiquette.id).where(Etiquette.service_id == service_id)
    lecteurs = (
        select(Affectation.user_id)
        .join(AccesDossier, AccesDossier.service_id == Affectation.service_id)
        .where(AccesDossier.dossier_id == dossier_id, Affectation.ended_at.is_(None))
    )
    for effacer in (
        delete(EtiquetteDossier).where(
            EtiquetteDossier.dossier_id == dossier_id, EtiquetteDossier.etiquette_id.in_(siennes)
        ),
        delete(Tache).where(Tache.dossier_id == dossier_id, Tache.service_id == service_id),
        delete(Suivi).where(Suivi.dossier_id == dossier_id, Suivi.user_id.not_in(lecteurs)),
    ):
        session.execute(effacer.execution_options(synchronize_session=False))
