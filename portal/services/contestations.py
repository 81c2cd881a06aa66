"""Somebody of an association contests a mandat; an agent of a service that owns one of its dossiers settles it on a document."""

from dataclasses import dataclass

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal.errors import Conflict, Forbidden
from portal.formats import aujourdhui, date_fr, maintenant
from portal.models.associations import Mandat
from portal.models.documents import Fichier
from portal.models.liens_associations import Contestation
from portal.permissions import Acteur
from portal.permissions.mandats import can_contest, can_settle
from portal.services import courriels, journal, mandats
from portal.vocabulaire_demandes import EtatContestation


@dataclass(frozen=True, slots=True)
class Jugement:
    """What a service decides, on which document, with which words."""

    sens: EtatContestation
    piece_vue: str
    reponse: str


def contest(
    session: Session, *, by: Acteur, mandat: Mandat, motif: str, piece: Fichier | None = None, piece_nom: str = ""
) -> Contestation:
    """Ask the services to settle. Nothing changes meanwhile; the holder is told that her link is contested, not by whom.

    Raises Forbidden, Conflict: contested already, or ended.
    """
    verdict = can_contest(by, mandat)
    if not verdict:
        raise Forbidden(verdict.raison)
    if not mandat.vaut_le(aujourdhui()):
        raise Conflict("Ce lien a pris fin entre-temps\u00a0: il n’y a plus rien à contester.")
    contestation_id = session.scalar(
        insert(Contestation)
        .values(
            association_id=mandat.association_id,
            mandat_id=mandat.id,
            auteur_id=by.user_id,
            motif=motif,
            piece_id=piece.id if piece else None,
            piece_nom=piece_nom,
            etat=EtatContestation.OUVERTE,
            piece_vue="",
            reponse="",
        )
        .on_conflict_do_nothing()
        .returning(Contestation.id)
    )
    if contestation_id is None:
        raise Conflict("Ce lien est déjà contesté\u00a0: un service doit trancher. Rien de plus n’est à faire.")
    contestation = session.get_one(Contestation, contestation_id)
    _record(session, by, contestation, "mandat_conteste")
    courriels.enqueue(
        session,
        "mandat_conteste",
        destinataire=mandat.user.email,
        association=mandat.association.denomination,
    )
    return contestation


def settle(session: Session, *, by: Acteur, contestation: Contestation, jugement: Jugement) -> None:
    """Settle on a document: founded, the mandat ends; rejected, it stays. Both people are told, with the service's words.

    The caller has checked that the agent sees it. Raises Forbidden, Conflict when another agent has settled it.
    """
    verdict = can_settle(by)
    if not verdict:
        raise Forbidden(verdict.raison)
    mandat = contestation.mandat
    session.refresh(mandat, with_for_update={"of": Mandat})
    session.refresh(contestation, with_for_update={"of": Contestation})
    if contestation.etat != EtatContestation.OUVERTE:
        raise Conflict(f"Cette contestation est déjà tranchée depuis le {date_fr(contestation.tranchee_at)}.")
    contestation.etat, contestation.piece_vue, contestation.reponse = (
        jugement.sens,
        jugement.piece_vue,
        jugement.reponse,
    )
    contestation.tranchee_at, contestation.tranchee_par_id = maintenant(), by.user_id
    fondee = jugement.sens == EtatContestation.FONDEE
    if fondee and mandat.vaut_le(aujourdhui()):
        mandats.close(session, by=by, mandat=mandat, motif=jugement.reponse)
    _record(session, by, contestation, "contestation_tranchee", sens=jugement.sens, piece=jugement.piece_vue)
    for destinataire, auteur in ((mandat.user.email, False), (contestation.auteur.email, True)):
        courriels.enqueue(
            session,
            "contestation_tranchee",
            destinataire=destinataire,
            association=contestation.association.denomination,
            service=by.libelle_service or "",
            fondee=fondee,
            reponse=jugement.reponse,
            auteur=auteur,
        )


def _record(session: Session, by: Acteur, contestation: Contestation, action: str, **valeurs: object) -> None:
    journal.record(
        session,
        by=by,
        action=action,
        objet=f"association:{contestation.association_id}",
        valeurs={"contestation": contestation.id, "mandat": contestation.mandat_id, **valeurs},
    )
