"""The fields of each kind of import, as data, with the headers that people give them."""

from portal.classeurs.champs import Champ, TypeChamp
from portal.classeurs.genres_scdl import SCDL
from portal.vocabulaire_imports import GenreImport

T = TypeChamp

NOM_ASSOCIATION = (
    "Nom de l'association", "Association", "Association Nom", "Raison sociale", "Dénomination", "Dénomination sociale",
    "Nom de la structure", "Structure", "Nom structure", "Nom du demandeur", "Demandeur", "Nom du porteur", "Porteur",
    "Porteur de projet", "Porteur du projet", "Bénéficiaire", "Nom du bénéficiaire", "Nom bénéficiaire", "Organisme",
    "Nom de l'organisme", "Nom asso", "Asso", "Intitulé de l'association", "Club", "Nom du club", "Tiers", "Nom du tiers",
    "Titre de l'association", "Nom",
)  # fmt: skip
SIRET = (
    "N° SIRET", "Numéro SIRET", "SIRET de l'association", "SIRET association", "SIRET du siège", "SIRET bénéficiaire",
    "SIRET du bénéficiaire", "SIRET demandeur", "SIRET porteur", "SIRET structure", "Code SIRET", "SIRET / SIREN",
    "SIRET ou SIREN", "SIREN/SIRET", "Identifiant SIRET", "SIRET attributaire", "N° SIRET attributaire",
    "N° SIRET (fusion)", "Association N° Siret",
)  # fmt: skip
SIREN = ("N° SIREN", "Numéro SIREN", "SIREN de l'association", "SIREN association", "Code SIREN", "SIREN bénéficiaire")
RNA = (
    "N° RNA", "Numéro RNA", "RNA de l'association", "RNA association", "Code RNA", "Identifiant RNA", "Numéro WALDEC",
    "WALDEC", "N° WALDEC", "Association N° RNA", "RNA bénéficiaire", "RNA du bénéficiaire",
)  # fmt: skip
RIDET = ("N° RIDET", "Numéro RIDET", "Numéro Tahiti", "N° TAHITI", "RIDET ou TAHITI", "TAHITI", "RID")
COMMUNE = ("Ville", "Commune du siège", "Ville du siège", "Commune de l'association", "Localité", "Commune siège")
CODE_POSTAL = ("CP", "Code postal du siège", "CP siège", "Association Code Postal", "CP association", "Code post")
COURRIEL = (
    "Courriel", "E-mail", "Mail", "Adresse mail", "Adresse e-mail", "Adresse courriel", "Adresse électronique", "Email contact",
    "Courriel de l'association", "Mail association", "Mail contact", "Contact mail", "Courrier électronique", "Mel",
)  # fmt: skip
TELEPHONE = (
    "Tél",
    "Tel.",
    "N° Téléphone",
    "Numéro de téléphone",
    "Téléphone de l'association",
    "Portable",
    "Tél. contact",
)

