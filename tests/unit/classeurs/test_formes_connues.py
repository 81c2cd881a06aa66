"""Files of the shapes that services receive (Chorus, Osiris, SCDL): each is read to the values that a person reads in it."""

from datetime import date
from pathlib import Path

from portal.vocabulaire_imports import GenreImport, VerdictLigne
from tests.bureautique import convertir
from tests.classeurs_ecrits import Ecrit, Lecture, comprendre, lues, texte, xlsx

CHORUS = [
    "N° EJ",
    "N° poste EJ",
    "Fournisseur payé (DP)",
    "",
    "Branche",
    "",
    "Code taxe 1",
    "No TVA 3 (COM-RIDET ou TAHITI)",
    "Référentiel de programmation",
    "",
    "Société",
    "Exercice comptable",
    "N° DP",
    "N° poste DP",
    "Date de dernière opération sur la DP",
    "Centre financier",
    "",
    "Domaine fonctionnel",
    "",
    "Montant payé",
]
CATEGORIES_OSIRIS = [
    "Dossier",
    "",
    "",
    "",
    "",
    "",
    "",
    "Association",
    "",
    "",
    "",
    "Coordonnées correspondance (publipostage)",
    "",
    "",
    "",
    "Représentant légal",
    "",
    "",
    "",
    "Montants",
    "",
    "",
    "Evaluation",
    "Commentaires",
]
LIBELLES_OSIRIS = [
    "Service",
    "N° Dossier Osiris",
    "N° Dossier Compte Asso",
    "N° EJ",
    "Etat Dossier",
    "Exercice Début",
    "Date Commission",
    "N° RNA",
    "N° Siret",
    "Nom",
    "Code Postal",
    "Code Postal",
    "Commune",
    "Courriel",
    "Téléphone",
    "Nom",
    "Prénom",
    "N° Téléphone",
    "Courriel",
    "Demandé",
    "Proposé",
    "Accordé",
    "Etat",
    "Dossier",
]
SCDL = (
    "nomAttribuant,idAttribuant,dateConvention,referenceDecision,nomBeneficiaire,idBeneficiaire,rnaBeneficiaire,objet,montant,"
    "nature,conditionsVersement,datesPeriodeVersement,idRAE,notificationUE,pourcentageSubvention,dispositifAide"
)


def _chorus(ej: str, nom: str, siret: str, ridet: str, poste: str, jour: date, montant: float) -> list[object]:
    return [
        *(
            ej,
            "1",
            "1000011111",
            nom,
            "Z039",
            "Associations",
            siret,
            ridet,
            "BG00/016301000201",
            "Jeunesse et vie asso.",
        ),
        *(
            "ABC",
            "2024",
            "000195567",
            poste,
            jour,
            "AA01/0163-C001-4000",
            "UO DRAJES",
            "0163-02-03",
            "Éducation pop.",
            montant,
        ),
    ]


def _extraction() -> Ecrit:
    lignes = [
        _chorus("0001821732", "Foyer rural", "73282932000074", "#", "1", date(2023, 7, 12), 40000.0),
        _chorus("0001821732", "Foyer rural", "73282932000074", "#", "2", date(2023, 7, 12), 35000.0),
        _chorus("0003426560", "Amicale du lagon", "#", "000000009", "2", date(2023, 5, 5), 62655.2),
        _chorus("0001122360", "Sans numéro", "#", "#", "2", date(2023, 5, 5), -89931.9),
    ]
    feuilles = {
        "Résumé de l’exportation": [[None], [None, "Ce document a été exporté."], [None, "Feuille", "Tableau"]],
        "Tab 1": [["Tableau 1"]],
        "1. Extraction": [CHORUS, *lignes, *([[None] * 20] * 30)],
        "2. Extraction FEHBE": [CHORUS, _chorus("#", "Autre", "73282932000074", "#", "1", date(2026, 1, 22), 12017.88)],
    }
    return xlsx(feuilles)


