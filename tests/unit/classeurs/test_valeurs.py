"""One cell, by the declared type of its field: read as it is, or told. What is not sure is never guessed."""

from datetime import date, datetime, time

import pytest

from portal.classeurs.champs import TypeChamp
from portal.classeurs.feuilles import Brut
from portal.classeurs.valeurs import lecteur
from portal.vocabulaire_imports import VerdictLigne

T = TypeChamp
PRET, AVERTI, REJETE = VerdictLigne.PRET, VerdictLigne.AVERTISSEMENT, VerdictLigne.REJETE

LUS: list[tuple[TypeChamp, Brut, str]] = [
    (T.MONTANT, "1 234,56 €", "1234.56"),
    (T.MONTANT, "1\u202f234,56\u00a0€", "1234.56"),
    (T.MONTANT, "1.234,56", "1234.56"),
    (T.MONTANT, "1 234 567", "1234567.00"),
    (T.MONTANT, "1.234.567", "1234567.00"),
    (T.MONTANT, "EUR 1500", "1500.00"),
    (T.MONTANT, "1,234.56", "1234.56"),
    (T.MONTANT, "1,234,567", "1234567.00"),
    (T.MONTANT, "12,345,678.90 €", "12345678.90"),
    (T.MONTANT, "1,234.56\u00a0€", "1234.56"),
    (T.MONTANT, "+1234", "1234.00"),
    (T.MONTANT, "+ 1 234,50 €", "1234.50"),
    (T.MONTANT, "1234,-", "1234.00"),
    (T.MONTANT, "1 234,– €", "1234.00"),
    (T.MONTANT_SIGNE, "-1,234.56", "-1234.56"),
    (T.MONTANT_SIGNE, "-12,-", "-12.00"),
    (T.MONTANT, "1500 euros", "1500.00"),
    (T.MONTANT, "12.5", "12.50"),
    (T.MONTANT, "100000,1", "100000.10"),
    (T.MONTANT, "0", "0.00"),
    (T.MONTANT, 0, "0.00"),
    (T.MONTANT, -0.0, "0.00"),
    (T.MONTANT, 1234.5, "1234.50"),
    (T.MONTANT, 1500, "1500.00"),
    (T.MONTANT, 0.1 + 0.2, "0.30"),
    (T.MONTANT, 1234567.8900000001, "1234567.89"),
    (T.MONTANT_SIGNE, "(1 200)", "-1200.00"),
    (T.MONTANT_SIGNE, "-1 200", "-1200.00"),
    (T.MONTANT_SIGNE, "−1 200,50", "-1200.50"),
    (T.MONTANT_SIGNE, "1 200-", "-1200.00"),
    (T.MONTANT_SIGNE, -89931.9, "-89931.90"),
    (T.DATE, "2026-01-31", "2026-01-31"),
    (T.DATE, "2026-01-31T10:30:00", "2026-01-31"),
    (T.DATE, "31/01/2026", "2026-01-31"),
    (T.DATE, "1/2/2026", "2026-02-01"),
    (T.DATE, "31.01.2026", "2026-01-31"),
    (T.DATE, "31-01-2026", "2026-01-31"),
    (T.DATE, "31/01/2026 10:30", "2026-01-31"),
    (T.DATE, "1er mai 2026", "2026-05-01"),
    (T.DATE, "le 3 février 2026", "2026-02-03"),
    (T.DATE, "vendredi 14 août 2026", "2026-08-14"),
    (T.DATE, "12-déc-2025", "2025-12-12"),
    (T.DATE, "15 \u017feptembre 2024", "2024-09-15"),
    (T.DATE, date(2026, 1, 31), "2026-01-31"),
    (T.DATE, "31/12/1899", "1899-12-31"),
    (T.DATE, date(1901, 7, 1), "1901-07-01"),
    (T.DATE, datetime.fromisoformat("2026-01-31T18:30"), "2026-01-31"),
    (T.PERIODE, "2024-01-25/2024-03-29", "2024-01-25/2024-03-29"),
    (T.PERIODE, "2024-01-25_2024-03-29", "2024-01-25/2024-03-29"),
    (T.PERIODE, "25/01/2024 au 29/03/2024", "2024-01-25/2024-03-29"),
    (T.PERIODE, "2024-01-25", "2024-01-25"),
    (T.EXERCICE, "2026", "2026"),
    (T.EXERCICE, 2026, "2026"),
    (T.EXERCICE, 2026.0, "2026"),
    (T.EXERCICE, "Exercice 2026", "2026"),
    (T.PART, "0.45", "0.45"),
    (T.PART, "0,05", "0.05"),
    (T.PART, 1, "1"),
    (T.PART, "45 %", "0.45"),
    (T.SIRET, "73282932000074", "73282932000074"),
    (T.SIRET, "732 829 320 00074", "73282932000074"),
    (T.SIRET, "732\u00a0829\u00a0320\u202f00074", "73282932000074"),
    (T.SIRET, 73282932000074, "73282932000074"),
    (T.SIRET, 73282932000074.0, "73282932000074"),
    (T.SIRET, "73282932000074.0", "73282932000074"),
    (T.SIRET, "'73282932000074", "73282932000074"),
    (T.SIRET, '="73282932000074"', "73282932000074"),
    (T.SIRET, "35600000000048", "35600000000048"),
    (T.SIRET, "35600000049837", "35600000049837"),
    (T.SIRET, "#", ""),
    (T.SIREN, "732829320", "732829320"),
    (T.SIREN, 732829320.0, "732829320"),
    (T.RNA, "W691234567", "W691234567"),
    (T.RNA, "w 691 234 567", "W691234567"),
    (T.RNA, "W2A1000123", "W2A1000123"),
    (T.RNA, "W9R1000123", "W9R1000123"),
    (T.RIDET, "000000009", "000000009"),
    (T.RIDET, "1 234 567.001", "1234567001"),
    (T.RIDET, "A12345", "A12345"),
    (T.CODE_POSTAL, "69001", "69001"),
    (T.CODE_POSTAL, 97100.0, "97100"),
    (T.CODE_POSTAL, "20 000", "20000"),
    (T.COURRIEL, "Contact@Exemple.FR", "contact@exemple.fr"),
    (T.TELEPHONE, "04 72 00 00 00", "04 72 00 00 00"),
    (T.TELEPHONE, "+33 4 72 00 00 00", "+33 4 72 00 00 00"),
    (T.SENS, "Avis favorable", "favorable"),
    (T.SENS, "DÉFAVORABLE", "defavorable"),
    (T.SENS, "Favorable sous réserve", "favorable_reserves"),
    (T.SENS, "NSP", "ne_se_prononce_pas"),
    (T.STATUT, "En cours d’instruction", "en_instruction"),
    (T.STATUT, "en cours d'intruction", "en_instruction"),
    (T.STATUT, "Accordée", "accepte"),
    (T.STATUT, "sans_suite", "sans_suite"),
    (T.STATUT, "classé sans suite", "sans_suite"),
    (T.OUI_NON, "Oui", "oui"),
    (T.OUI_NON, False, "non"),
    (T.CODE, "00123", "00123"),
    (T.CODE, 2102672573.0, "2102672573"),
    (T.CODE, "2016-0391", "2016-0391"),
    (T.TEXTE, "Festival 2023", "Festival 2023"),
    (T.TEXTE, "1er mai", "1er mai"),
    (T.TEXTE, "00123", "00123"),
    (T.TEXTE, "12/05/2024", "12/05/2024"),
    (T.TEXTE, "1,50", "1,50"),
    (T.TEXTE, "VRAI", "VRAI"),
    (T.TEXTE, "=cmd()", "=cmd()"),
    (T.TEXTE, "sans objet", "sans objet"),
    (T.TEXTE, "  Foyer rural  ", "Foyer rural"),
    (T.TEXTE, "Deux\nlignes", "Deux\nlignes"),
    (T.TEXTE, 2024.0, "2024"),
    (T.TEXTE, 12.5, "12,5"),
    (T.TEXTE, "", ""),
    (T.TEXTE, None, ""),
]

