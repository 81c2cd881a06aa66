"""Changes who acts for an association: roles, last days, departures, and the drafts that change hands."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from portal.errors import Conflict, Forbidden, Invalid
from portal.formats import aujourdhui
from portal.models.associations import Mandat
from portal.models.demandes import Demande
from portal.permissions import Acteur
from portal.permissions.mandats import can_change, can_invite
from portal.queries import membres
from portal.queries.membres import Membre
from portal.services import annonces_mandats, journal, mandats
from portal.vocabulaire import LIBELLES_ROLE_MANDAT, EtatMandat, RoleMandat

ROLES = (RoleMandat.LECTEUR, RoleMandat.REDACTEUR, RoleMandat.SIGNATAIRE)


def change(session: Session, *, by: Acteur, mandat: Mandat, role: RoleMandat, fin_le: date | None) -> None:
    """A proved signataire changes somebody's role and last day. Who is to represent the association is to be verified again.

    Raises Forbidden, Invalid("fin_le"), Invalid("role"): an aidant stays one, Conflict when the mandat has ended meanwhile.
    """
    verdict = can_change(by, mandat)
    if not verdict:
        raise Forbidden(verdict.raison)
    _lock(session, mandat)
    if (mandat.role == RoleMandat.AIDANT) != (role == RoleMandat.AIDANT):
        raise Invalid(
            "role", "Un aidant reste aidant. Mettez fin à son lien, puis invitez cette personne avec un autre rôle."
        )
    mandats.check_end(role, fin_le)
    if (role, fin_le) == (mandat.role, mandat.fin_le):
        return
    if role == RoleMandat.SIGNATAIRE and mandat.role != RoleMandat.SIGNATAIRE:
        mandat.etat, mandat.prouve_at, mandat.prouve_par_id, mandat.piece_vue = EtatMandat.DECLARE, None, None, ""
    mandat.role, mandat.fin_le, mandat.rappele_at = role, fin_le, None
    mandats.record(session, by, mandat, "mandat_change", role=role, fin_le=_iso(fin_le))
    annonces_mandats.tell_changed(session, mandat, auteur=by.nom_affiche, role=LIBELLES_ROLE_MANDAT[role])


def state_end(session: Session, *, by: Acteur, association_id: int, fin_le: date | None) -> Mandat:
    """A person says the last day of her own mandat. A later one than was proved is her word: to be verified again.

    Raises Invalid("fin_le"), Forbidden to an aidant, whose paper says it, and Conflict.
    """
    mandat = mandats.lock_mine(session, by, association_id)
    if mandat.role == RoleMandat.AIDANT:
        raise Forbidden("Le mandat écrit fixe le dernier jour d’un aidant\u00a0: seule l’association peut le changer.")
    mandats.check_end(mandat.role, fin_le)
    plus_tard = mandat.fin_le is not None and (fin_le is None or fin_le > mandat.fin_le)
    if plus_tard and mandat.etat == EtatMandat.PROUVE:
        mandat.etat, mandat.prouve_at, mandat.prouve_par_id, mandat.piece_vue = EtatMandat.DECLARE, None, None, ""
    mandat.fin_le, mandat.rappele_at = fin_le, None
    mandats.record(session, by, mandat, "mandat_fin_declaree", fin_le=_iso(fin_le))
    return mandat


def leave(session: Session, *, by: Acteur, association_id: int, repreneur: Membre | None, sans_repreneur: bool) -> None:
    """A person leaves. The dossiers stay; the drafts that she alone saw go to `repreneur`.

    Raises Invalid("repreneur") when drafts would be left to nobody, unless there is nobody to take them and the person has
    read so (`sans_repreneur`); Conflict when the mandat has ended meanwhile.
    """
    _lock_drafts(session, [un.id for un in membres.list_my_drafts(session, by, association_id)])
    mandat = mandats.lock_mine(session, by, association_id)
    brouillons = membres.list_my_drafts(session, by, association_id)
    if brouillons and repreneur is None:
        if membres.heirs(session, by, association_id):
            raise Invalid("repreneur", "Choisissez qui reprend vos brouillons\u00a0: personne d’autre ne les verrait.")
        if not sans_repreneur:
            raise Invalid(
                "sans_repreneur",
                "Vos brouillons ne seraient plus visibles de personne. Invitez d’abord quelqu’un, ou cochez cette case.",
            )
    if repreneur is not None and brouillons:
        _open_to(session, by, [un.id for un in brouillons], repreneur.mandat.user_id)
    mandats.close(session, by=by, mandat=mandat, motif="Départ")


def entrust(session: Session, *, by: Acteur, mandat: Mandat, demandes: Collection[int]) -> int:
    """Open these drafts (ids, of those that this person may change) to somebody, and take back the others that were.

    Gives how many are open to that person now. Raises Forbidden, Conflict when her mandat has ended meanwhile.
    """
    verdict = can_invite(by, mandat.association_id)
    miens = {un.id for un in membres.list_drafts(session, by, mandat.association_id)}
    if not verdict and not (by.mandat(mandat.association_id) and miens):
        raise Forbidden(verdict.raison)
    _lock_drafts(session, miens)
    _lock(session, mandat)
    choisis = sorted(miens & set(demandes))
    reprises = update(Demande).where(
        Demande.id.in_(miens - set(choisis)), Demande.confiee_a_id == mandat.user_id, Demande.deposee_at.is_(None)
    )
    session.execute(reprises.values(confiee_a_id=None))
    _open_to(session, by, choisis, mandat.user_id)
    return len(choisis)


def _open_to(session: Session, by: Acteur, demandes: list[int], user_id: int) -> None:
    neufs = session.scalars(
        update(Demande)
        .where(
            Demande.id.in_(demandes),
            Demande.deposee_at.is_(None),
            or_(Demande.confiee_a_id.is_(None), Demande.confiee_a_id != user_id),
        )
        .values(confiee_a_id=user_id)
        .returning(Demande.id)
    ).all()
    for demande_id in sorted(neufs):
        journal.record(
            session, by=by, action="demande_confiee", objet=f"demande:{demande_id}", valeurs={"user": user_id}
        )


def _lock_drafts(session: Session, demandes: Collection[int]) -> None:
    """Before any mandat, as whoever files locks the request before her own: neither waits for the other for ever."""
    session.execute(select(Demande.id).where(Demande.id.in_(demandes)).order_by(Demande.id).with_for_update())


def _lock(session: Session, mandat: Mandat) -> None:
    vivant = session.scalars(
        select(Mandat)
        .where(Mandat.id == mandat.id, Mandat.valant_le(aujourdhui()))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if vivant is None:
        raise Conflict("Ce lien a pris fin entre-temps\u00a0: rien n’a été changé.")


def _iso(jour: date | None) -> str | None:
    return jour.isoformat() if jour else None
