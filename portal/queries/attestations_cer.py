"""Proofs of a subscription that came on paper, for the agents who may look at them."""

from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from portal.errors import Forbidden, NotFound
from portal.models.documents import Fichier
from portal.models.dossiers import Dossier
from portal.models.souscriptions import AttestationCer
from portal.permissions import Acteur, Verdict
from portal.permissions.fichiers import can_give
from portal.permissions.signatures import can_control, can_set_aside
from portal.queries import dossiers
from portal.queries.mandats import services_proprietaires
from portal.queries.recusations import open_to
from portal.vocabulaire_cer import EtatAttestation, OrigineCer

EXTENSIONS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}


@dataclass(frozen=True, slots=True)
class PieceAControler:
    """A paper, whether this agent may judge it, take back what was judged, and take its file."""

    attestation: AttestationCer
    controle: Verdict
    retour: Verdict
    remise: Verdict


def visible_attestations(viewer: Acteur) -> Select[AttestationCer]:
    """Papers of associations of which the viewer's service owns a dossier."""
    possedees = select(Dossier.association_id).where(
        Dossier.service_id == viewer.service_id, Dossier.association_id.is_not(None), open_to(viewer, Dossier.id)
    )
    return (
        select(AttestationCer)
        .where(AttestationCer.origine == OrigineCer.PAPIER, AttestationCer.association_id.in_(possedees))
        .options(
            joinedload(AttestationCer.association),
            joinedload(AttestationCer.texte),
            joinedload(AttestationCer.demande),
            joinedload(AttestationCer.fichier),
            joinedload(AttestationCer.deposee_par),
            joinedload(AttestationCer.controlee_par),
            joinedload(AttestationCer.service),
        )
    )


@dataclass(frozen=True, slots=True)
class DossierRecevant:
    """A dossier of the viewer's own service, and the association whose paper that service has received."""

    reference: str
    association_id: int
    denomination: str


def get_dossier(session: Session, viewer: Acteur, reference: str) -> DossierRecevant:
    """The dossier under which a received paper is kept. Raises NotFound; Forbidden when another service owns it."""
    dossier = dossiers.get(session, viewer, reference)
    if dossier.service_id != viewer.service_id:
        raise Forbidden("Seul le service responsable du dossier peut conserver un contrat signé sur papier.")
    if dossier.association is None:
        raise NotFound("Ce dossier n’est pas celui d’une association connue du portail.")
    return DossierRecevant(dossier.reference, dossier.association.id, dossier.association.denomination)


def list_waiting(session: Session, viewer: Acteur) -> list[AttestationCer]:
    """Those that wait for an agent, the oldest first."""
    attente = visible_attestations(viewer).where(AttestationCer.etat == EtatAttestation.A_CONTROLER)
    return list(session.scalars(attente.order_by(AttestationCer.created_at, AttestationCer.id)))


def count_waiting(session: Session, viewer: Acteur) -> int:
    """How many wait."""
    attente = visible_attestations(viewer).where(AttestationCer.etat == EtatAttestation.A_CONTROLER)
    return session.scalar(select(func.count()).select_from(attente.subquery())) or 0


def get(session: Session, viewer: Acteur, attestation_id: int, *, antivirus: bool) -> PieceAControler:
    """One of them, judged or not. `antivirus`: the portal has one. Raises NotFound."""
    attestation = session.scalars(visible_attestations(viewer).where(AttestationCer.id == attestation_id)).first()
    if attestation is None or attestation.fichier is None:
        raise NotFound
    controle = can_control(viewer, services_proprietaires(session, attestation.association_id))
    return PieceAControler(
        attestation=attestation,
        controle=controle,
        retour=controle and can_set_aside(viewer, attestation),
        remise=can_give(attestation.fichier, antivirus=antivirus),
    )


def to_give(piece: PieceAControler) -> tuple[Fichier, str]:
    """The row of the bytes, and the name under which to save them. Raises Forbidden with the reason why they are not given."""
    fichier = piece.attestation.fichier
    if not piece.remise or fichier is None:
        raise Forbidden(piece.remise.raison)
    return fichier, f"Contrat signé sur papier {piece.attestation.id}.{EXTENSIONS[fichier.type_mime]}"
