"""Pure predicates. `may_...(acteur)` opens a route, `can_...(acteur, object)` allows an act and gives its reason otherwise."""

from dataclasses import dataclass

from portal.models.avis import Avis, DemandeAvis
from portal.models.decisions import Decision
from portal.models.demandes import Demande
from portal.models.dossiers import Dossier
from portal.permissions.acteur import ANONYME, SYSTEME, Acteur, AffectationActive, GenreActeur, MandatActif
from portal.vocabulaire import Audience, RoleAffectation, RoleMandat

__all__ = [
    "ANONYME",
    "SYSTEME",
    "Acteur",
    "AffectationActive",
    "GenreActeur",
    "MandatActif",
    "Verdict",
    "can_be_told_to_ds",
    "can_decide",
    "can_edit",
    "can_give_avis",
    "can_instruct",
    "can_read_avis",
    "can_read_decision",
    "can_sign",
    "may_administer",
    "may_be_agent",
    "may_be_anyone",
    "may_be_connected",
    "may_be_usager",
    "may_instruct",
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
    return _non("Seule la personne qui représente l’association peut signer en son nom.")


def can_edit(acteur: Acteur, demande: Demande) -> Verdict:
    """A draft is changed by who made it, or by a proved rédacteur or signataire of the association."""
    mandat = acteur.mandat(demande.association_id)
    if demande.deposee_at is not None:
        return _non("Cette demande est déposée\u00a0: elle ne peut plus être modifiée ici.")
    if mandat is None or mandat.role == RoleMandat.LECTEUR:
        return _non("Votre rôle dans cette association ne permet pas de modifier une demande.")
    if mandat.prouve or demande.created_by_id == acteur.user_id:
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
    """Only a responsable of the owner service decides and notifies (model.md §3)."""
    instruit = can_instruct(acteur, dossier)
    if not instruit:
        return instruit
    if acteur.role != RoleAffectation.RESPONSABLE:
        return _non("Seul un responsable du service peut décider et notifier.")
    return OUI


def can_give_avis(acteur: Acteur, dossier: Dossier, demandes: list[DemandeAvis]) -> Verdict:
    """An avis is given by the owner service or by a service that was asked, never by a lecteur."""
    if acteur.role not in ROLES_ACTIFS:
        return _non("Votre rôle dans le service permet de lire les dossiers, pas de donner un avis.")
    saisis = {demande.service_id for demande in demandes} | {dossier.service_id}
    if acteur.service_id in saisis:
        return OUI
    return _non("Votre service n’a pas été saisi pour avis sur ce dossier.")


def can_read_avis(acteur: Acteur, avis: Avis, demandes: list[DemandeAvis]) -> Verdict:
    """The author's service and the asker always read; `services_saisis` and `partage` add those asked about the dossier.

    `demandes`: every demande d'avis of the same dossier. The caller has already checked that the actor may read the dossier.
    """
    if avis.service_id == acteur.service_id:
        return OUI
    if any(d.service_id == avis.service_id and d.demandeur_service_id == acteur.service_id for d in demandes):
        return OUI
    if avis.audience in (Audience.SERVICES_SAISIS, Audience.PARTAGE):
        return OUI
    return _non("Cet avis est réservé au service qui l’a donné et à celui qui l’a demandé.")


def can_be_told_to_ds(avis: Avis, _demandes: list[DemandeAvis]) -> Verdict:
    """An avis may be summed up in a private annotation, which every instructeur of the DS group reads.

    `_demandes`: those of the same dossier. The one door through which an avis leaves: what is sealed must stop here.
    """
    if avis.audience in (Audience.SERVICES_SAISIS, Audience.PARTAGE):
        return OUI
    return _non("Cet avis est réservé au service qui l’a donné et à celui qui l’a demandé.")


def can_read_decision(acteur: Acteur, dossier: Dossier, decision: Decision) -> Verdict:
    """Until it is notified, a decision is known of the owner service alone (model.md §2)."""
    if decision.notified_at is not None or acteur.service_id == dossier.service_id:
        return OUI
    return _non("Cette décision n’est pas encore notifiée.")