DEMANDES = (
    Champ("reference_source", "Référence du dossier", T.CODE, synonymes=(
        "N° Dossier Osiris", "N° de dossier", "Numéro de dossier", "N° dossier", "Référence dossier", "Réf. dossier", "Réf",
        "Référence administrative - Demande", "Référence de la demande", "N° de demande", "Numéro de demande", "N° demande",
        "Référence", "Id dossier", "Identifiant du dossier", "Code dossier", "Code action", "N° Dossier Compte Asso",
        "N° dossier DS", "Numéro DS", "N° DS", "N°", "Id", "idSubvention",
    ), maximum=200),
    Champ("association_nom", "Nom de l’association", T.TEXTE, True, synonymes=NOM_ASSOCIATION, maximum=300),
    Champ("siret", "SIRET", T.SIRET, synonymes=SIRET, siren="siren"),
    Champ("siren", "SIREN", T.SIREN, synonymes=SIREN),
    Champ("rna", "RNA", T.RNA, synonymes=RNA),
    Champ("ridet", "RIDET ou numéro Tahiti", T.RIDET, synonymes=RIDET),
    Champ("commune", "Commune", synonymes=COMMUNE, maximum=100),
    Champ("code_postal", "Code postal", T.CODE_POSTAL, synonymes=CODE_POSTAL),
    Champ("email", "Adresse électronique", T.COURRIEL, synonymes=COURRIEL),
    Champ("telephone", "Téléphone", T.TELEPHONE, synonymes=TELEPHONE),
    Champ("intitule", "Intitulé du projet", synonymes=(
        "Intitulé", "Titre", "Titre du projet", "Nom du projet", "Projet", "Intitulé de l'action", "Action", "Titre de l'action",
        "Nom de l'action", "Libellé du projet", "Intitulé de la demande", "Demande", "Intitulé du dossier", "Manifestation",
        "Dénomination du projet", "Libellé de l'action",
    ), maximum=500),
    Champ("objet", "Objet de la demande", synonymes=(
        "Objet", "Description", "Description du projet", "Objet de la subvention", "Objet du dossier", "Descriptif",
        "Résumé du projet", "Description de l'action", "Objet de l'aide", "Contenu de l'action", "Résumé",
    )),
    Champ("exercice", "Exercice", T.EXERCICE, synonymes=(
        "Année", "Exercice budgétaire", "Année budgétaire", "Année de la demande", "Millésime", "excercice", "Exercice Début",
        "Année exercice", "Annee demande", "Année de la subvention", "An",
    )),
    Champ("date_depot", "Date de dépôt", T.DATE, synonymes=(
        "Déposé le", "Date du dépôt", "Date de la demande", "Date de réception", "Reçu le", "Date réception", "Date d'arrivée",
        "Date demande", "Date de dépôt du dossier", "Date de création du dossier", "Date de transmission", "Arrivé le",
    )),
    Champ("montant_demande", "Montant demandé", T.MONTANT, synonymes=(
        "Montants Demandé", "Montant de la demande", "Subvention demandée", "Montant sollicité", "Subvention sollicitée",
        "Demandé", "Somme demandée", "Montant de la subvention demandée", "Montant demandé en €", "Montant de l'aide demandée",
        "Aide demandée", "Sollicité", "Mt demandé", "Montant demande", "Total demandé",
    )),
    Champ("montant_propose", "Montant proposé", T.MONTANT, synonymes=(
        "Montants Proposé", "Proposé", "Proposition", "Subvention proposée", "Montant de la proposition", "Mt proposé",
        "Proposition de montant", "Montant proposé en €", "Proposition service", "Montant proposition",
    )),
    Champ("montant_accorde", "Montant accordé", T.MONTANT, synonymes=(
        "Montants Accordé", "Accordé", "Subvention accordée", "Montant attribué", "Subvention attribuée", "Montant voté",
        "Attribué", "Montant alloué", "Alloué", "Montant décidé", "Montant notifié", "Subvention votée", "Montant octroyé",
        "Mt accordé", "Montant total attribué", "Montant de la subvention", "Montant retenu",
    )),
    Champ("statut", "État du dossier", T.STATUT, synonymes=(
        "Statut", "État", "Etat Dossier", "Statut du dossier", "Statut de la demande", "État de la demande", "Décision",
        "statutLabel", "Situation", "Avancement", "Suite donnée", "Etat d'avancement",
    ), maximum=100),
    Champ("date_decision", "Date de la décision", T.DATE, synonymes=(
        "Date décision", "Décidé le", "Date de décision", "Date de notification", "Date notification", "Date de l'arrêté",
        "Date de la commission", "Date commission", "Date CP", "Date du vote", "Date de vote", "Notifié le", "Date - Décision",
    )),
    Champ("instructeur", "Instructeur", synonymes=(
        "Instructrice", "Agent instructeur", "Nom de l'instructeur", "Suivi par", "Gestionnaire", "Agent", "Référent",
        "Chargé de mission", "Dossier suivi par", "Instruit par", "Instructeur/trice", "Traité par",
    )),
    Champ("dispositif", "Dispositif", synonymes=(
        "Nom du dispositif", "Appel à projets", "Appel à projet", "AAP", "Dispositif d'aide", "Sous-Type financement",
        "Type de subvention", "Type de financement", "Libellé du dispositif", "Volet", "Type d'aide",
    )),
    Champ("programme", "Programme", T.CODE, synonymes=(
        "BOP", "Programme budgétaire", "N° programme", "Code programme", "N° programme / Type financement", "Numéro de programme",
        "Programme BOP",
    ), maximum=10),
    Champ("ej", "Engagement juridique", T.CODE, synonymes=(
        "N° EJ", "EJ", "Numéro EJ", "N° d'engagement juridique", "Numéro d'engagement juridique", "Numéro d'EJ",
        "EJ Chorus", "N° Chorus", "Engagement",
    )),
    Champ("observations", "Observations", synonymes=(
        "Commentaires", "Commentaire", "Remarques", "Remarque", "Observation", "Notes", "Note", "Divers", "Annotations",
    )),
)  # fmt: skip

