"""What the person of whom a signature is asked does with the request: goes on to the signing page, or sends it back."""

from sqlalchemy.orm import Session

from portal.errors import Conflict
from portal.models.associations import Mandat
from portal.models.souscriptions import DemandeSignature
from portal.permissions import Acteur
from portal.permissions.signatures import can_answer
from portal.queries import demandes_signature as queries
from portal.queries.engagements import get_mine
from portal.services import demandes_signature as demandes
from portal.services import journal, mandats
from portal.vocabulaire import EtatMandat, RoleMandat
from portal.vocabulaire_cer import EtatDemandeSignature


def accept(session: Session, *, by: Acteur, demande: DemandeSignature) -> Mandat:
    """Go on to the signing page: she declares that she represents the association, if she has not yet. Nothing is signed here.

    A declared mandat of another role becomes that of a signataire, since it rests on her word alone. When she has signed this
    text before she was asked, the request has its answer. Raises Forbidden; Conflict when something keeps the request from
    being signed (queries.demandes_signature.obstacle).
    """
    demandes.check(can_answer(by, demande))
    demandes.lock_open(session, demande)
    empechement = queries.obstacle(session, demande)
    if empechement:
        raise Conflict(empechement)
    declaration = mandats.Declaration(RoleMandat.SIGNATAIRE, demande.fonction)
    mandat = mandats.declare(session, by=by, association=demande.association, declaration=declaration)
    if mandat.role != RoleMandat.SIGNATAIRE and mandat.etat == EtatMandat.DECLARE:
        mandat.role, mandat.fonction = RoleMandat.SIGNATAIRE, demande.fonction
        journal.record(
            session,
            by=by,
            action="mandat_declare",
            objet=f"association:{mandat.association_id}",
            valeurs={"mandat": mandat.id, "role": mandat.role, "fonction": mandat.fonction},
        )
    if get_mine(session, by, demande.association_id, demande.texte_id) is not None:
        demandes.close(session, by=by, demande=demande, etat=EtatDemandeSignature.SIGNEE)
        demandes.tell(session, demande, "signature_obtenue", personne=by.nom_affiche)
    return mandat


def send_back(session: Session, *, by: Acteur, demande: DemandeSignature, motif: str) -> None:
    """Refuse to sign: who has asked is told why. Raises Forbidden, Conflict when it is closed already."""
    demandes.check(can_answer(by, demande))
    demandes.lock_open(session, demande)
    demandes.close(session, by=by, demande=demande, etat=EtatDemandeSignature.RENVOYEE, motif=motif)
    demandes.tell(session, demande, "signature_renvoyee", personne=f"{demande.prenom} {demande.nom}", motif=motif)
