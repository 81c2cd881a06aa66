"""The reference files that stand beside the checkout, when they do: each is read to the values that a person reads in it."""

import csv
import json
import re
from decimal import Decimal
from pathlib import Path

import pytest

from portal.classeurs.colonnes import exact
from portal.classeurs.feuilles import Feuille
from portal.vocabulaire_imports import GenreImport, VerdictLigne
from tests.classeurs_ecrits import Ecrit, Lecture, comprendre, lues
from tests.reels import A_COTE

FIXTURES = A_COTE / "fixtures"
ASSO = FIXTURES / "data-subvention"
OFFICIELS = FIXTURES / "scdl-official"


def _lire(chemin: Path, genre: GenreImport, separateur: str = ",", feuille: str | None = None) -> Lecture:
    if not chemin.is_file():
        pytest.skip(f"no file at {chemin}, nothing real is checked here")
    if chemin.suffix == ".csv":
        with chemin.open(encoding="utf-8", newline="") as flux:
            ecrit = Ecrit([Feuille("", False, list(csv.reader(flux, delimiter=separateur)))], "csv")
    else:
        ecrit = Ecrit(lues(chemin.read_bytes()), chemin.suffix[1:])
    return comprendre(ecrit, genre, feuille=feuille)


def test_the_extraction_of_chorus() -> None:
    lecture = _lire(ASSO / "chorus" / "new-chorus-export.xlsx", GenreImport.VERSEMENTS)
    assert lecture.constat.feuille == "1. Extraction"
    assert [ligne.valeurs["montant"] for ligne in lecture.lignes] == [
        *("40000.00", "35000.00", "89931.90", "62655.20", "6925.00", "62655.20", "62655.20")
    ]
    assert lecture.lignes[0].valeurs == {
        "ej": "0001821732",
        "beneficiaire_nom": "ASSO 1 (in uniteLegaleName)",
        "siret": "10000000000001",
        "libelle": "Appels a projet",
        "exercice": "2024",
        "cle_source": "000195567/1",
        "date_operation": "2023-07-12",
        "centre_financier": "AA01/0776-C001-4000",
        "domaine": "1111-01-02",
        "montant": "40000.00",
    }
    assert lecture.lignes[5].valeurs["ridet"] == "000000009"
    assert "siret" not in lecture.lignes[5].valeurs
    assert not any(ligne.verdict == VerdictLigne.REJETE for ligne in lecture.lignes)


def test_the_other_extraction_of_chorus() -> None:
    lecture = _lire(ASSO / "chorus" / "new-chorus-export.xlsx", GenreImport.VERSEMENTS, feuille="2. Extraction FEHBE")
    assert [ligne.valeurs["montant"] for ligne in lecture.lignes] == [
        *("131748.31", "12017.88", "211800.00", "6066.01", "55784.00")
    ]
    assert not any("ej" in ligne.valeurs for ligne in lecture.lignes)


def test_the_follow_up_of_osiris() -> None:
    lecture = _lire(ASSO / "osiris" / "SuiviDossiers_test.xls", GenreImport.DEMANDES)
    assert (lecture.constat.entete, lecture.dehors) == ((1, 2), [4])
    valeurs = lecture.lignes[0].valeurs
    attendues = {
        "reference_source": "DD00-00-0000",
        "ej": "21/0000000",
        "exercice": "2021",
        "date_decision": "1970-01-01",
        "rna": "W000000000",
        "siret": "12000000000018",
        "association_nom": "Lorem ipsum dolor sit amet,",
        "code_postal": "00000",
        "commune": "PARIS",
        "email": "fake@exemple.com",
        "telephone": "0600000000",
        "montant_demande": "3000.00",
        "montant_propose": "3000.00",
        "montant_accorde": "3000.00",
    }
    assert {nom: valeurs[nom] for nom in attendues} == attendues


def test_the_published_grants_with_one_attribuant_unsaid() -> None:
    lecture = _lire(ASSO / "scdl" / "SCDL.csv", GenreImport.SCDL, ";")
    assert [ligne.valeurs["montant"] for ligne in lecture.lignes] == ["45000.00", "50000.00", "5000.00", "10000.00"]
    assert "nomAttribuant" not in lecture.lignes[1].valeurs
    assert "idAttribuant" not in lecture.lignes[0].valeurs
    assert lecture.lignes[3].valeurs["objet"].startswith('"A la mémoire')
    assert lecture.lignes[1].valeurs["datesPeriodeVersement"] == "2019-02-15/2022-02-14"


@pytest.mark.parametrize("nom", ["fixture.csv", "fixture.xlsx"])
def test_the_same_grants_as_text_and_as_a_workbook(nom: str) -> None:
    lecture = _lire(ASSO / "scdl" / nom, GenreImport.SCDL)
    assert [ligne.verdict for ligne in lecture.lignes] == [VerdictLigne.PRET] * 3
    assert lecture.lignes[0].valeurs == {
        "nomAttribuant": "Ville d'Antibes",
        "idAttribuant": "21060004500012",
        "dateConvention": "2021-02-02",
        "referenceDecision": "Convention délibération N° 29-21",
        "nomBeneficiaire": "ASSOCIATION SPORTIVE AUTOMOBILE D'ANTIBES JUAN-LES-PINS",
        "idBeneficiaire": "38033590100027",
        "montant": "135000.00",
        "datesPeriodeVersement": "2024-01-25/2024-03-29",
        "notificationUE": "non",
    }


