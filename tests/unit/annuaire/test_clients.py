"""Both clients against the simulator's real HTTP answers."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

from integrations.annuaire.api import Adresse, AnnuaireIndisponible
from integrations.annuaire.api_association import ApiAssociation
from integrations.annuaire.chaine import AnnuaireEnChaine
from integrations.annuaire.recherche_entreprises import RechercheEntreprises
from integrations.annuaire.simulateur import Simulateur, demarrer

MAINTENANT = datetime(2026, 11, 22, 13, 5, tzinfo=UTC)
CANAL = "999900178"
JARDINS = "W691000483"


@pytest.fixture
def serveur() -> Iterator[Simulateur]:
    with demarrer() as simulateur:
        yield simulateur


@pytest.fixture
def recherche(serveur: Simulateur) -> RechercheEntreprises:
    return RechercheEntreprises(serveur.url, horloge=lambda: MAINTENANT)


@pytest.fixture
def associations(serveur: Simulateur) -> ApiAssociation:
    return ApiAssociation(serveur.url, "jeton", destinataire="99990017800016", horloge=lambda: MAINTENANT)


@pytest.fixture
def chaine(recherche: RechercheEntreprises, associations: ApiAssociation) -> AnnuaireEnChaine:
    return AnnuaireEnChaine(recherche, associations)


def test_an_association_is_found_by_siren_with_all_that_the_register_says(recherche: RechercheEntreprises) -> None:
    fiche = recherche.par_siren(CANAL)

    assert fiche is not None
    assert (fiche.source, fiche.observed_at) == ("recherche-entreprises", MAINTENANT)
    assert (fiche.denomination, fiche.sigle) == ("Les Amis du Canal", "LAC")
    assert (fiche.siren, fiche.siret_siege, fiche.rna) == (CANAL, "99990017800016", "W691000178")
    assert (fiche.nature_juridique, fiche.est_association, fiche.active) == ("9220", True, True)
    assert fiche.date_creation == date(1998, 3, 14)
    assert fiche.adresse == Adresse("12 quai Arloing", "69009", "Lyon", "69389")


def test_a_secondary_place_is_found_by_its_own_siret(recherche: RechercheEntreprises) -> None:
    fiche = recherche.par_siret("99990017800024")

    assert fiche is not None
    assert [(place.siret, place.siege) for place in fiche.etablissements] == [
        ("99990017800016", True),
        ("99990017800024", False),
    ]
    assert fiche.etablissements[1].adresse == fiche.adresse


def test_a_siret_that_the_unit_does_not_have_is_unknown(
    recherche: RechercheEntreprises, associations: ApiAssociation
) -> None:
    assert recherche.par_siret("99990017800032") is None
    assert associations.par_siret("99990017800032") is None


def test_a_closed_association_is_said_closed(recherche: RechercheEntreprises, associations: ApiAssociation) -> None:
    for fiche in (recherche.par_siren("999900319"), associations.par_siren("999900319")):
        assert fiche is not None
        assert not fiche.active


def test_a_company_is_said_no_association(recherche: RechercheEntreprises) -> None:
    fiche = recherche.par_siren("999900558")

    assert fiche is not None
    assert not fiche.est_association


def test_an_association_of_local_law_has_no_rna_and_is_an_association(recherche: RechercheEntreprises) -> None:
    fiche = recherche.par_siren("999900624")

    assert fiche is not None
    assert (fiche.rna, fiche.nature_juridique, fiche.est_association) == (None, "9260", True)


def test_a_corsican_rna_is_found_exactly(recherche: RechercheEntreprises) -> None:
    fiche = recherche.par_rna("W2B2001242")

    assert fiche is not None
    assert fiche.adresse.code_commune == "2B033"


def test_an_rna_without_siren_is_known_to_the_second_register_only(
    recherche: RechercheEntreprises, associations: ApiAssociation, chaine: AnnuaireEnChaine
) -> None:
    assert recherche.par_rna(JARDINS) is None
    fiche = associations.par_rna(JARDINS)

    assert fiche is not None
    assert (fiche.source, fiche.denomination) == ("api-association", "Jardins partagés de Gerland")
    assert (fiche.siren, fiche.siret_siege, fiche.etablissements) == (None, None, ())
    assert fiche.objet == "Cultiver ensemble des jardins de quartier."
    assert chaine.par_rna(JARDINS) == fiche


def test_what_nobody_knows_is_none(chaine: AnnuaireEnChaine) -> None:
    assert chaine.par_siren("732829320") is None
    assert chaine.par_siret("73282932000074") is None
    assert chaine.par_rna("W751234567") is None


def test_the_first_register_is_enough_for_a_siren(chaine: AnnuaireEnChaine, serveur: Simulateur) -> None:
    chaine.par_siren("732829320")

    assert [requete.split("?")[0] for requete in serveur.requetes] == ["/search"]


def test_the_second_register_replaces_the_first_while_it_is_down(
    associations: ApiAssociation, serveur: Simulateur
) -> None:
    with demarrer() as en_panne:
        en_panne.panne = True
        chaine = AnnuaireEnChaine(RechercheEntreprises(en_panne.url), associations)

        for fiche in (chaine.par_siren(CANAL), chaine.par_siret("99990017800016"), chaine.par_rna("W691000178")):
            assert fiche is not None
            assert (fiche.source, fiche.denomination) == ("api-association", "Les Amis du Canal")


def test_nobody_is_said_unknown_while_the_register_that_would_know_is_down(
    recherche: RechercheEntreprises, associations: ApiAssociation
) -> None:
    with demarrer() as en_panne:
        en_panne.panne = True
        with pytest.raises(AnnuaireIndisponible):
            AnnuaireEnChaine(RechercheEntreprises(en_panne.url), associations).par_siren("732829320")
        with pytest.raises(AnnuaireIndisponible):
            AnnuaireEnChaine(recherche, ApiAssociation(en_panne.url, "jeton")).par_rna("W751234567")


def test_a_register_that_is_back_is_used_again(recherche: RechercheEntreprises, serveur: Simulateur) -> None:
    serveur.panne = True
    with pytest.raises(AnnuaireIndisponible):
        recherche.par_siren(CANAL)
    serveur.panne = False

    assert recherche.par_siren(CANAL) is not None


def test_a_missing_token_is_no_answer_about_the_association(serveur: Simulateur) -> None:
    with pytest.raises(AnnuaireIndisponible):
        ApiAssociation(serveur.url, "").par_rna(JARDINS)


def test_who_asks_and_why_is_told_to_the_second_register(associations: ApiAssociation, serveur: Simulateur) -> None:
    associations.par_rna(JARDINS)

    assert "recipient=99990017800016" in serveur.requetes[0]