AVERTIS: list[tuple[TypeChamp, Brut, str, str]] = [
    (T.MONTANT, " -   € ", "", "tiret"),
    (T.MONTANT, "néant", "", "vide"),
    (T.DATE, 45000, "2023-03-15", "15/03/2023"),
    (T.DATE, "45000", "2023-03-15", "15/03/2023"),
    (T.DATE, "20260131", "2026-01-31", "sans séparateur"),
    (T.DATE, "2024-01-30T23:30:00Z", "2024-01-31", "à Paris"),
    (T.DATE, "2024-02-01 9:05Z", "2024-02-01", "à Paris"),
    (T.DATE, "30/01/2024 23h30Z", "2024-01-31", "à Paris"),
    (T.EXERCICE, date(2026, 1, 31), "2026", "année"),
    (T.PERIODE, "2024-03-29/2024-01-25", "2024-03-29/2024-01-25", "avant de commencer"),
    (T.PERIODE, "au fil de l’eau", "", "période"),
    (T.SIRET, "73282932000000", "73282932000000", "cinq zéros"),
    (T.PART, "80", "", "0,01 à 1"),
    (T.PART, "beaucoup", "", "laissée de côté"),
    (T.SIRET, "73282932000079", "73282932000079", "clé"),
    (T.SIRET, 572078400015, "00572078400015", "zéro"),
    (T.SIRET, "732829320", "732829320", "SIREN"),
    (T.SIRET, "non communiqué", "", "vide"),
    (T.SIREN, "732829321", "732829321", "clé"),
    (T.SIREN, "73282932000074", "732829320", "SIRET"),
    (T.SIREN, 5720784.0, "005720784", "zéro"),
    (T.CODE_POSTAL, 1000.0, "01000", "zéro"),
    (T.CODE_POSTAL, "1000", "01000", "zéro"),
    (T.CODE_POSTAL, "2A004", "", "5\u00a0chiffres"),
    (T.COURRIEL, "a@exemple.fr ; b@exemple.fr", "", "plusieurs"),
    (T.COURRIEL, "voir le dossier", "", "adresse"),
    (T.COURRIEL, "a@" * 20_000, "", "trop longue"),
    (T.TELEPHONE, 472000000.0, "0472000000", "zéro"),
    (T.STATUT, "A évaluer", "accepte", "accordé"),
    (T.STATUT, "Clôturée", "Clôturée", "tel quel"),
    (T.STATUT, "Rejeté", "Rejeté", "tel quel"),
    (T.OUI_NON, "yes", "oui", "oui"),
    (T.OUI_NON, "peut-être", "", "oui ou non"),
    (T.CODE, 12.5, "12,5", "virgule"),
    (T.CODE, date(1111, 1, 2), "02/01/1111", "date"),
    (T.TEXTE, date(2024, 5, 1), "01/05/2024", "date"),
    (T.TEXTE, time(12, 30), "12:30:00", "heure"),
    (T.TEXTE, "#REF!", "", "#REF!"),
    (T.TEXTE, 1.2345678901234567e19, "1,2345678901234567E+19", "perdu"),
]

