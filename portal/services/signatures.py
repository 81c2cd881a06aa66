"""The way to a signature of the CER: what the signatory fills in and consents to, the code that she receives, the signature."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal.config import Config
from portal.db import Fabrique
from portal.errors import Conflict, Invalid
from portal.formats import maintenant
from portal.models.associations import Mandat
from portal.models.documents import Fichier
from portal.models.engagements import Engagement
from portal.models.souscriptions import SignaturePreparee
from portal.permissions import Acteur
from portal.queries import engagements
from portal.queries.demandes_signature import open_for
from portal.services import codes_signature, courriels, demandes_signature, journal, mandats, preuves_adresse, traces
from portal.services.codes_signature import Essai
from portal.services.engagements import Preuve, check_right, shown_sentence, sign
from portal.services.lettres import CODE_SIGNATURE
from portal.vocabulaire import EtatMandat
from portal.vocabulaire_cer import CapaciteSignataire

CODES_PAR_HEURE = 5
RIEN_DE_PREPARE = (
    "Aucune signature n’est en attente de code\u00a0: rien n’a été signé. Relisez le contrat, puis signez de nouveau."
)


@dataclass(frozen=True, slots=True)
class Souscription:
    """What the signatory says. `affiche`: fingerprint of the page on which she consented (see `empreinte_affichee`)."""

    prenom: str
    nom: str
    fonction: str
    affiche: str
    par_delegation: bool = False
    pouvoir: Fichier | None = None
    pouvoir_nom: str = ""


def prepare(
    session: Session, fabrique: Fabrique, config: Config, *, by: Acteur, association_id: int, dit: Souscription
) -> SignaturePreparee:
    """Keep what she fills in and consents to, and owe her the code; nothing is signed yet.

    A pouvoir that she attached before serves again. Raises Forbidden; Conflict when the text is no longer what the page
    showed; Invalid when it may not be signed, when the pouvoir is missing, at the sixth code in an hour.
    """
    check_right(by, association_id)
    mandat = mandats.lock_mine(session, by, association_id)
    texte = engagements.texte_en_vigueur(session)
    shown_sentence(config, mandat.association, texte, dit.affiche)
    demande = open_for(session, email=by.email, association_id=association_id, texte_id=texte.id)
    valeurs = {
        "demande_id": demande.id if demande else None,
        "prenom": dit.prenom,
        "nom": dit.nom,
        "fonction": dit.fonction,
        "affiche": dit.affiche,
        "consenti_at": maintenant(),
        **_a_quel_titre(session, by, mandat, dit),
    }
    _count(fabrique, by)
    preparee = _keep(session, by, association_id, texte.id, valeurs)
    _owe_code(session, by, preparee)
    return preparee


def send_again(session: Session, fabrique: Fabrique, *, by: Acteur, association_id: int) -> None:
    """Owe another code for what is prepared: the one before is dead. Raises Conflict, Invalid at the sixth in an hour."""
    check_right(by, association_id)
    preparee = _lock(session, by, association_id)
    if preparee is None:
        raise Conflict(RIEN_DE_PREPARE)
    _count(fabrique, by)
    _owe_code(session, by, preparee)


def confirm(
    session: Session, fabrique: Fabrique, config: Config, *, by: Acteur, association_id: int, code: str, preuve: Preuve
) -> Engagement:
    """Sign what is prepared, by its code. Who comes second, once it is signed, is given that signature.

    A wrong try is counted by `fabrique`, in a transaction of its own. Raises Invalid("code") with the tries left, or when the
    code is dead; Forbidden; Conflict when nothing is prepared, when the text or the mandat has changed since.
    """
    check_right(by, association_id)
    attendue = engagements.get_prepared(session, by, association_id)
    if attendue is None or not _try(fabrique, config, attendue.id, code):
        return _already(session, by, association_id)
    mandats.lock_mine(session, by, association_id)
    preparee = _lock(session, by, association_id)
    if preparee is None:
        return _already(session, by, association_id)
    if not codes_signature.is_right(config, preparee, code):
        raise Invalid("code", "Un autre code a été demandé entre-temps\u00a0: saisissez le dernier reçu.")
    engagement = sign(session, config, by=by, preparee=preparee, preuve=preuve)
    session.delete(preparee)
    preuves_adresse.note_proof(session, by=by)
    demandes_signature.close_signed(session, by=by, engagement=engagement)
    session.flush()
    return engagement


def _a_quel_titre(session: Session, by: Acteur, mandat: Mandat, dit: Souscription) -> dict[str, object]:
    """On what her right rests, with the pouvoir when it is one that others gave."""
    if not dit.par_delegation:
        prouve = mandat.etat == EtatMandat.PROUVE
        capacite = CapaciteSignataire.VERIFIEE if prouve else CapaciteSignataire.DECLAREE
        return {"capacite": capacite, "pouvoir_id": None, "pouvoir_nom": ""}
    joint = {"capacite": CapaciteSignataire.MANDATAIRE}
    if dit.pouvoir is not None:
        return {**joint, "pouvoir_id": dit.pouvoir.id, "pouvoir_nom": dit.pouvoir_nom}
    deja = engagements.get_prepared(session, by, mandat.association_id)
    if deja is None or deja.pouvoir_id is None:
        raise Invalid("pouvoir", "Joignez le pouvoir qui vous autorise à signer.")
    return {**joint, "pouvoir_id": deja.pouvoir_id, "pouvoir_nom": deja.pouvoir_nom}


def _count(fabrique: Fabrique, by: Acteur) -> None:
    libre = traces.count_attempt(
        fabrique, CODE_SIGNATURE, str(by.user_id), maximum=CODES_PAR_HEURE, fenetre=timedelta(hours=1)
    )
    if not libre:
        raise Invalid(
            "code",
            f"{CODES_PAR_HEURE}\u00a0codes vous ont déjà été envoyés depuis une heure. Saisissez le dernier reçu, ou "
            "recommencez dans une heure. Rien n’est signé.",
        )


def _keep(
    session: Session, by: Acteur, association_id: int, texte_id: int, valeurs: dict[str, object]
) -> SignaturePreparee:
    """One row per person and association: correcting changes it, and a text that is no longer in force leaves."""
    instant = maintenant()
    neuve = {"essais": 0, "code_demande_at": instant, "code_expire_at": instant, **valeurs}
    cle = {"user_id": by.user_id, "association_id": association_id, "texte_id": texte_id}
    ident = session.scalar(
        insert(SignaturePreparee)
        .values(**cle, **neuve)
        .on_conflict_do_update(index_elements=list(cle), set_=neuve)
        .returning(SignaturePreparee.id)
    )
    session.execute(
        delete(SignaturePreparee).where(
            SignaturePreparee.user_id == by.user_id,
            SignaturePreparee.association_id == association_id,
            SignaturePreparee.id != ident,
        )
    )
    preparee = session.get_one(SignaturePreparee, ident, populate_existing=True)
    journal.record(
        session,
        by=by,
        action="signature_preparee",
        objet=f"association:{association_id}",
        valeurs={"texte": texte_id, "capacite": preparee.capacite, "fonction": preparee.fonction},
    )
    return preparee


def _owe_code(session: Session, by: Acteur, preparee: SignaturePreparee) -> None:
    """The letter names the moment at which it was ordered: only the last one ordered takes a code away."""
    instant = maintenant()
    preparee.code_hash = preparee.code_envoye_at = None
    preparee.essais = 0
    preparee.code_demande_at, preparee.code_expire_at = instant, instant + codes_signature.ATTENTE_LETTRE
    session.flush()
    courriels.enqueue(
        session, CODE_SIGNATURE, destinataire=by.email, preparee_id=preparee.id, demande_at=instant.isoformat()
    )


def _try(fabrique: Fabrique, config: Config, preparee_id: int, code: str) -> bool:
    """True for the right code, False when it was signed meanwhile. Raises Invalid("code")."""
    essai = traces.try_code(fabrique, config, preparee_id=preparee_id, code=code)
    if essai is not None and essai[0] != Essai.JUSTE:
        raise Invalid("code", codes_signature.expliquer(*essai))
    return essai is not None


def _lock(session: Session, by: Acteur, association_id: int) -> SignaturePreparee | None:
    """What this person has prepared last for that association, as it is now; None once it is signed."""
    return session.scalars(
        engagements.prepared(by, association_id).with_for_update().execution_options(populate_existing=True)
    ).first()


def _already(session: Session, by: Acteur, association_id: int) -> Engagement:
    texte = engagements.texte_en_vigueur(session)
    deja = engagements.get_mine(session, by, association_id, texte.id)
    if deja is None:
        raise Conflict(RIEN_DE_PREPARE)
    return deja
