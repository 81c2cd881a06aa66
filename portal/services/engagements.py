"""Writes a signature of the CER: the whole evidence, never changed afterwards, and its receipt."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.config import Config
from portal.documents import preuve_cer
from portal.errors import Conflict, Forbidden, Invalid
from portal.formats import maintenant
from portal.models.associations import Association, FaitAssociation, Mandat
from portal.models.engagements import Engagement, TexteCer
from portal.models.souscriptions import SignaturePreparee
from portal.permissions import Acteur, can_sign
from portal.permissions.engagements import can_ask_two_signatures, can_be_signed
from portal.queries import engagements
from portal.queries.recus import recu_engagement
from portal.services import courriels, documents, etats_cer, journal, mandats, preuves_cer
from portal.services.codes import draw_code
from portal.vocabulaire import EtatMandat, GenreDocument
from portal.vocabulaire_cer import CapaciteSignataire

LONGUEUR_AGENT = 300


@dataclass(frozen=True, slots=True)
class Preuve:
    """What the request shows of the person who signs; `requete_id` is its number in our logs."""

    ip: str
    agent_utilisateur: str
    requete_id: str = ""


def sign(session: Session, config: Config, *, by: Acteur, preparee: SignaturePreparee, preuve: Preuve) -> Engagement:
    """Sign the text in force as it was prepared, issue the receipt and mail its link.

    The web comes here through `signatures.confirm` alone, which has checked the code. Signing twice gives the first
    signature again (the mandat's row is locked, a constraint stands behind). Raises Forbidden; Conflict when the text or the
    sentence is no longer what the page showed, or when the mandat has ended; Invalid when the text may not be signed yet.
    """
    check_right(by, preparee.association_id)
    mandat = mandats.lock_mine(session, by, preparee.association_id)
    texte = engagements.texte_en_vigueur(session)
    deja = engagements.get_mine(session, by, preparee.association_id, texte.id)
    if deja is not None:
        return deja
    engagement = Engagement(
        code=draw_code(),
        code_public=draw_code(),
        texte_id=texte.id,
        texte_sha256=texte.sha256,
        phrase_consentement=shown_sentence(config, mandat.association, texte, preparee.affiche),
        annuaire=_instantane(session, mandat.association),
        signed_at=maintenant(),
        **_qui_signe(by, mandat, preuve),
        **_ce_qui_est_prepare(preparee, mandat),
    )
    _keep(session, by, engagement)
    etats_cer.refresh(session, [engagement.association_id])
    _issue_receipt(session, config, by=by, engagement=engagement)
    return engagement


def check_right(by: Acteur, association_id: int) -> None:
    """Raise Forbidden unless this person may sign for the association."""
    verdict = can_sign(by, association_id)
    if not verdict:
        raise Forbidden(verdict.raison)


def shown_sentence(config: Config, association: Association, texte: TexteCer, affiche: str) -> str:
    """The sentence of consent, once it is sure that this text may be signed, and that the page showed both as they are.

    `affiche`: fingerprint of what the page showed. Raises Invalid("consentement"), Conflict.
    """
    verdict = can_be_signed(texte, demo=config.demo)
    if not verdict:
        raise Invalid("consentement", verdict.raison)
    phrase = engagements.phrase_consentement(association, texte)
    if affiche != engagements.empreinte_affichee(phrase, texte):
        raise Conflict(
            "Le texte à signer a changé depuis que vous l’avez lu\u00a0: rien n’a été signé. "
            "Relisez-le, puis signez de nouveau."
        )
    return phrase


def ask_two_signatures(session: Session, *, by: Acteur, association_id: int, oui: bool) -> None:
    """Settle whether the association counts as signatory from its second signatory only. Raises Forbidden."""
    verdict = can_ask_two_signatures(by, association_id)
    if not verdict:
        raise Forbidden(verdict.raison)
    association = session.get_one(Association, association_id, with_for_update=True)
    if association.cer_deux_signatures == oui:
        return
    association.cer_deux_signatures = oui
    etats_cer.refresh(session, [association_id])
    journal.record(
        session,
        by=by,
        action="cer_deux_signatures" if oui else "cer_une_signature",
        objet=f"association:{association_id}",
    )


def _qui_signe(by: Acteur, mandat: Mandat, preuve: Preuve) -> dict[str, Any]:
    """In whose name, with which proof of who holds the pen."""
    return {
        "association_id": mandat.association_id,
        "mandat_id": mandat.id,
        "mandat_etat": mandat.etat,
        "signataire_id": by.user_id,
        "email": by.email,
        "session_id": by.session_id,
        "ip": preuve.ip,
        "agent_utilisateur": preuve.agent_utilisateur[:LONGUEUR_AGENT],
        "requete_id": preuve.requete_id,
    }


def _ce_qui_est_prepare(preparee: SignaturePreparee, mandat: Mandat) -> dict[str, Any]:
    """What the signatory said of herself; her own right is what the mandat is worth now."""
    capacite = preparee.capacite
    if capacite != CapaciteSignataire.MANDATAIRE:
        prouve = mandat.etat == EtatMandat.PROUVE
        capacite = CapaciteSignataire.VERIFIEE if prouve else CapaciteSignataire.DECLAREE
    return {
        "capacite": capacite,
        "prenom": preparee.prenom,
        "nom": preparee.nom,
        "fonction": preparee.fonction,
        "pouvoir_id": preparee.pouvoir_id,
        "pouvoir_nom": preparee.pouvoir_nom,
        "pouvoir_sha256": preparee.pouvoir.sha256 if preparee.pouvoir else "",
        "demande_id": preparee.demande_id,
        "consenti_at": preparee.consenti_at,
        "code_demande_at": preparee.code_demande_at,
    }


def _instantane(session: Session, association: Association) -> dict[str, Any]:
    """What the registers said of the association when it was signed for."""
    faits = session.scalars(
        select(FaitAssociation).where(FaitAssociation.association_id == association.id).order_by(FaitAssociation.id)
    )
    return {
        "siren": association.siren,
        "rna": association.rna,
        "siret": association.siret_siege,
        "verifiee": association.verifiee,
        "faits": [
            {
                "champ": fait.champ,
                "valeur": fait.valeur,
                "source": fait.source,
                "observed_at": fait.observed_at.isoformat(),
            }
            for fait in faits
        ],
    }


def _keep(session: Session, by: Acteur, engagement: Engagement) -> None:
    """The whole evidence goes to the journal's chain: each field by its salted hash, its value in the erasable detail."""
    preuves_cer.chain(session, engagement)
    session.add(engagement)
    session.flush()
    champs = ("id", *preuve_cer.CHAINE, *preuve_cer.PUBLICS, *preuve_cer.PRIVES, "empreinte")
    valeurs = {nom: preuve_cer.en_json(getattr(engagement, nom)) for nom in champs}
    journal.record(
        session,
        by=by,
        action="engagement_signe",
        objet=f"association:{engagement.association_id}",
        valeurs=valeurs,
    )


def _issue_receipt(session: Session, config: Config, *, by: Acteur, engagement: Engagement) -> None:
    documents.issue(
        session,
        by=by,
        genre=GenreDocument.RECU_ENGAGEMENT,
        nom=f"Reçu d’engagement {engagement.code}",
        document=recu_engagement(engagement, racine=config.portal_url),
        engagement_id=engagement.id,
    )
    courriels.enqueue(
        session,
        "recu_disponible",
        destinataire=engagement.email,
        association=engagement.association.denomination,
        code=engagement.code,
    )
