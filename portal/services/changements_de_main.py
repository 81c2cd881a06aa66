"""A dossier has another owner service: who reads it, and what the former one kept on it for itself."""

from typing import Any

from sqlalchemy import delete, exists, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal.models.avis import DemandeAvis
from portal.models.decisions import Decision, Proposition
from portal.models.dossiers import AccesDossier, Dossier
from portal.models.lettres import Lettre
from portal.permissions import Acteur
from portal.services import acces_dossiers, avis, journal
from portal.vocabulaire import MotifAcces
from portal.vocabulaire_instruction import EtatLettre


def hand_over(session: Session, *, by: Acteur, dossier: Dossier, ancien: int, garde_ses_avis: bool = False) -> None:
    """The locked dossier now bears its new `service_id`; `ancien`: id of the former owner.

    Its labels, tasks and follows go, what it proposed or decided without notifying is dropped, its letters that have not left
    too; the avis that it asked for are now asked by the new owner. It reads the dossier no longer; with `garde_ses_avis`, it
    keeps reading one on which it was itself asked for an avis, as any service that was.
    """
    _open(session, dossier, ancien, garde_ses_avis=garde_ses_avis)
    _drop_decision(session, by, dossier)
    _take_over_avis(session, dossier, garde_le_sien=garde_ses_avis)
    acces_dossiers.forget(session, dossier_id=dossier.id, service_id=ancien)


def _open(session: Session, dossier: Dossier, ancien: int, *, garde_ses_avis: bool) -> None:
    motif = MotifAcces.PROPRIETAIRE
    saisi = exists().where(
        DemandeAvis.dossier_id == dossier.id, DemandeAvis.service_id == ancien, DemandeAvis.close_at.is_(None)
    )
    le_sien = (AccesDossier.service_id == ancien, AccesDossier.dossier_id == dossier.id)
    if garde_ses_avis and session.scalar(select(saisi)):
        session.execute(update(AccesDossier).where(*le_sien).values(motif=MotifAcces.SAISI))
    else:
        session.execute(delete(AccesDossier).where(*le_sien))
    ajout = insert(AccesDossier).values(
        service_id=dossier.service_id, dossier_id=dossier.id, motif=motif, date_depot=dossier.date_depot
    )
    cle = [AccesDossier.service_id, AccesDossier.dossier_id]
    session.execute(ajout.on_conflict_do_update(index_elements=cle, set_={"motif": motif}))


def _drop_decision(session: Session, by: Acteur, dossier: Dossier) -> None:
    """What was not notified is nobody's: the journal keeps what it was, for the former owner alone (queries/historique).

    A notification that is on its way to DS is left alone: DS has changed the group meanwhile, and answers for it.
    """
    dites: dict[str, Any] = {}
    decision = session.scalars(
        select(Decision).where(Decision.dossier_id == dossier.id, Decision.notified_at.is_(None))
    ).first()
    if decision is not None and decision.notification_demandee_at is not None:
        return
    proposition = session.scalars(select(Proposition).where(Proposition.dossier_id == dossier.id)).first()
    for nom, une in (("decision", decision), ("proposition", proposition)):
        if une is not None:
            dites |= {nom: str(une.sens), f"{nom}_auteur": une.auteur_id}
            session.delete(une)
    session.flush()
    session.execute(
        update(Lettre)
        .where(Lettre.dossier_id == dossier.id, Lettre.etat != EtatLettre.PARTIE)
        .values(etat=EtatLettre.REMPLACEE)
    )
    if dites:
        journal.record(session, by=by, action="decision_abandonnee", objet=f"dossier:{dossier.id}", valeurs=dites)


def _take_over_avis(session: Session, dossier: Dossier, *, garde_le_sien: bool) -> None:
    """The new owner reads what was answered, and has nothing to answer to itself, unless the dossier may leave it as it came."""
    if not garde_le_sien:
        session.execute(
            delete(DemandeAvis)
            .where(
                DemandeAvis.dossier_id == dossier.id,
                DemandeAvis.service_id == dossier.service_id,
                DemandeAvis.repondue_at.is_(None),
            )
            .execution_options(synchronize_session=False)
        )
    session.execute(
        update(DemandeAvis)
        .where(DemandeAvis.dossier_id == dossier.id, DemandeAvis.service_id.is_distinct_from(dossier.service_id))
        .values(demandeur_service_id=dossier.service_id)
        .execution_options(synchronize_session=False)
    )
    avis.recount(session, dossier)
