"""The columns of the open data of grants (SCDL « subventions ») as data: the 16 official ones, and those of the proposal of 40.

Sources: the official schema, that says version 2.1.1, and the variant of 40 columns, that says the same. They are told apart
by their number of columns.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

GenreColonne = Literal["texte", "date", "montant", "booleen", "entier"]

NUMERAIRE, NATURE = "aide en numéraire", "aide en nature"
NATURES = (NUMERAIRE, NATURE, f"{NUMERAIRE};{NATURE}", f"{NATURE};{NUMERAIRE}")
CONDITIONS = ("unique", "échelonné", "autre")
OUI_NON = ("oui", "non")
SIRET = r"[0-9]{14}"
PERIODE = r"[0-9]{4}\-[0-9]{2}\-[0-9]{2}(\/[0-9]{4}\-[0-9]{2}\-[0-9]{2})?"


@dataclass(frozen=True, slots=True)
class ColonneScdl:
    """A column: its exact name, what it means, and what its values must be. `longueur` in characters."""

    nom: str
    libelle: str
    genre: GenreColonne = "texte"
    obligatoire: bool = False
    motif: str = ""
    valeurs: tuple[str, ...] = ()
    longueur: int | None = None
    minimum: Decimal | None = None
    maximum: Decimal | None = None


COLONNES: tuple[ColonneScdl, ...] = (
    ColonneScdl("nomAttribuant", "Nom de l’attribuant", obligatoire=True),
    ColonneScdl("idAttribuant", "SIRET de l’attribuant", obligatoire=True, motif=SIRET),
    ColonneScdl("dateConvention", "Date de la convention", "date", obligatoire=True),
    ColonneScdl("referenceDecision", "Référence de la décision"),
    ColonneScdl("nomBeneficiaire", "Nom du bénéficiaire", obligatoire=True),
    ColonneScdl("idBeneficiaire", "SIRET du bénéficiaire"),
    ColonneScdl("rnaBeneficiaire", "RNA du bénéficiaire", motif=r"W[0-9]{9}"),
    ColonneScdl("objet", "Objet de la subvention", obligatoire=True, longueur=256),
    ColonneScdl("montant", "Montant total de la subvention", "montant", obligatoire=True),
    ColonneScdl("nature", "Nature de la subvention", obligatoire=True, valeurs=NATURES),
    ColonneScdl("conditionsVersement", "Conditions de versement", obligatoire=True, longueur=256),
    ColonneScdl("datesPeriodeVersement", "Date ou période de versement", obligatoire=True, motif=PERIODE),
    ColonneScdl("idRAE", "Numéro au répertoire des aides aux entreprises", longueur=5),
    ColonneScdl("notificationUE", "Aide notifiée à la Commission européenne", "booleen", obligatoire=True),
    ColonneScdl(
        "pourcentageSubvention",
        "Part de la subvention qui revient au bénéficiaire",
        "montant",
        obligatoire=True,
        minimum=Decimal("0.01"),
        maximum=Decimal(1),
    ),
    ColonneScdl("dispositifAide", "Dispositif d’aide"),
)
# Those of the 40 that the 16 lack, in their order.
COLONNES_EN_PLUS: tuple[ColonneScdl, ...] = (
    ColonneScdl("idSubvention", "Identifiant de la subvention"),
    ColonneScdl("nomServiceInstructeur", "Nom du service instructeur"),
    ColonneScdl("idServiceInstructeur", "SIRET du service instructeur"),
    ColonneScdl("exerciceBudgetaire", "Exercice budgétaire", "entier"),
    ColonneScdl("pluriannualite", "Subvention pluriannuelle", valeurs=OUI_NON),
    ColonneScdl("anneesPluriannualite", "Années de la subvention pluriannuelle"),
    ColonneScdl("dateDecision", "Date de la décision", "date"),
    ColonneScdl("dateCreation", "Date de dépôt de la demande", "date"),
    ColonneScdl("dateDebut", "Début du projet", "date"),
    ColonneScdl("dateFin", "Fin du projet", "date"),
    ColonneScdl("dispositif", "Dispositif"),
    ColonneScdl("sousDispositif", "Sous-dispositif"),
    # The spelling is that of the proposal.
    ColonneScdl("statutLabel", "Statut", valeurs=("en cours d'intruction", "attribuée", "ineligible", "refusée")),
    ColonneScdl("montantDemande", "Montant demandé", "montant"),
    ColonneScdl("nomOutilInstruction", "Outil d’instruction"),
    ColonneScdl("nomOutilVersement", "Outil de versement"),
    ColonneScdl("ej", "Engagement juridique"),
    ColonneScdl("cléVersement", "Clé de versement"),
    ColonneScdl("descriptionConditionsVersement", "Description des conditions de versement", longueur=256),
    ColonneScdl("cofinancement", "Cofinancement", valeurs=OUI_NON),
    ColonneScdl("attribuantsCofinanceurs", "Cofinanceurs"),
    ColonneScdl("idCofinancement", "Identifiant du projet cofinancé"),
    ColonneScdl("evaluationCout", "Évaluation du coût", "montant"),
    ColonneScdl("evaluation", "Évaluation du projet"),
    ColonneScdl("dateMiseAJour", "Date de mise à jour", "date"),
)
PAR_NOM = {colonne.nom: colonne for colonne in (*COLONNES, *COLONNES_EN_PLUS)}