def test_an_extraction_of_chorus_is_found_among_its_sheets_and_its_double_columns_are_named() -> None:
    lecture = comprendre(_extraction(), GenreImport.VERSEMENTS)
    assert (lecture.constat.feuille, lecture.constat.entete, lecture.constat.manquants) == ("1. Extraction", (1,), ())
    assert [une.pourquoi for une in lecture.constat.feuilles][:2] == [
        "aucune colonne reconnue",
        "aucune colonne reconnue",
    ]
    assert lecture.champs["beneficiaire_nom"] == "Fournisseur payé (DP) (libellé)"
    assert lecture.champs["libelle"] == "Référentiel de programmation (libellé)"
    assert lecture.lignes[1].valeurs == {
        "ej": "0001821732",
        "beneficiaire_nom": "Foyer rural",
        "siret": "73282932000074",
        "libelle": "Jeunesse et vie asso.",
        "exercice": "2024",
        "cle_source": "000195567/2",
        "date_operation": "2023-07-12",
        "centre_financier": "AA01/0163-C001-4000",
        "domaine": "0163-02-03",
        "montant": "35000.00",
    }
    assert [ligne.verdict for ligne in lecture.lignes] == [VerdictLigne.PRET] * 3 + [VerdictLigne.AVERTISSEMENT]
    assert lecture.lignes[2].valeurs["ridet"] == "000000009"
    assert lecture.lignes[3].valeurs["montant"] == "-89931.90"
    assert "Aucun numéro" in lecture.lignes[3].remarques[0].raison


def test_the_other_sheet_of_chorus_is_read_when_a_person_asks_for_it() -> None:
    lecture = comprendre(_extraction(), GenreImport.VERSEMENTS, feuille="2. Extraction FEHBE")
    assert [ligne.valeurs["montant"] for ligne in lecture.lignes] == ["12017.88"]
    assert "ej" not in lecture.lignes[0].valeurs


def _osiris() -> list[list[object]]:
    dossier = ["DD69", "DD69-21-0001", "21-000001", "21/0000001", "En cours d'instruction", "2021", "01/06/2021"]
    association = ["W691234567", "73282932000074", "Foyer rural", "69001", 0, "LYON", "foyer@exemple.fr", "0600000000"]
    personne = ["Martin", "Paule", "600000000", "paule@exemple.fr"]
    ligne = [*dossier, *association, *personne, "3000", "2500", "2000", "", ""]
    pied = ["1", "Consolidation", *[None] * 22]
    return [CATEGORIES_OSIRIS, LIBELLES_OSIRIS, ligne, pied]


def _foyer(lecture: Lecture) -> None:
    assert lecture.constat.entete == (1, 2)
    assert lecture.champs["association_nom"] == "Association › Nom"
    assert lecture.champs["code_postal"] == "Association › Code Postal"
    assert lecture.champs["email"] == "Coordonnées correspondance (publipostage) › Courriel"
    assert lecture.champs["statut"] == "Dossier › Etat Dossier"
    assert lecture.lignes[0].valeurs == {
        "reference_source": "DD69-21-0001",
        "ej": "21/0000001",
        "statut": "en_instruction",
        "exercice": "2021",
        "date_decision": "2021-06-01",
        "rna": "W691234567",
        "siret": "73282932000074",
        "association_nom": "Foyer rural",
        "code_postal": "69001",
        "commune": "LYON",
        "email": "foyer@exemple.fr",
        "telephone": "0600000000",
        "montant_demande": "3000.00",
        "montant_propose": "2500.00",
        "montant_accorde": "2000.00",
    }
    assert lecture.dehors == [4]
    assert lecture.lignes[1].remarques[0].lu == "Consolidation"


def test_the_two_lines_of_an_osiris_header_tell_the_association_from_its_representative() -> None:
    _foyer(comprendre(xlsx({"SuiviDossiers_ANS": _osiris()}), GenreImport.DEMANDES))


def test_an_old_binary_workbook_of_osiris_is_read_the_same(tmp_path: Path) -> None:
    ecrit = xlsx({"SuiviDossiers_ANS": _osiris()})
    ancien = convertir(ecrit.octets, de="xlsx", vers="xls", dossier=tmp_path)
    _foyer(comprendre(Ecrit(lues(ancien), "xls"), GenreImport.DEMANDES))


