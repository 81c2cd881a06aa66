"""Days that may be written month first: told or refused by what the rest of their column proves, never silently read."""

from datetime import date

from portal.classeurs.feuilles import Brut, Feuille
from portal.classeurs.resultats import LigneLue
from portal.vocabulaire_imports import GenreImport, VerdictLigne
from tests.classeurs_ecrits import Ecrit, comprendre

TITRES = ["Association", "N° SIRET", "Date de dépôt"]
SIRET = "73282932000074"
PRET, DIT, REJETE = VerdictLigne.PRET, VerdictLigne.AVERTISSEMENT, VerdictLigne.REJETE


def _lire(*jours: Brut) -> list[LigneLue]:
    lignes = [[f"Foyer {rang}", SIRET, jour] for rang, jour in enumerate(jours)]
    return comprendre(Ecrit([Feuille("F", False, [TITRES, *lignes])]), GenreImport.DEMANDES).lignes


def _verdicts(*jours: Brut) -> list[VerdictLigne]:
    return [ligne.verdict for ligne in _lire(*jours)]


def test_a_column_written_month_first_is_refused_in_full() -> None:
    """« 04/05/2024 » under « 03/25/2024 » is the 5th of April: it is never read as the 4th of May."""
    lignes = _lire("03/25/2024", "04/05/2024", "05/05/2024")
    assert [ligne.verdict for ligne in lignes] == [REJETE, REJETE, PRET]
    assert "date_depot" not in lignes[1].valeurs
    assert "Jour et mois peut-être inversés" in lignes[1].remarques[0].raison
    assert "ligne\u00a02" in lignes[1].remarques[0].raison


def test_in_a_column_that_proves_both_orders_what_reads_both_ways_is_told() -> None:
    lignes = _lire("02/03/2024", "25/03/2024", "05/05/2024", "03/25/2024", "2024-03-02", "2 mars 2024")
    assert [ligne.verdict for ligne in lignes] == [DIT, PRET, PRET, REJETE, PRET, PRET]
    assert lignes[0].valeurs["date_depot"] == "2024-03-02"
    assert "Jour et mois peut-être inversés" in lignes[0].remarques[0].raison


def test_a_column_written_day_first_is_read_without_a_word() -> None:
    assert _verdicts("02/03/2024", "25/03/2024") == [PRET, PRET]


def test_days_that_a_spreadsheet_took_from_a_column_written_month_first_are_told() -> None:
    """A French spreadsheet makes « 04/05/2024 » the 4th of May, and leaves « 03/25/2024 » as text."""
    assert _verdicts(date(2024, 5, 4), "03/25/2024", date(2024, 5, 5)) == [DIT, REJETE, PRET]
    assert _verdicts(date(2024, 5, 4), "03/25/2024", date(2024, 5, 25)) == [PRET, REJETE, PRET]


def test_a_year_of_two_digits_is_a_proof_as_well() -> None:
    assert _verdicts("03/25/24", date(2024, 5, 4)) == [REJETE, DIT]


def test_the_days_of_a_period_are_looked_at_too() -> None:
    titres = ["nomAttribuant", "datesPeriodeVersement", "montant"]
    lignes = [["Ville", "03/25/2024 au 04/20/2024", "5"], ["Ville", "04/05/2024 au 06/07/2024", "5"]]
    lecture = comprendre(Ecrit([Feuille("F", False, [titres, *lignes])]), GenreImport.SCDL)
    dites = [remarque for remarque in lecture.lignes[1].remarques if remarque.champ == "datesPeriodeVersement"]
    assert "Jour et mois peut-être inversés" in dites[0].raison


def test_periods_of_ordinary_days_prove_nothing() -> None:
    titres = ["nomAttribuant", "datesPeriodeVersement", "montant"]
    periodes = ("2017-03-30/2017-05-24", "04/05/2024 au 06/07/2024")
    lecture = comprendre(
        Ecrit([Feuille("F", False, [titres, *(["Ville", une, "5"] for une in periodes)])]), GenreImport.SCDL
    )
    assert [ligne.valeurs["datesPeriodeVersement"] for ligne in lecture.lignes] == [
        "2017-03-30/2017-05-24",
        "2024-05-04/2024-07-06",
    ]
