"""Declares who acts for an association, and proves it on a document."""

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal.errors import Conflict, Forbidden
from portal.formats import date_fr, maintenant
from portal.models.associations import Association, Mandat
from portal.models.demandes import Demande
from portal.models.dossiers import Dossier
from portal.permissions import Acteur, may_be_usager
from portal.permissions.mandats import can_prove
from portal.queries import mandats
from portal.services import journal
from portal.vocabulaire import EtatMandat, RoleMandat


def declare(session: Session, *, by: Acteur, association: Association, role: RoleMandat, fonction: str) -> Mandat:
    """The mandat of this person for this association: `declare`, it opens nothing that others made.

    One that is already in force is returned unchanged; one that has ended starts again as declared.
    """
    verdict = may_be_usager(by)
    if not verdict:
        raise Forbidden(verdict.raison)
    valeurs = {"role": role, "etat": EtatMandat.DECLARE, "fonction": fonction}
    cree = session.scalar(
        insert(Mandat)
        .values(user_id=by.user_id, association_id=association.id, piece_vue="", **valeurs)
        .on_conflict_do_nothing()
        .returning(Mandat.id)
    )
    mandat = session.scalars(
        select(Mandat).where(Mandat.user_id == by.user_id, Mandat.association_id == association.id).with_for_update()
    ).one()
    if cree is None and mandat.ended_at is None:
        return mandat
    mandat.role, mandat.etat, mandat.fonction = role, EtatMandat.DECLARE, fonction
    mandat.prouve_par_id = mandat.prouve_at = mandat.ended_at = None
    mandat.piece_vue = ""
    journal.record(
        session,
        by=by,
        action="mandat_declare",
        objet=f"association:{association.id}",
        valeurs={"mandat": mandat.id, "role": role, "fonction": fonction},
    )
    return mandat


def lock_mine(session: Session, by: Acteur, association_id: int) -> Mandat:
    """The mandat of this person for that association, locked and as it is now: proving or ending it waits.

    Raises Conflict when it has ended since the page was shown.
    """
    mandat = session.scalars(
        select(Mandat)
        .where(Mandat.user_id == by.user_id, Mandat.association_id == association_id, Mandat.ended_at.is_(None))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if mandat is None:
        raise Conflict("Votre lien avec cette association a pris fin entre-temps : rien n’a été enregistré.")
    return mandat


def prove(session: Session, *, by: Acteur, mandat: Mandat, piece: str) -> Mandat:
    """Say that a document shows that this person acts for the association: the whole file opens to her.

    What she has already signed counts from now on as signed, and the dossiers that she has filed as filed by the association.
    Raises Forbidden, Conflict when the mandat was proved or has ended meanwhile.
    """
    verdict = can_prove(by, mandats.services_proprietaires(session, mandat.association_id))
    if not verdict:
        raise Forbidden(verdict.raison)
    session.refresh(mandat, with_for_update={"of": Mandat})
    if mandat.ended_at is not None:
        raise Conflict("Ce lien a pris fin entre-temps : rien n’a été changé.")
    if mandat.etat == EtatMandat.PROUVE:
        raise Conflict(f"Ce lien est déjà vérifié depuis le {date_fr(mandat.prouve_at)} : rien n’a été changé.")
    mandat.etat, mandat.prouve_par_id, mandat.prouve_at, mandat.piece_vue = (
        EtatMandat.PROUVE,
        by.user_id,
        maintenant(),
        piece,
    )
    deposes = _verify_filed_dossiers(session, mandat)
    journal.record(
        session,
        by=by,
        action="mandat_prouve",
        objet=f"association:{mandat.association_id}",
        valeurs={"mandat": mandat.id, "piece": piece, "dossiers": deposes},
    )
    for dossier_id in deposes:
        journal.record(session, by=by, action="lien_verifie", objet=f"dossier:{dossier_id}", valeurs={"piece": piece})
    return mandat


def _verify_filed_dossiers(session: Session, mandat: Mandat) -> list[int]:
    deposees = select(Demande.id).where(
        Demande.association_id == mandat.association_id, Demande.deposee_par_id == mandat.user_id
    )
    modifies = session.scalars(
        update(Dossier)
        .where(Dossier.demande_id.in_(deposees), Dossier.lien_verifie.is_(False))
        .values(lien_verifie=True)
        .returning(Dossier.id)
    )
    return sorted(modifies)
