"""Who asks for corrections of a filed request, who makes them, and who withdraws the request."""

from portal.models.dossiers import Dossier
from portal.permissions import OUI, Acteur, Verdict, can_instruct
from portal.vocabulaire import ETATS_FINAUX, Etat, RoleMandat, Source
from portal.vocabulaire_instruction import ORIGINES_SAISIES

A_CORRIGER = frozenset({Etat.EN_CONSTRUCTION, Etat.EN_INSTRUCTION})
DE_DS = (
    "Ce dossier est sur Démarches Simplifiées\u00a0: c’est là que les corrections se demandent, se font, et que la demande se "
    "retire."
)
HORS_DU_PORTAIL = (
    "Cette demande est arrivée hors du portail\u00a0: elle n’a pas de page à corriger en ligne. Le complément se demande "
    "depuis le dossier, par lettre."
)
CLOS = "Ce dossier a reçu sa décision, ou il est retiré\u00a0: il ne se corrige et ne se retire plus."


def _of_ours(dossier: Dossier) -> Verdict:
    """A dossier of the portal that is not decided."""
    if dossier.source != Source.PORTAIL:
        return Verdict(ok=False, raison=DE_DS)
    if dossier.demande_id is None:
        return Verdict(ok=False, raison=HORS_DU_PORTAIL)
    return Verdict(ok=False, raison=CLOS) if dossier.etat in ETATS_FINAUX else OUI


def can_ask(acteur: Acteur, dossier: Dossier) -> Verdict:
    """Instructeurs and responsables of the owner service, until the dossier is decided; online, or by letter of what came so."""
    instruit = can_instruct(acteur, dossier)
    if not instruit or not is_on_paper(dossier):
        return _of_ours(dossier) if instruit else instruit
    return Verdict(ok=False, raison=CLOS) if dossier.etat in ETATS_FINAUX else OUI


def can_ask_online(acteur: Acteur, dossier: Dossier) -> Verdict:
    """The same, of a request whose pages are corrected here."""
    instruit = can_instruct(acteur, dossier)
    return _of_ours(dossier) if instruit else instruit


def is_on_paper(dossier: Dossier) -> bool:
    """It came by post, mail or counter, and has no form: what it lacks is asked by letter, and comes the same way."""
    return dossier.demande_id is None and dossier.origine in ORIGINES_SAISIES


def can_correct(acteur: Acteur, dossier: Dossier) -> Verdict:
    """Whoever prepares requests as one of the association's people. The caller has checked that she may read the dossier.

    An aidant helps with drafts: once filed, a request is between the association and the service.
    """
    mandat = acteur.mandat(dossier.association_id or 0)
    if mandat is not None and mandat.est_aidant:
        return Verdict(
            ok=False,
            raison="Un aidant aide à remplir un brouillon\u00a0: une personne de l’association fera ces corrections.",
        )
    if mandat is None or mandat.role == RoleMandat.LECTEUR:
        return Verdict(ok=False, raison="Votre rôle dans cette association ne permet pas de corriger une demande.")
    return _of_ours(dossier)


def can_send(acteur: Acteur, dossier: Dossier, *, attestee: bool) -> Verdict:
    """Corrections commit the association: when something is attested anew, a signataire sends them."""
    corrige = can_correct(acteur, dossier)
    mandat = acteur.mandat(dossier.association_id or 0)
    if not corrige or mandat is None:
        return corrige
    if attestee and mandat.role != RoleMandat.SIGNATAIRE:
        return Verdict(
            ok=False,
            raison="Ces corrections comprennent des attestations\u00a0: la personne qui représente l’association les envoie.",
        )
    return OUI


def can_withdraw(acteur: Acteur, dossier: Dossier) -> Verdict:
    """Only a signataire gives up what the association has asked for. The caller has checked that she may read the dossier."""
    mandat = acteur.mandat(dossier.association_id or 0)
    if mandat is None or mandat.role != RoleMandat.SIGNATAIRE:
        return Verdict(ok=False, raison="Seule la personne qui représente l’association peut retirer sa demande.")
    return _of_ours(dossier)
