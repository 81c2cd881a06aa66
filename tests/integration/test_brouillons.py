"""What is typed is saved while it is typed, and two people who type in one page both keep their words."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.formats import maintenant
from portal.models.associations import Association
from portal.models.connexion import User
from portal.models.demandes import Demande, ModificationSection, SectionSaisie
from portal.models.journal import Evenement
from portal.services.entretien import purge
from portal.vocabulaire import RoleMandat
from portal.vocabulaire_demandes import SectionDemande
from tests import fabriques_suivi, html
from tests.client import ClientStrict
from tests.factories import Fabriques

HTMX = {"HX-Request": "true", "X-Portail-En-Fond": "1"}


@pytest.fixture
def association(creer: Fabriques) -> Association:
    return creer.association(denomination="Lire ensemble")


@pytest.fixture
def lea(creer: Fabriques, association: Association) -> User:
    usager = creer.usager()
    creer.mandat(usager, association)
    return usager


@pytest.fixture
def paul(creer: Fabriques, association: Association) -> User:
    usager = creer.usager(prenom="Paul", nom="Martin")
    creer.mandat(usager, association, RoleMandat.REDACTEUR)
    return usager


@pytest.fixture
def demande(creer: Fabriques, association: Association, lea: User) -> Demande:
    return creer.demande(association, lea)


class Page:
    """A page of « Projet », opened by somebody, as that browser holds it."""

    def __init__(self, client: ClientStrict, user: User, demande: Demande) -> None:
        self.client, self.user, self.demande, self.envoi = client, user, demande, 0
        client.connecter(user)
        assert client.get(f"/demandes/{demande.id}/projet").status_code == 200
        self.champs = dict(html.champs(client.formulaire("/projet")))

    def ecrire(self, **valeurs: str) -> int:
        """Type, and let the page save itself; the status of the answer."""
        self.champs |= valeurs
        self.envoi += 1
        self.client.connecter(self.user)
        nom = self.champs["page"].partition(".")[0]
        envoi = {**self.champs, "page": f"{nom}.{self.envoi}"}
        envoi.pop("csrf_token")
        reponse = self.client.poster(f"/demandes/{self.demande.id}/projet/brouillon", envoi, headers=HTMX)
        verrou = re.search(r'name="version"\s+value="([^"]*)"', reponse.text)
        if verrou:
            self.champs["version"] = verrou[1]
        return reponse.status_code

    def enregistrer(self, **valeurs: str) -> int:
        """Type, and press the button."""
        self.champs |= valeurs
        self.envoi += 1
        self.client.connecter(self.user)
        envoi = {**self.champs, "page": f"{self.champs['page'].partition('.')[0]}.{self.envoi}"}
        envoi.pop("csrf_token")
        reponse = self.client.poster(f"/demandes/{self.demande.id}/projet", envoi, follow_redirects=True)
        if reponse.status_code in (409, 422):
            self.champs = dict(html.champs(self.client.formulaire("/projet")))
        return reponse.status_code


def gardee(session: Session, demande: Demande) -> SectionSaisie:
    session.expire_all()
    return session.scalars(
        select(SectionSaisie).where(
            SectionSaisie.demande_id == demande.id, SectionSaisie.section == SectionDemande.PROJET
        )
    ).one()


def textes(session: Session, demande: Demande, *noms: str) -> list[str]:
    valeurs = gardee(session, demande).valeurs
    return [valeurs[nom] for nom in noms]


class TestToutSeul:
    def test_it_answers_when_and_the_new_lock_but_never_the_fields(
        self, client: ClientStrict, session: Session, demande: Demande, lea: User
    ) -> None:
        page = Page(client, lea, demande)
        assert page.ecrire(intitule="Lire au bord", public_nombre="une centaine") == 200
        assert re.fullmatch(r"Enregistré à \d+ h \d\d\.", " ".join(client.texte().split()))
        assert "intitule" not in html.canonique(client.arbre)
        assert page.champs["version"] == "1"
        assert textes(session, demande, "intitule", "public_nombre") == ["Lire au bord", "une centaine"]

    def test_former_texts_are_its_trace_and_the_journal_holds_only_what_was_saved_by_the_button(
        self, client: ClientStrict, session: Session, demande: Demande, lea: User
    ) -> None:
        page = Page(client, lea, demande)
        page.ecrire(intitule="Lire")
        page.ecrire(intitule="Lire au bord")
        assert session.scalar(select(Evenement.id).where(Evenement.objet == f"demande:{demande.id}")) is None
        page.enregistrer(intitule="Lire au bord du canal")
        assert [
            (une.version, une.anciennes.get("intitule"))
            for une in session.scalars(select(ModificationSection).order_by(ModificationSection.version))
        ] == [(1, ""), (2, "Lire"), (3, "Lire au bord")]
        actions = session.scalars(select(Evenement.action).where(Evenement.objet == f"demande:{demande.id}")).all()
        assert actions == ["section_enregistree"]

    def test_an_empty_page_left_open_saves_nothing(
        self, client: ClientStrict, session: Session, demande: Demande, lea: User
    ) -> None:
        assert Page(client, lea, demande).ecrire() == 200
        assert session.scalar(select(SectionSaisie.id)) is None

    def test_answer_that_got_lost_puts_no_page_in_conflict_with_itself(
        self, client: ClientStrict, session: Session, demande: Demande, lea: User
    ) -> None:
        page = Page(client, lea, demande)
        page.ecrire(intitule="Lire")
        page.champs["version"] = "0"
        assert page.ecrire(intitule="Lire au bord") == 200
        page.champs["version"] = "0"
        assert page.enregistrer(intitule="Lire au bord du canal") == 200
        assert textes(session, demande, "intitule") == ["Lire au bord du canal"]

    def test_sending_that_comes_late_does_not_take_the_place_of_the_next_one(
        self, client: ClientStrict, session: Session, demande: Demande, lea: User
    ) -> None:
        page = Page(client, lea, demande)
        page.envoi = 1
        page.ecrire(intitule="Le second envoi")
        page.envoi, page.champs["version"] = 0, "0"
        page.ecrire(intitule="Le premier envoi")
        assert textes(session, demande, "intitule") == ["Le second envoi"]

    def test_ended_session_is_told_in_the_page_without_leaving_it(
        self, client: ClientStrict, demande: Demande, lea: User
    ) -> None:
        page = Page(client, lea, demande)
        with client.session_transaction() as cookie:
            del cookie["_user_id"]
        reponse = client.post(
            f"/demandes/{demande.id}/projet/brouillon", data={**page.champs, "intitule": "Lire"}, headers=HTMX
        )
        assert reponse.status_code == 401
        assert "HX-Redirect" not in reponse.headers

    def test_filed_or_foreign_request_is_not_written(
        self, client: ClientStrict, creer: Fabriques, demande: Demande
    ) -> None:
        autre = creer.usager()
        creer.mandat(autre, creer.association())
        client.connecter(autre)
        assert client.poster(f"/demandes/{demande.id}/projet/brouillon", {"version": "0"}).status_code == 404

    def test_without_htmx_it_is_a_page_that_leads_back(self, client: ClientStrict, demande: Demande, lea: User) -> None:
        client.connecter(lea)
        assert client.poster(f"/demandes/{demande.id}/projet/brouillon", {"intitule": "Lire"}).status_code == 200
        assert "Revenir à la section" in client.texte()


class TestDeux:
    def test_changes_to_different_answers_merge_and_the_second_is_told(
        self, client: ClientStrict, session: Session, demande: Demande, lea: User, paul: User
    ) -> None:
        page_de_lea, page_de_paul = Page(client, lea, demande), Page(client, paul, demande)
        assert page_de_lea.enregistrer(intitule="Le titre de Léa") == 200
        assert page_de_paul.enregistrer(territoire="Lyon 9e") == 200
        assert "Elle a été complétée par les changements de Léa Durand." in client.texte()
        assert textes(session, demande, "intitule", "territoire") == ["Le titre de Léa", "Lyon 9e"]

    def test_page_that_did_not_see_a_change_never_undoes_it(
        self, client: ClientStrict, session: Session, demande: Demande, lea: User, paul: User
    ) -> None:
        page_de_lea, page_de_paul = Page(client, lea, demande), Page(client, paul, demande)
        page_de_paul.ecrire(territoire="Lyon 9e")
        for debut in ("L", "Li", "Lire"):
            assert page_de_lea.ecrire(intitule=debut) == 200
        assert "D’autres réponses ont été changées par Paul Martin" in client.texte()
        assert textes(session, demande, "intitule", "territoire") == ["Lire", "Lyon 9e"]
        assert page_de_lea.ecrire(territoire="Lyon 5e") == 409
        assert textes(session, demande, "territoire") == ["Lyon 9e"]

    def test_same_answer_changed_twice_shows_both_texts_and_the_rest_is_kept(
        self, client: ClientStrict, session: Session, demande: Demande, lea: User, paul: User
    ) -> None:
        page_de_lea, page_de_paul = Page(client, lea, demande), Page(client, paul, demande)
        page_de_lea.ecrire(intitule="Le titre de Léa")
        assert page_de_paul.ecrire(intitule="Le titre de Paul", territoire="Lyon 9e") == 409
        assert "Léa Durand l’a changée en même temps" in client.texte()
        assert textes(session, demande, "intitule", "territoire") == ["Le titre de Léa", "Lyon 9e"]
        assert page_de_paul.enregistrer() == 409
        texte = client.texte()
        assert "Ce que vous avez écrit Le titre de Paul" in texte
        assert "par Léa Durand" in texte
        assert "Le titre de Léa" in texte
        assert page_de_paul.champs["intitule"] == "Le titre de Paul"
        assert page_de_paul.enregistrer() == 200
        assert textes(session, demande, "intitule") == ["Le titre de Paul"]

    def test_two_pages_of_one_person_are_two_pages(
        self, client: ClientStrict, session: Session, demande: Demande, lea: User
    ) -> None:
        une, autre = Page(client, lea, demande), Page(client, lea, demande)
        une.ecrire(intitule="Dans un onglet")
        assert autre.enregistrer(intitule="Dans l’autre") == 409
        assert "par vous, dans une autre page" in client.texte()

    def test_page_older_than_what_is_kept_overwrites_nothing(
        self, client: ClientStrict, session: Session, demande: Demande, lea: User, paul: User
    ) -> None:
        page_de_paul = Page(client, paul, demande)
        page_de_lea = Page(client, lea, demande)
        page_de_lea.ecrire(intitule="Le titre de Léa")
        for une in session.scalars(select(ModificationSection)):
            session.delete(une)
        session.commit()
        for version in ("0", "17", "-1", "x" * 400):
            page_de_paul.champs["version"] = version
            assert page_de_paul.ecrire(intitule="Le titre de Paul") == 409
        assert textes(session, demande, "intitule") == ["Le titre de Léa"]

    def test_the_former_texts_of_a_request_are_forgotten_thirty_days_after_its_filing(
        self, client: ClientStrict, session: Session, demande: Demande, lea: User
    ) -> None:
        Page(client, lea, demande).ecrire(intitule="Lire au bord")
        for jours, restent in ((None, 1), (29, 1), (31, 0)):
            demande.deposee_at = None if jours is None else maintenant() - timedelta(days=jours)
            session.commit()
            purge(session)
            session.commit()
            assert session.scalar(select(func.count(ModificationSection.id))) == restent
        assert textes(session, demande, "intitule") == ["Lire au bord"]

    @pytest.mark.parametrize("fin", ["repondu_at", "annule_at"])
    def test_those_of_corrections_are_forgotten_thirty_days_after_they_were_sent_or_given_up(
        self, client: ClientStrict, session: Session, creer: Fabriques, association: Association, lea: User, fin: str
    ) -> None:
        service = creer.service()
        dossier = fabriques_suivi.depose(creer, association, lea, service, remplie=True)
        agent = creer.agent(service)
        asked = fabriques_suivi.complement(session, dossier, agent, ("projet",), copies=True)
        client.connecter(lea)
        client.get(f"/dossiers/{dossier.reference}/complement/projet")
        assert client.soumettre({"intitule": "Lire au bord"}).status_code == 200
        for jours, restent in ((None, 1), (29, 1), (31, 0)):
            setattr(asked, fin, None if jours is None else maintenant() - timedelta(days=jours))
            session.commit()
            purge(session)
            session.commit()
            assert session.scalar(select(func.count(ModificationSection.id))) == restent
        copie = select(SectionSaisie).where(SectionSaisie.complement_id == asked.id)
        assert (
            session.scalars(copie.execution_options(populate_existing=True)).one().valeurs["intitule"] == "Lire au bord"
        )
