"""Who may state facts of an association, answer them, and take part in a withdrawal. Deciding it is `can_decide`."""

from portal.models.manquements import Constat
from portal.permissions import OUI, ROLES_ACTIFS, Acteur, Verdict
from portal.vocabulaire import RoleAffectation, RoleMandat


def can_state(acteur: Acteur, proprietaires: frozenset[int]) -> Verdict:
    """An instructeur or responsable of a service that owns a dossier of the association. `proprietaires`: those services."""
    if acteur.role in ROLES_ACTIFS and acteur.service_id in proprietaires:
        return OUI
    return Verdict(
        ok=False,
        raison="Seuls les instructeurs et les responsables d’un service chargé d’un dossier de cette association peuvent "
        "consigner un constat.",
    )


def can_close(acteur: Acteur, constat: Constat) -> Verdict:
    """Who stated the facts, or a responsable of the service."""
    if acteur.role == RoleAffectation.RESPONSABLE or _est_auteur(acteur, constat):
        return _du_service(acteur, constat)
    return Verdict(ok=False, raison="Ce constat se clôt par son auteur ou par un responsable du service.")


def can_name_readers(acteur: Acteur, constat: Constat) -> Verdict:
    """A responsable of the service, or the author, says who else of the service reads it."""
    if acteur.role == RoleAffectation.RESPONSABLE or _est_auteur(acteur, constat):
        return _du_service(acteur, constat)
    return Verdict(
        ok=False, raison="Les lecteurs d’un constat sont nommés par son auteur ou par un responsable du service."
    )


def can_answer(acteur: Acteur, association_id: int) -> Verdict:
    """A person who represents the association, her link proved on a document."""
    mandat = acteur.mandat(association_id)
    if mandat and mandat.prouve and mandat.role == RoleMandat.SIGNATAIRE:
        return OUI
    return Verdict(ok=False, raison="Seule une personne qui représente l’association, lien vérifié, peut répondre.")


def can_observe(acteur: Acteur, association_id: int) -> Verdict:
    """A person who represents the association or prepares its requests, her link proved on a document."""
    mandat = acteur.mandat(association_id)
    if mandat and mandat.prouve and mandat.role not in (RoleMandat.LECTEUR, RoleMandat.AIDANT):
        return OUI
    return Verdict(
        ok=False,
        raison="Les observations de l’association se déposent par une personne qui agit pour elle, lien vérifié sur pièce.",
    )


def _est_auteur(acteur: Acteur, constat: Constat) -> bool:
    return acteur.user_id == constat.auteur_id and acteur.role in ROLES_ACTIFS


def _du_service(acteur: Acteur, constat: Constat) -> Verdict:
    """Nobody acts on another service's statement; those who cannot read it are told that there is none."""
    if acteur.service_id == constat.service_id:
        return OUI
    return Verdict(ok=False, raison="Ce constat n’est pas de votre service.")
