"""The words of letters: the fields that a template may hold, and what comes back from the parapheur."""

from decimal import Decimal
from enum import StrEnum

from portal.vocabulaire import SensDecision
from portal.vocabulaire_instruction import LETTRES_DE_DECISION, GenreLettre

CHAMPS_DU_DOSSIER = {
    "association": "nom de l’association",
    "reference": "numéro du dossier",
    "intitule": "intitulé du projet",
    "demarche": "nom de la démarche",
    "exercice": "exercice budgétaire",
    "date_depot": "date de dépôt de la demande",
    "montant_demande": "montant demandé",
    "service": "nom de votre service",
    "echeance": "jour où le silence vaut rejet",
}
CHAMPS_DE_LA_DECISION = {
    "montant_accorde": "montant accordé, en chiffres",
    "montant_en_lettres": "montant accordé, en lettres",
    "lignes": "ce qui est accordé, ligne par ligne",
    "motif": "motif du refus ou du classement",
    "motivation": "motivation écrite dans la décision",
    "conditions": "conditions posées",
    "auteur": "prénom, nom et qualité de qui décide",
    "delegation": "acte qui délègue la signature",
}
CHAMPS_DU_COMPLEMENT = {
    "demandes": "ce qui est à corriger ou à joindre, avec ses raisons",
    "avant_le": "date avant laquelle répondre",
}
# What a field alone in its paragraph lays out as a list.
CHAMPS_EN_LISTE = frozenset({"lignes", "demandes"})


def champs_de(genre: GenreLettre) -> dict[str, str]:
    """Each field that a letter of this kind may hold, with what it stands for."""
    propres = CHAMPS_DU_COMPLEMENT if genre == GenreLettre.COMPLEMENT else CHAMPS_DE_LA_DECISION
    return CHAMPS_DU_DOSSIER | propres


# A contested act tells how (CJA R421-5): what refuses, grants less than asked, or closes.
AVEC_VOIES_DE_RECOURS = frozenset({GenreLettre.NOTIFICATION_PARTIELLE, GenreLettre.REFUS, GenreLettre.SANS_SUITE})
# What tells a decision beyond its notification: prepared by hand, and replaced with it.
ACTES_D_UN_ACCORD = (GenreLettre.ARRETE, GenreLettre.CONVENTION)
# Décret n° 2001-495 du 6 juin 2001, art. 1er: above it a grant needs a convention.
SEUIL_CONVENTION = Decimal(23_000)


class EtatRetour(StrEnum):
    """Where a batch that came back from the parapheur stands."""

    A_LIRE = "a_lire"
    LU = "lu"


class EtatCopie(StrEnum):
    """What became of a signed copy that came back."""

    RATTACHEE = "rattachee"
    REFUSEE = "refusee"
    A_CHOISIR = "a_choisir"
    ECARTEE = "ecartee"


LIBELLES_ETAT_COPIE = {
    EtatCopie.RATTACHEE: "rattachée",
    EtatCopie.REFUSEE: "refusée",
    EtatCopie.A_CHOISIR: "à rattacher à la main",
    EtatCopie.ECARTEE: "écartée",
}

# What may tell a decision, by what it grants: its letters, then the acts that an accord has besides.
LETTRES_DE_SENS = LETTRES_DE_DECISION | {
    SensDecision.ACCEPTE: (*LETTRES_DE_DECISION[SensDecision.ACCEPTE], *ACTES_D_UN_ACCORD)
}
