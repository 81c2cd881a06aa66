"""All the mutations that the simulator knows, by DS's names."""

from collections.abc import Callable

from integrations.demarches_simplifiees.noeuds import Json
from integrations.demarches_simplifiees.simulator.mutations.annotations import modifier_annotations
from integrations.demarches_simplifiees.simulator.mutations.classement import (
    ajouter_label,
    archiver,
    basculer_suivi,
    changer_de_groupe,
    desarchiver,
    supprimer_label,
)
from integrations.demarches_simplifiees.simulator.mutations.gestes import Entree
from integrations.demarches_simplifiees.simulator.mutations.messagerie import envoyer_message, supprimer_message
from integrations.demarches_simplifiees.simulator.mutations.televersements import annoncer
from integrations.demarches_simplifiees.simulator.mutations.transitions import TRANSITIONS, changer_d_etat
from integrations.demarches_simplifiees.simulator.verite.donnees import Donnees

Mutation = Callable[..., Json]

_AUTRES: dict[str, Mutation] = {
    "dossierArchiver": archiver,
    "dossierDesarchiver": desarchiver,
    "dossierBasculeSuivi": basculer_suivi,
    "dossierEnvoyerMessage": envoyer_message,
    "dossierSupprimerMessage": supprimer_message,
    "dossierModifierAnnotations": modifier_annotations,
    "dossierAjouterLabel": ajouter_label,
    "dossierSupprimerLabel": supprimer_label,
    "dossierChangerGroupeInstructeur": changer_de_groupe,
    "createDirectUpload": annoncer,
}
MUTATIONS = (*TRANSITIONS, *_AUTRES)


def appliquer(donnees: Donnees, mutation: str, entree: Entree, *, ecriture: bool = True) -> Json:
    """The payload DS gives to that mutation, which has then had its effect or none. `donnees.verrou` is held.

    Raises the root error of an unknown id; KeyError for a mutation that the simulator does not know.
    """
    if mutation in TRANSITIONS:
        return changer_d_etat(donnees, mutation, entree, ecriture=ecriture)
    return _AUTRES[mutation](donnees, entree, ecriture=ecriture)
