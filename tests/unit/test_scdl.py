"""The open data of grants as a file: what the schema refuses is found, and nothing else."""

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from portal.cli.scdl import scdl as commande
from portal.documents.scdl import ecrire, valider
from portal.vocabulaire_scdl import COLONNES, COLONNES_EN_PLUS
from tests import schema_scdl

BONNE = {
    "nomAttribuant": "Région Bretagne",
    "idAttribuant": "23350001600040",
    "dateConvention": "2017-06-27",
    "referenceDecision": "2017-03-103",
    "nomBeneficiaire": "Association « Les Petits, Débrouillards »",
    "idBeneficiaire": "38047555800058",
    "rnaBeneficiaire": "W380475558",
    "objet": 'Animations "climat"',
    "montant": "47800.20",
    "nature": "aide en numéraire;aide en nature",
    "conditionsVersement": "échelonné",
    "datesPeriodeVersement": "2017-03-14/2018-03-14",
    "idRAE": "12345",
    "notificationUE": "non",
    "pourcentageSubvention": "0.45",
    "dispositifAide": "",
}
# One fault each: the column, what it holds.
FAUTES = [
    ("nomAttribuant", ""),
    ("idAttribuant", "2335000160004"),
    ("idAttribuant", "23350001600041"),
    ("idAttribuant", "233 500 016 00040"),
    ("dateConvention", "27/06/2017"),
    ("dateConvention", "2017-02-30"),
    ("dateConvention", ""),
    ("nomBeneficiaire", ""),
    ("idBeneficiaire", "38047555800058.0"),
    ("rnaBeneficiaire", "W3804"),
    ("rnaBeneficiaire", "W2A1000123"),
    ("objet", ""),
    ("objet", "x" * 257),
    ("montant", "47 800"),
    ("montant", "47800,20"),
    ("montant", "47800 €"),
    ("montant", "\u0661\u0662"),
    ("montant", "47800.20\n"),
    ("idBeneficiaire", "\u0663" * 14),
    ("nature", "aide en numéraire,aide en nature"),
    ("nature", "prêt"),
    ("conditionsVersement", ""),
    ("conditionsVersement", "x" * 257),
    ("datesPeriodeVersement", "2017-03-14_2018-03-14"),
    ("datesPeriodeVersement", "2017"),
    ("idRAE", "123456"),
    ("notificationUE", "yes"),
    ("notificationUE", "Non"),
    ("pourcentageSubvention", "45"),
    ("pourcentageSubvention", "0"),
    ("pourcentageSubvention", "0,45"),
]
# What the schema itself lets pass: keys of numbers, digits of other alphabets.
AU_DELA = {
    ("idAttribuant", "23350001600041"),
    ("idBeneficiaire", "38047555800058.0"),
    ("idBeneficiaire", "\u0663" * 14),
    ("montant", "\u0661\u0662"),
    ("montant", "47800.20\n"),
}
SCHEMA = Path(__file__).parents[3] / "shared" / "scdl" / "schema.json"
EXEMPLES = Path(__file__).parents[3] / "shared" / "fixtures" / "scdl-official"


def test_a_good_file_has_nothing_to_be_said() -> None:
    assert valider(ecrire([BONNE, BONNE | {"rnaBeneficiaire": ""}, BONNE | {"idBeneficiaire": ""}])) == []
    assert valider(ecrire([BONNE], en_plus=True)) == []


@pytest.mark.parametrize(("colonne", "valeur"), FAUTES)
def test_a_planted_fault_is_found_where_it_is_and_no_other(colonne: str, valeur: str) -> None:
    ecarts = valider(ecrire([BONNE, BONNE | {colonne: valeur}, BONNE]))
    assert [(ecart.ligne, ecart.colonne, ecart.valeur) for ecart in ecarts] == [(3, colonne, valeur)]


def test_one_of_siret_and_rna_is_needed() -> None:
    (ecart,) = valider(ecrire([BONNE | {"idBeneficiaire": "", "rnaBeneficiaire": ""}]))
    assert "ni SIRET ni RNA" in ecart.raison


@pytest.mark.parametrize("periode", ["2018-03-14/2017-03-14", "2017-02-30"])
def test_what_the_schema_lets_pass_and_cannot_be_right_is_told_apart(periode: str) -> None:
    (ecart,) = valider(ecrire([BONNE | {"datesPeriodeVersement": periode}]))
    assert ecart.conseil


