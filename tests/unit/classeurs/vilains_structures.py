"""Ugly workbooks: where the table is, and what its columns are called."""

from datetime import date

from tests.unit.classeurs.vilains import (
    AMIS,
    AMIS_LUS,
    AUTRE,
    FOYER,
    FOYER_LU,
    SIRET,
    TITRES,
    A,
    D,
    Vilain,
    c,
    demande,
    f,
    x,
)

MAL_LU = "Foyer rural;73282932000074;1500;31/01/2026\n"

STRUCTURE = [
    Vilain("un tableau propre", D, x(TITRES, FOYER, AMIS), (1,), [FOYER_LU, AMIS_LUS]),
    Vilain(
        "un titre, une date et un logo au-dessus",
        D,
        x(["DDETS du Rhône"], [], ["Demandes 2026", None, "édité le", date(2026, 3, 1)], [], TITRES, FOYER),
        (5,),
        [FOYER_LU],
    ),
    Vilain("décalé vers la droite", D, x([None] * 6, [None, None, *TITRES], [None, None, *FOYER]), (2,), [FOYER_LU]),
    Vilain("des lignes vides au milieu", D, x(TITRES, FOYER, [], [None, "  "], AMIS, []), (1,), [FOYER_LU, AMIS_LUS]),
    Vilain(
        "une feuille vide, une feuille masquée avec les mêmes titres, puis la bonne",
        D,
        f({"Vide": [], "Ancien": [TITRES, AMIS, AMIS, AMIS], "Demandes": [TITRES, FOYER]}, cachees=["Ancien"]),
        (1,),
        [FOYER_LU],
        feuille="Demandes",
    ),
    Vilain(
        "un tableau croisé avant les données",
        D,
        f(
            {
                "TCD": [["Étiquettes de lignes", "Somme de Montant"], ["Lyon", 3000], ["Total général", 3000]],
                "Base": [TITRES, FOYER],
            }
        ),
        (1,),
        [FOYER_LU],
        feuille="Base",
    ),
    Vilain(
        "une feuille choisie par la personne",
        D,
        f({"2026": [TITRES, FOYER], "2025": [TITRES, AMIS]}),
        (1,),
        [AMIS_LUS],
        feuille="2025",
        choix={"feuille": "2025"},
    ),
    Vilain(
        "un en-tête sur deux lignes, aux cellules fusionnées",
        D,
        x(
            ["Association", None, None, "Représentant légal", None, "Montants", None],
            ["Nom", "N° Siret", "Courriel", "Nom", "Courriel", "Demandé", "Accordé"],
            ["Foyer rural", SIRET, "foyer@exemple.fr", "Martin", "martin@exemple.fr", 1500, 1000],
            fusions={"Feuil1": ["A1:C1", "D1:E1", "F1:G1"]},
        ),
        (1, 2),
        [
            {
                "association_nom": "Foyer rural",
                "siret": SIRET,
                "email": "foyer@exemple.fr",
                "montant_demande": "1500.00",
                "montant_accorde": "1000.00",
            }
        ],
    ),
    Vilain(
        "des noms techniques, puis les libellés",
        D,
        x(["association_nom", "siret", "montant_demande", "date_depot"], TITRES, FOYER),
        (1,),
        [FOYER_LU],
        dehors=[2],
    ),
    Vilain("des numéros de colonnes sous l’en-tête", D, x(TITRES, [1, 2, 3, 4], FOYER), (1,), [FOYER_LU], dehors=[2]),
    Vilain("l’en-tête répété à chaque page", D, x(TITRES, FOYER, TITRES, AMIS), (1,), [FOYER_LU, AMIS_LUS], dehors=[3]),
    Vilain(
        "un total et une note en bas",
        D,
        x(TITRES, FOYER, ["Total général", None, 1500], [], [None, "Source : Excel du service"]),
        (1,),
        [FOYER_LU],
        dehors=[3, 5],
    ),
    Vilain(
        "des sous-totaux et des titres de section",
        D,
        x(TITRES, [None, None, None, "Arrondissement de Lyon"], FOYER, ["Sous-total", None, 1500], AMIS),
        (1,),
        [FOYER_LU, AMIS_LUS],
        dehors=[2, 4],
    ),
    Vilain(
        "une association qui s’appelle Total",
        D,
        x(TITRES, ["Total", SIRET, 1500, date(2026, 1, 31)]),
        (1,),
        [demande(association_nom="Total")],
    ),
    Vilain(
        "des titres en capitales, avec des étoiles et des espaces",
        D,
        x(["  ASSOCIATION * ", "n°siret*", "MONTANT  DEMANDE (en €) *", "date de dépot"], FOYER),
        (1,),
        [FOYER_LU],
    ),
    Vilain(
        "des titres mal transcodés",
        D,
        c("Nom de l'association;SIRET;Montant demandÃ©;Date de dÃ©pÃ´t\n" + MAL_LU),
        (1,),
        [FOYER_LU],
        feuille="",
    ),
    Vilain(
        "des titres dont les accents sont perdus",
        D,
        c("Association;SIRET;Montant demand\ufffd;Date de d\ufffdp\ufffdt\n" + MAL_LU),
        (1,),
        [FOYER_LU],
        feuille="",
    ),
    Vilain(
        "des titres sur plusieurs lignes dans la cellule",
        D,
        x(["Nom de\nl'association", "N°\nSIRET", "Montant\ndemandé", "Date de\r\ndépôt"], FOYER),
        (1,),
        [FOYER_LU],
    ),
    Vilain(
        "des titres avec des fautes",
        D,
        x(["Nom de l'asociation", "SIRET", "Montant demmandé", "Date de dépôt"], FOYER),
        (1,),
        [FOYER_LU],
    ),
    Vilain(
        "une colonne de SIRET et une de RNA sans titre",
        A,
        x(
            ["Association", None, None, "Ville"],
            ["Foyer", SIRET, "W691234567", "Lyon"],
            ["Amis", AUTRE, "W691234568", "Bron"],
        ),
        (1,),
        [
            {"association_nom": "Foyer", "siret": SIRET, "rna": "W691234567", "commune": "Lyon"},
            {"association_nom": "Amis", "siret": AUTRE, "rna": "W691234568", "commune": "Bron"},
        ],
    ),
    Vilain(
        "aucun en-tête",
        A,
        c(f"Foyer;{SIRET};foyer@exemple.fr\nAmis;{AUTRE};amis@exemple.fr\n"),
        (),
        [{"siret": SIRET, "email": "foyer@exemple.fr"}, {"siret": AUTRE, "email": "amis@exemple.fr"}],
        dits=[(1, "association_nom", "rejete"), (2, "association_nom", "rejete")],
        manquants=("association_nom",),
        feuille="",
    ),
    Vilain(
        "aucun en-tête, et les colonnes dites par la personne",
        A,
        c(f"Foyer;{SIRET}\nAmis;{AUTRE}\n"),
        (),
        [{"association_nom": "Foyer", "siret": SIRET}, {"association_nom": "Amis", "siret": AUTRE}],
        feuille="",
        choix={"entete": (), "colonnes": {0: "association_nom", 1: "siret"}},
    ),
    Vilain(
        "deux colonnes du même nom, que rien ne départage",
        D,
        x(["Association", "SIRET", "Montant demandé", "Montant demandé"], ["Foyer", SIRET, 1500, 1200]),
        (1,),
        [{"association_nom": "Foyer", "siret": SIRET}],
    ),
    Vilain(
        "deux lignes identiques, légitimes",
        D,
        x(TITRES, FOYER, FOYER),
        (1,),
        [FOYER_LU, FOYER_LU],
        dits=[(3, "identique", "avertissement")],
    ),
    Vilain(
        "une colonne que la personne laisse de côté",
        D,
        x(TITRES, FOYER),
        (1,),
        [{"association_nom": "Foyer rural", "siret": SIRET, "montant_demande": "1500.00"}],
        choix={"colonnes": {0: "association_nom", 1: "siret", 2: "montant_demande", 3: ""}},
    ),
    Vilain(
        "un en-tête dit par la personne", D, x(TITRES, AMIS, TITRES, FOYER), (3,), [FOYER_LU], choix={"entete": (3,)}
    ),
]
