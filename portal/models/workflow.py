"""The workflow as data: one row per transition. Services ask this table, pages show what it allows."""

from dataclasses import dataclass
from enum import StrEnum

from portal.vocabulaire import Etat


class Action(StrEnum):
    """What people do to a dossier."""

    PRENDRE_EN_CHARGE = "prendre_en_charge"
    ANNULER_PRISE_EN_CHARGE = "annuler_prise_en_charge"
    DECIDER = "decider"
    ANNULER_DECISION = "annuler_decision"
    NOTIFIER_ACCORD = "notifier_accord"
    NOTIFIER_REFUS = "notifier_refus"
    NOTIFIER_SANS_SUITE = "notifier_sans_suite"
    ROUVRIR = "rouvrir"
    RETIRER = "retirer"


@dataclass(frozen=True)
class Transition:
    """From one état to another. `mutation`: what is owed to DS when the dossier comes from there."""

    action: Action
    de: Etat
    vers: Etat
    libelle: str
    mutation: str | None = None


TRANSITIONS = (
    Transition(
        Action.PRENDRE_EN_CHARGE,
        Etat.EN_CONSTRUCTION,
        Etat.EN_INSTRUCTION,
        "Prendre en charge",
        "passer_en_instruction",
    ),
    # Undone with the lot that did it, while nothing has followed; DS moves its own dossiers.
    Transition(Action.ANNULER_PRISE_EN_CHARGE, Etat.EN_INSTRUCTION, Etat.EN_CONSTRUCTION, "Annuler la prise en charge"),
    Transition(Action.DECIDER, Etat.EN_INSTRUCTION, Etat.EN_INSTRUCTION, "Enregistrer la décision"),
    Transition(Action.ANNULER_DECISION, Etat.EN_INSTRUCTION, Etat.EN_INSTRUCTION, "Annuler la décision enregistrée"),
    Transition(Action.NOTIFIER_ACCORD, Etat.EN_INSTRUCTION, Etat.ACCEPTE, "Notifier l’accord", "accepter"),
    Transition(Action.NOTIFIER_REFUS, Etat.EN_INSTRUCTION, Etat.REFUSE, "Notifier le refus", "refuser"),
    Transition(
        Action.NOTIFIER_SANS_SUITE,
        Etat.EN_INSTRUCTION,
        Etat.SANS_SUITE,
        "Notifier le classement sans suite",
        "classer_sans_suite",
    ),
    Transition(Action.ROUVRIR, Etat.ACCEPTE, Etat.EN_INSTRUCTION, "Rouvrir le dossier", "repasser_en_instruction"),
    Transition(Action.ROUVRIR, Etat.REFUSE, Etat.EN_INSTRUCTION, "Rouvrir le dossier", "repasser_en_instruction"),
    Transition(Action.ROUVRIR, Etat.SANS_SUITE, Etat.EN_INSTRUCTION, "Rouvrir le dossier", "repasser_en_instruction"),
    Transition(Action.RETIRER, Etat.EN_CONSTRUCTION, Etat.RETIRE, "Retirer la demande"),
    Transition(Action.RETIRER, Etat.EN_INSTRUCTION, Etat.RETIRE, "Retirer la demande"),
)
_TABLE = {(transition.action, transition.de): transition for transition in TRANSITIONS}


def transition(action: Action, etat: Etat) -> Transition | None:
    """The transition that `action` makes from `etat`, or None when the table has none."""
    return _TABLE.get((action, etat))
