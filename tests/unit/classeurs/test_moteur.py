"""The table that is found, and what is said of how: whatever the sheets hold, every row is a line or says why it is none."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.classeurs.colonnes import exact
from portal.classeurs.feuilles import Feuille, pleine
from portal.classeurs.genres import GENRES
from portal.classeurs.moteur import examiner, lignes
from portal.classeurs.resultats import ClasseurRefuse, Consigne
from portal.vocabulaire_imports import GenreImport, VerdictLigne
from tests.classeurs_ecrits import Ecrit, comprendre, texte, xlsx
from tests.unit.classeurs.vilains import AUTRE, FOYER, SIRET, TITRES

bruts = st.one_of(
    st.none(),
    st.text(max_size=12),
    st.sampled_from(
        [str(titre) for titre in TITRES] + ["Total", "73282932000074", "31/01/2026", "1 234,56 €", "#REF!"]
    ),
    st.integers(-(10**17), 10**17),
    st.floats(),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.timedeltas(timedelta(0), timedelta(days=2)),
)
feuilles = st.lists(st.lists(bruts, max_size=6), max_size=8)


@settings(max_examples=150, deadline=None)
@given(st.lists(feuilles, min_size=1, max_size=2), st.sampled_from(GenreImport))
def test_whatever_the_cells_each_row_under_the_header_is_one_line(
    contenus: list[list[list[object]]], genre: GenreImport
) -> None:
    ecrit = Ecrit([Feuille(f"F{rang}", False, contenu) for rang, contenu in enumerate(contenus)])
    try:
        lecture = comprendre(ecrit, genre)
    except ClasseurRefuse:
        assert not any(pleine(rangee) for feuille in ecrit.feuilles for rangee in feuille.lignes)
        return
    choisie = next(une for une in ecrit.feuilles if une.nom == lecture.constat.feuille)
    debut = max(lecture.constat.entete, default=0)
    attendus = [rang for rang, rangee in enumerate(choisie.lignes, start=1) if rang > debut and pleine(rangee)]
    assert [ligne.numero for ligne in lecture.lignes if any(ligne.lu)] == attendus
    champs = {champ.nom for champ in GENRES[genre]}
    assert all(set(ligne.valeurs) <= champs and all(ligne.valeurs.values()) for ligne in lecture.lignes)
    assert all(ligne.remarques for ligne in lecture.lignes if ligne.verdict != VerdictLigne.PRET)


def test_a_file_without_a_line_is_refused_with_a_sentence() -> None:
    with pytest.raises(ClasseurRefuse, match="vide"):
        comprendre(xlsx({"Feuil1": [], "Feuil2": [[None, "  "]]}), GenreImport.DEMANDES)


def test_a_sheet_that_is_not_there_is_refused_with_a_sentence() -> None:
    with pytest.raises(ClasseurRefuse, match="«\u00a02027\u00a0»"):
        comprendre(xlsx({"2026": [TITRES, FOYER]}), GenreImport.DEMANDES, feuille="2027")


@pytest.mark.parametrize(("entete", "lue"), [((1, 400), (1,)), ((0, 400), ()), ((2, 1), (1, 2))])
def test_rows_of_header_that_are_not_in_the_sheet_are_left_aside(entete: tuple[int, ...], lue: tuple[int, ...]) -> None:
    lecture = comprendre(xlsx({"Feuil1": [TITRES, TITRES, FOYER]}), GenreImport.DEMANDES, entete=entete)
    assert lecture.constat.entete == lue
    assert lecture.lignes[-1].numero == 3


def test_each_sheet_says_why_it_was_chosen_or_not() -> None:
    classeur = xlsx({"Vide": [], "Ancien": [TITRES, FOYER], "Demandes": [TITRES, FOYER]}, cachees=["Ancien"])
    vues = comprendre(classeur, GenreImport.DEMANDES).constat.feuilles
    assert [(une.nom, une.lignes, une.colonnes, une.cachee) for une in vues] == [
        *(("Vide", 0, 0, False), ("Ancien", 2, 4, True), ("Demandes", 2, 4, False))
    ]
    assert [une.pourquoi for une in vues] == [
        "vide",
        "feuille masquée, 4\u00a0colonnes reconnues",
        "4\u00a0colonnes reconnues\u00a0: c’est la feuille qui ressemble le plus au tableau attendu",
    ]


def test_each_column_says_how_its_field_was_found_and_shows_its_first_values() -> None:
    contenu = "Nom de l'asociation;Montant demandé;;Divers et varié\nA;12;73282932000074;x\nB;13;55208131766522;y\n"
    colonnes = comprendre(texte(contenu), GenreImport.DEMANDES).constat.colonnes
    assert [(une.champ, une.methode) for une in colonnes] == [
        *(("association_nom", "titre proche"), ("montant_demande", "titre"), ("siret", "contenu"), ("", ""))
    ]
    assert colonnes[1].confiance > colonnes[0].confiance > 0.5
    assert colonnes[2].exemples == ("73282932000074", "55208131766522")


def test_files_of_one_form_are_known_again_whatever_the_case_of_their_titles_and_their_lines() -> None:
    un = comprendre(texte("Association;SIRET\nA;\n"), GenreImport.DEMANDES).constat.forme
    meme = comprendre(texte("ASSOCIATION * ;siret\nB;73282932000074\nC;\n"), GenreImport.DEMANDES).constat.forme
    autre = comprendre(texte("SIRET;Association\n;A\n"), GenreImport.DEMANDES).constat.forme
    assert un == meme
    assert autre != un
    assert len(un) == 64


def test_a_required_field_that_no_column_gives_is_told_before_the_lines() -> None:
    lecture = comprendre(texte("SIRET;Montant\n73282932000074;12\n"), GenreImport.ASSOCIATIONS)
    assert lecture.constat.manquants == ("association_nom",)
    assert lecture.lignes[0].verdict == VerdictLigne.REJETE


def test_the_lines_show_their_cells_as_a_person_sees_them() -> None:
    rangee = [
        date(2026, 1, 31),
        73282932000074.0,
        12.5,
        True,
        time(10, 30),
        datetime.fromisoformat("2026-01-31T10:30"),
        " a ",
    ]
    feuille = Feuille("F", False, [["Association"] * 7, rangee])
    [ligne] = lignes(feuille, examiner([feuille], Consigne(GenreImport.DEMANDES), format_lu="xlsx"), [])
    assert ligne.lu == ("31/01/2026", "73282932000074", "12,5", "VRAI", "10:30:00", "31/01/2026 10:30:00", "a")


@pytest.mark.parametrize("genre", list(GenreImport))
def test_every_field_is_known_by_its_own_name_and_by_its_label(genre: GenreImport) -> None:
    for champ in GENRES[genre]:
        assert (exact(genre, champ.nom) or ("",))[0] == champ.nom
        assert (exact(genre, champ.libelle) or ("",))[0] == champ.nom


def test_a_row_of_a_csv_with_more_cells_than_the_header_is_refused() -> None:
    """« 1234,56 » without quotes between commas is two cells: 1 234 euros would be another amount, read without a word."""
    contenu = f"Association,SIRET,Montant demandé\nFoyer,{SIRET},1234,56\nAmis,{AUTRE},800,,\nAutres,{AUTRE},5,a,b\n"
    lecture = comprendre(texte(contenu, ","), GenreImport.DEMANDES)
    debordee, tenue, large = lecture.lignes
    assert [ligne.verdict.value for ligne in lecture.lignes] == ["rejete", "pret", "rejete"]
    assert (debordee.remarques[0].lu, large.remarques[0].lu) == ("56", "a, b")
    assert "4\u00a0cellules, l’en-tête\u00a03" in debordee.remarques[0].raison
    assert tenue.valeurs["montant_demande"] == "800.00"
    assert not any("libellé" in colonne.titre for colonne in lecture.constat.colonnes)


def test_a_column_without_title_that_a_person_names_is_no_overflow() -> None:
    colonnes = {0: "association_nom", 1: "siret", 2: "montant_demande", 3: "objet"}
    ecrit = texte(f"Association;SIRET;Montant demandé;\nFoyer;{SIRET};1234;Fête\n")
    assert [une.verdict.value for une in comprendre(ecrit, GenreImport.DEMANDES).lignes] == ["rejete"]
    [ligne] = comprendre(ecrit, GenreImport.DEMANDES, colonnes=colonnes).lignes
    assert (ligne.verdict, ligne.valeurs["objet"]) == (VerdictLigne.PRET, "Fête")


def test_two_columns_that_name_one_field_equally_are_told() -> None:
    ecrit = xlsx({"Feuil1": [["Association", "SIRET", "Montant demandé", "Montant demandé"], ["Foyer", SIRET, 5, 6]]})
    [dite] = comprendre(ecrit, GenreImport.DEMANDES).constat.remarques
    assert dite.startswith("«\u00a0Montant demandé\u00a0» n’est lu dans aucune colonne")
    assert "3\u00a0(«\u00a0Montant demandé\u00a0») et 4\u00a0(" in dite
    colonnes = {0: "association_nom", 1: "siret", 2: "montant_demande", 3: ""}
    assert comprendre(ecrit, GenreImport.DEMANDES, colonnes=colonnes).constat.remarques == ()


def test_a_header_without_a_line_is_told() -> None:
    lecture = comprendre(texte("Association;SIRET;Montant demandé\n;;\n"), GenreImport.DEMANDES)
    assert (lecture.lignes, len(lecture.constat.remarques)) == ([], 1)
    assert "Aucune ligne n’est remplie sous l’en-tête" in lecture.constat.remarques[0]


@pytest.mark.parametrize(
    ("titre", "raison"),
    [
        ("Montant demandé (k€)", "milliers"),
        ("Montant demandé (en milliers d'euros)", "milliers"),
        ("Montant demandé (F CFP)", "monnaie"),
        ("Montant demandé ($)", "monnaie"),
        ("Montant demandé (XPF)", "monnaie"),
        ("Montant demandé (en €)", ""),
        ("Montant demandé (au plus 5 k€)", ""),
        ("Montant demandé (en euros, pas en k€)", ""),
        ("Montant demandé (F)", ""),
        ("Montant demandé", ""),
    ],
)
def test_amounts_that_a_title_says_to_be_no_euros_are_not_read_as_euros(titre: str, raison: str) -> None:
    lecture = comprendre(
        xlsx({"F": [["Association", titre], ["Les Amis", 12], ["Le Club", None]]}), GenreImport.DEMANDES
    )
    lue, sans_montant = lecture.lignes
    assert lecture.champs["montant_demande"] == titre
    assert sans_montant.verdict == VerdictLigne.PRET
    if raison:
        assert lue.verdict == VerdictLigne.REJETE
        assert raison in lue.remarques[0].raison
        assert any(raison in dite for dite in lecture.constat.remarques), "told before the lines, too"
    else:
        assert lue.valeurs["montant_demande"] == "12.00"
        assert not lecture.constat.remarques


def test_a_sheet_of_the_same_titles_that_is_not_read_is_told() -> None:
    table = [["Association", "SIRET", "Montant demandé"], ["Les Amis", SIRET, 12], ["Le Club", None, 3]]
    lecture = comprendre(xlsx({"2023": table, "2024": table[:2], "Listes": [["Club"], ["x"]]}), GenreImport.DEMANDES)
    assert lecture.constat.feuille == "2023"
    assert [dite for dite in lecture.constat.remarques if "2024" in dite and "n’est pas lue" in dite]
    assert not [dite for dite in lecture.constat.remarques if "Listes" in dite]
