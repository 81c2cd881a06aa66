"""What may be owed to DS, as data: from which état, and how reading the dossier back proves that it was applied (ds/api §9)."""

from dataclasses import dataclass
from enum import StrEnum

from portal.vocabulaire import ETATS_FINAUX, Etat


class Preuve(StrEnum):
    """What shows, in a dossier read back, that a mutation was applied. DS has no idempotency key."""

    ETAT = "etat"  # the new state, or a step of its life by our agent that was not there before
    REFERENCE = "reference"  # our reference in the motivation: two people may grant the same dossier
    MESSAGE = "message"  # our reference in the body of a message
    VALEURS = "valeurs"  # the values of the annotations
    ETIQUETTE = "etiquette"  # the label is there, or no more
    SUIVI = "suivi"  # our agent is among the followers, or no more
    GROUPE = "groupe"  # the group is the one that was asked for
    ARCHIVE = "archive"  # the flag is up, or no more


@dataclass(frozen=True, slots=True)
class MutationDS:
    """A mutation. `methode` is that of the DS client; `vers` the état that it leads to, None when the état stays.

    `present`: what the proof looks for is to be found there, or no more. `instructeur`: DS wants to be told who acts.
    """

    nom: str
    libelle: str
    preuve: Preuve
    methode: str = ""
    depuis: frozenset[Etat] = frozenset(Etat) - {Etat.BROUILLON, Etat.RETIRE}
    vers: Etat | None = None
    evenement: str = ""
    present: bool = True
    instructeur: bool = True


_EN_INSTRUCTION = frozenset({Etat.EN_INSTRUCTION})
_OUVERTS = frozenset({Etat.EN_CONSTRUCTION, Etat.EN_INSTRUCTION})
_DECIDES = frozenset(ETATS_FINAUX) - {Etat.RETIRE}

MUTATIONS = {
    une.nom: une
    for une in (
        MutationDS(
            "passer_en_instruction",
            "Prendre en charge",
            Preuve.ETAT,
            depuis=frozenset({Etat.EN_CONSTRUCTION}),
            vers=Etat.EN_INSTRUCTION,
            evenement="passe_en_instruction",
        ),
        MutationDS(
            "repasser_en_construction",
            "Repasser en construction",
            Preuve.ETAT,
            depuis=_EN_INSTRUCTION,
            vers=Etat.EN_CONSTRUCTION,
            evenement="repasse_en_construction",
        ),
        MutationDS(
            "repasser_en_instruction",
            "Repasser en instruction",
            Preuve.ETAT,
            depuis=_DECIDES,
            vers=Etat.EN_INSTRUCTION,
            evenement="repasse_en_instruction",
        ),
        MutationDS("accepter", "Notifier l’accord", Preuve.REFERENCE, depuis=_EN_INSTRUCTION, vers=Etat.ACCEPTE),
        MutationDS("refuser", "Notifier le refus", Preuve.REFERENCE, depuis=_EN_INSTRUCTION, vers=Etat.REFUSE),
        MutationDS(
            "classer_sans_suite",
            "Notifier le classement sans suite",
            Preuve.REFERENCE,
            depuis=_EN_INSTRUCTION,
            vers=Etat.SANS_SUITE,
        ),
        MutationDS("envoyer_message", "Écrire à l’association", Preuve.MESSAGE),
        MutationDS(
            "demander_correction",
            "Demander une correction",
            Preuve.MESSAGE,
            "envoyer_message",
            depuis=_OUVERTS,
            vers=Etat.EN_CONSTRUCTION,
        ),
        MutationDS("modifier_annotations", "Modifier les annotations", Preuve.VALEURS),
        MutationDS("resumer_avis", "Résumer les avis dans une annotation", Preuve.VALEURS, "modifier_annotations"),
        MutationDS("ajouter_label", "Ajouter une étiquette", Preuve.ETIQUETTE, instructeur=False),
        MutationDS("supprimer_label", "Retirer une étiquette", Preuve.ETIQUETTE, present=False, instructeur=False),
        MutationDS("suivre", "Suivre le dossier", Preuve.SUIVI),
        MutationDS("ne_plus_suivre", "Ne plus suivre le dossier", Preuve.SUIVI, "suivre", present=False),
        MutationDS(
            "changer_groupe", "Changer de groupe instructeur", Preuve.GROUPE, depuis=_OUVERTS, instructeur=False
        ),
        MutationDS("archiver", "Archiver", Preuve.ARCHIVE, depuis=_DECIDES),
        MutationDS("desarchiver", "Désarchiver", Preuve.ARCHIVE, depuis=_DECIDES, present=False),
    )
}
# Two of these at once would contradict each other: a dossier has at most one that is not settled.
QUI_DEPLACENT = frozenset(une.nom for une in MUTATIONS.values() if une.vers is not None)
DE_DECISION = frozenset(une.nom for une in MUTATIONS.values() if une.preuve == Preuve.REFERENCE)