REJETES: list[tuple[TypeChamp, Brut, str]] = [
    (T.MONTANT, "1,234", "deux façons"),
    (T.MONTANT, "1.234", "deux façons"),
    (T.MONTANT, "1.234 €", "deux façons"),
    (T.MONTANT, "12 k€", "milliers"),
    (T.MONTANT, "1,2 M€", "milliers"),
    (T.MONTANT, "12,345678", "deux décimales"),
    (T.MONTANT, 12.345, "deux décimales"),
    (T.MONTANT, "50 %", "pourcentage"),
    *(
        (T.MONTANT, ecrit, "autre monnaie")
        for ecrit in ("1 200 XPF", "1500 F", "-1 500,00 F CFP", "$12", "12 USD", "30 CHF")
    ),
    (T.MONTANT, "12€50", "lisible"),
    (T.MONTANT, "12 50", "lisible"),
    (T.MONTANT, "1,234.567", "lisible"),
    (T.MONTANT, "12,34.56", "lisible"),
    (T.MONTANT, "+-5", "lisible"),
    (T.MONTANT, "1234,-5", "lisible"),
    (T.MONTANT, "environ 500", "lisible"),
    (T.MONTANT, "500 ou 600", "lisible"),
    (T.MONTANT, -500, "négatif"),
    (T.MONTANT, "(1 200)", "négatif"),
    (T.MONTANT, 1e15, "trop grand"),
    (T.MONTANT, date(2024, 5, 1), "date"),
    (T.MONTANT, True, "montant"),
    (T.MONTANT, "#DIV/0!", "#DIV/0!"),
    (T.MONTANT, float("nan"), "montant"),
    (T.DATE, "mai 2024", "jour"),
    (T.DATE, "05/2024", "jour"),
    (T.DATE, "2024-05", "jour"),
    (T.DATE, "31/01/24", "deux chiffres"),
    (T.DATE, "12-déc-25", "deux chiffres"),
    (T.DATE, "05/13/2024", "mois 13"),
    (T.DATE, "31/02/2024", "calendrier"),
    (T.DATE, "2024-01-25;2024-03-29", "plusieurs dates"),
    (T.DATE, "Commission Permanente du 22", "date"),
    (T.DATE, "Bonjour toto", "date"),
    (T.DATE, 2024, "année"),
    (T.DATE, "2024", "année"),
    (T.DATE, "20122012", "date"),
    (T.DATE, "31/01/0024", "24"),
    (T.DATE, "0024-02-01T10:00:00Z", "L’année 24"),
    (T.DATE, "0001-01-01T00:00+10:00", "L’année 1 "),
    (T.DATE, "2100-12-31T23:59Z", "L’année 2101"),
    (T.DATE, "2024-02-01T25:61:00Z", "heure"),
    (T.DATE, "2024-02-01T10:00:00+99:99", "heure"),
    (T.DATE, "15 ju\u0131n 2024", "calendrier"),
    (T.DATE, time(10, 0), "date"),
    (T.DATE, datetime.fromisoformat("1899-12-31"), "zéro"),
    (T.DATE, date(1899, 12, 30), "zéro"),
    (T.DATE, True, "date"),
    (T.EXERCICE, "2024-2025", "année"),
    (T.EXERCICE, "24", "année"),
    (T.EXERCICE, 3024, "année"),
    (T.SIRET, "7,99E+13", "perdu"),
    (T.SIRET, "7.99E+13", "perdu"),
    (T.SIRET, 7.99e13, "perdu"),
    (T.SIRET, 1e17, "perdu"),
    (T.SIRET, 15370000000000.0, "perdu"),
    (T.SIRET, "7328293200007", "13"),
    (T.SIRET, 572078400016, "12"),
    (T.SIRET, "W691234567", "RNA"),
    (T.SIRET, "à venir", "chiffres"),
    (T.SIRET, 73282932000074.5, "chiffres"),
    (T.SIRET, "#N/A", "#N/A"),
    (T.SIREN, "12345", "5"),
    (T.RNA, "W3222", "W"),
    (T.RNA, 691234567.0, "W"),
    (T.RIDET, "12", "RIDET"),
    (T.DATE, "a@" * 20_000, "trop longue"),
    (T.SENS, "à voir", "favorable, favorable avec réserves"),
    (T.CODE, "7,99E+13", "perdu"),
    (T.CODE, float("inf"), "perdu"),
    (T.CODE, float("nan"), "pas un nombre"),
    (T.CODE, 1.2345678901234567e19, "perdu"),
]


