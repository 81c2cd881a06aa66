"""Invitations to act for an association: those it has sent, and those addressed to a person."""

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from portal.errors import NotFound
from portal.formats import maintenant
from portal.models.liens_associations import Invitation
from portal.permissions import Acteur

LONGUEUR = 100
ADRESSEE_AILLEURS = (
    "Aucune invitation ne vous attend à cette adresse. Si vous avez reçu un courriel, déconnectez-vous, puis rouvrez son lien "
    "et connectez-vous avec l’adresse à laquelle il est arrivé."
)


def visible_invitations(viewer: Acteur, association_id: int) -> Select[Invitation]:
    """Open ones that this person has sent; all of them for a proved link."""
    if viewer.mandat(association_id) is None:
        raise NotFound
    ouvertes = (
        select(Invitation)
        .where(Invitation.association_id == association_id, Invitation.close_at.is_(None))
        .options(joinedload(Invitation.invite_par), joinedload(Invitation.association))
    )
    if association_id in viewer.associations_prouvees:
        return ouvertes
    return ouvertes.where(Invitation.invite_par_id == viewer.user_id)


def list_sent(session: Session, viewer: Acteur, association_id: int) -> list[Invitation]:
    """Those that wait for an answer, expired ones among them, oldest first. Raises NotFound to a stranger."""
    ouvertes = visible_invitations(viewer, association_id)
    return list(session.scalars(ouvertes.order_by(Invitation.created_at, Invitation.id).limit(LONGUEUR)))


def get_sent(session: Session, viewer: Acteur, association_id: int, invitation_id: int) -> Invitation:
    """One that the association has sent and that is still open. Raises NotFound."""
    ouvertes = visible_invitations(viewer, association_id)
    invitation = session.scalars(ouvertes.where(Invitation.id == invitation_id)).first()
    if invitation is None:
        raise NotFound
    return invitation


def list_addressed(session: Session, viewer: Acteur) -> list[Invitation]:
    """Those that this person may accept or decline now, oldest first."""
    siennes = _adressees(viewer).where(Invitation.close_at.is_(None), Invitation.expires_at > maintenant())
    return list(session.scalars(siennes.order_by(Invitation.created_at, Invitation.id).limit(LONGUEUR)))


def get_addressed(session: Session, viewer: Acteur, invitation_id: int) -> Invitation:
    """One addressed to this person, answered or not. Raises NotFound to anybody else."""
    invitation = session.scalars(_adressees(viewer).where(Invitation.id == invitation_id)).first()
    if invitation is None:
        raise NotFound(ADRESSEE_AILLEURS)
    return invitation


def _adressees(viewer: Acteur) -> Select[Invitation]:
    return (
        select(Invitation)
        .where(Invitation.email == viewer.email)
        .options(joinedload(Invitation.association), joinedload(Invitation.invite_par))
    )
