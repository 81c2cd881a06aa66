"""Ugly workbooks: what their cells hold."""

from datetime import date, datetime, time

from tests.unit.classeurs.vilains import (
    AVIS,
    SIRET,
    A,
    D,
    S,
    V,
    Vilain,
    c,
    x,
)


def noms(*lus: str) -> list[dict[str, str]]:
    """Lines of which the name alone is read."""
    return [{"association_nom": lu} for lu in lus]


VALEURS = [
    Vilain(
        "le SIRET en nombre, en notation scientifique, sans son zéro",
        A,
        x(["Nom", "SIRET"], ["A", 73282932000074], ["B", "7,99E+13"], ["C", 572078400015], ["D", 7.99e13]),
        (1,),
        [
            {"association_nom": "A", "siret": SIRET},
            {"association_nom": "B"},
            {"association_nom": "C", "siret": "00572078400015"},
            {"association_nom": "D"},
        ],
        dits=[(3, "siret", "rejete"), (4, "siret", "avertissement"), (5, "siret", "rejete")],
    ),
    Vilain(
        "un SIREN à la place du SIRET",
        A,
        x(["Nom", "SIRET"], ["A", "732 829 320"], ["B", 732829320]),
        (1,),
        [{"association_nom": "A", "siren": "732829320"}, {"association_nom": "B", "siren": "732829320"}],
        dits=[(2, "siret", "avertissement"), (3, "siret", "avertissement")],
    ),
    Vilain(
        "un SIREN qui contredit le SIRET",
        A,
        x(["Nom", "SIRET", "SIREN"], ["A", SIRET, "552081317"]),
        (1,),
        [{"association_nom": "A", "siret": SIRET, "siren": "552081317"}],
        dits=[(2, "siren", "avertissement")],
    ),
    Vilain(
        "un RNA faux à côté d’un SIRET juste, puis seul",
        A,
        x(["Nom", "SIRET", "RNA"], ["A", SIRET, "W3222"], ["B", None, "W3222"]),
        (1,),
        [{"association_nom": "A", "siret": SIRET}, {"association_nom": "B"}],
        dits=[(2, "rna", "avertissement"), (3, "rna", "rejete")],
    ),
    Vilain(
        "des montants de toutes les écritures",
        D,
        c("Association;Montant demandé\nA;1 234,56 €\nB;1.234,56\nC;1,234\nD;12 k€\nE;-500\nF;1500.00\nG;néant\n"),
        (1,),
        [
            {"association_nom": "A", "montant_demande": "1234.56"},
            {"association_nom": "B", "montant_demande": "1234.56"},
            *({"association_nom": nom} for nom in "CDE"),
            {"association_nom": "F", "montant_demande": "1500.00"},
            {"association_nom": "G"},
        ],
        dits=[
            *((4, "montant_demande", "rejete"), (5, "montant_demande", "rejete"), (6, "montant_demande", "rejete")),
            (8, "montant_demande", "avertissement"),
        ],
        feuille="",
    ),
    Vilain(
        "des remboursements",
        V,
        x(["Bénéficiaire", "Montant payé"], ["A", -1200], ["B", "(1 200,50)"], ["C", "-3 €"]),
        (1,),
        [
            {"beneficiaire_nom": "A", "montant": "-1200.00"},
            {"beneficiaire_nom": "B", "montant": "-1200.50"},
            {"beneficiaire_nom": "C", "montant": "-3.00"},
        ],
    ),
    Vilain(
        "un montant que le tableur a changé en date, une erreur de formule",
        D,
        x(["Association", "Montant demandé"], ["A", date(2026, 5, 1)], ["B", "#REF!"], ["C", 12.345], ["D", 0.1 + 0.2]),
        (1,),
        [
            {"association_nom": "A"},
            {"association_nom": "B"},
            {"association_nom": "C"},
            {"association_nom": "D", "montant_demande": "0.30"},
        ],
        dits=[(2, "montant_demande", "rejete"), (3, "montant_demande", "rejete"), (4, "montant_demande", "rejete")],
    ),
    Vilain(
        "des dates de toutes sortes dans une colonne",
        D,
        x(
            ["Association", "Date de dépôt"],
            *(["A", date(2026, 1, 31)], ["B", "31/01/2026"], ["C", 46053], ["D", "mai 2024"], ["E", "05/13/2024"]),
            *(
                ["F", "Commission Permanente du 22"],
                ["G", "2024-01-25;2024-03-29"],
                ["H", "31/01/26"],
                ["I", "1er mai 2024"],
            ),
        ),
        (1,),
        [
            *({"association_nom": nom, "date_depot": "2026-01-31"} for nom in "ABC"),
            *({"association_nom": nom} for nom in "DEFGH"),
            {"association_nom": "I", "date_depot": "2024-05-01"},
        ],
        dits=[(4, "date_depot", "avertissement"), *((rang, "date_depot", "rejete") for rang in range(5, 10))],
    ),
    Vilain(
        "le calendrier de 1904",
        D,
        x(["Association", "Date de dépôt"], ["A", date(2026, 1, 31)], ["B", 44591], base_1904=True),
        (1,),
        [{"association_nom": "A", "date_depot": "2026-01-31"}, {"association_nom": "B", "date_depot": "2026-01-31"}],
        dits=[(3, "date_depot", "avertissement")],
    ),
    Vilain(
        "un titre qui ressemble à une date ou à un nombre",
        D,
        x(
            ["Association", "Intitulé du projet", "Observations"],
            *(
                ["A", "Festival 2023", "1er mai"],
                ["B", "00123", "12,50"],
                ["C", "2024", "=cmd()"],
                ["D", date(2024, 5, 1), 12.0],
            ),
        ),
        (1,),
        [
            {"association_nom": "A", "intitule": "Festival 2023", "observations": "1er mai"},
            {"association_nom": "B", "intitule": "00123", "observations": "12,50"},
            {"association_nom": "C", "intitule": "2024", "observations": "=cmd()"},
            {"association_nom": "D", "intitule": "01/05/2024", "observations": "12"},
        ],
        dits=[(5, "intitule", "avertissement")],
    ),
    Vilain(
        "des références qui gardent leurs zéros",
        D,
        x(
            ["Référence", "Association", "N° EJ"],
            ["00042", "A", "0001821732"],
            [42, "B", 2102672573],
            ["7,99E+13", "C", "#"],
        ),
        (1,),
        [
            {"reference_source": "00042", "association_nom": "A", "ej": "0001821732"},
            {"reference_source": "42", "association_nom": "B", "ej": "2102672573"},
            {"association_nom": "C"},
        ],
        dits=[(4, "reference_source", "rejete")],
    ),
    Vilain(
        "des codes postaux et des téléphones sans leur zéro",
        A,
        x(["Nom", "CP", "Tél"], ["A", 1000, 472000000], ["B", "69001", "04 72 00 00 00"], ["C", "Lyon", "voir site"]),
        (1,),
        [
            {"association_nom": "A", "code_postal": "01000", "telephone": "0472000000"},
            {"association_nom": "B", "code_postal": "69001", "telephone": "04 72 00 00 00"},
            {"association_nom": "C"},
        ],
        dits=[
            *((2, "code_postal", "avertissement"), (2, "telephone", "avertissement")),
            *((4, "code_postal", "avertissement"), (4, "telephone", "avertissement")),
        ],
    ),
    Vilain(
        "deux adresses dans une cellule",
        A,
        x(["Nom", "Mail"], ["A", "a@exemple.fr; b@exemple.fr"], ["B", " B@Exemple.fr "]),
        (1,),
        [{"association_nom": "A"}, {"association_nom": "B", "email": "b@exemple.fr"}],
        dits=[(2, "email", "avertissement")],
    ),
    Vilain(
        "des années, et des années doubles",
        D,
        x(["Association", "Exercice"], ["A", 2026], ["B", "2026.0"], ["C", "2024-2025"], ["D", date(2026, 1, 1)]),
        (1,),
        [
            {"association_nom": "A", "exercice": "2026"},
            {"association_nom": "B", "exercice": "2026"},
            {"association_nom": "C"},
            {"association_nom": "D", "exercice": "2026"},
        ],
        dits=[(4, "exercice", "rejete"), (5, "exercice", "avertissement")],
    ),
    Vilain(
        "des états de tous les outils",
        D,
        x(
            ["Association", "Statut"],
            ["A", "En instruction"],
            ["B", "Soldée"],
            ["C", "Clôturée"],
            ["D", "REFUSÉE"],
            ["E", None],
        ),
        (1,),
        [
            {"association_nom": "A", "statut": "en_instruction"},
            {"association_nom": "B", "statut": "accepte"},
            {"association_nom": "C", "statut": "Clôturée"},
            {"association_nom": "D", "statut": "refuse"},
            {"association_nom": "E"},
        ],
        dits=[(3, "statut", "avertissement"), (4, "statut", "avertissement")],
    ),
    Vilain(
        "des avis",
        AVIS,
        x(
            ["N° de dossier", "Avis", "Montant proposé", "Commentaire"],
            *(
                ["P-2026-000123", "F", 500, "Projet solide"],
                ["P-2026-000124", "à voir", None, None],
                [None, "défavorable", None, "-"],
            ),
        ),
        (1,),
        [
            {"reference": "P-2026-000123", "sens": "favorable", "montant_propose": "500.00", "texte": "Projet solide"},
            {"reference": "P-2026-000124"},
            {"sens": "defavorable", "texte": "-"},
        ],
        dits=[(3, "sens", "rejete"), (4, "reference", "rejete")],
    ),
    Vilain(
        "des postes Fonjep",
        V,
        x(
            [
                "Code Poste",
                "SIRET Association",
                "Raison Sociale Association",
                "Montant versé",
                "Date de versement",
                "Année",
            ],
            ["J10540", SIRET, "Foyer rural", 1788.5, date(2026, 3, 31), 2026],
        ),
        (1,),
        [
            {
                "cle_source": "J10540",
                "siret": SIRET,
                "beneficiaire_nom": "Foyer rural",
                "montant": "1788.50",
                "date_operation": "2026-03-31",
                "exercice": "2026",
            }
        ],
    ),
    Vilain(
        "un CSV gardé pour un tableur, et repris",
        D,
        c("Association;Intitulé du projet;Téléphone\nA;'=cmd();'+33 4 72 00 00 00\nB;'le Moulin';'0472000000\n"),
        (1,),
        [
            {"association_nom": "A", "intitule": "=cmd()", "telephone": "+33 4 72 00 00 00"},
            {"association_nom": "B", "intitule": "'le Moulin'", "telephone": "0472000000"},
        ],
        feuille="",
    ),
    Vilain(
        "des lignes plus courtes et plus longues que l’en-tête",
        D,
        c("Association;Montant demandé\nA\nB;12;de trop;encore\n"),
        (1,),
        [{"association_nom": "A"}, {"association_nom": "B", "montant_demande": "12.00"}],
        dits=[(3, "debordement", "rejete")],
        feuille="",
    ),
    Vilain(
        "des heures, des booléens et des dates là où l’on attend autre chose",
        D,
        x(
            ["Association", "Commune", "Montant demandé", "N° SIRET"],
            *(
                ["A", True, True, False],
                ["B", datetime.fromisoformat("2026-01-31T10:00"), time(10, 30), date(2026, 1, 31)],
            ),
        ),
        (1,),
        [{"association_nom": "A", "commune": "VRAI"}, {"association_nom": "B", "commune": "31/01/2026 10:00:00"}],
        dits=[
            *((2, "montant_demande", "rejete"), (2, "siret", "rejete"), (3, "commune", "avertissement")),
            *((3, "montant_demande", "rejete"), (3, "siret", "rejete")),
        ],
    ),
    Vilain(
        "des identifiants d’outre-mer et de Corse",
        A,
        x(
            ["Nom", "RIDET", "RNA"],
            ["A", "0 123 456.001", "W9R1000123"],
            ["B", "A12345", "W2A1000123"],
            ["C", "12", None],
        ),
        (1,),
        [
            {"association_nom": "A", "ridet": "0123456001", "rna": "W9R1000123"},
            {"association_nom": "B", "ridet": "A12345", "rna": "W2A1000123"},
            {"association_nom": "C"},
        ],
        dits=[(4, "ridet", "rejete")],
    ),
    Vilain(
        "des aides publiées par deux attribuants",
        S,
        x(
            ["nomAttribuant", "nomBeneficiaire", "montant", "idBeneficiaire"],
            ["Ville", "A", 10, SIRET],
            ["Région", "B", "1 000,5", SIRET],
        ),
        (1,),
        [
            {"nomAttribuant": "Ville", "nomBeneficiaire": "A", "montant": "10.00", "idBeneficiaire": SIRET},
            {"nomAttribuant": "Région", "nomBeneficiaire": "B", "montant": "1000.50", "idBeneficiaire": SIRET},
        ],
        dits=[(3, "attribuants", "avertissement")],
    ),
]
