"""Who may ask for a signature of the CER, answer to it, and judge a proof that came on paper."""

from portal.models.souscriptions import AttestationCer, DemandeSignature
from portal.permissions import OUI, ROLES_ACTIFS, Acteur, Verdict
from portal.vocabulaire import RoleMandat
from portal.vocabulaire_cer import EtatAttestation, EtatDemandeSignature

CLOSE = "Cette demande de signature est close\u00a0: elle ne peut plus être changée."


def can_ask(acteur: Acteur, association_id: int) -> Verdict:
    """Whoever prepares or signs for the association, its link proved or not; not who only reads, nor an aidant."""
    mandat = acteur.mandat(association_id)
    if mandat is not None and mandat.role not in (RoleMandat.LECTEUR, RoleMandat.AIDANT):
        return OUI
    return Verdict(ok=False, raison="Votre rôle dans cette association ne permet pas de demander une signature.")


def can_follow(acteur: Acteur, demande: DemandeSignature) -> Verdict:
    """Who has asked, and the proved people of the association who may ask: they remind, cancel, attach the signed page."""
    peut = can_ask(acteur, demande.association_id)
    if not peut:
        return peut
    if demande.demandeur_id == acteur.user_id or demande.association_id in acteur.associations_prouvees:
        return OUI
    return Verdict(ok=False, raison="Cette signature a été demandée par une autre personne de l’association.")


def can_answer(acteur: Acteur, demande: DemandeSignature) -> Verdict:
    """Only the account of the address to which the request was sent accepts it or sends it back, while it is open."""
    if not acteur.est_usager or not demande.email or acteur.email != demande.email:
        return Verdict(
            ok=False,
            raison="Seule la personne à qui cette demande est adressée peut y répondre, connectée avec son adresse.",
        )
    if demande.etat != EtatDemandeSignature.ENVOYEE:
        return Verdict(ok=False, raison=CLOSE)
    return OUI


def can_control(acteur: Acteur, proprietaires: frozenset[int]) -> Verdict:
    """The rule of mandats: an instructeur or responsable of a service that owns a dossier of the association."""
    if acteur.role not in ROLES_ACTIFS:
        return Verdict(
            ok=False, raison="Votre rôle dans le service permet de lire les dossiers, pas de contrôler une pièce."
        )
    if acteur.service_id not in proprietaires:
        return Verdict(
            ok=False, raison="Seul un service responsable d’un dossier de cette association peut contrôler cette pièce."
        )
    return OUI


def can_set_aside(acteur: Acteur, attestation: AttestationCer) -> Verdict:
    """What another service has admitted is its own to take back; what waits is anybody's who may control it."""
    if attestation.etat == EtatAttestation.ADMISE and attestation.service_id != acteur.service_id:
        return Verdict(
            ok=False, raison="Un autre service a admis cette pièce\u00a0: lui seul peut revenir sur sa décision."
        )
    return OUI
