"""Lists of lines: each keeps its number, blanks are none, and names made up by hand are no line."""

from portal.forms.champs import Montant, Texte
from portal.forms.dates import Jour
from portal.forms.lignes import Ligne, Lignes, sans_la_ligne
from portal.forms.saisie import Contexte, Saisie, lier
from portal.vocabulaire_demandes import EtatSection


class Don(Ligne):
    donateur = Texte("Donateur")
    montant = Montant("Montant", requis=False)
    recu_le = Jour("Reçu le", requis=False)


class DonsForm(Saisie):
    dons = Lignes("Dons", Don, singulier="Don", maximum=3)


def examine(**valeurs: str) -> DonsForm:
    form = lier(DonsForm, {nom.replace("__", "-"): valeur for nom, valeur in valeurs.items()}, Contexte())
    form.examiner()
    return form


def noms(form: DonsForm) -> list[str]:
    return [entree.name for entree in form.dons.entries]


def test_an_empty_line_is_always_offered_until_the_list_is_full() -> None:
    assert noms(examine()) == ["dons-0"]
    assert noms(examine(dons__0__donateur="Awa")) == ["dons-0", "dons-1"]
    pleine = {f"dons__{rang}__donateur": "Awa" for rang in range(3)}
    assert noms(examine(**pleine)) == ["dons-0", "dons-1", "dons-2"]
    trop = examine(**pleine, dons__3__donateur="Awa")
    assert trop.errors["dons"] == ["«\u00a0Dons\u00a0» compte 4 lignes, au lieu de 3 au plus."]


def test_a_line_keeps_its_number_when_another_is_taken_out() -> None:
    typed = {"dons-1-donateur": "Awa", "dons-4-donateur": "Léo", "dons-4-montant": "12"}
    form = lier(DonsForm, sans_la_ligne(typed, "dons-1"), Contexte())
    form.examiner()
    assert noms(form) == ["dons-4", "dons-5"]
    assert {nom: valeur for nom, valeur in form.brut().items() if valeur} == {
        "dons-4-donateur": "Léo",
        "dons-4-montant": "12",
    }


def test_a_line_begun_wants_what_it_needs_and_says_what_it_cannot_read_at_its_field() -> None:
    form = examine(dons__0__montant="12,3,4", dons__2__donateur="Awa", dons__2__recu_le__jour="45")
    assert form.manquants == ("Dons",)
    assert form.etat == EtatSection.A_CORRIGER
    assert [list(erreurs) for erreurs in form.errors["dons"]] == [["montant"], ["recu_le"]]


def test_names_that_only_look_like_a_line_are_none() -> None:
    form = lier(
        DonsForm,
        {
            "dons-²-donateur": "a",
            "dons-01-donateur": "b",
            "dons--1-donateur": "c",
            "dons-3": "d",
            "donsX1-donateur": "e",
        },
        Contexte(),
    )
    form.examiner()
    assert noms(form) == ["dons-0"]
    assert not form.errors


def test_what_is_read_says_each_line_once() -> None:
    form = examine(
        dons__0__donateur="Awa", dons__0__montant="12", dons__0__recu_le__jour="1", dons__0__recu_le__mois="2",
        dons__0__recu_le__annee="2026",
    )  # fmt: skip
    assert form.relire() == [("Dons", "Awa, 12,00\u00a0€, 1er février 2026")]
