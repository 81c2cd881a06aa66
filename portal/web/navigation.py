"""Which entry of the main navigation a page stands under."""

from flask import request

# Blueprint of an entry -> the blueprints whose pages stand under it besides its own. Agents and associations share some:
# each sees only the entries of its own menu.
SOUS = {
    "mes_dossiers": {
        "complements",
        "comptes_rendus",
        "mes_communications",
        "mes_messages",
        "mes_retraits",
        "pieces_complement",
        "reponses_constats",
        "retraits_demande",
    },
    "demandes": {"brouillons", "depots", "pieces", "projets"},
    "associations": {
        "activites",
        "aides",
        "codes_signature",
        "coffre",
        "contestations",
        "engagements",
        "invitations",
        "membres",
        "preremplissages",
        "signalements",
        "signatures",
    },
    "dossiers": {
        "actes_ds",
        "apercus",
        "attributions",
        "avis",
        "avis_a_donner",
        "comites",
        "communications",
        "complements_agent",
        "constats",
        "decisions",
        "donnees_essentielles",
        "etiquettes",
        "feuilles_travail",
        "imports",
        "fichiers_ds",
        "lots",
        "messages",
        "messages_ds",
        "mesures",
        "notes",
        "points_dossier",
        "propositions",
        "pieces_reception",
        "recoupements",
        "recusations",
        "receptions",
        "reconnaissances",
        "reorientations",
        "retraits",
        "saisines",
        "scelles",
        "sections",
        "versements",
        "suites_avis",
    },
    "fiches_associations": {"associations", "avis_association", "fusions"},
    "mandats": {"contestations", "signalements"},
    "taches": {"preferences"},
    "reglages": {"delegations", "enveloppes", "gabarits", "points_controle", "questions_demarche"},
    "campagnes_agent": {"exigences", "prolongations"},
}


def actif(entree: str) -> bool:
    """Whether the present page stands under that entry, given as the name of its blueprint."""
    blueprint = request.blueprint
    return blueprint is not None and (blueprint == entree or blueprint in SOUS.get(entree, ()))
