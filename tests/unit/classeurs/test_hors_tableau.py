"""Rows of a sheet that are no lines of its table: a person sees at once what they are, and so must the reading."""

from datetime import date

import pytest

from portal.vocabulaire_imports import GenreImport, VerdictLigne
from tests.classeurs_ecrits import Cellule, comprendre, texte, xlsx
from tests.unit.classeurs.vilains import AUTRE, SIRET

VERSEMENTS = ["Bénéficiaire", "Date de paiement", "Montant payé"]
DEMANDES = ["Association", "Département", "Montant demandé"]
JOUR = date(2026, 1, 31)


@pytest.mark.parametrize(
    "total",
    ["Total", "Total 2024", "TOTAL BOP 163", "Total €", "Montant total", "Total (2 lignes)", "Sous-total", "TOTAL GÉNÉRAL",
     "Total des versements", "Cumul", "Somme", "Total Sport", None],
)  # fmt: skip
@pytest.mark.parametrize("place", [0, 1])
def test_a_total_is_no_payment_whatever_it_is_called(total: str | None, place: int) -> None:
    somme: list[Cellule] = [None, None, 300]
    somme[place] = total
    table = [VERSEMENTS, ["Club du lac", JOUR, 100], ["Club du col", JOUR, 200], somme, ["Les Amis", JOUR, 50]]
    lecture = comprendre(xlsx({"F": table}), GenreImport.VERSEMENTS)
    assert lecture.dehors == [4]
    assert [ligne.valeurs["montant"] for ligne in lecture.gardees] == ["100.00", "200.00", "50.00"]
    assert "total" in lecture.lignes[2].remarques[0].raison


def test_each_section_has_its_total_and_the_table_its_own() -> None:
    table = [
        VERSEMENTS,
        ["Club du lac", JOUR, 100],
        ["Total Sport", None, 100],
        ["Chorale", JOUR, 20],
        ["Théâtre", JOUR, 30],
        ["Total Culture", None, 50],
        [None, None, 150],
    ]
    assert comprendre(xlsx({"F": table}), GenreImport.VERSEMENTS).dehors == [3, 6, 7]


@pytest.mark.parametrize(
    "ligne",
    [
        ["Les Amis", "Somme", 100],
        ["Report", "Oise", 50],
        ["Total Basket Club", "Oise", 70],
        ["Totalité", None, 7],
        ["Le Foyer", "Total des aides reçues", 9],
    ],
)
def test_a_name_that_looks_like_the_word_of_a_total_is_a_line(ligne: list[Cellule]) -> None:
    lecture = comprendre(xlsx({"F": [DEMANDES, ["Club du lac", "Aisne", 100], ligne]}), GenreImport.DEMANDES)
    assert lecture.dehors == []
    assert lecture.lignes[1].valeurs["association_nom"] == ligne[0]


def _gardees(titres: list[Cellule], *lignes: list[Cellule], genre: GenreImport = GenreImport.VERSEMENTS) -> list[int]:
    lecture = comprendre(xlsx({"F": [titres, *lignes]}), genre)
    return [ligne.numero for ligne in lecture.gardees]


def test_equal_amounts_do_not_make_totals_of_lines_whose_words_look_like_it() -> None:
    departement: list[list[Cellule]] = [[f"Club {nom}", "Somme (80)", 1000] for nom in "ABC"]
    assert _gardees(DEMANDES, *departement, genre=GenreImport.DEMANDES) == [2, 3, 4]
    observations: list[Cellule] = [*VERSEMENTS, "Observations"]
    payes: list[list[Cellule]] = [["Club", JOUR, 500, "Somme versée en une fois"] for _ in range(2)]
    assert _gardees(observations, *payes) == [2, 3]
    assert _gardees(VERSEMENTS, ["Total Danse", JOUR, 500], ["Total Danse", JOUR, 500]) == [2, 3]
    cles: list[Cellule] = ["N° EJ", "Date de paiement", "Montant payé", "Type de versement"]
    assert _gardees(cles, ["2103456781", JOUR, 500, "Total"], ["2103456782", JOUR, 300, "Partiel"]) == [2, 3]


def test_a_total_in_the_place_of_a_name_is_one_though_an_amount_was_refused() -> None:
    titres: list[Cellule] = ["Dispositif", *VERSEMENTS]
    lignes: list[list[Cellule]] = [
        ["FDVA", "A", JOUR, 100],
        ["FDVA", "B", JOUR, "50 ou 60"],
        ["FDVA", "TOTAL", None, 150],
    ]
    assert _gardees(titres, *lignes) == [2, 3]


def test_a_line_called_a_total_that_sums_nothing_up_is_told() -> None:
    table = [VERSEMENTS, ["A", JOUR, 10], ["B", JOUR, 20], ["Total Sport", None, 90]]
    lue = comprendre(xlsx({"F": table}), GenreImport.VERSEMENTS).lignes[-1]
    assert lue.verdict == VerdictLigne.AVERTISSEMENT
    assert "s’appelle comme un total" in lue.remarques[0].raison


def test_numbers_of_columns_stand_under_titles_alone() -> None:
    titres: list[Cellule] = ["Association", "Exercice", "Montant demandé"]
    rangees = [titres, [1, 2, 3], ["A", 2026, 5], titres, [1, 2, 3], ["B", 2026, 4], [1, 2, 3]]
    assert comprendre(xlsx({"F": rangees}), GenreImport.DEMANDES).dehors == [2, 4, 5]