VERSEMENTS = (
    Champ("beneficiaire_nom", "Nom du bénéficiaire", synonymes=(
        "Fournisseur payé (DP) (libellé)", "Bénéficiaire", "Nom bénéficiaire", "Nom fournisseur", "Fournisseur", "Tiers",
        "Nom du tiers", "Raison sociale", "Association", "Nom de l'association", "Nom de la structure", "Structure",
        "Créancier", "Nom du créancier", "Titulaire", "Raison Sociale Association", "Nom attributaire", "Dénomination",
    ), maximum=300),
    Champ("siret", "SIRET", T.SIRET, synonymes=(
        "Code taxe 1", *SIRET, "SIRET fournisseur", "SIRET tiers", "SIRET du créancier", "No TVA 1", "Siret Bénéficiaire",
    ), siren="siren"),
    Champ("siren", "SIREN", T.SIREN, synonymes=SIREN),
    Champ("ridet", "RIDET ou numéro Tahiti", T.RIDET, synonymes=("No TVA 3 (COM-RIDET ou TAHITI)", *RIDET)),
    Champ("ej", "Engagement juridique", T.CODE, synonymes=(
        "N° EJ", "EJ", "Numéro EJ", "N° d'engagement juridique", "Numéro d'engagement juridique", "Numéro d'EJ", "Engagement",
    ), maximum=40),
    Champ("cle_source", "Clé du versement", T.CODE, synonymes=(
        "N° DP", "N° poste DP", "Clé de versement", "Code poste", "Id versement", "N° de mandat", "Numéro de mandat", "Mandat",
        "N° demande de paiement", "Numéro de versement", "Référence du versement", "idVersement", "N° de paiement",
    ), multiple=True, maximum=200),
    Champ("exercice", "Exercice", T.EXERCICE, synonymes=(
        "Exercice comptable", "Année", "Exercice budgétaire", "Année budgétaire", "Exercice fiscal", "Annee du versement",
        "excercice", "Millésime", "Année de paiement",
    )),
    Champ("date_operation", "Date de l’opération", T.DATE, synonymes=(
        "Date de dernière opération sur la DP", "Date de versement", "Date de paiement", "Date du paiement", "Date paiement",
        "Date versement", "Payé le", "Versé le", "Date opération", "Date de règlement", "Date du mandat", "Date du versement",
        "Date de mise en paiement",
    )),
    Champ("montant", "Montant payé", T.MONTANT_SIGNE, True, synonymes=(
        "Montant", "Montant versé", "Payé", "Versé", "Montant du versement", "Montant du paiement", "Montant TTC", "Somme versée",
        "Montant réglé", "Montant mandaté", "Montant payé en €", "Total payé", "Montant paye",
    )),
    Champ("programme", "Programme", T.CODE, synonymes=(
        "BOP", "Programme budgétaire", "Code programme", "N° programme", "Numéro de programme",
    ), maximum=10),
    Champ("libelle", "Libellé", synonymes=(
        "Référentiel de programmation (libellé)", "Objet", "Intitulé", "Libellé du versement", "Libellé du paiement", "Motif",
        "Objet du versement", "Désignation", "Libellé opération", "Dispositif",
    ), maximum=500),
    Champ("domaine", "Domaine fonctionnel", T.CODE, synonymes=("Code domaine fonctionnel", "Domaine"), repris=False),
    Champ("centre_financier", "Centre financier", T.CODE, synonymes=(
        "Code centre financier", "Centre de coûts", "CF", "UO",
    ), repris=False),
)  # fmt: skip

