"""Who hands dossiers to whom within a service, who follows them, who keeps the labels of the service."""

from portal.models.dossiers import Dossier
from portal.permissions import OUI, ROLES_ACTIFS, Acteur, Verdict, can_instruct, may_instruct
from portal.vocabulaire import ETATS_FINAUX, RoleAffectation

RECUSE = (
    "Cette personne a déclaré un conflit d’intérêts sur ce dossier, ou sur l’association\u00a0: rien n’a changé. Choisissez "
    "une autre personne de la liste."
)
CLOS = "Ce dossier a reçu sa décision, ou il est retiré\u00a0: il ne s’attribue plus."


def may_reassign(acteur: Acteur) -> Verdict:
    """Open to responsables: they hand over the dossiers of an absent agent of their service."""
    if acteur.est_agent and acteur.role == RoleAffectation.RESPONSABLE:
        return OUI
    instruit = may_instruct(acteur)
    if not instruit:
        return instruit
    return Verdict(
        ok=False, raison="Seul un responsable du service attribue d’un coup les dossiers d’une autre personne."
    )


def can_assign(acteur: Acteur, dossier: Dossier) -> Verdict:
    """Instructeurs and responsables of the owner service, until the dossier is decided."""
    instruit = can_instruct(acteur, dossier)
    if not instruit:
        return instruit
    return Verdict(ok=False, raison=CLOS) if dossier.etat in ETATS_FINAUX else OUI


def can_follow(acteur: Acteur, dossier: Dossier, *, suivi: bool) -> Verdict:
    """An agent who reads a dossier follows it, and no longer if she wants; whoever instructs it always does.

    `suivi`: she follows it now. The caller has checked that she may read the dossier.
    """
    if not acteur.est_agent or acteur.affectation is None:
        return Verdict(ok=False, raison="Seul un agent suit un dossier.")
    if suivi and dossier.instructeur_id == acteur.user_id:
        return Verdict(
            ok=False,
            raison="Vous instruisez ce dossier\u00a0: vous le suivez. Attribuez-le à quelqu’un d’autre pour ne plus le suivre.",
        )
    return OUI


def can_label(acteur: Acteur, service_id: int) -> Verdict:
    """Labels belong to one service: its instructeurs and responsables make them and put them on what they may read."""
    if acteur.service_id != service_id:
        return Verdict(ok=False, raison="Cette étiquette est celle d’un autre service.")
    if acteur.role not in ROLES_ACTIFS:
        return Verdict(ok=False, raison="Votre rôle dans le service permet de lire les étiquettes, pas d’en poser.")
    return OUI
