"""The workflow as data: one row per transition. Services ask this table, pages show what it allows."""

from dataclasses import dataclass
from enum import StrEnum

from portal.vocabulaire import Etat


class Action(StrEnum):
    """What people do to a dossier."""

    PRENDRE_EN_CHARGE = "prendre_en_charge"
    DECIDER = "decider"
    NOTIFIER_ACCORD = "notifier_accord"
    NOTIFIER_REFUS = "notifier_refus"
    NOTIFIER_SANS_SUITE = "notifier_sans_suite"


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
    Transition(Action.DECIDER, Etat.EN_INSTRUCTION, Etat.EN_INSTRUCTION, "Enregistrer la décision"),
    Transition(Action.NOTIFIER_ACCORD, Etat.EN_INSTRUCTION, Etat.ACCEPTE, "Notifier l’accord", "accepter"),
    Transition(Action.NOTIFIER_REFUS, Etat.EN_INSTRUCTION, Etat.REFUSE, "Notifier le refus", "refuser"),
    Transition(
        Action.NOTIFIER_SANS_SUITE,
        Etat.EN_INSTRUCTION,
        Etat.SANS_SUITE,
        "Notifier le classement sans suite",
        "classer_sans_suite",
    ),
)
_TABLE = {(transition.action, transition.de): transition for transition in TRANSITIONS}


def transition(action: Action, etat: Etat) -> Transition | None:
    """The transition that `action` makes from `etat`, or None when the table has none."""
    return _TABLE.get((action, etat))