ASSOCIATIONS = (
    Champ("association_nom", "Nom de l’association", T.TEXTE, True, synonymes=NOM_ASSOCIATION, maximum=300),
    Champ("sigle", "Sigle", synonymes=("Acronyme", "Sigle de l'association", "Nom court"), maximum=50),
    Champ("siret", "SIRET", T.SIRET, synonymes=SIRET, siren="siren"),
    Champ("siren", "SIREN", T.SIREN, synonymes=SIREN),
    Champ("rna", "RNA", T.RNA, synonymes=RNA),
    Champ("ridet", "RIDET ou numéro Tahiti", T.RIDET, synonymes=RIDET),
    Champ("adresse", "Adresse", synonymes=(
        "Adresse du siège", "Adresse postale", "Siège social", "Adresse siège social", "Rue", "Voie", "Adresse de l'association",
    ), maximum=300),
    Champ("code_postal", "Code postal", T.CODE_POSTAL, synonymes=CODE_POSTAL),
    Champ("commune", "Commune", synonymes=COMMUNE, maximum=100),
    Champ("email", "Adresse électronique", T.COURRIEL, synonymes=COURRIEL, repris=False),
    Champ("telephone", "Téléphone", T.TELEPHONE, synonymes=TELEPHONE, repris=False),
    Champ("date_creation", "Date de création", T.DATE, synonymes=(
        "Créée le", "Date création", "Date de création de l'association", "Date de déclaration", "Date déclaration",
        "Déclarée le", "Date de publication au JO",
    )),
    Champ("objet", "Objet social", synonymes=(
        "Objet", "Objet de l'association", "But", "Activité", "Activités", "Objet statutaire",
    )),
)  # fmt: skip

AVIS = (
    Champ("reference", "Référence du dossier", T.CODE, synonymes=(
        "Référence", "N° de dossier", "Numéro de dossier", "N° dossier", "Réf", "Réf. dossier", "Référence dossier", "Dossier",
        "N° demande", "Référence de la demande", "N°",
    )),
    Champ("siret", "SIRET", T.SIRET, synonymes=SIRET, siren="siren"),
    Champ("rna", "RNA", T.RNA, synonymes=RNA),
    Champ("association_nom", "Nom de l’association", synonymes=NOM_ASSOCIATION),
    Champ("sens", "Avis", T.SENS, True, synonymes=(
        "Sens de l'avis", "Sens", "Avis du service", "Avis rendu", "Votre avis", "Avis (favorable / défavorable)", "Avis F/D",
        "Avis technique", "Avis donné",
    )),
    Champ("montant_propose", "Montant proposé", T.MONTANT, synonymes=(
        "Proposition", "Proposé", "Montant", "Subvention proposée", "Proposition de montant", "Montant conseillé",
        "Montant proposé en €",
    )),
    Champ("texte", "Texte de l’avis", synonymes=(
        "Commentaire", "Commentaires", "Observations", "Observation", "Motivation", "Texte", "Remarques", "Motif",
        "Motivation de l'avis", "Avis motivé", "Commentaire de l'avis", "Argumentaire", "Justification",
    )),
    Champ("date", "Date de l’avis", T.DATE, synonymes=("Date", "Date avis", "Rendu le", "Date de l'avis rendu", "Donné le")),
    Champ("service", "Service", synonymes=(
        "Service consulté", "Nom du service", "Service saisi", "Direction", "Organisme consulté",
    )),
)  # fmt: skip

GENRES: dict[GenreImport, tuple[Champ, ...]] = {
    GenreImport.DEMANDES: DEMANDES,
    GenreImport.VERSEMENTS: VERSEMENTS,
    GenreImport.ASSOCIATIONS: ASSOCIATIONS,
    GenreImport.AVIS: AVIS,
    GenreImport.SCDL: SCDL,
}


def champs_par_nom(genre: GenreImport) -> dict[str, Champ]:
    """The fields of a kind, by their name."""
    return {champ.nom: champ for champ in GENRES[genre]}
