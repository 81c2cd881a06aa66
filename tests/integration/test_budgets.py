"""Budgets and co-funders on their pages, without JavaScript: totals on demand, a pasted block, several projects, warnings."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models.associations import Association
from portal.models.connexion import User
from portal.models.demandes import Demande, SectionSaisie
from portal.vocabulaire_demandes import SectionDemande
from tests import html, saisies
from tests.client import ClientStrict
from tests.factories import Fabriques
from tests.requetes import requetes


@pytest.fixture
def association(creer: Fabriques) -> Association:
    return creer.association(denomination="Lire ensemble")


@pytest.fixture
def lea(creer: Fabriques, association: Association) -> User:
    usager = creer.usager()
    creer.mandat(usager, association)
    return usager


@pytest.fixture
def demande(creer: Fabriques, association: Association, lea: User, client: ClientStrict) -> Demande:
    """A draft of the person logged in."""
    client.connecter(lea)
    return creer.demande(association, lea)


def champs(client: ClientStrict, section: str) -> dict[str, str]:
    return dict(html.champs(client.formulaire(section)))


def ouvrir(client: ClientStrict, demande: Demande, section: str) -> None:
    assert client.get(f"/demandes/{demande.id}/{section}").status_code == 200


class TestTableau:
    def test_totals_are_computed_again_without_leaving_the_page(self, client: ClientStrict, demande: Demande) -> None:
        ouvrir(client, demande, "budget-projet")
        reponse = client.soumettre({"locations": "1 500,50", "cotisations": "1000", "rester": "budget"})
        assert reponse.status_code in (200, 422)
        texte = client.texte()
        assert "Total des charges 1 500,50 €" in texte
        assert "Il manque 500,50 € de produits." in texte
        assert champs(client, "/budget-projet")["locations"] == "1 500,50"

    def test_account_numbers_stand_before_the_labels(self, client: ClientStrict, demande: Demande) -> None:
        ouvrir(client, demande, "budget-projet")
        for libelle in (
            "613 – Locations",
            "61 – Services extérieurs",
            "864 – Personnel bénévole",
            "Excédent prévisionnel",
        ):
            assert libelle in client.texte()

    def test_pasted_block_fills_the_lines_and_says_what_it_did_not_understand(
        self, client: ClientStrict, session: Session, demande: Demande
    ) -> None:
        ouvrir(client, demande, "budget-projet")
        bloc = "Locations\t1 000\nLoyer\t12\nAssurance\t1,234\nCotisations\t1000"
        assert client.soumettre({"collage": bloc, "rester": "collage"}).status_code == 422
        texte = client.texte()
        assert "« Loyer », « 12 » : ce libellé n’est pas celui d’une ligne du plan" in texte
        assert "Le montant « 1,234 » n’est pas lisible" in texte
        lus = champs(client, "/budget-projet")
        assert (lus["locations"], lus["cotisations"], lus["assurance"]) == ("1 000", "1000", "")
        gardee = session.scalars(
            select(SectionSaisie).where(SectionSaisie.section == SectionDemande.BUDGET_PROJET)
        ).one()
        assert gardee.valeurs["locations"] == "1 000"
        assert "collage" not in gardee.valeurs

    def test_block_that_nobody_asked_to_read_changes_nothing(self, client: ClientStrict, demande: Demande) -> None:
        ouvrir(client, demande, "budget-projet")
        client.soumettre({"collage": "Locations\t1 000", "cotisations": "5"})
        ouvrir(client, demande, "budget-projet")
        assert champs(client, "/budget-projet")["locations"] == ""

    def test_block_wholly_understood_comes_back_filled_in(self, client: ClientStrict, demande: Demande) -> None:
        ouvrir(client, demande, "budget-association")
        client.soumettre({"collage": "613 - Locations\t10\t756 - Cotisations\t10", "rester": "collage"})
        assert champs(client, "/budget-association")["cotisations"] == "10"
        assert "Le budget est équilibré." in client.texte()

    def test_share_of_the_grant_is_said_on_the_budget_of_the_project(
        self, client: ClientStrict, demande: Demande
    ) -> None:
        for section in ("budget-projet", "demande"):
            saisies.remplir(client, demande.id, section)
        ouvrir(client, demande, "budget-projet")
        assert "La subvention sollicitée de 3 000,00 € représente 75,00 % du total des produits." in client.texte()


class TestPlusieursProjets:
    def test_parts_of_the_projects_must_make_the_amount_asked(
        self, client: ClientStrict, session: Session, demande: Demande, lea: User
    ) -> None:
        for section in ("demande", "projet", "budget-projet"):
            saisies.remplir(client, demande.id, section)
        for section in (SectionDemande.PROJET, SectionDemande.BUDGET_PROJET):
            session.add(SectionSaisie(demande_id=demande.id, section=section, rang=2, valeurs={}, updated_by_id=lea.id))
        session.commit()
        ouvrir(client, demande, "budget-projet")
        client.soumettre({**saisies.BUDGET, "montant_projet": "1000"})
        ouvrir(client, demande, "budget-projet-2")
        reponse = client.soumettre({**saisies.BUDGET, "montant_projet": "1500"})
        assert reponse.status_code == 422
        assert "font ensemble 2 500,00 €, au lieu des 3 000,00 € demandés" in client.texte()
        client.soumettre({"montant_projet": "2000"})
        assert "est enregistrée et remplie" in client.texte()
        ouvrir(client, demande, "budget-projet-2")
        assert "La subvention sollicitée de 2 000,00 € représente 50,00 %" in client.texte()


class TestCofinancements:
    def test_funders_are_named_and_differences_with_the_budget_are_said_without_stopping(
        self, client: ClientStrict, demande: Demande
    ) -> None:
        saisies.remplir(client, demande.id, "demande")
        saisies.remplir(client, demande.id, "budget-projet", subventions_etat="2900", subventions_commune="100")
        ouvrir(client, demande, "cofinancements")
        ligne = {"type": "subventions_commune", "financeur": "Ville de Lyon", "montant": "60", "etat": "obtenu"}
        envoi = {f"cofinanceurs-0-{nom}": valeur for nom, valeur in ligne.items()}
        assert client.soumettre({**envoi, "economique": "non"}).status_code == 200
        assert "est enregistrée et remplie" in client.texte()
        ouvrir(client, demande, "cofinancements")
        texte = client.texte()
        assert "Ce n’est pas une erreur" in texte
        client.get(f"/demandes/{demande.id}/relecture")
        for mot in ("Ville de Lyon", "60,00 €", "Obtenu"):
            assert mot in client.texte()

    def test_page_takes_a_fixed_number_of_queries_however_many_funders(
        self, client: ClientStrict, demande: Demande
    ) -> None:
        ouvrir(client, demande, "cofinancements")
        with requetes() as une:
            ouvrir(client, demande, "cofinancements")
        envoi = {
            f"cofinanceurs-{rang}-{nom}": valeur
            for rang in range(10)
            for nom, valeur in {
                "type": "subventions_etat",
                "financeur": "DRAC",
                "montant": "5",
                "etat": "obtenu",
            }.items()
        }
        client.soumettre({**envoi, "economique": "non"})
        with requetes() as dix:
            ouvrir(client, demande, "cofinancements")
        assert len(dix) <= len(une) + 1
