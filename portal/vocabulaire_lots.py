"""The words of acts done to many dossiers at once."""

from enum import StrEnum

from portal.vocabulaire_instruction import ActionLot, EtatLigneLot, EtatLot


class ChoixDecision(StrEnum):
    """What a lot may decide."""

    PROPOSITION = "proposition"
    PART = "part"
    MONTANT = "montant"
    REFUSE = "refuse"
    SANS_SUITE = "sans_suite"


LIBELLES_CHOIX_DECISION = {
    ChoixDecision.PROPOSITION: "Comme proposé pour chacun",
    ChoixDecision.PART: "Accorder une part du montant demandé",
    ChoixDecision.MONTANT: "Accorder le même montant à chacun",
    ChoixDecision.REFUSE: "Refuser",
    ChoixDecision.SANS_SUITE: "Classer sans suite",
}

SANS_PARAMETRE = frozenset({ActionLot.PRENDRE_EN_CHARGE, ActionLot.NOTIFIER})
# What is only known in the service, and that nobody has relied on yet.
ANNULABLES = frozenset({ActionLot.PRENDRE_EN_CHARGE, ActionLot.ATTRIBUER, ActionLot.ETIQUETER, ActionLot.DECIDER})
LIBELLES_ETAT_LOT = {
    EtatLot.ATTENTE: "en attente",
    EtatLot.EN_COURS: "en cours",
    EtatLot.TERMINE: "terminé",
    EtatLot.ANNULE: "annulé",
}
LIBELLES_ETAT_LIGNE = {
    EtatLigneLot.ATTENTE: "en attente",
    EtatLigneLot.FAIT: "fait",
    EtatLigneLot.REFUSE: "refusé",
    EtatLigneLot.ANNULE: "annulé",
}
PHRASES_ACTION_LOT = {
    ActionLot.PRENDRE_EN_CHARGE: "Vous les suivrez, et ils passeront en instruction.",
    ActionLot.ATTRIBUER: "Ils changeront de mains, et la personne choisie en sera prévenue.",
    ActionLot.ETIQUETER: "Seul votre service verra l’étiquette.",
    ActionLot.DEMANDER_AVIS: "Ceux que vous consultez pourront lire ces dossiers. Chacun reçoit un seul courriel, pour tous.",
    ActionLot.DEMANDER_COMPLEMENT: "Chaque association recevra la demande de correction.",
    ActionLot.DECIDER: "Les décisions seront enregistrées, sans être notifiées\u00a0: votre service seul les connaîtra.",
    ActionLot.NOTIFIER: "Les décisions enregistrées partiront\u00a0: chaque association sera prévenue.",
}
PHRASES_SANS_RETOUR = {
    ActionLot.NOTIFIER: "Une notification partie ne se reprend pas.",
    ActionLot.DEMANDER_AVIS: "Une demande d’avis partie se retire une par une, depuis sa page.",
    ActionLot.DEMANDER_COMPLEMENT: "Une demande de correction partie s’annule dossier par dossier, depuis sa page.",
}
