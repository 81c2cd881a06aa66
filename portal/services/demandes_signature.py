"""Asks somebody else to sign the CER, and closes the request when it has its answer, or when nobody waits for one any more."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.config import Config
from portal.db import Fabrique
from portal.errors import Conflict, Forbidden, Invalid
from portal.formats import date_fr, maintenant
from portal.models.associations import Association
from portal.models.engagements import Engagement
from portal.models.souscriptions import DemandeSignature
from portal.permissions import Acteur, Verdict
from portal.permissions.signatures import CLOSE, can_ask, can_follow
from portal.queries.demandes_signature import open_for
from portal.queries.engagements import texte_en_vigueur
from portal.queries.engagements_a_signer import engagement_a_signer
from portal.services import courriels, documents, journal, mandats, traces
from portal.services.codes import draw_code
from portal.vocabulaire import GenreDocument
from portal.vocabulaire_cer import EtatDemandeSignature

DELAI_RELANCE = timedelta(days=1)
DEMANDES_PAR_JOUR = 10


@dataclass(frozen=True, slots=True)
class Appel:
    """Who should sign, as the one who asks names her. `email` is normalised, empty for the way of paper."""

    prenom: str
    nom: str
    fonction: str
    email: str = ""
    message: str = ""


def ask(session: Session, config: Config, *, by: Acteur, association_id: int, appel: Appel) -> DemandeSignature:
    """Ask for a signature of the text in force: by a letter, or on a printed page when no address is given.

    Asking again the same person is a reminder. Raises Forbidden; Invalid("email"): one's own address, or a letter sent less than
    a day ago; Conflict when the mandat of who asks has ended meanwhile.
    """
    check(can_ask(by, association_id))
    if appel.email and appel.email == by.email:
        raise Invalid("email", "Cette adresse est la vôtre. Pour signer vous-même, ouvrez la page du contrat.")
    association = mandats.lock_mine(session, by, association_id).association
    # Two members who ask at once: the second finds the request of the first.
    session.refresh(association, with_for_update={"of": Association, "key_share": True})
    texte = texte_en_vigueur(session)
    deja = _open(session, association.id, texte.id, appel)
    if deja is not None:
        if deja.email and not _write(session, by, deja):
            raise Invalid("email", f"Cette signature est déjà demandée. {_too_early(deja)}")
        return deja
    demande = DemandeSignature(
        code=draw_code(),
        association=association,
        texte=texte,
        demandeur_id=by.user_id,
        email=appel.email,
        prenom=appel.prenom,
        nom=appel.nom,
        fonction=appel.fonction,
        message=appel.message,
    )
    session.add(demande)
    session.flush()
    _record(session, by, demande, "signature_demandee", email=demande.email, texte=texte.sha256)
    if demande.email:
        _write(session, by, demande)
    else:
        _print(session, config, by, demande)
    return demande


def count_ask(fabrique: Fabrique, by: Acteur) -> None:
    """Count one request of this person, in a transaction of its own: nobody writes to the whole world through the portal.

    Raises Invalid at the eleventh in a day.
    """
    libre = traces.count_attempt(
        fabrique, "demande_signature", str(by.user_id), maximum=DEMANDES_PAR_JOUR, fenetre=timedelta(days=1)
    )
    if not libre:
        raise Invalid(
            "email",
            f"Vous avez déjà fait {DEMANDES_PAR_JOUR} demandes de signature depuis hier\u00a0: rien n’est envoyé. "
            "Recommencez demain.",
        )


def remind(session: Session, *, by: Acteur, demande: DemandeSignature) -> None:
    """Write again to the person asked. Raises Forbidden, Conflict: closed, on paper, or a letter left less than a day ago."""
    check(can_follow(by, demande))
    lock_open(session, demande)
    if not demande.email:
        raise Conflict("Cette demande est sur papier\u00a0: le portail n’a pas d’adresse à laquelle écrire.")
    if not _write(session, by, demande):
        raise Conflict(_too_early(demande))


def cancel(session: Session, *, by: Acteur, demande: DemandeSignature) -> None:
    """The signature is not asked for any more. Raises Forbidden, Conflict when it is closed already."""
    check(can_follow(by, demande))
    lock_open(session, demande)
    close(session, by=by, demande=demande, etat=EtatDemandeSignature.ANNULEE)


def close_signed(session: Session, *, by: Acteur, engagement: Engagement) -> None:
    """Close the request that a signature answers (`engagement.demande_id`), if it is still open, and tell who has asked."""
    if engagement.demande_id is None:
        return
    demande = session.get_one(DemandeSignature, engagement.demande_id)
    session.refresh(demande, with_for_update={"of": DemandeSignature})
    if demande.etat == EtatDemandeSignature.ENVOYEE:
        close(session, by=by, demande=demande, etat=EtatDemandeSignature.SIGNEE)
        tell(session, demande, "signature_obtenue", personne=f"{engagement.prenom} {engagement.nom}")


def close(
    session: Session, *, by: Acteur, demande: DemandeSignature, etat: EtatDemandeSignature, motif: str = ""
) -> None:
    """Give an open request, locked, its end. The caller has checked that the actor may."""
    demande.etat, demande.motif, demande.closed_at = etat, motif, maintenant()
    _record(session, by, demande, f"demande_signature_{etat}", motif=motif)


def reopen(session: Session, *, by: Acteur, demande: DemandeSignature) -> None:
    """A request on paper, locked, whose page proved to be worth nothing waits for another."""
    demande.etat, demande.closed_at = EtatDemandeSignature.ENVOYEE, None
    _record(session, by, demande, "demande_signature_rouverte")


def lock_open(session: Session, demande: DemandeSignature) -> None:
    """Lock a request as it is now. Raises Conflict when it is closed: the page shown was older."""
    session.refresh(demande, with_for_update={"of": DemandeSignature})
    if demande.etat != EtatDemandeSignature.ENVOYEE:
        raise Conflict(CLOSE)


def tell(
    session: Session, demande: DemandeSignature, gabarit: str, *, destinataire: str = "", **donnees: object
) -> None:
    """Owe a letter about a request to `destinataire`, by default to who has asked."""
    courriels.enqueue(
        session,
        gabarit,
        destinataire=destinataire or demande.demandeur.email,
        association=demande.association.denomination,
        code=demande.code,
        **donnees,
    )


def check(verdict: Verdict) -> None:
    """Raise Forbidden with the reason of a refusal."""
    if not verdict:
        raise Forbidden(verdict.raison)


def _open(session: Session, association_id: int, texte_id: int, appel: Appel) -> DemandeSignature | None:
    """The open request to the same person, locked: by address, or by name on paper."""
    if appel.email:
        deja = open_for(session, email=appel.email, association_id=association_id, texte_id=texte_id)
    else:
        deja = session.scalars(
            select(DemandeSignature)
            .where(
                DemandeSignature.association_id == association_id,
                DemandeSignature.texte_id == texte_id,
                DemandeSignature.email == "",
                DemandeSignature.prenom == appel.prenom,
                DemandeSignature.nom == appel.nom,
                DemandeSignature.etat == EtatDemandeSignature.ENVOYEE,
            )
            .order_by(DemandeSignature.id)
        ).first()
    if deja is not None:
        lock_open(session, deja)
    return deja


def _write(session: Session, by: Acteur, demande: DemandeSignature) -> bool:
    """Owe the letter to the person asked, at most one a day; False when it is too early."""
    rappel = demande.sollicitee_at is not None
    if demande.sollicitee_at is not None and demande.sollicitee_at > maintenant() - DELAI_RELANCE:
        return False
    demande.sollicitee_at = maintenant()
    courriels.enqueue(
        session,
        "signature_demandee",
        destinataire=demande.email,
        association=demande.association.denomination,
        demandeur=by.nom_affiche,
        rappel=rappel,
        code=demande.code,
    )
    if rappel:
        _record(session, by, demande, "signature_relancee")
    return True


def _too_early(demande: DemandeSignature) -> str:
    return (
        f"Le dernier courriel à cette personne est du {date_fr(demande.sollicitee_at)}\u00a0: une relance par jour suffit. "
        "Recommencez demain."
    )


def _print(session: Session, config: Config, by: Acteur, demande: DemandeSignature) -> None:
    demande.document = documents.issue(
        session,
        by=by,
        genre=GenreDocument.ENGAGEMENT_A_SIGNER,
        nom=f"Contrat d’engagement républicain à signer {demande.code}",
        document=engagement_a_signer(demande, racine=config.portal_url),
    )


def _record(session: Session, by: Acteur, demande: DemandeSignature, action: str, **valeurs: object) -> None:
    journal.record(
        session,
        by=by,
        action=action,
        objet=f"association:{demande.association_id}",
        valeurs={"demande_signature": demande.id, **valeurs},
    )
