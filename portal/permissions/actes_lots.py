"""May this act be done to this dossier? The services refuse with these very sentences, dry runs of a lot show them beforehand."""

from portal.models.dossiers import Dossier
from portal.models.workflow import Action, transition
from portal.permissions import OUI, Acteur, Verdict, can_instruct
from portal.permissions.attributions import RECUSE, can_assign
from portal.permissions.complements import can_ask_online
from portal.permissions.decisions import PasMaintenant, out_of_etat
from portal.vocabulaire import ETATS_FINAUX, Source

OPERATION_EN_ATTENTE = (
    "Une action sur ce dossier attend encore la réponse de Démarches Simplifiées. "
    "Rien n’a été ajouté\u00a0: attendez cette réponse avant d’en demander une autre."
)
CORRECTIONS_DEJA_DEMANDEES = (
    "Des corrections sont déjà demandées sur ce dossier\u00a0: rien n’est ajouté. Attendez la réponse, ou annulez la "
    "demande en cours pour en faire une autre."
)
SERVICE_A_CHOISIR = "Choisissez dans la liste le service à saisir."
DEJA_A_ELLE = "Ce dossier est déjà attribué à cette personne."
DEJA_A_PERSONNE = "Ce dossier n’est attribué à personne."
DEJA_ETIQUETE = "Ce dossier porte déjà cette étiquette."


def avis_already_asked(sigle: str) -> str:
    """A service is asked once about a dossier."""
    return f"L’avis de {sigle} est déjà demandé sur ce dossier."


def off_the_list(nom: str) -> str:
    """A démarche may say whom alone to ask."""
    return (
        "Pour cette démarche, seules les personnes et les services de sa liste peuvent être consultés\u00a0: "
        f"{nom} n’y est pas."
    )


def agent_recused(nom: str) -> str:
    """Somebody who has a conflict of interest is not asked by name."""
    return f"{nom} a déclaré un conflit d’intérêts\u00a0: saisissez son service sans le nommer."


def service_recused(sigle: str) -> str:
    """Nobody is left to answer for that service."""
    return f"Tous les agents de {sigle} qui donnent un avis ont déclaré un conflit d’intérêts\u00a0: saisissez un autre service."


def can_take_in_charge(acteur: Acteur, dossier: Dossier, *, attend_ds: bool) -> Verdict:
    """Whoever instructs, from an état that leads there. `attend_ds`: a change of état waits for the answer of DS."""
    instruit = can_instruct(acteur, dossier)
    if not instruit:
        return instruit
    if transition(Action.PRENDRE_EN_CHARGE, dossier.etat) is None:
        return out_of_etat(dossier)
    if attend_ds and dossier.source == Source.DS:
        return PasMaintenant(ok=False, raison=OPERATION_EN_ATTENTE)
    return OUI


def can_hand_over(acteur: Acteur, dossier: Dossier, *, user_id: int | None, recuse: bool = False) -> Verdict:
    """Give it to that person (None: to nobody), who does not have it yet. `recuse`: who has a conflict of interest on it."""
    attribue = can_assign(acteur, dossier)
    if not attribue:
        return attribue
    if dossier.instructeur_id != user_id:
        return PasMaintenant(ok=False, raison=RECUSE) if recuse else OUI
    return PasMaintenant(ok=False, raison=DEJA_A_PERSONNE if user_id is None else DEJA_A_ELLE)


def can_ask_avis(acteur: Acteur, dossier: Dossier, *, deja: str, hors_liste: str, conflit: str = "") -> Verdict:
    """While the dossier is not decided.

    `deja`: who is asked already, when all are; `hors_liste`: who is not on the closed list of its démarche; `conflit`: why a
    conflict of interest keeps somebody from answering, a sentence.
    """
    instruit = can_instruct(acteur, dossier)
    if not instruit:
        return instruit
    if dossier.etat in ETATS_FINAUX:
        return out_of_etat(dossier)
    if deja:
        return PasMaintenant(ok=False, raison=avis_already_asked(deja))
    if hors_liste:
        return PasMaintenant(ok=False, raison=off_the_list(hors_liste))
    return PasMaintenant(ok=False, raison=conflit) if conflit else OUI


def can_ask_corrections(acteur: Acteur, dossier: Dossier, *, deja: bool) -> Verdict:
    """Ask the association to correct its request. `deja`: it is being asked."""
    demande = can_ask_online(acteur, dossier)
    return PasMaintenant(ok=False, raison=CORRECTIONS_DEJA_DEMANDEES) if demande and deja else demande
