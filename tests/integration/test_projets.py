"""Several projects in one request: added, taken out, put back, hidden; what was typed in them is never lost."""

import pytest
from sqlalchemy.orm import Session

from portal.models.associations import Association
from portal.models.connexion import User
from portal.models.demandes import Demande
from portal.services.projets import DERNIER_NUMERO
from portal.vocabulaire import RoleMandat
from tests import html, saisies
from tests.client import ClientStrict
from tests.factories import Fabriques


@pytest.fixture
def association(creer: Fabriques) -> Association:
    return creer.association(denomination="Lire ensemble")


@pytest.fixture
def demande(creer: Fabriques, association: Association, client: ClientStrict) -> Demande:
    presidente = creer.usager()
    creer.mandat(presidente, association)
    client.connecter(presidente)
    return creer.demande(association, presidente)


def liste(client: ClientStrict, demande: Demande) -> str:
    client.get(f"/demandes/{demande.id}")
    return client.texte()


def ajouter(client: ClientStrict, demande: Demande) -> str:
    """Press « Ajouter un projet »; the address of its page."""
    liste(client, demande)
    reponse = client.soumettre(action="/projets", suivre=False)
    assert reponse.status_code == 303
    return reponse.location


def ecrire(client: ClientStrict, demande: Demande, section: str, **valeurs: str) -> None:
    client.get(f"/demandes/{demande.id}/{section}")
    assert client.soumettre(valeurs).status_code == 200


def intitule(client: ClientStrict, demande: Demande, section: str) -> str:
    assert client.get(f"/demandes/{demande.id}/{section}").status_code == 200
    return dict(html.champs(client.formulaire()))["intitule"]


class TestPlusieurs:
    def test_a_project_is_added_with_its_pages_and_named_in_the_list(
        self, client: ClientStrict, demande: Demande
    ) -> None:
        assert ajouter(client, demande) == f"/demandes/{demande.id}/projet-2"
        ecrire(client, demande, "projet-2", intitule="Fête du livre")
        texte = liste(client, demande)
        for mot in ("Projet 1", "Projet 2 : Fête du livre", "Budget du projet 2"):
            assert mot in texte
        client.get(f"/demandes/{demande.id}/projet-2")
        assert "Projet 2 : Fête du livre" in client.texte()

    def test_the_same_page_sent_twice_adds_one_project(self, client: ClientStrict, demande: Demande) -> None:
        liste(client, demande)
        page = client.arbre
        for _ in range(2):
            client.arbre = page
            assert client.soumettre(action="/projets", suivre=False).location.endswith("/projet-2")
        assert "Budget du projet 3" not in liste(client, demande)

    def test_a_number_never_serves_twice(self, client: ClientStrict, demande: Demande) -> None:
        ajouter(client, demande)
        liste(client, demande)
        client.soumettre(action="/projets/2/retirer")
        assert ajouter(client, demande).endswith("/projet-3")

    def test_twenty_projects_at_most(self, client: ClientStrict, demande: Demande) -> None:
        for _ in range(19):
            ajouter(client, demande)
        assert "Ajouter un projet" not in liste(client, demande)
        reponse = client.poster(f"/demandes/{demande.id}/projets", {"numero": str(DERNIER_NUMERO)})
        assert reponse.status_code == 409
        assert "20 projets au plus" in client.texte()


