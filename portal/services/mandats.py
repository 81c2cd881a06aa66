"""Declares who acts for an association, proves it on a document, and ends it."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal.errors import Conflict, Forbidden, Invalid
from portal.formats import aujourdhui, date_fr, maintenant
from portal.models.associations import Association, Mandat
from portal.models.demandes import Demande
from portal.models.documents import Fichier
from portal.models.dossiers import Dossier
from portal.models.liens_associations import Invitation
from portal.permissions import Acteur, may_be_usager
from portal.permissions.mandats import can_end, can_prove
from portal.queries import mandats
from portal.services import annonces_mandats, etats_cer, journal
from portal.vocabulaire import EtatMandat, RoleMandat

# A written mandate is limited: the most that an aidant's lasts.
UN_AN = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Declaration:
    """In which capacity a person says that she acts, and until when. Of an aidant: for which structure, on which paper."""

    role: RoleMandat
    fonction: str
    fin_le: date | None = None
    structure: str = ""
    ecrit: Fichier | None = None
    ecrit_nom: str = ""


def declare(session: Session, *, by: Acteur, association: Association, declaration: Declaration) -> Mandat:
    """The mandat of this person for this association: `declare`, it opens nothing that others made.

    One that is already in force is returned unchanged; one that has ended starts again as declared. Those who represent the
    association are told, neutrally, that one more person does. Raises Invalid("fin_le").
    """
    verdict = may_be_usager(by)
    if not verdict or by.user_id is None:
        raise Forbidden(verdict.raison)
    check_end(declaration.role, declaration.fin_le)
    mandat, neuf = lock_or_begin(session, by.user_id, association.id)
    if not neuf:
        return mandat
    mandat.role, mandat.fonction, mandat.fin_le = declaration.role, declaration.fonction, declaration.fin_le
    mandat.structure, mandat.ecrit, mandat.ecrit_nom = declaration.structure, declaration.ecrit, declaration.ecrit_nom
    record(session, by, mandat, "mandat_declare", role=mandat.role, fonction=mandat.fonction)
    annonces_mandats.tell_declared(session, mandat)
    return mandat


def lock_or_begin(session: Session, user_id: int, association_id: int) -> tuple[Mandat, bool]:
    """The mandat of that person for that association, locked; and whether it begins now, declared and blank.

    Two callers at once get the same one.
    """
    depart = {"role": RoleMandat.LECTEUR, "etat": EtatMandat.DECLARE}
    vides = {"fonction": "", "piece_vue": "", "structure": "", "ecrit_nom": ""}
    cree = session.scalar(
        insert(Mandat)
        .values(user_id=user_id, association_id=association_id, **depart, **vides)
        .on_conflict_do_nothing()
        .returning(Mandat.id)
    )
    mandat = session.scalars(
        select(Mandat)
        .where(Mandat.user_id == user_id, Mandat.association_id == association_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if cree is None and mandat.vaut_le(aujourdhui()):
        return mandat, False
    for champ, valeur in (depart | vides).items():
        setattr(mandat, champ, valeur)
    for champ in ("prouve_par_id", "prouve_at", "ended_at", "fin_le", "rappele_at", "invite_par_id", "ecrit_id"):
        setattr(mandat, champ, None)
    mandat.created_at = maintenant()
    return mandat, True


def check_end(role: RoleMandat, fin_le: date | None) -> None:
    """A last day is not past; an aidant has one, a year away at most. Raises Invalid("fin_le")."""
    jour = aujourdhui()
    if fin_le is not None and fin_le < jour:
        raise Invalid("fin_le", f"Le {date_fr(fin_le)} est passé. Écrivez une date à venir.")
    if role != RoleMandat.AIDANT:
        return
    if fin_le is None:
        raise Invalid("fin_le", "Écrivez le dernier jour du mandat de l’aidant.")
    if fin_le > jour + UN_AN:
        plus_tard = date_fr(jour + UN_AN)
        raise Invalid("fin_le", f"Le mandat d’un aidant dure un an au plus\u00a0: au plus tard le {plus_tard}.")


def lock_mine(session: Session, by: Acteur, association_id: int) -> Mandat:
    """The mandat of this person for that association, locked and as it is now: proving or ending it waits.

    Raises Conflict when it has ended since the page was shown.
    """
    mandat = session.scalars(
        select(Mandat)
        .where(Mandat.user_id == by.user_id, Mandat.association_id == association_id, Mandat.valant_le(aujourdhui()))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if mandat is None:
        raise Conflict("Votre lien avec cette association a pris fin entre-temps\u00a0: rien n’a été enregistré.")
    return mandat


def prove(session: Session, *, by: Acteur, mandat: Mandat, piece: str, fin_le: date | None = None) -> Mandat:
    """Say that a document shows that this person acts for the association: the whole file opens to her.

    What she has already signed counts from now on as signed, and the dossiers that she has filed as filed by the association.
    `fin_le`: its last day, when the document says so. Raises Forbidden, Invalid("fin_le"), Conflict when the mandat was proved
    or has ended meanwhile.
    """
    verdict = can_prove(by, mandats.services_proprietaires(session, mandat.association_id))
    if not verdict:
        raise Forbidden(verdict.raison)
    session.refresh(mandat, with_for_update={"of": Mandat})
    if not mandat.vaut_le(aujourdhui()):
        raise Conflict("Ce lien a pris fin entre-temps\u00a0: rien n’a été changé.")
    if mandat.etat == EtatMandat.PROUVE:
        raise Conflict(f"Ce lien est déjà vérifié depuis le {date_fr(mandat.prouve_at)}\u00a0: rien n’a été changé.")
    check_end(mandat.role, fin_le or mandat.fin_le)
    mandat.etat, mandat.prouve_par_id, mandat.prouve_at = EtatMandat.PROUVE, by.user_id, maintenant()
    mandat.piece_vue = piece
    if fin_le is not None:
        mandat.fin_le, mandat.rappele_at = fin_le, None
    deposes = verify_filed_dossiers(session, mandat)
    etats_cer.refresh(session, [mandat.association_id])
    record(session, by, mandat, "mandat_prouve", piece=piece, dossiers=deposes)
    for dossier_id in deposes:
        journal.record(session, by=by, action="lien_verifie", objet=f"dossier:{dossier_id}", valeurs={"piece": piece})
    return mandat


def end(session: Session, *, by: Acteur, mandat: Mandat, motif: str) -> Mandat:
    """A member or a service ends somebody's mandat. What that person filed stays; she is told why.

    Raises Forbidden, Conflict when it has ended meanwhile.
    """
    if by.est_agent:
        verdict = can_prove(by, mandats.services_proprietaires(session, mandat.association_id))
        auteur = f"Le service {by.libelle_service}"
    else:
        verdict, auteur = can_end(by, mandat), by.nom_affiche
    if not verdict:
        raise Forbidden(verdict.raison)
    close(session, by=by, mandat=mandat, motif=motif)
    annonces_mandats.tell_ended(session, mandat, auteur=auteur, motif=motif)
    return mandat


def close(session: Session, *, by: Acteur, mandat: Mandat, motif: str) -> None:
    """End a mandat, whose right has been checked, and the invitations that its person had sent. Raises Conflict."""
    session.refresh(mandat, with_for_update={"of": Mandat})
    if not mandat.vaut_le(aujourdhui()):
        raise Conflict("Ce lien a déjà pris fin\u00a0: rien n’a été changé.")
    instant = maintenant()
    mandat.ended_at = instant
    siennes = update(Invitation).where(
        Invitation.association_id == mandat.association_id,
        Invitation.invite_par_id == mandat.user_id,
        Invitation.close_at.is_(None),
    )
    session.execute(siennes.values(close_at=instant))
    record(session, by, mandat, "mandat_termine", motif=motif)


def record(session: Session, by: Acteur, mandat: Mandat, action: str, **valeurs: object) -> None:
    """Tell the journal of the association what happened to one of its mandats."""
    journal.record(
        session,
        by=by,
        action=action,
        objet=f"association:{mandat.association_id}",
        valeurs={"mandat": mandat.id, **valeurs},
    )


def verify_filed_dossiers(session: Session, mandat: Mandat) -> list[int]:
    """Ids of the dossiers that this person has filed, and that count from now on as filed by the association."""
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
