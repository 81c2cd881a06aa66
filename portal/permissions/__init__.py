"""Pure predicates. `may_...(acteur)` opens a route, `can_...(acteur, object)` allows an act and gives its reason otherwise."""

from dataclasses import dataclass

from portal.models.decisions import Decision
from portal.models.demandes import Demande
from portal.models.dossiers import Dossier
from portal.permissions.acteur import ANONYME, SYSTEME, Acteur, AffectationActive, GenreActeur, MandatActif
from portal.vocabulaire import RoleAffectation, RoleMandat
from portal.vocabulaire_instruction import QuiDecide

__all__ = [
    "ANONYME",
    "SYSTEME",
    "Acteur",
    "AffectationActive",
    "GenreActeur",
    "MandatActif",
    "Verdict",
    "can_decide",
    "can_edit",
    "can_file",
    "can_instruct",
    "can_read_decision",
    "can_sign",
    "may_administer",
    "may_be_agent",
    "may_be_anyone",
    "may_be_connected",
    "may_be_expert",
    "may_be_usager",
    "may_instruct",
    "may_lead",
    "may_set_up",
]

SANS_SERVICE = (
    "Votre compte n’est plus affecté à aucun service\u00a0: les dossiers ne vous sont plus ouverts. "
    "Un administrateur du portail peut vous inviter de nouveau."
)
ROLES_ACTIFS = frozenset({RoleAffectation.INSTRUCTEUR, RoleAffectation.RESPONSABLE})


@dataclass(frozen=True)
class Verdict:
    """Allowed or not, and the French sentence that says why not."""

    ok: bool
    raison: str = ""

    def __bool__(self) -> bool:
        return self.ok


OUI = Verdict(ok=True)


def _non(raison: str) -> Verdict:
    return Verdict(ok=False, raison=raison)


def may_be_anyone(_acteur: Acteur) -> Verdict:
    """Open to all."""
    return OUI


def may_be_connected(acteur: Acteur) -> Verdict:
    """Open to whoever is logged in."""
    return OUI if acteur.connecte else _non("Cette page demande de se connecter.")


def may_be_usager(acteur: Acteur) -> Verdict:
    """Open to the people of associations."""
    return OUI if acteur.est_usager else _non("Cette page est réservée aux associations.")


def may_be_agent(acteur: Acteur) -> Verdict:
    """Open to agents who act for a service."""
    if acteur.est_agent and acteur.affectation:
        return OUI
    if acteur.est_agent:
        return _non(SANS_SERVICE)
    return _non("Cette page est réservée aux agents des services instructeurs.")


def may_be_expert(acteur: Acteur) -> Verdict:
    """Open to whom a link opens what is asked of it, outside every service."""
    if acteur.est_expert:
        return OUI
    return _non(
        "Cette page s’ouvre par le lien du courriel qui vous demande un avis. Votre accès est terminé, ou a été ouvert dans "
        "un autre navigateur\u00a0: reprenez ce courriel, ou demandez un nouveau lien."
    )


def may_instruct(acteur: Acteur) -> Verdict:
    """Open to instructeurs and responsables of a service."""
    if acteur.est_agent and acteur.role in ROLES_ACTIFS:
        return OUI
    if acteur.est_agent and acteur.affectation is None:
        return _non(SANS_SERVICE)
    return _non("Cette action est réservée aux instructeurs et aux responsables d’un service.")


def may_administer(acteur: Acteur) -> Verdict:
    """Open to administrators."""
    return (
        OUI if acteur.est_agent and acteur.est_administrateur else _non("Cette page est réservée aux administrateurs.")
    )


def may_set_up(acteur: Acteur) -> Verdict:
    """Services, agents, démarches, the text of the CER: administrators, and whoever runs the portal from its machine."""
    return OUI if acteur == SYSTEME else may_administer(acteur)


