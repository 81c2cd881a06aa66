"""Lets an agent follow an association, and tells it what happens there."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    and_,
    cast,
    delete,
    exists,
    false,
    func,
    literal,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from portal.models.avis import Avis, DemandeAvis, Saisine
from portal.models.demarches import Demarche
from portal.models.dossiers import Dossier
from portal.models.fiches_associations import AbonnementAssociation
from portal.models.services import Affectation
from portal.models.taches import Tache
from portal.permissions import Acteur
from portal.services import journal
from portal.vocabulaire import ETATS_FINAUX, Audience, Etat
from portal.vocabulaire_instruction import GenreTache

# What a worker that was down for some days still tells; each is told once.
REGARD = timedelta(days=7)
COLONNES = ("user_id", "service_id", "genre", "objet_id", "cle", "a_faire")


def subscribe(session: Session, *, by: Acteur, association_id: int) -> None:
    """Follow it from now on, for the service for which the agent acts; said twice, done once.

    The caller has checked `can_open`.
    """
    valeurs = {"association_id": association_id, "user_id": by.user_id, "service_id": by.service_id}
    nouveau = insert(AbonnementAssociation).values(valeurs).on_conflict_do_nothing()
    if session.scalar(nouveau.returning(AbonnementAssociation.id)) is not None:
        journal.record(session, by=by, action="association_suivie", objet=f"association:{association_id}")


def unsubscribe(session: Session, *, by: Acteur, association_id: int) -> None:
    """Follow it no more."""
    ote = delete(AbonnementAssociation).where(
        AbonnementAssociation.association_id == association_id,
        AbonnementAssociation.user_id == by.user_id,
        AbonnementAssociation.service_id == by.service_id,
    )
    if session.scalar(ote.returning(AbonnementAssociation.id)) is not None:
        journal.record(session, by=by, action="association_plus_suivie", objet=f"association:{association_id}")


def tell(session: Session, instant: datetime) -> int:
    """Inform those who follow an association of what has happened since: a dossier filed, decided, an avis shared.

    Nothing of a confidential démarche, of a sealed avis that is not revealed to all, nor of what the agent's service gave itself.
    The task names the association alone: its sheet says the rest to whom it may. One statement; how many were told.
    """
    depuis = instant - REGARD
    nouvelles = union_all(_filed(depuis), _decided(depuis), _shared(depuis))
    ecrites = insert(Tache).from_select(COLONNES, nouvelles).on_conflict_do_nothing(index_elements=["user_id", "cle"])
    return len(session.scalars(ecrites.returning(Tache.id)).all())


def _news(quoi: str, objet: Any, association_id: Any, at: Any, depuis: datetime) -> Select[*tuple[Any, ...]]:
    """A task for each agent still of the service for which it follows, of what came after it began to follow."""
    ici = AbonnementAssociation
    return (
        select(
            ici.user_id,
            ici.service_id,
            literal(GenreTache.ABONNEMENT.value),
            ici.association_id,
            literal(f"abonnement:{quoi}:").concat(cast(objet, BigInteger)).concat(":").concat(ici.service_id),
            false(),
        )
        .join(Affectation, and_(Affectation.user_id == ici.user_id, Affectation.service_id == ici.service_id))
        .where(association_id == ici.association_id, Affectation.ended_at.is_(None), at >= depuis, at >= ici.created_at)
    )


def _filed(depuis: datetime) -> Select[*tuple[Any, ...]]:
    nouvelles = _news("depose", Dossier.id, Dossier.association_id, Dossier.created_at, depuis)
    return nouvelles.where(Dossier.etat != Etat.BROUILLON, _open_to_all())


def _decided(depuis: datetime) -> Select[*tuple[Any, ...]]:
    nouvelles = _news("decide", Dossier.id, Dossier.association_id, Dossier.date_traitement, depuis)
    return nouvelles.where(Dossier.etat.in_(ETATS_FINAUX), _open_to_all())


def _open_to_all() -> ColumnElement[bool]:
    return exists().where(Demarche.id == Dossier.demarche_id, Demarche.confidentielle.is_(False))


def _shared(depuis: datetime) -> Select[*tuple[Any, ...]]:
    """On the association itself or on a dossier that is told; shared by its author, and by the request it answers."""
    sur_dossier = select(Dossier.association_id).where(Dossier.id == Avis.dossier_id, _open_to_all()).scalar_subquery()
    demande, autre = aliased(DemandeAvis), aliased(DemandeAvis)
    attend = exists().where(
        autre.saisine_id == demande.saisine_id,
        autre.dossier_id.is_not_distinct_from(demande.dossier_id),
        autre.association_id.is_not_distinct_from(demande.association_id),
        autre.repondue_at.is_(None),
        autre.close_at.is_(None),
    )
    retenu = exists().where(
        demande.id == Avis.demande_avis_id,
        Saisine.id == demande.saisine_id,
        (Saisine.audience != Audience.PARTAGE) | (Saisine.scelle & attend),
    )
    return _news("avis", Avis.id, func.coalesce(Avis.association_id, sur_dossier), Avis.updated_at, depuis).where(
        Avis.audience == Audience.PARTAGE,
        Avis.service_id.is_distinct_from(AbonnementAssociation.service_id),
        ~retenu,
    )