def test_a_file_of_published_grants_keeps_its_columns_under_their_official_names() -> None:
    lignes = (
        "Ville,21060004500012,2015-07-07,CONV N° 2074-15,LE FOYER ,73282932000074,W333216789,Fonctionnement,99786.57,"
        "aide en numéraire,échelonné,2017-03-30/2017-05-24,,non,0.05,\n"
        'Ville,21060004500012,05/12/2016,2016-0391,Pic la poule,32402138500000.0,W3222,Création,"100000,1",aide en numéraire,'
        "unique,2017-03-30_2017-05-24,,yes,100,\n"
        "Poitiers,218601946,2016-12-05,2016-0394,Entente,,W322216459,Avance,12800,aide en nature,unique,2016-12-06,,oui,0.8,\n"
    )
    lecture = comprendre(texte(f"{SCDL}\n{lignes}", ","), GenreImport.SCDL)
    valide, erreurs, siren = lecture.lignes
    assert (valide.verdict, valide.valeurs) == (
        VerdictLigne.PRET,
        {
            "nomAttribuant": "Ville",
            "idAttribuant": "21060004500012",
            "dateConvention": "2015-07-07",
            "referenceDecision": "CONV N° 2074-15",
            "nomBeneficiaire": "LE FOYER",
            "idBeneficiaire": "73282932000074",
            "rnaBeneficiaire": "W333216789",
            "objet": "Fonctionnement",
            "montant": "99786.57",
            "nature": "aide en numéraire",
            "conditionsVersement": "échelonné",
            "datesPeriodeVersement": "2017-03-30/2017-05-24",
            "notificationUE": "non",
            "pourcentageSubvention": "0.05",
        },
    )
    assert (erreurs.valeurs["dateConvention"], erreurs.valeurs["montant"]) == ("2016-12-05", "100000.10")
    assert erreurs.valeurs["datesPeriodeVersement"] == "2017-03-30/2017-05-24"
    assert {remarque.champ for remarque in erreurs.remarques} == {
        *("idBeneficiaire", "rnaBeneficiaire", "notificationUE", "pourcentageSubvention")
    }
    assert "pourcentageSubvention" not in erreurs.valeurs
    assert "rnaBeneficiaire" not in erreurs.valeurs
    assert (siren.valeurs["idAttribuant"], siren.valeurs["rnaBeneficiaire"]) == ("218601946", "W322216459")
    assert any(remarque.champ == "attribuants" for remarque in siren.remarques)


def test_published_grants_under_two_lines_that_say_nothing_are_found_in_the_second_sheet() -> None:
    rangees = [
        [None, None, "texte au hasard"],
        [None, None, "encore"],
        [
            "nomAttribuant",
            "idAttribuant",
            "dateConvention",
            "nomBeneficiaire",
            "idBeneficiaire",
            "montant",
            "dates_versement",
        ],
        ["Ville", 21060004500012.0, date(2021, 2, 2), "ASA", 73282932000074.0, 135000.0, "2024-01-25;2024-03-29"],
    ]
    lecture = comprendre(xlsx({"rien à voir": [], "données": rangees}), GenreImport.SCDL)
    assert (lecture.constat.feuille, lecture.constat.entete) == ("données", (3,))
    assert lecture.constat.feuilles[0].pourquoi == "vide"
    assert lecture.lignes[0].numero == 4
    assert lecture.lignes[0].valeurs == {
        "nomAttribuant": "Ville",
        "idAttribuant": "21060004500012",
        "dateConvention": "2021-02-02",
        "nomBeneficiaire": "ASA",
        "idBeneficiaire": "73282932000074",
        "montant": "135000.00",
    }


def test_the_columns_of_published_grants_may_come_in_another_order_and_under_other_spellings() -> None:
    contenu = (
        "IDATTRIBUANT;NOM_Beneficiaire;object;Montant total de la subvention*;Aide notifiée Ã  l'Europe;"
        "Nom du b\ufffdn\ufffdficiaire\n"
        "21060004500012;ASA;Fête;1 200,50;non;\n"
    )
    lecture = comprendre(texte(contenu), GenreImport.SCDL)
    assert set(lecture.champs) == {"idAttribuant", "nomBeneficiaire", "objet", "montant", "notificationUE"}
    assert lecture.lignes[0].valeurs["montant"] == "1200.50"