@pytest.mark.parametrize(
    ("octets", "dit"),
    [
        (b"", "vide"),
        ("é".encode("latin-1"), "UTF-8"),
        (b'a,b\n"1,2', "guillemet"),
        (b'a,b\n"1"x,2\n', "guillemet"),
        (ecrire([BONNE]).replace(b",", b";"), "points-virgules"),
        (ecrire([BONNE]).replace(b"nomBeneficiaire", b"NOM_Beneficiaire"), "nomBeneficiaire"),
        (ecrire([BONNE]).replace(b"dispositifAide", b"objet"), "plusieurs fois"),
        (ecrire([BONNE]) + b"1,2\n", "2 champs"),
        (ecrire([BONNE | {"objet": "x" * 140_000}]), "140000 caractères"),
    ],
)
def test_a_file_of_the_wrong_shape_is_told_in_french(octets: bytes, dit: str) -> None:
    assert any(dit in ecart.raison for ecart in valider(octets))


def test_a_fault_is_told_at_the_line_where_an_editor_shows_it() -> None:
    """Blank lines and cells of several lines are lines of the file; a fault stands where its line begins."""
    entete, ligne = ecrire([BONNE | {"objet": "un\ndeux"}]).split(b"\n", 1)
    fausse = ecrire([BONNE | {"montant": "1,5"}]).split(b"\n", 1)[1]
    [ecart] = valider(entete + b"\n\n" + ligne + b"\n" + fausse + ligne)
    assert (ecart.ligne, ecart.colonne) == (6, "montant")


def test_a_text_that_begins_with_a_sign_is_written_as_it_is() -> None:
    """These files are for machines: no guard."""
    lue = next(csv.DictReader(io.StringIO(ecrire([BONNE | {"objet": "=1+1"}]).decode())))
    assert lue["objet"] == "=1+1"


def test_the_command_tells_what_is_wrong_and_exits_with_2(tmp_path: Path) -> None:
    bon, faux = tmp_path / "bon.csv", tmp_path / "faux.csv"
    bon.write_bytes(ecrire([BONNE]))
    faux.write_bytes(ecrire([BONNE | {"montant": "1,5"}]))
    assert CliRunner().invoke(commande, ["valider", str(bon)]).exit_code == 0
    rendu = CliRunner().invoke(commande, ["valider", str(faux)])
    assert (rendu.exit_code, "Ligne 2, montant" in rendu.output) == (2, True)
    lu = json.loads(CliRunner().invoke(commande, ["valider", str(faux), "--json"]).output)
    assert (lu["valide"], lu["ecarts"][0]["colonne"]) == (False, "montant")


def test_frictionless_takes_a_good_file_and_finds_each_planted_fault_of_the_schema(tmp_path: Path) -> None:
    assert schema_scdl.refusees(ecrire([BONNE, BONNE]), tmp_path) == set()
    plantees = [(colonne, valeur) for colonne, valeur in FAUTES if (colonne, valeur) not in AU_DELA]
    assert len(plantees) > len(AU_DELA)
    octets = ecrire([BONNE, *(BONNE | {colonne: valeur} for colonne, valeur in plantees), BONNE])
    assert schema_scdl.refusees(octets, tmp_path) == set(range(2, len(plantees) + 2))
    assert {ecart.ligne - 1 for ecart in valider(octets) if not ecart.conseil} >= set(range(2, len(plantees) + 2))


def test_frictionless_refuses_a_file_that_lacks_a_column(tmp_path: Path) -> None:
    entete, *suite = ecrire([BONNE]).decode().splitlines()
    sans = "\n".join((entete.replace("nomAttribuant", "attribuant"), *suite)).encode()
    assert schema_scdl.refusees(sans, tmp_path)


@pytest.mark.skipif(not SCHEMA.exists(), reason="the reference folder is not beside this checkout")
def test_our_columns_and_the_facts_of_the_tests_are_those_of_the_official_schema() -> None:
    officiels = json.loads(SCHEMA.read_text())["fields"]
    retenus = ("name", "type", "constraints", "trueValues", "falseValues")
    assert [{nom: champ[nom] for nom in retenus if nom in champ} for champ in officiels] == schema_scdl.champs()
    champs = {champ["name"]: champ for champ in officiels}
    assert list(champs) == [colonne.nom for colonne in COLONNES]
    for colonne in COLONNES:
        regles = champs[colonne.nom].get("constraints", {})
        assert regles.get("required", False) == colonne.obligatoire
        assert regles.get("maxLength") == colonne.longueur
        assert tuple(regles.get("enum", ())) == colonne.valeurs
    quarante = json.loads((SCHEMA.parent / "schema-40-colonnes.json").read_text())["fields"]
    assert [c["name"] for c in quarante if c["name"] not in champs] == [colonne.nom for colonne in COLONNES_EN_PLUS]
    assert [ecart for ecart in valider((EXEMPLES / "exemple_valide.csv").read_bytes()) if not ecart.conseil] == []
    assert valider((EXEMPLES / "exemple_invalide_erreurs_cellules.csv").read_bytes())
