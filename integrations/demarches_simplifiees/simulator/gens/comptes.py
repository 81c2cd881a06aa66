"""What a usager does of the account: delete it, or hide a dossier. DS then keeps less, and hears no more of them."""

from integrations.demarches_simplifiees.simulator.mutations.gestes import TERMINES
from integrations.demarches_simplifiees.simulator.verite.donnees import Donnees


def supprimer_compte(donnees: Donnees, number: int) -> None:
    """The account of the dossier's usager is deleted: the dossier stays, its change is not dated."""
    with donnees.verrou:
        fiche = donnees.dossiers[number]
        fiche.contenu["usager"] = {**fiche.contenu["usager"], "id": "<deleted>"}
        fiche.contenu["connectionUsager"] = "deleted"
        donnees.marquer(fiche)


def masquer_dossier(donnees: Donnees, number: int) -> None:
    """The usager deletes the dossier: a decided one stays for the administration, one en_construction goes to the bin.

    Raises ValueError while it is en_instruction: DS then lets no usager delete it.
    """
    with donnees.verrou:
        fiche = donnees.dossiers[number]
        if fiche.contenu["state"] in TERMINES:
            fiche.contenu["dateSuppressionParUsager"] = donnees.toucher(fiche)
        elif fiche.contenu["state"] == "en_construction":
            donnees.mettre_a_la_corbeille(number)
            donnees.corbeille[number]["reason"] = "user_request"
        else:
            raise ValueError(f"Le dossier {number} est en instruction\u00a0: son usager ne peut pas le supprimer.")
