"""An agent looks at a proof that was not made here, and judges it."""

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.errors import Conflict, Invalid
from portal.formats import aujourdhui, date_fr, maintenant
from portal.models.engagements import TexteCer
from portal.models.services import Service
from portal.models.souscriptions import AttestationCer, DemandeSignature
from portal.permissions import Acteur
from portal.permissions.signatures import can_control, can_set_aside
from portal.queries.mandats import services_proprietaires
from portal.services import demandes_signature as demandes
from portal.services import etats_cer, journal
from portal.vocabulaire_cer import EtatAttestation, EtatDemandeSignature


def admit(
    session: Session, *, by: Acteur, attestation: AttestationCer, signee_le: date, prenom: str, nom: str
) -> AttestationCer:
    """Say that the page is signed, by this person on that day: the association has subscribed, on paper.

    Raises Forbidden, Invalid("signee_le"), Conflict when it was judged meanwhile.
    """
    check_control(session, by, attestation.association_id)
    _lock(session, attestation)
    if attestation.etat != EtatAttestation.A_CONTROLER:
        raise Conflict("Cette pièce a été contrôlée entre-temps\u00a0: rien n’a été changé.")
    check_date(session, signee_le, champ="signee_le")
    attestation.date, attestation.prenom, attestation.nom = signee_le, prenom, nom
    judge(session, by, attestation, EtatAttestation.ADMISE)
    demande = _demande(session, attestation)
    if demande is not None:
        if demande.etat == EtatDemandeSignature.ENVOYEE:
            demandes.close(session, by=by, demande=demande, etat=EtatDemandeSignature.SIGNEE)
        _tell(session, by, attestation, demande)
    return attestation


def set_aside(session: Session, *, by: Acteur, attestation: AttestationCer, motif: str) -> AttestationCer:
    """Say why a proof does not count: one that waits, or one that this very service had admitted by mistake.

    Its request, if any, waits for a better page. Raises Forbidden, Conflict when it is set aside already.
    """
    check_control(session, by, attestation.association_id)
    _lock(session, attestation)
    demandes.check(can_set_aside(by, attestation))
    if attestation.etat == EtatAttestation.ECARTEE:
        raise Conflict("Cette pièce est déjà écartée\u00a0: rien n’a été changé.")
    judge(session, by, attestation, EtatAttestation.ECARTEE, motif)
    demande = _demande(session, attestation)
    if demande is not None:
        if demande.etat == EtatDemandeSignature.SIGNEE:
            demandes.reopen(session, by=by, demande=demande)
        _tell(session, by, attestation, demande)
    return attestation


def judge(
    session: Session, by: Acteur, attestation: AttestationCer, etat: EtatAttestation, motif: str = ""
) -> AttestationCer:
    """Write who has judged, for which service, and when. The caller has checked that the actor may."""
    attestation.etat, attestation.motif = etat, motif
    attestation.controlee_par_id, attestation.controlee_at = by.user_id, maintenant()
    attestation.service_id = by.service_id
    etats_cer.refresh(session, [attestation.association_id])
    journal.record(
        session,
        by=by,
        action=f"attestation_cer_{etat}",
        objet=f"association:{attestation.association_id}",
        valeurs={
            "attestation_cer": attestation.id,
            "origine": attestation.origine,
            "date": attestation.date.isoformat(),
            "prenom": attestation.prenom,
            "nom": attestation.nom,
            "reference": attestation.reference,
            "motif": motif,
        },
    )
    return attestation


def check_control(session: Session, by: Acteur, association_id: int) -> None:
    """Raise Forbidden unless this agent's service owns a dossier of the association, and its role lets it act."""
    demandes.check(can_control(by, services_proprietaires(session, association_id)))


def check_date(session: Session, jour: date, *, champ: str) -> None:
    """Raise Invalid(`champ`) for a signature of tomorrow, or older than the first text of the contract."""
    if jour > aujourdhui():
        raise Invalid(
            champ, f"Le {date_fr(jour)} n’est pas encore passé\u00a0: écrivez la date portée sur la page signée."
        )
    premiere = session.scalar(select(func.min(TexteCer.date)))
    if premiere is not None and jour < premiere:
        raise Invalid(
            champ,
            f"Le contrat d’engagement républicain date du {date_fr(premiere)}\u00a0: il n’a pas pu être signé le "
            f"{date_fr(jour)}.",
        )


def _lock(session: Session, attestation: AttestationCer) -> None:
    """Two agents who judge at once: the second reads what the first has written."""
    session.refresh(attestation, with_for_update={"of": AttestationCer})


def _demande(session: Session, attestation: AttestationCer) -> DemandeSignature | None:
    """The request that the page answers, locked."""
    if attestation.demande is not None:
        session.refresh(attestation.demande, with_for_update={"of": DemandeSignature})
    return attestation.demande


def _tell(session: Session, by: Acteur, attestation: AttestationCer, demande: DemandeSignature) -> None:
    service = session.get_one(Service, by.service_id)
    demandes.tell(
        session,
        demande,
        "papier_controle",
        destinataire=attestation.deposee_par.email,
        service=service.nom,
        motif=attestation.motif,
    )
