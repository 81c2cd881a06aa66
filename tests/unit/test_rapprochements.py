"""Whether two requests are for one action, and which service a name means: readable reasons, from facts alone."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from portal.forms.demandes.cofinancements import seuils_le
from portal.queries.financeurs import Annuaire, ServiceConnu
from portal.queries.rapprochements import Action, compare
from portal.queries.ressemblances import other_edition, similarity, without_places
from portal.vocabulaire import TypeService
from portal.vocabulaire_demandes import GenreTerritoire
from portal.vocabulaire_recoupements import RaisonAction

LYON = frozenset({(GenreTerritoire.COMMUNE, "69123")})
FESTIVAL = Action(
    titre="Festival des arts de la rue",
    exercice=2026,
    debut=date(2026, 6, 1),
    fin=date(2026, 6, 15),
    territoires=LYON,
    montant=Decimal(5000),
    cout=Decimal(20000),
)
DDETS = "Direction départementale de l’emploi, du travail et des solidarités"
ANNUAIRE = Annuaire(
    [
        ServiceConnu(1, f"{DDETS} du Rhône", "DDETS 69", TypeService.DDETS, "Rhône"),
        ServiceConnu(2, "DDETS de l’Ain", "DDETS 01", TypeService.DDETS, "Ain"),
        ServiceConnu(3, "Ville de Saint-Priest", "SAINT-PRIEST", TypeService.COLLECTIVITE, "Saint-Priest"),
        ServiceConnu(4, "Ville de Saint-Genis-Laval", "SGL", TypeService.COLLECTIVITE, "Saint-Genis-Laval"),
        ServiceConnu(5, "Métropole de Lyon", "METRO", TypeService.COLLECTIVITE, "Lyon"),
        ServiceConnu(6, "DRAC Auvergne-Rhône-Alpes", "DRAC ARA", TypeService.DRAC, "Auvergne-Rhône-Alpes"),
    ]
)  # fmt: skip


@pytest.mark.parametrize(
    ("autre", "au_moins"),
    [
        ("FESTIVAL DES ARTS DE LA RUE", 1.0),
        ("Arts de rue : le festival", 0.95),
        ("Festval des atrs de la rue", 0.85),
        ("Projet : festival d’arts de la rue", 0.9),
    ],
)
def test_case_accents_order_and_typing_faults_do_not_part_two_titles(autre: str, au_moins: float) -> None:
    assert similarity(FESTIVAL.titre, autre) >= au_moins


@pytest.mark.parametrize("autre", ["Festival de jazz", "Fonctionnement 2026", "Ateliers de théâtre", "", "2026"])
def test_titles_that_share_a_common_word_are_not_near(autre: str) -> None:
    assert similarity(FESTIVAL.titre, autre) < 0.5


def test_a_year_or_a_rank_that_differs_is_another_edition() -> None:
    assert other_edition("Festival 2025", "Festival 2026")
    assert other_edition("3e festival", "4ème festival")
    assert not other_edition("Festival 2026", "3e festival")


def test_the_name_of_a_place_is_read_apart_from_the_title() -> None:
    noms = frozenset({"bourg en bresse", "bron"})
    assert without_places("Jazz à Bourg-en-Bresse", noms) == ("jazz a", frozenset({"bourg en bresse"}))


def test_a_pair_is_kept_for_reasons_that_add_up() -> None:
    rapprochement = compare(FESTIVAL, replace(FESTIVAL, montant=Decimal(5400)))
    assert rapprochement is not None
    assert rapprochement.retenu
    assert [(raison.code, raison.points) for raison in rapprochement.raisons] == [
        (RaisonAction.TITRE, 50),
        (RaisonAction.PERIODE, 20),
        (RaisonAction.TERRITOIRE, 15),
        (RaisonAction.MONTANT, 5),
        (RaisonAction.COUT, 10),
    ]
    assert rapprochement.points == 100


@pytest.mark.parametrize(
    "autre",
    [
        replace(FESTIVAL, debut=date(2027, 6, 1), fin=date(2027, 6, 15)),
        replace(FESTIVAL, titre="Festival des arts de la rue 2027", debut=None, exercice=2027),
        replace(FESTIVAL, territoires=frozenset({(GenreTerritoire.COMMUNE, "69266")})),
        replace(FESTIVAL, titre="Festival de musique baroque"),
    ],
    ids=["un an après", "autre exercice", "autre commune", "autre festival"],
)
def test_another_year_another_town_or_another_title_is_not_the_same_action(autre: Action) -> None:
    rapprochement = compare(FESTIVAL, autre)
    assert rapprochement is None or not rapprochement.retenu


def test_two_towns_in_two_titles_part_requests_of_which_nothing_else_is_known() -> None:
    noms = frozenset({"bron", "lyon"})
    ici, la = (Action(titre=f"Jazz en terrasse à {ville}", exercice=2026, noms=noms) for ville in ("Bron", "Lyon"))
    rapprochement = compare(ici, la)
    assert rapprochement is not None
    assert not rapprochement.retenu


def test_an_arrondissement_is_its_commune() -> None:
    lyon_3 = frozenset({(GenreTerritoire.COMMUNE, "69383")})
    rapprochement = compare(FESTIVAL, replace(FESTIVAL, territoires=lyon_3))
    assert rapprochement is not None
    assert RaisonAction.TERRITOIRE in {raison.code for raison in rapprochement.raisons}


@pytest.mark.parametrize(
    ("nom", "service_id"),
    [
        ("DDETS", 1),
        ("ddets69", 1),
        ("Direction départementale de l'emploi du travail et des solidarités", 1),
        ("DDCS (ex)", 1),
        ("DDETS de l’Ain", 2),
        ("Mairie de Saint-Priest", 3),
        ("commune de Saint Genis Laval", 4),
        ("Grand Lyon Métropole", 5),
        ("D.R.A.C. AURA", 6),
        ("Direction régionale des affaires cultureles", 6),
        ("Mairie de Saint-Étienne", None),
        ("Ville", None),
        ("Fondation de France", None),
        ("", None),
    ],
)
def test_a_funder_is_found_under_the_names_that_people_give_it_and_never_guessed(
    nom: str, service_id: int | None
) -> None:
    trouve = ANNUAIRE.find(nom, departement="69")
    assert (trouve.id if trouve else None) == service_id


def test_the_ceilings_are_those_of_the_day() -> None:
    assert {seuil.regime: seuil.plafond for seuil in seuils_le(date(2023, 12, 31))} == {
        "general": 200_000,
        "sieg": 500_000,
    }
    assert {seuil.regime: seuil.plafond for seuil in seuils_le(date(2024, 1, 1))} == {
        "general": 300_000,
        "sieg": 750_000,
    }
