"""What a working sheet says when it comes back, whatever was sorted, moved, added or renamed in it."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.classeurs.feuille_rendue import Rendue, canonique, lire, trouver_jeton
from portal.classeurs.feuilles import Brut, Feuille
from portal.classeurs.resultats import ClasseurRefuse
from portal.formats import ValeurIllisible
from portal.vocabulaire_imports import ChampFeuille

TITRES = ("Référence", "Association", "SIRET", "Projet", "État", "Mon avis", "Montant proposé", "Étiquettes")
CLES = {
    "P-1": {"Association": "Les Amis", "SIRET": "73282932000074", "Projet": "Bal", "Montant demandé": "1500.00"},
    "P-2": {"Association": "Le Club", "SIRET": "00572078400017", "Projet": "Tournoi", "Montant demandé": ""},
}
P1: tuple[Brut, ...] = ("P-1", "Les Amis", "73282932000074", "Bal", "déposé, à examiner", "favorable", 1500.0, "urgent")
P2: tuple[Brut, ...] = ("P-2", "Le Club", "00572078400017", "Tournoi", "en instruction", None, None, None)


def rendre(*lignes: Sequence[Brut], titres: Sequence[Brut] = TITRES) -> Rendue:
    return lire([Feuille("Mode d’emploi", False, [("Lisez",)]), Feuille("Dossiers", False, [titres, *lignes])], CLES)


def test_each_cell_is_read_as_the_value_that_the_base_keeps() -> None:
    rendue = rendre(P1, P2)
    assert rendue.valeurs["P-1"] == {
        ChampFeuille.ETAT: "en_construction",
        ChampFeuille.AVIS_SENS: "favorable",
        ChampFeuille.MONTANT_PROPOSE: "1500.00",
        ChampFeuille.ETIQUETTES: "urgent",
    }
    assert rendue.valeurs["P-2"][ChampFeuille.AVIS_SENS] == ""
    assert not rendue.illisibles
    assert not rendue.absentes


def test_columns_moved_rows_sorted_and_a_title_above_change_nothing() -> None:
    rangs = [6, 2, 0, 7, 5, 1, 4, 3]
    lignes = [tuple(ligne[rang] for rang in rangs) for ligne in (TITRES, P2, P1)]
    deplacee = lire([Feuille("Feuil1", False, [("Ma feuille",), (), *lignes])], CLES)
    assert deplacee.valeurs == rendre(P1, P2).valeurs


def test_what_does_not_come_back_is_told_and_never_emptied() -> None:
    titres = ("Référence", "Association", "Avis à moi", "Étiquettes")
    rendue = rendre(("P-1", "Les Amis", "favorable", "urgent"), titres=titres)
    assert rendue.absentes == ("P-2",)
    assert rendue.valeurs == {"P-1": {ChampFeuille.ETIQUETTES: "urgent"}}
    assert ChampFeuille.AVIS_SENS in rendue.colonnes_absentes
    assert rendue.colonnes_en_plus == ("Avis à moi",)


def test_a_row_added_and_a_reference_typed_twice_are_told() -> None:
    autre = (*P1[:-1], "suivi")
    rendue = rendre(P1, autre, P2, P2, ("P-9", "Nouvelle"), (None, "Total"), ())
    assert rendue.inconnues == ("P-9", "(sans référence)")
    assert rendue.doubles == {"P-1"}, "the two rows of P-2 say the same"


def test_a_reference_beside_the_association_of_another_is_told() -> None:
    assert rendre((P1[0], *P2[1:]), P2).melees == {"P-1"}
    assert rendre((*P1[:3], "Grand bal", *P1[4:])).grises == {"P-1": ["Projet"]}, "told, and the row is still its own"
    assert not rendre((*P1[:2], 73282932000074.0, *P1[3:]), (*P2[:2], 572078400017.0, *P2[3:])).melees


@pytest.mark.parametrize(
    ("champ", "brut", "lu"),
    [
        (ChampFeuille.MONTANT_PROPOSE, "1 234,50 €", "1234.50"),
        (ChampFeuille.MONTANT_PROPOSE, 1234, "1234.00"),
        (ChampFeuille.MONTANT_PROPOSE, 0.1 + 0.2, "0.30"),
        (ChampFeuille.MONTANT_PROPOSE, "", ""),
        (ChampFeuille.ETAT, "En instruction ", "en_instruction"),
        (ChampFeuille.AVIS_SENS, "DEFAVORABLE", "defavorable"),
        (ChampFeuille.AVIS_TEXTE, "Bon projet\r\net utile", "Bon projet\net utile"),
        (ChampFeuille.NOTE, 2026.0, "2026"),
        (ChampFeuille.NOTE, datetime(2026, 1, 31), "31/01/2026"),  # noqa: DTZ001  # a workbook has no time zone
        (ChampFeuille.NOTE, "=cmd()", "=cmd()"),
        (ChampFeuille.ETIQUETTES, "b;  a ; b\nc", "a ; b ; c"),
    ],
)
def test_a_cell_is_read_by_what_it_is_for(champ: ChampFeuille, brut: Brut, lu: str) -> None:
    assert canonique(champ, brut) == lu


@pytest.mark.parametrize(
    ("champ", "brut"),
    [
        (ChampFeuille.MONTANT_PROPOSE, "12 k€"),
        (ChampFeuille.MONTANT_PROPOSE, 12.345),
        (ChampFeuille.MONTANT_PROPOSE, -1),
        (ChampFeuille.MONTANT_PROPOSE, "1,234"),
        (ChampFeuille.ETAT, "terminé"),
        (ChampFeuille.AVIS_SENS, "oui"),
        (ChampFeuille.NOTE, "#REF!"),
        (ChampFeuille.AVIS_TEXTE, "#FORMULE NON CALCULÉE"),
    ],
)
def test_what_cannot_be_read_is_said_and_never_guessed(champ: ChampFeuille, brut: Brut) -> None:
    with pytest.raises(ValeurIllisible, match=r"écrivez la valeur|«"):
        canonique(champ, brut)


def test_only_the_states_that_a_cell_offers_are_named() -> None:
    with pytest.raises(ValeurIllisible, match=r"Choisissez\u00a0: déposé, à examiner\u00a0; en instruction\.$"):
        canonique(ChampFeuille.ETAT, "fini")


@given(montant=st.decimals(min_value=0, max_value=Decimal("999999999999.99"), places=2))
def test_an_amount_comes_back_as_it_left_through_the_number_of_a_cell(montant: Decimal) -> None:
    assert canonique(ChampFeuille.MONTANT_PROPOSE, float(montant)) == f"{montant:.2f}"


def test_the_token_is_found_where_it_was_moved_to_and_its_absence_is_told() -> None:
    jeton = "FT-7Q3K-0M2X-9HTB-4DVC-AAAA"
    assert (
        trouver_jeton([Feuille("Dossiers", False, [TITRES]), Feuille("Copie", False, [(None, f" {jeton}")])]) == jeton
    )
    with pytest.raises(ClasseurRefuse, match="Ne pas modifier"):
        trouver_jeton([Feuille("Dossiers", False, [TITRES, P1])])


def test_a_copy_of_the_tab_is_refused_for_what_is_written_in_it_would_be_lost() -> None:
    with pytest.raises(ClasseurRefuse, match=r"«\u00a0Dossiers\u00a0», «\u00a0Copie\u00a0».*ne devine pas"):
        lire([Feuille("Dossiers", False, [TITRES, P1]), Feuille("Copie", False, [TITRES, P2])], CLES)


def test_a_sheet_without_its_references_is_refused() -> None:
    with pytest.raises(ClasseurRefuse, match="Référence"):
        rendre(P1, titres=("N°", *TITRES[1:]))
