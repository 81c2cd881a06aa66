"""The form of the simulated démarche: its questions, as data."""

from dataclasses import dataclass

from integrations.demarches_simplifiees.simulator.demarche import lexique


@dataclass(frozen=True, slots=True)
class Question:
    """A champ descriptor: `genre` is DS's type without its suffix, `cle` finds its answer.

    DS empties the files of a champ that is to be purged (`purge`) once the dossier is decided.
    """

    numero: int | str
    genre: str
    label: str
    cle: str = ""
    requis: bool = False
    options: tuple[str, ...] = ()
    autre: bool = False
    purge: bool = False
    niveau: int | None = None
    sous_questions: "tuple[Question, ...]" = ()


def _budget(numero: int) -> tuple[Question, ...]:
    return (
        Question(numero, "DropDownList", "Poste", "poste", requis=True),
        Question(numero + 1, "Text", "Nature", "nature"),
        Question(numero + 2, "DecimalNumber", "Montant (en euros)", "montant", requis=True),
    )


QUESTIONS = (
    Question(101, "HeaderSection", "Votre association", niveau=1),
    Question(102, "RNA", "Numéro RNA de l’association", "rna"),
    Question(103, "Siret", "Numéro SIRET de l’association", "siret", requis=True),
    Question(104, "Text", "Nom de l’association", "nom", requis=True),
    Question(105, "Text", "Sigle", "sigle"),
    Question(106, "Address", "Adresse du siège", "adresse", requis=True),
    Question(107, "Email", "Adresse électronique de l’association", "courriel", requis=True),
    Question(108, "Phone", "Téléphone", "telephone"),
    Question(109, "IntegerNumber", "Nombre d’adhérents", "adherents"),
    Question(110, "IntegerNumber", "Nombre de bénévoles", "benevoles"),
    Question(111, "DecimalNumber", "Nombre de salariés en équivalent temps plein", "salaries"),
    Question(
        112, "DropDownList", "Secteur d’activité", "secteur", options=tuple(un.secteur for un in lexique.DOMAINES)
    ),
    Question(113, "YesNo", "L’association est-elle affiliée à une fédération ?", "federation"),
    Question(121, "HeaderSection", "Représentant légal", niveau=1),
    Question(122, "Civilite", "Civilité du représentant légal", "civilite"),
    Question(123, "Text", "Nom du représentant légal", "nom_representant", requis=True),
    Question(124, "Text", "Prénom du représentant légal", "prenom_representant", requis=True),
    Question(125, "DropDownList", "Fonction du représentant légal", "fonction", options=lexique.FONCTIONS),
    Question(131, "HeaderSection", "Contrat d’engagement républicain", niveau=1),
    Question(132, "Explication", "Ce que le contrat d’engagement républicain vous demande"),
    Question(133, "Checkbox", "L’association a souscrit au contrat d’engagement républicain", "cer", requis=True),
    Question(134, "Date", "Date de souscription du contrat d’engagement républicain", "date_cer"),
    Question(141, "HeaderSection", "Votre projet", niveau=1),
    Question(142, "Text", "Intitulé du projet", "intitule", requis=True),
    Question(143, "Textarea", "Description du projet", "description", requis=True),
    Question(144, "MultipleDropDownList", "Publics visés", "publics", options=lexique.PUBLICS),
    Question(145, "Commune", "Commune principale de réalisation", "commune"),
    Question(146, "Departement", "Département de réalisation", "departement"),
    Question(147, "Date", "Date de début du projet", "date_debut", requis=True),
    Question(148, "Date", "Date de fin du projet", "date_fin", requis=True),
    Question(149, "LinkedDropDownList", "Thématique et type d’action", "thematique"),
    Question(151, "HeaderSection", "Budget du projet", niveau=1),
    *(Question(152 + rang, "DecimalNumber", poste, poste) for rang, poste in enumerate(lexique.CHARGES)),
    Question(156, "Repetition", "Produits prévisionnels", "produits", sous_questions=_budget(157)),
    Question(160, "DecimalNumber", "Total du budget (en euros)", "total", requis=True),
    Question(161, "DecimalNumber", "Montant de la subvention demandée (en euros)", "montant_demande", requis=True),
    Question(162, "YesNo", "Est-ce votre première demande ?", "premiere_demande"),
    Question(163, "DossierLink", "Dossier de votre précédente demande", "precedent"),
    Question(171, "HeaderSection", "Pièces justificatives", niveau=1),
    Question(172, "PieceJustificative", "Statuts de l’association", "statuts", requis=True),
    Question(173, "PieceJustificative", "Relevé d’identité bancaire", "rib", requis=True, purge=True),
    Question(174, "PieceJustificative", "Comptes annuels et affiche du projet", "comptes"),
    Question(177, "TitreIdentite", "Pièce d’identité du représentant légal", "identite"),
    Question(175, "Textarea", "Commentaire", "commentaire"),
    Question(176, "Checkbox", "J’atteste sur l’honneur l’exactitude des informations", "honneur", requis=True),
)

ANNOTATIONS = (
    Question(201, "HeaderSection", "Instruction", niveau=1),
    Question(202, "Textarea", "Analyse du service", "analyse"),
    Question(203, "DropDownList", "Priorité", "priorite", options=("Haute", "Moyenne", "Basse")),
    Question(204, "DecimalNumber", "Montant proposé (en euros)", "montant_propose"),
    Question(205, "Date", "Date de la commission", "date_commission"),
    Question(206, "Checkbox", "Dossier complet", "complet"),
    Question(
        207,
        "Repetition",
        "Échanges avec l’association",
        "echanges",
        sous_questions=(Question(208, "Date", "Date", "date"), Question(209, "Textarea", "Résumé", "resume")),
    ),
    Question(210, "Textarea", "Avis des services", "avis"),
)