def test_the_valid_example_of_the_official_schema() -> None:
    lecture = _lire(OFFICIELS / "exemple_valide.csv", GenreImport.SCDL)
    assert len(lecture.lignes) == 29
    assert not any(ligne.verdict == VerdictLigne.REJETE for ligne in lecture.lignes)
    premiere = lecture.lignes[0].valeurs
    assert (premiere["montant"], premiere["pourcentageSubvention"]) == ("99786.57", "0.05")
    assert premiere["datesPeriodeVersement"] == "2017-03-30/2017-05-24"


@pytest.mark.parametrize("nom", ["exemple_invalide_erreurs_cellules.csv", "exemple_invalide_erreurs_colonnes.csv"])
def test_the_invalid_examples_say_what_is_wrong_with_each_cell(nom: str) -> None:
    lecture = _lire(OFFICIELS / nom, GenreImport.SCDL)
    assert len(lecture.lignes) == 29
    assert lecture.lignes[3].valeurs["dateConvention"] == "2016-12-05"
    assert lecture.lignes[4].valeurs["montant"] == "100000.10"
    dites = {(ligne.numero, remarque.champ) for ligne in lecture.lignes for remarque in ligne.remarques}
    assert {
        (2, "pourcentageSubvention"),
        (3, "pourcentageSubvention"),
        (5, "rnaBeneficiaire"),
        (6, "idBeneficiaire"),
    } <= dites


def test_the_header_spellings_met_in_real_files_lead_to_their_official_column() -> None:
    """But one, whose meaning is the contrary of the column's. The day of a decision has a column of its own in the forty."""
    chemin = A_COTE / "scdl" / "header-synonyms.json"
    if not chemin.is_file():
        pytest.skip(f"no file at {chemin}, nothing real is checked here")
    champs = json.loads(chemin.read_text(encoding="utf-8"))["fields"].values()
    attendus = {ecrit: champ["officialName"] for champ in champs for ecrit in champ["acceptedHeaders"]}
    # The year falls back on the day of the convention: these spellings are those of the day.
    attendus |= {
        ecrit: "dateConvention"
        for champ in champs
        for ecrit in champ["acceptedHeaders"]
        if champ["officialName"] == "dateConvention"
    }
    attendus |= {"Date - Décision": "dateDecision", "Aides ne relevant pas d'une aide d'état": ""}
    lus = {ecrit: (exact(GenreImport.SCDL, ecrit) or ("",))[0] for ecrit in attendus}
    assert lus == attendus


TOUS = (
    (ASSO / "chorus" / "new-chorus-export.xlsx", GenreImport.VERSEMENTS, ","),
    (ASSO / "osiris" / "SuiviDossiers_test.xls", GenreImport.DEMANDES, ","),
    (ASSO / "scdl" / "SCDL.csv", GenreImport.SCDL, ";"),
    (ASSO / "scdl" / "fixture.csv", GenreImport.SCDL, ","),
    (ASSO / "scdl" / "fixture.xlsx", GenreImport.SCDL, ","),
    (OFFICIELS / "exemple_valide.csv", GenreImport.SCDL, ","),
    (OFFICIELS / "exemple_invalide_erreurs_cellules.csv", GenreImport.SCDL, ","),
    (OFFICIELS / "exemple_invalide_erreurs_colonnes.csv", GenreImport.SCDL, ","),
)


@pytest.mark.parametrize(("chemin", "genre", "separateur"), TOUS, ids=lambda un: getattr(un, "name", ""))
def test_every_cell_of_every_file_is_read_as_a_person_reads_it_or_is_told(
    chemin: Path, genre: GenreImport, separateur: str
) -> None:
    lecture = _lire(chemin, genre, separateur)
    compares, faux = 0, []
    for ligne in lecture.gardees:
        dits = {remarque.champ for remarque in ligne.remarques}
        for colonne in lecture.constat.colonnes:
            vu = ligne.lu[colonne.rang] if colonne.champ and colonne.rang < len(ligne.lu) else ""
            lu = ligne.valeurs.get(colonne.champ, "")
            compares += bool(vu)
            if vu not in {"", "#"} and colonne.champ not in dits and not _meme(vu, lu):
                faux.append((ligne.numero, colonne.champ, vu, lu))
    assert (compares > 0, faux) == (True, [])


def _meme(vu: str, lu: str) -> bool:
    """Whether a value is what a person sees: days, periods and numbers in their spellings, a key joined of two numbers."""
    if vu.replace("_", "/") == lu or vu in lu.split("/"):
        return True
    jour = re.fullmatch(r"(\d{2})/(\d{2})/(\d{4})", vu)
    if jour:
        return lu == f"{jour[3]}-{jour[2]}-{jour[1]}"
    nombres = all(re.fullmatch(r"-?[0-9]+(?:[.,][0-9]+)?", un) for un in (vu, lu))
    return nombres and Decimal(vu.replace(",", ".")) == Decimal(lu)