def can_sign(acteur: Acteur, association_id: int) -> Verdict:
    """Only a signataire commits an association; while the mandat is declared, the signature says so."""
    mandat = acteur.mandat(association_id)
    if mandat and mandat.role == RoleMandat.SIGNATAIRE:
        return OUI
    if mandat and mandat.est_aidant:
        return _non(
            "Un aidant ne signe jamais pour l’association\u00a0: une personne qui la représente doit signer elle-même."
        )
    return _non("Seule la personne qui représente l’association peut signer en son nom.")


def can_file(acteur: Acteur, association_id: int, *, pouvoir: bool) -> Verdict:
    """To file is to commit the association: who signs for it, or who prepares its files and has joined a `pouvoir`.

    An aidant never does, whatever he has joined: he asks for a signature.
    """
    mandat = acteur.mandat(association_id)
    if mandat and mandat.est_aidant:
        return _non(
            "Un aidant ne dépose pas de demande. Tout est conservé\u00a0: une personne de l’association doit la relire "
            "et la déposer."
        )
    if mandat is None or mandat.role == RoleMandat.LECTEUR:
        return _non("Votre rôle dans cette association ne permet pas de déposer une demande.")
    if mandat.role == RoleMandat.SIGNATAIRE or pouvoir:
        return OUI
    return _non(
        "Déposer engage l’association\u00a0: c’est à une personne qui la représente de le faire, ou à vous si vous joignez "
        "le pouvoir qu’elle vous a donné. Tout est conservé\u00a0: demandez-lui sa signature."
    )


def can_edit(acteur: Acteur, demande: Demande) -> Verdict:
    """A draft is changed by who made it, who was given it, or a proved rédacteur or signataire of the association.

    An aidant changes only what he began or was given. Whoever is asked to sign a draft may change it too.
    """
    mandat = acteur.mandat(demande.association_id)
    if demande.deposee_at is not None:
        return _non("Cette demande est déposée\u00a0: elle ne peut plus être modifiée ici.")
    if mandat is None or mandat.role == RoleMandat.LECTEUR:
        return _non("Votre rôle dans cette association ne permet pas de modifier une demande.")
    if acteur.user_id in (demande.created_by_id, demande.confiee_a_id) or (mandat.prouve and not mandat.est_aidant):
        return OUI
    if demande.signature is not None and demande.signature.email == acteur.email:
        return OUI
    return _non("Cette demande a été commencée par une autre personne de l’association.")


def can_instruct(acteur: Acteur, dossier: Dossier) -> Verdict:
    """Acts of instruction belong to the owner service's instructeurs and responsables."""
    if acteur.service_id != dossier.service_id:
        return _non("Seul le service responsable du dossier peut faire cette action.")
    if acteur.role not in ROLES_ACTIFS:
        return _non("Votre rôle dans le service permet de lire les dossiers, pas de les instruire.")
    return OUI


def can_decide(acteur: Acteur, dossier: Dossier) -> Verdict:
    """Only a responsable of the owner service decides and notifies; an instructeur too where the service says so (model.md §3).

    Under which délégation, up to how much and how the act leaves: permissions/decisions.py.
    """
    instruit = can_instruct(acteur, dossier)
    if not instruit:
        return instruit
    if acteur.role == RoleAffectation.RESPONSABLE or _instructeurs_decident(acteur):
        return OUI
    return _non("Seul un responsable du service peut décider et notifier.")


def _instructeurs_decident(acteur: Acteur) -> bool:
    return acteur.affectation is not None and acteur.affectation.qui_decide == QuiDecide.INSTRUCTEUR


def may_lead(acteur: Acteur) -> Verdict:
    """Open to the responsables of a service: its settings, délégations and models are theirs."""
    if acteur.est_agent and acteur.role == RoleAffectation.RESPONSABLE:
        return OUI
    if acteur.est_agent and acteur.affectation is None:
        return _non(SANS_SERVICE)
    return _non("Cette page est réservée aux responsables du service.")


def can_read_decision(acteur: Acteur, dossier: Dossier, decision: Decision) -> Verdict:
    """Until it is notified, a decision is known of the owner service alone (model.md §2)."""
    if decision.notified_at is not None or acteur.service_id == dossier.service_id:
        return OUI
    return _non("Cette décision n’est pas encore notifiée.")
