"""What the search box of the queue understands, and how a view reads back from its own address."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.queries.filtres_dossiers import FiltreDossiers
from portal.vocabulaire import Etat
from portal.vocabulaire_file import Onglet, TriFile
from portal.vocabulaire_instruction import EtatDesAvis, OrigineDossier


@pytest.mark.parametrize(
    ("texte", "attendu"),
    [
        ("canal", {"q": "canal"}),
        ("suivi:moi avis:en-retard canal", {"suivi": "moi", "avis": "en-retard", "q": "canal"}),
        ("suivi:personne", {"instructeur": "aucun"}),
        ("instructeur:moi", {"instructeur": "moi"}),
        ("instructeur:personne", {"instructeur": "aucun"}),
        ("suivi : moi  état : refusé", {"suivi": "moi", "etat": "refuse"}),
        ("depot: >2026-01 Cap : 2030", {"depot_apres": "2026-01-01", "q": "Cap : 2030"}),
        ("etat:en_instruction", {"etat": "en_instruction"}),
        ("État:en-instruction", {"etat": "en_instruction"}),
        ('état:"classé sans suite"', {"etat": "sans_suite"}),
        ("depot:>2026-01", {"depot_apres": "2026-01-01"}),
        ("depot:<2026-03", {"depot_avant": "2026-02-28"}),
        ("depot:<=2026-03", {"depot_avant": "2026-03-31"}),
        ("dépôt:2026-02", {"depot_apres": "2026-02-01", "depot_avant": "2026-02-28"}),
        ("depot:2025..2026-06", {"depot_apres": "2025-01-01", "depot_avant": "2026-06-30"}),
        ("depot:15/01/2026", {"depot_apres": "2026-01-15", "depot_avant": "2026-01-15"}),
        ("montant:>=5000", {"montant_min": "5000"}),
        ("montant:>5000", {"montant_min": "5000.01"}),
        ("montant:<1500,50", {"montant_max": "1500.49"}),
        ("montant:1000..5000", {"montant_min": "1000", "montant_max": "5000"}),
        ("demarche:12 territoire:69 cer:manquant", {"demarche": "12", "territoire": "69", "cer": "manquant"}),
        ("territoire:rhône", {"territoire": "69"}),
        ("cer:«non signé»", {"cer": "manquant"}),
        ('etiquette:"à revoir" retard:oui', {"etiquette": "à revoir", "retard": "oui"}),
        ("source:courrier exercice:2026", {"source": "courrier", "exercice": "2026"}),
    ],
)
def test_what_is_typed_becomes_criteria_of_the_address(texte: str, attendu: dict[str, str]) -> None:
    filtre = FiltreDossiers.from_args({"q": texte})
    assert filtre.args() == attendu
    assert not filtre.ignores


@pytest.mark.parametrize(
    ("texte", "phrase"),
    [
        ("etta:refuse", "« etta » n’est pas un critère"),
        ("depot:>hier", "La date de dépôt « hier » n’existe pas"),
        ("depot:0000-13", "La date de dépôt « 0000-13 » n’existe pas"),
        ("montant:>=beaucoup", "Le montant « beaucoup » n’existe pas"),
        ("avis:peut-être", "L’état des avis « peut-être » n’existe pas"),
        ("retard:non", "Le retard « non » n’existe pas"),
    ],
)
def test_what_is_not_understood_is_said_in_french(texte: str, phrase: str) -> None:
    filtre = FiltreDossiers.from_args({"q": texte})
    assert any(phrase in dit.replace("\u00a0", " ") for dit in filtre.ignores), filtre.ignores


def test_a_word_before_a_colon_that_is_no_criterion_is_searched_as_words() -> None:
    assert FiltreDossiers.from_args({"q": "Cap:2030"}).q == "Cap:2030"


def test_what_is_typed_wins_over_what_the_filters_say() -> None:
    filtre = FiltreDossiers.from_args({"etat": "refuse", "q": "etat:accepte"})
    assert filtre.args() == {"etat": "accepte"}


VUES = st.builds(
    FiltreDossiers,
    onglet=st.sampled_from(Onglet),
    etat=st.none() | st.sampled_from([Etat.EN_CONSTRUCTION, Etat.REFUSE]),
    demarche=st.none() | st.integers(0, 2**62),
    instructeur=st.sampled_from(["", "moi", "aucun", "12"]),
    suivi=st.sampled_from(["", "moi"]),
    territoire=st.sampled_from(["", "69", "2A", "inconnu"]),
    montant_min=st.none() | st.decimals(0, 10**9, places=2),
    depot_avant=st.none() | st.dates(date(1990, 1, 1), date(2100, 1, 1)),
    avis=st.none() | st.sampled_from(EtatDesAvis),
    cer=st.sampled_from(["", "signe", "sans_objet", "dispense_expiree"]),
    source=st.none() | st.sampled_from(OrigineDossier),
    q=st.sampled_from(["", "canal des amis"]),
    tri=st.sampled_from(TriFile),
    croissant=st.booleans(),
)


@given(VUES)
def test_the_address_is_the_view(vue: FiltreDossiers) -> None:
    relue = FiltreDossiers.from_args(vue.args())
    assert relue.args() == vue.args()
    assert (relue.tri, relue.croissant, relue.montant_min) == (vue.tri, vue.croissant, vue.montant_min)


@given(st.text(max_size=80))
def test_whatever_is_typed_is_read_without_an_error(texte: str) -> None:
    lue = FiltreDossiers.from_args({"q": texte, "montant_min": texte, "page": texte, "tri": texte})
    assert FiltreDossiers.from_args(lue.args()).args() == lue.args()


def test_amounts_stand_in_addresses_without_useless_zeros() -> None:
    assert FiltreDossiers(montant_min=Decimal("5000.00")).args() == {"montant_min": "5000"}
