"""Keeps proofs of a subscription that were not made here: a page signed by hand, a line of a spreadsheet."""

from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.errors import Conflict
from portal.models.documents import Fichier
from portal.models.souscriptions import AttestationCer, DemandeSignature
from portal.permissions import Acteur
from portal.permissions.signatures import can_follow
from portal.services import demandes_signature as demandes
from portal.services import journal
from portal.services.papiers_cer import check_control, check_date, judge
from portal.vocabulaire_cer import EtatAttestation, OrigineCer

REMPLACEE = "Remplacée par une autre page, jointe ensuite."


def join_signed_page(
    session: Session, *, by: Acteur, demande: DemandeSignature, signee_le: date, fichier: Fichier, nom_fichier: str
) -> AttestationCer:
    """Join the page that was printed for a request and signed by hand: an agent will look at it. It replaces one that waits.

    Raises Forbidden, Invalid("signee_le"), Conflict when the request is closed, or goes by mail.
    """
    demandes.check(can_follow(by, demande))
    demandes.lock_open(session, demande)
    if demande.email:
        raise Conflict("Cette signature est demandée par courriel, pas sur papier\u00a0: rien n’a été joint.")
    check_date(session, signee_le, champ="signee_le")
    attente = select(AttestationCer).where(
        AttestationCer.demande_id == demande.id, AttestationCer.etat == EtatAttestation.A_CONTROLER
    )
    for ancienne in session.scalars(attente.order_by(AttestationCer.id).with_for_update()):
        ancienne.etat, ancienne.motif = EtatAttestation.ECARTEE, REMPLACEE
    return _keep(
        session,
        by,
        fichier,
        association_id=demande.association_id,
        origine=OrigineCer.PAPIER,
        texte_id=demande.texte_id,
        demande_id=demande.id,
        date=signee_le,
        prenom=demande.prenom,
        nom=demande.nom,
        fonction=demande.fonction,
        fichier_nom=nom_fichier,
    )


def keep_received(
    session: Session,
    *,
    by: Acteur,
    association_id: int,
    signee_le: date,
    prenom: str,
    nom: str,
    fonction: str,
    reference: str,
    fichier: Fichier,
    nom_fichier: str,
) -> AttestationCer:
    """Keep the scan of a signed paper that the service has received: its agent has seen it, so that it counts at once.

    `reference` says how it came (a letter, a counter). Which version of the text it bears is not known. Raises Forbidden,
    Invalid("signee_le").
    """
    check_control(session, by, association_id)
    check_date(session, signee_le, champ="signee_le")
    attestation = _keep(
        session,
        by,
        fichier,
        association_id=association_id,
        origine=OrigineCer.PAPIER,
        date=signee_le,
        prenom=prenom,
        nom=nom,
        fonction=fonction,
        reference=reference,
        fichier_nom=nom_fichier,
    )
    return judge(session, by, attestation, EtatAttestation.ADMISE)


def note_line(
    session: Session,
    *,
    by: Acteur,
    association_id: int,
    date: date,
    reference: str,
    prenom: str = "",
    nom: str = "",
    fonction: str = "",
) -> AttestationCer:
    """Note that a line of a spreadsheet says that the association has subscribed on `date`; `reference` names file and line.

    The same line noted again gives the first note back. Raises Forbidden, Invalid("date").
    """
    check_control(session, by, association_id)
    check_date(session, date, champ="date")
    deja = _noted(session, association_id, reference)
    if deja is not None:
        return deja
    attestation = _keep(
        session,
        by,
        None,
        association_id=association_id,
        origine=OrigineCer.TABLEUR,
        date=date,
        prenom=prenom,
        nom=nom,
        fonction=fonction,
        reference=reference,
    )
    return judge(session, by, attestation, EtatAttestation.ADMISE)


def _noted(session: Session, association_id: int, reference: str) -> AttestationCer | None:
    """What was noted of that line already. Whoever notes it too waits until this transaction ends."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"attestation_cer:{association_id}:{reference}"))))
    return session.scalars(
        select(AttestationCer)
        .where(
            AttestationCer.association_id == association_id,
            AttestationCer.origine == OrigineCer.TABLEUR,
            AttestationCer.reference == reference,
            AttestationCer.etat == EtatAttestation.ADMISE,
        )
        .order_by(AttestationCer.id)
    ).first()


def _keep(session: Session, by: Acteur, fichier: Fichier | None, **valeurs: Any) -> AttestationCer:
    attestation = AttestationCer(fichier=fichier, deposee_par_id=by.user_id, **valeurs)
    session.add(attestation)
    session.flush()
    journal.record(
        session,
        by=by,
        action="attestation_cer_jointe",
        objet=f"association:{attestation.association_id}",
        valeurs={
            "attestation_cer": attestation.id,
            "origine": attestation.origine,
            "demande_signature": attestation.demande_id,
            "date": attestation.date.isoformat(),
            "sha256": fichier.sha256 if fichier else "",
        },
    )
    return attestation
