"""A member invites an address to act for the association; whoever logs in with it accepts or declines."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal.db import Fabrique
from portal.errors import Conflict, Forbidden, Invalid
from portal.formats import PARIS, aujourdhui, date_fr, maintenant
from portal.models.associations import Association, Mandat
from portal.models.connexion import User
from portal.models.documents import Fichier
from portal.models.liens_associations import Invitation
from portal.permissions import Acteur
from portal.permissions.mandats import QUI_INVITENT, can_invite
from portal.services import annonces_mandats, courriels, journal, mandats, traces
from portal.vocabulaire import LIBELLES_ROLE_MANDAT, EtatMandat, GenreUser, RoleMandat

DUREE = timedelta(days=30)
PAR_JOUR = 20
# From the least to the most; an aidant stands apart.
RANGS = {RoleMandat.LECTEUR: 1, RoleMandat.REDACTEUR: 2, RoleMandat.SIGNATAIRE: 3}
CLOSE = "Cette invitation n’est plus ouverte\u00a0: rien n’a été changé. Demandez-en une autre à l’association."


@dataclass(frozen=True, slots=True)
class Appel:
    """Who is invited, to what. Of an aidant: for which structure, until when, on which paper."""

    email: str
    role: RoleMandat
    fonction: str
    fin_le: date | None = None
    structure: str = ""
    ecrit: Fichier | None = None
    ecrit_nom: str = ""


def count_invitation(fabrique: Fabrique, by: Acteur) -> None:
    """Count one invitation of this person, in a transaction of its own. Raises Invalid beyond twenty in a day."""
    libre = traces.count_attempt(fabrique, "invitation", str(by.user_id), maximum=PAR_JOUR, fenetre=timedelta(days=1))
    if not libre:
        raise Invalid("email", f"Vous avez déjà invité {PAR_JOUR}\u00a0personnes depuis hier. Recommencez demain.")


def invite(session: Session, *, by: Acteur, association_id: int, appel: Appel) -> Invitation:
    """Invite an address for thirty days. Raises Forbidden, Conflict, Invalid("email"): one's own, already invited, already in;
    Invalid("fin_le").
    """
    verdict = can_invite(by, association_id)
    if not verdict:
        raise Forbidden(verdict.raison)
    mandats.check_end(appel.role, appel.fin_le)
    if appel.email == by.email:
        raise Invalid("email", "Cette adresse est la vôtre.")
    mandats.lock_mine(session, by, association_id)
    if association_id in by.associations_prouvees and _acts(session, association_id, appel.email):
        raise Invalid("email", "Cette personne agit déjà pour l’association.")
    _close_expired(session, association_id, appel.email)
    invitation = _begin(session, by, association_id, appel)
    _record(session, by, invitation, "invitation_envoyee", role=appel.role)
    courriels.enqueue(
        session,
        "invitation_recue",
        destinataire=invitation.email,
        association=session.get_one(Association, association_id).denomination,
        invitation_id=invitation.id,
        invitant=by.nom_affiche,
        role=LIBELLES_ROLE_MANDAT[invitation.role],
        expire_le=invitation.expires_at.astimezone(PARIS).date().isoformat(),
    )
    return invitation


def _begin(session: Session, by: Acteur, association_id: int, appel: Appel) -> Invitation:
    """The row, unless two people invite the same address at once. Raises Invalid("email")."""
    invitation_id = session.scalar(
        insert(Invitation)
        .values(
            association_id=association_id,
            email=appel.email,
            role=appel.role,
            fonction=appel.fonction,
            structure=appel.structure,
            fin_le=appel.fin_le,
            ecrit_id=appel.ecrit.id if appel.ecrit else None,
            ecrit_nom=appel.ecrit_nom,
            invite_par_id=by.user_id,
            expires_at=maintenant() + DUREE,
            acceptee=False,
        )
        .on_conflict_do_nothing()
        .returning(Invitation.id)
    )
    if invitation_id is None:
        raise Invalid("email", "Une invitation attend déjà la réponse de cette adresse.")
    return session.get_one(Invitation, invitation_id)


def withdraw(session: Session, *, by: Acteur, invitation: Invitation) -> None:
    """Take an invitation back. The caller has checked that this person may see it. Raises Forbidden, Conflict."""
    verdict = can_invite(by, invitation.association_id)
    if not verdict:
        raise Forbidden(verdict.raison)
    _lock_open(session, invitation)
    invitation.close_at = maintenant()
    _record(session, by, invitation, "invitation_retiree")


def accept(session: Session, *, by: Acteur, invitation: Invitation) -> Mandat:
    """Act for the association from now on. Sent by somebody whose link is proved, the link is; but whoever represents the
    association is verified on a document all the same.

    Two acceptances at once make one mandat. Raises Forbidden, Conflict: closed, expired, who invited does not act any more, or
    the person acts already and would lose by it.
    """
    _check_addressee(by, invitation)
    inviteur = session.scalars(
        select(Mandat)
        .where(Mandat.user_id == invitation.invite_par_id, Mandat.association_id == invitation.association_id)
        .with_for_update(read=True)
        .execution_options(populate_existing=True)
    ).first()
    _lock_open(session, invitation)
    if invitation.expires_at <= maintenant():
        raise Conflict(f"Cette invitation a expiré le {date_fr(invitation.expires_at)}. Demandez-en une autre.")
    if inviteur is None or not inviteur.vaut_le(aujourdhui()) or inviteur.role not in QUI_INVITENT:
        raise Conflict("La personne qui vous a invité n’agit plus pour l’association. Demandez une autre invitation.")
    mandats.check_end(invitation.role, invitation.fin_le)
    mandat, neuf = mandats.lock_or_begin(session, by.user_id or 0, invitation.association_id)
    prouve = inviteur.etat == EtatMandat.PROUVE and invitation.role != RoleMandat.SIGNATAIRE
    if not neuf:
        _check_gain(mandat, invitation, prouve=prouve)
    _give(mandat, invitation, prouve=prouve)
    invitation.close_at, invitation.acceptee = maintenant(), True
    deposes = mandats.verify_filed_dossiers(session, mandat) if prouve else []
    _record(session, by, invitation, "invitation_acceptee", mandat=mandat.id, role=mandat.role, dossiers=deposes)
    annonces_mandats.tell_declared(session, mandat)
    _answer(session, by, invitation)
    return mandat


def decline(session: Session, *, by: Acteur, invitation: Invitation) -> None:
    """Say no; who invited is told. Raises Forbidden, Conflict when it is closed already."""
    _check_addressee(by, invitation)
    _lock_open(session, invitation)
    invitation.close_at = maintenant()
    _record(session, by, invitation, "invitation_declinee")
    _answer(session, by, invitation)


def _check_addressee(by: Acteur, invitation: Invitation) -> None:
    if not by.est_usager or by.email != invitation.email:
        raise Forbidden("Seule la personne invitée peut répondre, connectée avec l’adresse qui a reçu l’invitation.")


def _check_gain(mandat: Mandat, invitation: Invitation, *, prouve: bool) -> None:
    """Somebody who acts already never loses rights by accepting."""
    if invitation.role == RoleMandat.AIDANT and mandat.role != RoleMandat.AIDANT:
        raise Conflict(
            "Vous agissez déjà pour cette association autrement que comme aidant\u00a0: rien n’a été changé."
        )
    if mandat.etat == EtatMandat.PROUVE and mandat.role != RoleMandat.AIDANT:
        monte = RANGS[invitation.role] > RANGS[mandat.role]
        if not (monte and prouve):
            raise Conflict("Votre lien avec cette association est déjà vérifié\u00a0: rien n’a été changé.")


def _give(mandat: Mandat, invitation: Invitation, *, prouve: bool) -> None:
    garde = RANGS.get(mandat.role, 0) > RANGS.get(invitation.role, 0) and not prouve
    mandat.role = mandat.role if garde else invitation.role
    mandat.fonction = invitation.fonction or mandat.fonction
    mandat.fin_le, mandat.rappele_at, mandat.structure = invitation.fin_le, None, invitation.structure
    mandat.ecrit_id, mandat.ecrit_nom = invitation.ecrit_id, invitation.ecrit_nom
    mandat.invite_par_id = invitation.invite_par_id
    mandat.etat = EtatMandat.PROUVE if prouve else EtatMandat.DECLARE
    mandat.prouve_at = maintenant() if prouve else None
    mandat.prouve_par_id = invitation.invite_par_id if prouve else None
    mandat.piece_vue = f"Invitation de {invitation.invite_par.nom_affiche}, lien vérifié" if prouve else ""


def _lock_open(session: Session, invitation: Invitation) -> None:
    session.refresh(invitation, with_for_update={"of": Invitation})
    if invitation.close_at is not None:
        raise Conflict(CLOSE)


def _acts(session: Session, association_id: int, email: str) -> bool:
    en_vigueur = (
        select(Mandat.id)
        .join(User, User.id == Mandat.user_id)
        .where(User.email == email, User.genre == GenreUser.USAGER)
        .where(Mandat.association_id == association_id, Mandat.valant_le(aujourdhui()))
        .where(Mandat.etat == EtatMandat.PROUVE, Mandat.role != RoleMandat.AIDANT)
    )
    return session.scalar(en_vigueur) is not None


def _close_expired(session: Session, association_id: int, email: str) -> None:
    perimees = session.scalars(
        select(Invitation)
        .where(Invitation.association_id == association_id, Invitation.email == email, Invitation.close_at.is_(None))
        .where(Invitation.expires_at <= maintenant())
        .with_for_update()
    )
    for une in perimees:
        une.close_at = une.expires_at
    session.flush()


def _answer(session: Session, by: Acteur, invitation: Invitation) -> None:
    courriels.enqueue(
        session,
        "invitation_repondue",
        destinataire=invitation.invite_par.email,
        association=invitation.association.denomination,
        association_id=invitation.association_id,
        personne=by.nom_affiche,
        acceptee=invitation.acceptee,
    )


def _record(session: Session, by: Acteur, invitation: Invitation, action: str, **valeurs: object) -> None:
    journal.record(
        session,
        by=by,
        action=action,
        objet=f"association:{invitation.association_id}",
        valeurs={"invitation": invitation.id, **valeurs},
    )


def is_open(invitation: Invitation) -> bool:
    """Whether it still waits for an answer."""
    return invitation.close_at is None and invitation.expires_at > maintenant()
