"""The requests that a person may see: the scope of every query about them."""

from sqlalchemy import Select, and_, or_, select

from portal.models.demandes import Demande, SignatureDepot
from portal.permissions import Acteur


def visible_demandes(viewer: Acteur) -> Select[Demande]:
    """Requests of associations whose mandat is proved; while it is declared, and for an aidant, only those that the person
    began, was given, is asked to sign or has filed.
    """
    a_signer = select(SignatureDepot.demande_id).where(
        SignatureDepot.email == viewer.email, SignatureDepot.close_at.is_(None)
    )
    miennes = and_(
        or_(
            Demande.created_by_id == viewer.user_id,
            Demande.confiee_a_id == viewer.user_id,
            Demande.deposee_par_id == viewer.user_id,
            Demande.id.in_(a_signer),
        ),
        Demande.association_id.in_([mandat.association_id for mandat in viewer.mandats]),
    )
    return select(Demande).where(or_(Demande.association_id.in_(viewer.associations_prouvees), miennes))