def test_an_amount_alone_that_sums_nothing_up_waits_for_its_beneficiary() -> None:
    table = [VERSEMENTS, ["Club du lac", JOUR, 100], ["Club du col", JOUR, 200], [None, JOUR, 40]]
    lecture = comprendre(xlsx({"F": table}), GenreImport.VERSEMENTS)
    assert (lecture.dehors, lecture.lignes[2].verdict) == ([], VerdictLigne.REJETE)
    assert "bénéficiaire" in lecture.lignes[2].remarques[0].raison


def test_the_title_of_a_section_is_no_request_and_a_name_alone_is_an_association() -> None:
    table = [["Association", "SIRET", "Montant demandé", "Statut"], ["SPORT"], ["Club", SIRET, 1, "en cours"]]
    assert comprendre(xlsx({"F": table}), GenreImport.DEMANDES).dehors == [2]
    noms = [["Association", "SIRET", "Commune", "Email"], ["Les Amis"], ["Club", SIRET, "Lyon", "a@exemple.fr"]]
    assert comprendre(xlsx({"F": noms}), GenreImport.ASSOCIATIONS).dehors == []


def test_a_second_table_of_other_columns_is_not_read_by_the_titles_of_the_first() -> None:
    titres: list[Cellule] = ["Association", "SIRET", "Montant demandé", "Montant accordé"]
    autres: list[Cellule] = ["Association", "SIRET", "Montant accordé", "Montant demandé"]
    un: list[Cellule] = ["A", SIRET, 100, 50]
    deux: list[Cellule] = ["B", AUTRE, 70, 200]
    trois: list[Cellule] = ["C", AUTRE, 30, 20]
    lecture = comprendre(xlsx({"F": [titres, un, [], autres, deux, [], titres, trois]}), GenreImport.DEMANDES)
    assert lecture.dehors == [4, 7]
    assert [(ligne.numero, ligne.verdict) for ligne in lecture.gardees] == [
        (2, VerdictLigne.PRET),
        (5, VerdictLigne.REJETE),
        (8, VerdictLigne.PRET),
    ]
    assert "La ligne 4 porte d’autres titres" in lecture.lignes[2].remarques[0].raison
    assert lecture.lignes[4].valeurs["montant_demande"] == "30.00"


def test_a_second_header_in_other_words_for_the_same_columns_changes_nothing() -> None:
    table = [["Association", "Intitulé"], ["A", "Fête"], ["Nom du demandeur", "Titre du projet"], ["B", "Bal"]]
    lecture = comprendre(xlsx({"F": table}), GenreImport.DEMANDES)
    assert [ligne.valeurs.get("intitule") for ligne in lecture.lignes][-1] == "Bal"
    assert lecture.lignes[-1].verdict == VerdictLigne.PRET


@pytest.mark.parametrize("milieu", ["", "\n\net des lots", "\nun but\ndeux filets"])
def test_a_row_of_a_csv_cut_by_line_breaks_is_not_read_by_halves(milieu: str) -> None:
    coupee = f"Les Amis;{SIRET};Achat de ballons{milieu}\nmaillots et filets;1500\n"
    contenu = f"Association;SIRET;Objet;Montant demandé\n{coupee}Club;{AUTRE};Fête;200\n"
    lecture = comprendre(texte(contenu), GenreImport.DEMANDES)
    *pieces, entiere = lecture.lignes
    assert {ligne.verdict for ligne in pieces} == {VerdictLigne.REJETE}
    assert all("coupée par un retour à la ligne" in ligne.remarques[0].raison for ligne in pieces)
    assert (entiere.verdict, entiere.valeurs["montant_demande"]) == (VerdictLigne.PRET, "200.00")


def test_short_rows_of_a_csv_that_are_lines_by_themselves_stay_lines() -> None:
    contenu = "Association;SIRET;Montant demandé;Objet\nLes Amis;;12\nChorale;\nClub;;12;Fête\nThéâtre\n"
    lecture = comprendre(texte(contenu), GenreImport.ASSOCIATIONS)
    assert [ligne.valeurs.get("association_nom") for ligne in lecture.lignes] == [
        "Les Amis",
        "Chorale",
        "Club",
        "Théâtre",
    ]


@pytest.mark.parametrize(
    ("titres", "bonne", "suite"),
    [
        ("Bénéficiaire;Date de paiement;Montant payé;Observations", "B;03/05/2025;200", "\nFait à Lyon;le 3 mai"),
        ("Bénéficiaire;Date de paiement;Montant payé;Libellé;Observations", "A;03/05/2025;100", "B;03/05/2025;cent"),
        ("Association;SIRET;Objet;Montant payé;Observations", f"Club;{SIRET};150", ";;250"),
    ],
)
def test_a_good_short_row_stays_a_line_before_a_bad_one(titres: str, bonne: str, suite: str) -> None:
    lecture = comprendre(texte(f"{titres}\n{bonne}\n{suite}\n"), GenreImport.VERSEMENTS)
    assert not any(remarque.champ == "coupure" for ligne in lecture.lignes for remarque in ligne.remarques)