class TestRetirer:
    def test_a_project_taken_out_comes_back_with_all_its_text(self, client: ClientStrict, demande: Demande) -> None:
        ecrire(client, demande, "projet", intitule="Premier")
        ajouter(client, demande)
        ecrire(client, demande, "projet-2", intitule="Fête du livre")
        ecrire(client, demande, "budget-projet-2", locations="100", cotisations="100")
        liste(client, demande)
        client.soumettre(action="/projets/2/retirer")
        texte = client.texte()
        assert "Projets retirés Projet 2 : Fête du livre" in texte
        assert "Budget du projet 2" not in texte
        assert client.get(f"/demandes/{demande.id}/projet-2").status_code == 404
        liste(client, demande)
        client.soumettre(action="/projets/2/remettre")
        assert intitule(client, demande, "projet-2") == "Fête du livre"
        client.get(f"/demandes/{demande.id}/budget-projet-2")
        assert dict(html.champs(client.formulaire()))["locations"] == "100"

    def test_a_funder_is_still_that_of_the_project_that_comes_back(
        self, client: ClientStrict, demande: Demande
    ) -> None:
        ajouter(client, demande)
        ecrire(client, demande, "cofinancements", **{"cofinanceurs-0-financeur": "Lyon", "cofinanceurs-0-projet": "2"})
        client.get(f"/demandes/{demande.id}")
        client.soumettre(action="/projets/2/retirer")
        ecrire(client, demande, "cofinancements", **{"cofinanceurs-0-financeur": "Ville de Lyon"})
        client.get(f"/demandes/{demande.id}")
        client.soumettre(action="/projets/2/remettre")
        client.get(f"/demandes/{demande.id}/cofinancements")
        champs = dict(html.champs(client.formulaire("/cofinancements")))
        assert champs["cofinanceurs-0-financeur"] == "Ville de Lyon"
        assert champs["cofinanceurs-0-projet"] == "2"

    def test_the_first_project_may_go_though_it_was_never_opened(self, client: ClientStrict, demande: Demande) -> None:
        ajouter(client, demande)
        liste(client, demande)
        client.soumettre(action="/projets/1/retirer")
        assert client.get(f"/demandes/{demande.id}/projet").status_code == 404
        assert client.get(f"/demandes/{demande.id}/projet-2").status_code == 200

    def test_the_only_project_stays(self, client: ClientStrict, demande: Demande) -> None:
        assert "Retirer le projet" not in liste(client, demande)
        assert client.poster(f"/demandes/{demande.id}/projets/1/retirer").status_code == 409
        assert client.get(f"/demandes/{demande.id}/projet").status_code == 200

    def test_what_is_written_while_somebody_takes_the_project_out_is_kept(
        self, client: ClientStrict, demande: Demande
    ) -> None:
        ajouter(client, demande)
        client.get(f"/demandes/{demande.id}/projet-2")
        page = client.arbre
        liste(client, demande)
        client.soumettre(action="/projets/2/retirer")
        client.arbre = page
        client.soumettre({"intitule": "Fête du livre"})
        assert "« Projet 2 » n’est plus demandé. Ce que vous avez écrit est conservé" in client.texte()
        client.soumettre(action="/projets/2/remettre")
        assert intitule(client, demande, "projet-2") == "Fête du livre"

    def test_a_project_that_never_was_is_not_found(self, client: ClientStrict, demande: Demande) -> None:
        for geste in ("retirer", "remettre"):
            assert client.poster(f"/demandes/{demande.id}/projets/7/{geste}").status_code == 404


class TestObjet:
    def test_fonctionnement_hides_the_projects_and_back_to_projet_shows_them_again(
        self, client: ClientStrict, session: Session, demande: Demande
    ) -> None:
        for section in ("projet", "budget-projet", "budget-association"):
            saisies.remplir(client, demande.id, section)
        ajouter(client, demande)
        ecrire(client, demande, "projet-2", intitule="Fête du livre")
        saisies.remplir(client, demande.id, "demande", objet="fonctionnement")
        texte = liste(client, demande)
        assert "Budget du projet" not in texte
        assert "Ajouter un projet" not in texte
        saisies.remplir(client, demande.id, "demande", objet="projet")
        assert intitule(client, demande, "projet") == saisies.PROJET["intitule"]
        assert intitule(client, demande, "projet-2") == "Fête du livre"


class TestAcces:
    def test_a_reader_changes_no_project(
        self, client: ClientStrict, creer: Fabriques, association: Association, demande: Demande
    ) -> None:
        lecteur: User = creer.usager()
        creer.mandat(lecteur, association, RoleMandat.LECTEUR)
        client.connecter(lecteur)
        for fin in ("projets", "projets/1/retirer", "projets/1/remettre"):
            assert client.poster(f"/demandes/{demande.id}/{fin}").status_code == 403
