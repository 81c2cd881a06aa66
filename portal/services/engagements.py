"""Publishes the text of the CER, and signs it: a signature is evidence, never changed afterwards."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.config import Config
from portal.documents import cer, preuve_cer
from portal.errors import Conflict, Forbidden, Invalid
from portal.formats import maintenant
from portal.models.associations import Association, FaitAssociation, Mandat
from portal.models.engagements import Engagement, TexteCer
from portal.permissions import Acteur, can_sign, may_set_up
from portal.queries import engagements
from portal.queries.recus import recu_engagement
from portal.services import courriels, documents, journal, mandats, preuves_cer
from portal.services.codes import draw_code
from portal.vocabulaire import EtatMandat, GenreDocument
from portal.vocabulaire_cer import CapaciteSignataire

LONGUEUR_AGENT = 300


@dataclass(frozen=True, slots=True)
class Preuve:
    """What the request shows of the person who signs. `affiche`: fingerprint of the page shown (see `empreinte_affichee`)."""

    affiche: str
    ip: str
    agent_utilisateur: str


def publish_text(session: Session, *, by: Acteur, contenu: str) -> TexteCer:
    """Publish a version from its file. Publishing it again changes nothing, but the note that it was compared with Légifrance.

    Raises Forbidden, and Invalid("fichier"): unreadable file, or another body under a version already published, since a
    change is a new version.
    """
    verdict = may_set_up(by)
    if not verdict:
        raise Forbidden(verdict.raison)
    try:
        lu = cer.lire(contenu)
    except cer.TexteIllisible as erreur:
        raise Invalid("fichier", str(erreur)) from erreur
    texte = session.scalars(select(TexteCer).where(TexteCer.version == lu.version).with_for_update()).first()
    if texte is None:
        texte = _publish_new(session, by=by, lu=lu)
    elif texte.sha256 != lu.sha256:
        raise Invalid(
            "fichier",
            f"La version {lu.version} est déjà publiée avec un autre texte, que des associations ont pu signer. "
            "Donnez un autre numéro de version au texte modifié.",
        )
    if lu.verifie and texte.verifie_at is None:
        texte.verifie_at = maintenant()
        texte.verifie_par_id = by.user_id
        journal.record(session, by=by, action="texte_cer_verifie", objet=f"texte_cer:{texte.id}")
    return texte


def _publish_new(session: Session, *, by: Acteur, lu: cer.FichierCer) -> TexteCer:
    meme_corps = session.scalars(select(TexteCer.version).where(TexteCer.sha256 == lu.sha256)).first()
    if meme_corps is not None:
        raise Invalid("fichier", f"Ce texte est déjà publié, mot pour mot, comme version {meme_corps}.")
    texte = TexteCer(
        version=lu.version,
        reference=lu.reference,
        nor=lu.nor,
        jorf=lu.jorf,
        date=lu.date,
        url=lu.url,
        corps=lu.corps,
        sha256=lu.sha256,
        published_at=maintenant(),
    )
    session.add(texte)
    session.flush()
    journal.record(
        session,
        by=by,
        action="texte_cer_publie",
        objet=f"texte_cer:{texte.id}",
        valeurs={"version": lu.version, "sha256": lu.sha256},
    )
    return texte


def sign(
    session: Session,
    config: Config,
    *,
    by: Acteur,
    association_id: int,
    prenom: str,
    nom: str,
    fonction: str,
    preuve: Preuve,
) -> Engagement:
    """Sign the text in force for the association, issue the receipt and mail its link.

    Signing twice gives the first signature again (the mandat's row is locked, a constraint stands behind). Raises Forbidden;
    Conflict when the text or the sentence is no longer what the page showed; Invalid when the text may not be signed yet.
    """
    verdict = can_sign(by, association_id)
    if not verdict:
        raise Forbidden(verdict.raison)
    mandat = mandats.lock_mine(session, by, association_id)
    texte = engagements.texte_en_vigueur(session)
    deja = engagements.get_mine(session, by, association_id, texte.id)
    if deja is not None:
        return deja
    phrase = _phrase_montree(config, mandat.association, texte, preuve)
    engagement = Engagement(
        code=draw_code(),
        texte_id=texte.id,
        texte_sha256=texte.sha256,
        phrase_consentement=phrase,
        prenom=prenom,
        nom=nom,
        fonction=fonction,
        annuaire=_instantane(session, mandat.association),
        signed_at=maintenant(),
        **_qui_signe(by, mandat, preuve),
    )
    _keep(session, by, engagement)
    _issue_receipt(session, config, by=by, engagement=engagement)
    return engagement


def _qui_signe(by: Acteur, mandat: Mandat, preuve: Preuve) -> dict[str, Any]:
    """In whose name, with which proof of who holds the pen."""
    return {
        "association_id": mandat.association_id,
        "mandat_id": mandat.id,
        "mandat_etat": mandat.etat,
        "capacite": CapaciteSignataire.VERIFIEE if mandat.etat == EtatMandat.PROUVE else CapaciteSignataire.DECLAREE,
        "code_public": draw_code(),
        "pouvoir_nom": "",
        "pouvoir_sha256": "",
        "requete_id": "",
        "consenti_at": maintenant(),
        "code_demande_at": maintenant(),
        "signataire_id": by.user_id,
        "email": by.email,
        "session_id": by.session_id,
        "ip": preuve.ip,
        "agent_utilisateur": preuve.agent_utilisateur[:LONGUEUR_AGENT],
    }


def _phrase_montree(config: Config, association: Association, texte: TexteCer, preuve: Preuve) -> str:
    """The sentence of consent, once it is sure that this text may be signed, and that the page showed both as they are."""
    phrase = engagements.phrase_consentement(association, texte)
    if texte.verifie_at is None and not config.demo:
        raise Invalid(
            "consentement",
            "Ce texte n’a pas encore été comparé à Légifrance : il ne peut pas être signé pour le moment. "
            "Rien n’a été enregistré. Le service qui tient ce portail doit d’abord le vérifier.",
        )
    if preuve.affiche != engagements.empreinte_affichee(phrase, texte):
        raise Conflict(
            "Le texte à signer a changé depuis que cette page s’est affichée : rien n’a été signé. "
            "Relisez-le, puis signez de nouveau."
        )
    return phrase


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
    champs = (
        "id code association_id texte_id signataire_id mandat_id prenom nom fonction mandat_etat phrase_consentement email "
        "texte_sha256 annuaire ip agent_utilisateur session_id signed_at"
    )
    valeurs = {nom: preuve_cer.en_json(getattr(engagement, nom)) for nom in champs.split()}
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
