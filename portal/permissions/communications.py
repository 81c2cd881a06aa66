"""Who asks to read the avis given on a dossier, and who answers (CRPA, art. L311-2: once the decision is taken)."""

from portal.models.communications import Communication, Occultation
from portal.models.dossiers import Dossier
from portal.permissions import OUI, ROLES_ACTIFS, Acteur, Verdict, can_instruct
from portal.vocabulaire import ETATS_FINAUX, Etat, RoleMandat
from portal.vocabulaire_avis import EtatCommunication

PREPARATOIRE = Verdict(
    ok=False,
    raison="Tant que la décision n’est pas notifiée, les avis la préparent et ne sont pas communicables "
    "(CRPA, art. L311-2)\u00a0: faites la demande ensuite.",
)
CLOSE = Verdict(ok=False, raison="Cette demande a déjà reçu sa réponse\u00a0: rien n’a été changé.")


def can_ask_communication(acteur: Acteur, dossier: Dossier) -> Verdict:
    """Whoever acts for the association under a proved mandat, once its dossier is decided."""
    mandat = acteur.mandat(dossier.association_id) if dossier.association_id is not None else None
    if mandat is None or not mandat.prouve or mandat.role == RoleMandat.LECTEUR or mandat.est_aidant:
        return Verdict(
            ok=False,
            raison="Seule une personne qui agit pour l’association, et dont le lien est vérifié, peut le demander.",
        )
    return _decided(dossier)


def can_enter_communication(acteur: Acteur, dossier: Dossier) -> Verdict:
    """The owner service, for a request that came by mail."""
    instruit = can_instruct(acteur, dossier)
    return _decided(dossier) if instruit else instruit


def can_answer(acteur: Acteur, communication: Communication) -> Verdict:
    """The owner service, while it has not answered."""
    instruit = can_instruct(acteur, communication.dossier)
    if not instruit:
        return instruit
    return OUI if communication.etat == EtatCommunication.A_TRAITER else CLOSE


def can_propose(acteur: Acteur, occultation: Occultation) -> Verdict:
    """The service that gave the avis says what is to be hidden of it, once asked, until the association is answered."""
    if acteur.role not in ROLES_ACTIFS or occultation.avis.service_id != acteur.service_id:
        return Verdict(ok=False, raison="Seul le service qui a donné cet avis peut proposer ce qui en est occulté.")
    return OUI if occultation.communication.etat == EtatCommunication.A_TRAITER else CLOSE


def _decided(dossier: Dossier) -> Verdict:
    return OUI if dossier.etat in ETATS_FINAUX and dossier.etat != Etat.RETIRE else PREPARATOIRE
