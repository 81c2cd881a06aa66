"""What DS's words of refusal mean, and what to do: French sentences without codes, some of them misleading (ds/api §5)."""

import re
from dataclasses import dataclass

from portal.models.mutations_ds import DE_DECISION, MUTATIONS


@dataclass(frozen=True, slots=True)
class RefusConnu:
    """A sentence of DS, recognised loosely, and ours. `mutations`: the acts to which ours applies."""

    motif: re.Pattern[str]
    explication: str
    mutations: frozenset[str] = frozenset(MUTATIONS)


def _connu(motif: str, explication: str, mutations: frozenset[str] = frozenset(MUTATIONS)) -> RefusConnu:
    return RefusConnu(re.compile(motif, re.IGNORECASE), explication, mutations)


# Apostrophes and accents vary from one version of DS to the next: « . » stands for them. The first that fits explains.
REFUS_CONNUS = (
    _connu(
        r"jeton .*lecture",
        "Le portail n’a que le droit de lire cette démarche. L’administrateur du portail doit lui donner un jeton qui "
        "autorise l’écriture\u00a0; vous pourrez ensuite réessayer.",
    ),
    _connu(
        r"droits d.acc.s",
        "Sur Démarches Simplifiées, vous n’êtes plus membre du groupe qui a ce dossier maintenant. Faites-vous ajouter à "
        "ce groupe, ou demandez à l’un de ses membres d’agir.",
    ),
    _connu(
        r"d.j. en instruction",
        "Cette réponse cache une autre raison\u00a0: une annotation obligatoire est vide ou mal remplie, ou le SIRET du "
        "demandeur n’a pas pu être vérifié. Complétez les annotations, ou faites corriger le SIRET, puis réessayez.",
        DE_DECISION,
    ),
    _connu(
        r"est d.j. ", "Quelqu’un a déjà fait avancer ce dossier sur Démarches Simplifiées\u00a0: vérifiez son état."
    ),
    _connu(
        r"correction",
        "L’association n’a pas encore répondu à la correction qui lui est demandée. Attendez sa réponse, ou annulez cette "
        "demande sur Démarches Simplifiées.",
    ),
    _connu(
        r"type attendu",
        "Le formulaire de la démarche a changé depuis que le portail l’a lu. Attendez la prochaine synchronisation, ouvrez "
        "de nouveau les annotations, puis recommencez.",
    ),
    _connu(r"dans la liste", "Cette valeur n’est pas, ou plus, un choix de cette annotation. Choisissez-en une autre."),
    _connu(
        r"archiv|supprim.|usager",
        "L’association ne peut plus recevoir de message par ce dossier\u00a0: il est archivé, ou elle l’a supprimé, ou son "
        "compte n’existe plus. Désarchivez-le si besoin, ou écrivez-lui autrement.",
        frozenset({"envoyer_message", "demander_correction"}),
    ),
    _connu(
        r"t.l.vers.|fichier",
        "Démarches Simplifiées n’a pas accepté le fichier joint. Réessayez\u00a0: il sera déposé de nouveau. Si le refus "
        "revient, changez de format (un PDF de moins de 20\u00a0Mo).",
    ),
    _connu(
        r"motivation", "Démarches Simplifiées demande une motivation\u00a0: complétez la décision, puis notifiez-la."
    ),
)


def explain(mutation: str, mots: str) -> str:
    """Our explanation of DS's words about that mutation, "" when we know none."""
    connus = (un.explication for un in REFUS_CONNUS if mutation in un.mutations and un.motif.search(mots))
    return next(connus, "")
