"""Who may say that a mandat is proved, invite, change and end the mandats of an association, and contest one."""

from portal.models.associations import Mandat
from portal.permissions import OUI, ROLES_ACTIFS, Acteur, MandatActif, Verdict
from portal.vocabulaire import EtatMandat, RoleMandat

QUI_INVITENT = (RoleMandat.REDACTEUR, RoleMandat.SIGNATAIRE)
UN_AIDANT = "Un aidant n’invite personne et ne change pas les rôles\u00a0: une personne de l’association doit le faire."


def can_prove(acteur: Acteur, proprietaires: frozenset[int]) -> Verdict:
    """An instructeur or responsable of a service that owns a dossier of the association. `proprietaires`: those services."""
    if acteur.role not in ROLES_ACTIFS:
        return _non("Votre rôle dans le service permet de lire les dossiers, pas de vérifier un lien.")
    if acteur.service_id not in proprietaires:
        return _non("Seul un service responsable d’un dossier de cette association peut vérifier ce lien.")
    return OUI


def can_settle(acteur: Acteur) -> Verdict:
    """An instructeur or responsable answers what the associations of the service's own dossiers contest or report."""
    if acteur.role in ROLES_ACTIFS:
        return OUI
    return _non("Votre rôle dans le service permet de lire les dossiers, pas de répondre à leurs associations.")


def can_invite(acteur: Acteur, association_id: int) -> Verdict:
    """Whoever signs or prepares for the association, her link proved or not; neither a lecteur nor an aidant."""
    mien = acteur.mandat(association_id)
    if mien is not None and mien.est_aidant:
        return _non(UN_AIDANT)
    if mien is not None and mien.role in QUI_INVITENT:
        return OUI
    return _non("Votre rôle dans cette association ne permet pas d’inviter une personne.")


def can_change(acteur: Acteur, mandat: Mandat) -> Verdict:
    """The role and the last day of somebody else: a proved signataire alone. The role of an aidant never changes."""
    mien = acteur.mandat(mandat.association_id)
    if mandat.user_id == acteur.user_id:
        return _non(
            "Vous ne changez pas votre propre rôle\u00a0: une autre personne qui représente l’association le peut."
        )
    if mien is not None and mien.est_aidant:
        return _non(UN_AIDANT)
    if _represente(mien):
        return OUI
    return _non("Seule une personne qui représente l’association, lien vérifié, peut changer un rôle.")


def can_end(acteur: Acteur, mandat: Mandat) -> Verdict:
    """A proved signataire ends any mandat; a proved rédacteur those that neither sign nor are proved; whoever invited, while
    the link is declared. One's own is left, not ended.
    """
    mien = acteur.mandat(mandat.association_id)
    if mandat.user_id == acteur.user_id:
        return _non("Pour mettre fin à votre propre lien, choisissez «\u00a0Quitter l’association\u00a0».")
    if mien is None or mien.role not in QUI_INVITENT:
        return _non(UN_AIDANT if mien and mien.est_aidant else "Votre rôle ne permet pas de mettre fin à ce lien.")
    declare = mandat.etat == EtatMandat.DECLARE
    aide = mandat.role in (RoleMandat.LECTEUR, RoleMandat.AIDANT)
    redacteur = mien.prouve and (aide or (declare and mandat.role != RoleMandat.SIGNATAIRE))
    if _represente(mien) or redacteur or (declare and mandat.invite_par_id == acteur.user_id):
        return OUI
    return _non(
        "Seule une personne qui représente l’association, lien vérifié, peut mettre fin à ce lien. Vous pouvez le contester."
    )


def can_contest(acteur: Acteur, mandat: Mandat) -> Verdict:
    """One of the people of the association, link proved or not, about somebody else's mandat."""
    mien = acteur.mandat(mandat.association_id)
    if mien is None or mien.role not in QUI_INVITENT:
        return _non("Seule une personne qui représente l’association ou prépare ses demandes peut contester un lien.")
    if mandat.user_id == acteur.user_id:
        return _non("Pour mettre fin à votre propre lien, choisissez «\u00a0Quitter l’association\u00a0».")
    return OUI


def _represente(mien: MandatActif | None) -> bool:
    return mien is not None and mien.prouve and mien.role == RoleMandat.SIGNATAIRE


def _non(raison: str) -> Verdict:
    return Verdict(ok=False, raison=raison)
