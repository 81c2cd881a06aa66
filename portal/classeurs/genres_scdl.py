"""The columns of published grants (SCDL), under their official names, with the spellings met in real files."""

from portal.classeurs.champs import Champ, TypeChamp

T = TypeChamp

RAPPEL_DU_REGLEMENT = (
    "Aide d'Etat notifiée à la Commission européenne, conformément aux dispositions du règlement (UE) n° 1407/2013 de la "
    "Commission du 18 décembre 2013"
)

SEIZE = (
    Champ("nomAttribuant", "Nom de l’attribuant", synonymes=(
        "Autorité administrative", "Nom attribuant", "Nom de l'organisme attributaire", "Attribuant",
    ), maximum=300),
    Champ("idAttribuant", "SIRET de l’attribuant", T.SIRET, synonymes=(
        "Identification de l'attributaire", "Identification de l'attribuant (SIRET)", "Identification de l'attribuant",
        "SIRET autorité administrative", "iAttribuant", "SIRET organisme attributaire", "SIRET attribuant",
    )),
    Champ("dateConvention", "Date de la convention", T.DATE, synonymes=(
        "Date de convention", "Date de la convention de subvention (AAAA-MM-JJ)", "Date convention", "Date - Décision",
        "Date signature de la convention", "datedeconvention", "Date de la convention de subvention", "Date de décision",
    )),
    Champ("referenceDecision", "Référence de la décision", T.CODE, synonymes=(
        "Référence délibération", "Référence décision 1", "Référence de la délibération", "N° de délibération",
    )),
    Champ("nomBeneficiaire", "Nom du bénéficiaire", T.TEXTE, True, synonymes=(
        "Nom attributaire", "Nom bénéficiaire", "Bénéficiaire", "Nom de l'association", "Association", "Raison sociale",
    ), maximum=300),
    Champ("idBeneficiaire", "SIRET du bénéficiaire", T.SIRET, synonymes=(
        "Identification du bénéficiaire", "Identification du bénéficiaire (SIRET)", "Numéro SIRET", "N° SIRET",
        "N° SIRET (fusion)", "Id du bénéficiaire", "N° SIRET attributaire", "iBeneficiaire", "SIRET bénéficiaire", "SIRET",
        "Identification SIRET du bénéficiaire",
    )),
    Champ("rnaBeneficiaire", "RNA du bénéficiaire", T.RNA, synonymes=(
        "RNA bénéficiaire", "Identification RNA du bénéficiaire", "RNA", "N° RNA",
    )),
    Champ("objet", "Objet de la subvention", synonymes=(
        "object", "Objet de la convention", "Objet du dossier", "Objet de l'aide", "Objet convention", "Nom du Projet", "Objet",
    )),
    Champ("montant", "Montant total de la subvention", T.MONTANT, True, synonymes=(
        "Montant", "Montant voté", "Montant décidé ligne", "Montant accordé", "montantAttribue",
        "Montant des Autorisations d'engagement", "Montant de la subvention",
    )),
    Champ("nature", "Nature de la subvention", synonymes=("Nature de l'aide", "Nature subvention")),
    Champ("conditionsVersement", "Conditions de versement", synonymes=(
        "conditionVersement", "Conditions de versement de la subvention",
    )),
    Champ("datesPeriodeVersement", "Date ou période de versement", T.PERIODE, synonymes=(
        "Date de versement", "dateperiodedeversement", "dateperiodedversement", "Date(s) ou période(s) de versement",
        "Date(s) ou période(s) de versement (AAAA-MM-JJ)", "Période de versement",
    )),
    Champ("idRAE", "Numéro au répertoire des aides aux entreprises", T.CODE, synonymes=(
        "Numéro de référencement au répertoire des entreprises", "N° unique de référencement au RAE", "ID RAE",
        "Numéro unique de référencement au répertoire des aides aux entreprises (RAE)",
    )),
    Champ("notificationUE", "Aide notifiée à l’Union européenne", T.OUI_NON, synonymes=(
        "Aide notifiée à l'Europe", "Notification UE", "Aide d'Etat (ou pas) notifiée à l'UE",
        "Aide d'Etat notifiée à la Commission Européenne",
        RAPPEL_DU_REGLEMENT,
    )),
    Champ("pourcentageSubvention", "Part de la subvention", T.PART, synonymes=(
        "Pourcentage du montant de la subvention attribué au bénéficiaire", "Pourcentage subvention",
        "Pourcentage du montant de la subvention attribuée au bénéficiaire",
        "% du mt de la subvention attribuée au bénéficiaire",
        "Pourcentage du montant total de la subvention attribuée au bénéficiaire",
    )),
    Champ("dispositifAide", "Dispositif d’aide", T.CODE, synonymes=("Identifiant du dispositif d'aide",)),
)  # fmt: skip

AUTRES = (
    Champ("idSubvention", "Identifiant de la subvention", T.CODE),
    Champ("nomServiceInstructeur", "Nom du service instructeur"),
    Champ("idServiceInstructeur", "SIRET du service instructeur", T.SIRET),
    Champ("exerciceBudgetaire", "Exercice budgétaire", T.EXERCICE),
    Champ("pluriannualite", "Pluriannualité", T.OUI_NON),
    Champ("anneesPluriannualite", "Années de la pluriannualité"),
    Champ("dateDecision", "Date de la décision", T.DATE),
    Champ("dateCreation", "Date de création du dossier", T.DATE),
    Champ("dateDebut", "Date de début du projet", T.DATE),
    Champ("dateFin", "Date de fin du projet", T.DATE),
    Champ("dispositif", "Dispositif de subvention"),
    Champ("sousDispositif", "Sous-dispositif"),
    Champ("statutLabel", "Statut de la demande"),
    Champ("montantDemande", "Montant demandé", T.MONTANT),
    Champ("nomOutilInstruction", "Outil d’instruction"),
    Champ("nomOutilVersement", "Outil de versement"),
    Champ("ej", "Engagement juridique", T.CODE, synonymes=("N° EJ", "EJ")),
    Champ("cléVersement", "Clé de versement", T.CODE),
    Champ("descriptionConditionsVersement", "Description des conditions de versement"),
    Champ("cofinancement", "Cofinancement", T.OUI_NON),
    Champ("attribuantsCofinanceurs", "Attribuants cofinanceurs"),
    Champ("idCofinancement", "Identifiant du projet cofinancé", T.CODE),
    Champ("evaluationCout", "Évaluation du coût", T.MONTANT),
    Champ("evaluation", "Évaluation du projet"),
    Champ("dateMiseAJour", "Date de mise à jour", T.DATE),
)

SCDL = (
    *SEIZE,
    *AUTRES,
    Champ("exercice", "Exercice", T.EXERCICE, synonymes=(
        "excercice", "Année de la demande", "annee", "Année", "Année budgétaire", "anneeConvention", "anneeDecision",
        "dateDecision_Tri",
    )),
)  # fmt: skip
