"""Tells by mail the people of an association who begins to act for it, and who ceases to."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.formats import aujourdhui
from portal.models.associations import Association, Mandat
from portal.models.connexion import User
from portal.services import courriels
from portal.vocabulaire import EtatMandat, RoleMandat

# Beyond, the members' page tells the rest.
DESTINATAIRES = 20


def tell_declared(session: Session, mandat: Mandat) -> None:
    """A new declared mandat: rivals are told of each other without a name, an aidant is told to those who represent."""
    association = session.get_one(Association, mandat.association_id)
    personne = session.get_one(User, mandat.user_id)
    commun = {"association": association.denomination, "association_id": association.id}
    if mandat.role == RoleMandat.AIDANT:
        aide = {"personne": personne.nom_affiche, "structure": mandat.structure, "fin_le": _iso(mandat)}
        for adresse in _signataires(session, mandat, prouves=True):
            courriels.enqueue(session, "aidant_declare", destinataire=adresse, **commun, **aide)
    if mandat.role == RoleMandat.SIGNATAIRE and mandat.etat == EtatMandat.DECLARE:
        autres = _signataires(session, mandat)
        for adresse in [*autres, personne.email] if autres else ():
            courriels.enqueue(session, "rivalite_declaree", destinataire=adresse, **commun)


def tell_changed(session: Session, mandat: Mandat, *, auteur: str, role: str) -> None:
    """Tell a person that her role, in words, or its last day is no longer the same."""
    courriels.enqueue(
        session,
        "role_change",
        destinataire=mandat.user.email,
        association=mandat.association.denomination,
        association_id=mandat.association_id,
        auteur=auteur,
        role=role,
        fin_le=_iso(mandat),
    )


def tell_ended(session: Session, mandat: Mandat, *, auteur: str, motif: str) -> None:
    """Tell a person that her mandat was ended, by whom and why."""
    courriels.enqueue(
        session,
        "mandat_termine",
        destinataire=mandat.user.email,
        association=mandat.association.denomination,
        auteur=auteur,
        motif=motif,
    )


def _iso(mandat: Mandat) -> str | None:
    return mandat.fin_le.isoformat() if mandat.fin_le else None


def _signataires(session: Session, mandat: Mandat, *, prouves: bool = False) -> list[str]:
    """Addresses of the others who represent the association, or say so; who invited this person knows already."""
    autres = (
        select(User.email)
        .join(Mandat, Mandat.user_id == User.id)
        .where(
            Mandat.association_id == mandat.association_id,
            Mandat.id != mandat.id,
            Mandat.role == RoleMandat.SIGNATAIRE,
            Mandat.valant_le(aujourdhui()),
            User.disabled_at.is_(None),
            User.id != (mandat.invite_par_id or 0),
        )
    )
    if prouves:
        autres = autres.where(Mandat.etat == EtatMandat.PROUVE)
    return list(session.scalars(autres.order_by(User.email).limit(DESTINATAIRES)))