@pytest.mark.parametrize(("genre", "brut", "valeur"), LUS)
def test_a_cell_that_says_one_thing_is_read_without_a_word(genre: TypeChamp, brut: Brut, valeur: str) -> None:
    lue = lecteur(genre)(brut)
    assert (lue.valeur, lue.raison, lue.verdict) == (valeur, "", PRET)


@pytest.mark.parametrize(("genre", "brut", "valeur", "raison"), AVERTIS)
def test_what_is_put_right_or_left_out_is_told(genre: TypeChamp, brut: Brut, valeur: str, raison: str) -> None:
    lue = lecteur(genre)(brut)
    assert (lue.valeur, lue.verdict) == (valeur, AVERTI)
    assert raison in lue.raison


@pytest.mark.parametrize(("genre", "brut", "raison"), REJETES)
def test_what_cannot_be_read_without_guessing_is_refused_with_its_reason(
    genre: TypeChamp, brut: Brut, raison: str
) -> None:
    lue = lecteur(genre)(brut)
    assert (lue.valeur, lue.verdict) == ("", REJETE)
    assert raison in lue.raison


def test_the_days_of_an_old_macintosh_workbook_are_those_of_its_calendar() -> None:
    assert lecteur(T.DATE, base_1904=True)(43538).valeur == "2023-03-15"
    assert lecteur(T.DATE)(43538).valeur == "2019-03-14"


def test_a_siren_goes_to_the_field_of_sirens() -> None:
    assert lecteur(T.SIRET, vers="siren")("732829320").vers == "siren"
    assert lecteur(T.SIRET, vers="siren")("73282932000074").vers == ""


@pytest.mark.parametrize(
    ("ecrit", "lu"),
    [
        ("'=cmd()", "=cmd()"),
        ("'-5", "-5"),
        ("'@moi", "@moi"),
        ("''=x", "'=x"),
        ("'le Moulin'", "'le Moulin'"),
        ("'", "'"),
    ],
)
def test_the_guard_of_our_csv_files_is_undone_in_a_csv_and_nowhere_else(ecrit: str, lu: str) -> None:
    assert lecteur(T.TEXTE, garde=True)(ecrit).valeur == lu
    assert lecteur(T.MONTANT, garde=True)("'+5").valeur == "5.00"
    assert lecteur(T.TEXTE)(ecrit).valeur == ecrit


@pytest.mark.parametrize("brut", ["\x00Foyer\x07 rural", "\ufeffFoyer rural", "Foyer rural\u200b"])
def test_characters_that_nobody_sees_do_not_stay(brut: str) -> None:
    assert lecteur(T.TEXTE)(brut).valeur == "Foyer rural"
