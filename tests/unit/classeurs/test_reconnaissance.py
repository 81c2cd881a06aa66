"""What the lines of a file are is found by its columns, and why; between two kinds that fit equally, a person is asked."""

import pytest

from portal.classeurs.moteur import examiner
from portal.classeurs.resultats import Consigne, Constat
from portal.vocabulaire_imports import GenreImport
from tests.classeurs_ecrits import Rangees, xlsx

SIRET = "43832531800014"
DEMANDES: Rangees = [
    ["N° Dossier Osiris", "Nom de l'association", "N° SIRET", "Montants Demandé", "Etat Dossier", "Instructeur"],
    ["DD-1", "Club", SIRET, 1500, "Déposé", "Zoé Petit"],
]
VERSEMENTS: Rangees = [
    ["N° EJ", "N° SIRET", "Montant payé", "Date paiement", "Centre financier", "Domaine fonctionnel"],
    ["2100000001", SIRET, 1500, "31/01/2026", "0163-D", "0163-01"],
]
ASSOCIATIONS: Rangees = [
    ["Raison sociale", "Sigle", "SIRET", "Adresse", "CP", "Ville", "Date de création"],
    ["Club", "C", SIRET, "1 rue Haute", "69002", "Lyon", "01/02/2003"],
]
AVIS: Rangees = [
    ["N° de dossier", "Association", "Avis", "Montant proposé", "Commentaire"],
    ["P-2026-000001", "Club", "Favorable", 900, "Bon projet"],
]
SCDL: Rangees = [
    ["nomAttribuant", "idAttribuant", "dateConvention", "nomBeneficiaire", "idBeneficiaire", "objet", "montant", "nature"],
    ["Ville", SIRET, "2026-01-31", "Club", SIRET, "Fête", 900, "aide en numéraire"],
]  # fmt: skip


def _lire(rangees: Rangees, **choix: object) -> Constat:
    return examiner(xlsx({"Feuille": rangees}).feuilles, Consigne(**choix), format_lu="xlsx")


@pytest.mark.parametrize(
    ("rangees", "genre"),
    [
        (DEMANDES, GenreImport.DEMANDES),
        (VERSEMENTS, GenreImport.VERSEMENTS),
        (ASSOCIATIONS, GenreImport.ASSOCIATIONS),
        (AVIS, GenreImport.AVIS),
        (SCDL, GenreImport.SCDL),
    ],
)
def test_each_kind_is_known_by_its_columns_and_says_why(rangees: Rangees, genre: GenreImport) -> None:
    constat = _lire(rangees)
    assert (constat.genre, constat.hesitation, constat.manquants) == (genre, (), ())
    assert f"colonnes sur {len(rangees[0])} conviennent, contre" in constat.raison_genre
    connues = _lire(rangees, genre=genre)
    assert constat.colonnes == connues.colonnes, "read as if a person had said it"
    assert connues.raison_genre == ""


def test_between_two_kinds_that_fit_equally_none_is_preferred() -> None:
    constat = _lire([["Association", "SIRET", "Commune"], ["Club", SIRET, "Lyon"]])
    assert set(constat.hesitation) == {GenreImport.DEMANDES, GenreImport.ASSOCIATIONS}


def test_a_file_whose_titles_say_nothing_is_asked_of_a_person_even_when_its_cells_speak() -> None:
    assert set(_lire([["A", "B"], ["x", 12.5], ["y", 13.5], ["z", 14.5]]).hesitation) == set(GenreImport)


def test_the_kind_may_choose_the_sheet() -> None:
    feuilles = xlsx({"Présentation": [["Suivi"], ["2026"]], "Payés": VERSEMENTS}).feuilles
    constat = examiner(feuilles, Consigne(), format_lu="xlsx")
    assert (constat.genre, constat.feuille) == (GenreImport.VERSEMENTS, "Payés")
