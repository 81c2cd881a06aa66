"""The demonstration's own pages, and the pages that every public service owes its readers."""

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from integrations.annuaire.simulateur import Simulateur
from portal.app import create_app
from portal.cli import demo
from portal.config import Config
from portal.models.connexion import SessionConnexion, User
from portal.queries.personas import PERSONAS
from portal.services import courriels
from portal.services.moyens import Moyens, make_moyens
from portal.vocabulaire import GenreUser, RoleAffectation
from tests import html
from tests.client import ClientStrict
from tests.factories import Fabriques

NADIA = "nadia.benali@ddets.demo.example"


@pytest.fixture
def nadia(creer: Fabriques) -> User:
    return creer.agent(
        creer.service("DDETS 69"), RoleAffectation.RESPONSABLE, email=NADIA, prenom="Nadia", nom="Benali"
    )


def test_a_visitor_becomes_a_persona_by_a_click(client: ClientStrict, nadia: User) -> None:
    client.get("/demo/")
    assert "Responsable à la DDETS 69" in client.texte()
    client.soumettre(action=f"/{nadia.id}", suivre=False)
    client.get("/plan-du-site")
    assert "Nadia Benali" in client.texte()
    assert "pour DDETS 69" in client.texte()


def test_changing_persona_ends_the_session_before(
    client: ClientStrict, nadia: User, creer: Fabriques, session: Session
) -> None:
    client.connecter(creer.usager())
    client.get("/demo/")
    client.soumettre(action=f"/{nadia.id}", suivre=False)
    ouvertes = session.scalars(select(SessionConnexion).where(SessionConnexion.ended_at.is_(None))).all()
    assert [ouverte.user_id for ouverte in ouvertes] == [nadia.id]


def test_a_click_opens_no_other_account(client: ClientStrict, creer: Fabriques, session: Session) -> None:
    creer.usager(email=NADIA)
    for user in (creer.agent(administrateur=True), creer.usager(email=NADIA.replace("nadia", "n"))):
        assert client.poster(f"/demo/connexion/{user.id}").status_code == 404
    usurpateur = session.scalars(select(User).where(User.email == NADIA)).one()
    assert usurpateur.genre == GenreUser.USAGER
    assert client.poster(f"/demo/connexion/{usurpateur.id}").status_code == 404
    assert session.scalar(select(func.count()).select_from(SessionConnexion)) == 0


def test_without_data_the_page_says_what_to_run(client: ClientStrict) -> None:
    client.get("/demo/")
    assert "portal demo-donnees" in client.texte()


def test_letters_are_read_with_links_of_this_portal_only(
    client: ClientStrict, moyens: Moyens, session: Session
) -> None:
    courriels.enqueue(
        session,
        "avis_demande",
        destinataire="ddets@example.org",
        reference="P-2026-000001",
        association="<b>Amis</b>",
        intitule="Berges",
        service="DRAJES ARA",
        question="Voyez https://ailleurs.example/piege et http://portail.test.ailleurs.example/piege",
        echeance=None,
    )
    session.commit()
    client.get("/demo/courriels")
    assert "Un courriel attend de partir" in client.texte()
    assert courriels.send_due(moyens)
    client.get("/demo/courriels")
    assert "Avis demandé sur le dossier P-2026-000001" in client.texte()
    assert "<b>Amis</b>" in client.texte()
    assert "attend de partir" not in client.texte()
    contenu = html.par_id(client.arbre, "contenu")
    assert contenu is not None
    assert [lien.get("href") for lien in contenu.iter("a")] == [
        "http://portail.test/instruction/dossiers/P-2026-000001"
    ]


def test_an_empty_mailbox_says_what_to_do(client: ClientStrict) -> None:
    client.get("/demo/courriels")
    assert "Demandez un lien de connexion" in client.texte()


@pytest.mark.parametrize("page", ["/demo/", "/demo/courriels", "/demo/connexion/1"])
def test_the_demonstration_does_not_exist_in_production(config: Config, moyens: Moyens, page: str) -> None:
    production = replace(config, mode="production")
    app = create_app(production, moyens=replace(moyens, config=production))
    app.config["WTF_CSRF_ENABLED"] = False
    navigateur = app.test_client()
    for methode in (navigateur.get, navigateur.post):
        assert methode(page, base_url="https://portail.test").status_code == 404


def test_every_persona_has_an_address_and_a_sentence_of_its_own() -> None:
    assert len({(p.genre, p.email) for p in PERSONAS}) == len({p.phrase for p in PERSONAS}) == len(PERSONAS)
    assert all(p.email.endswith(".demo.example") or p.email.endswith("@demo.example") for p in PERSONAS)


@pytest.mark.parametrize("page", ["/accessibilite", "/mentions-legales", "/donnees-personnelles", "/plan-du-site"])
def test_legal_pages_are_open_to_all_and_give_a_contact(client: ClientStrict, app: Flask, page: str) -> None:
    assert client.get(page).status_code == 200
    if page != "/plan-du-site":
        assert "contact@portail.example.org" in client.texte()


def test_accessibility_statement_says_that_no_audit_was_made_and_how_to_complain(client: ClientStrict) -> None:
    client.get("/accessibilite")
    for attendu in ("non conforme", "aucun audit", "Défenseur des droits", "Libre réponse 71120"):
        assert attendu in client.texte()


def test_production_never_says_that_it_is_a_demonstration(config: Config, moyens: Moyens) -> None:
    production = replace(config, mode="production")
    app = create_app(production, moyens=replace(moyens, config=production))
    for page in ("/mentions-legales", "/plan-du-site", "/connexion/courriel"):
        assert "démonstration" not in app.test_client().get(page, base_url="https://portail.test").text


def test_the_demonstration_finds_an_association_that_has_an_rna_alone(
    annuaire: Simulateur, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "SECRET", tmp_path / "secret")
    monkeypatch.setattr(demo, "CACHET", tmp_path / "cachet.p12")
    annuaire.panne = False
    env = demo.environnement(8000, "postgresql:///portail", ds=1, annuaire=annuaire.server_port)
    fiche = make_moyens(Config.from_env(env)).annuaire.par_rna("W691000483")
    assert fiche is not None
    assert fiche.denomination == "Jardins partagés de Gerland"


def test_the_site_map_leads_an_agent_to_what_services_ask_each_other(client: ClientStrict, creer: Fabriques) -> None:
    client.connecter(creer.agent(creer.service("DDETS 69"), RoleAffectation.INSTRUCTEUR))
    client.get("/plan-du-site")
    for adresse in ("/instruction/avis", "/instruction/communications", "/instruction/mesures"):
        assert any(lien.get("href") == adresse for lien in client.arbre.iter("a")), adresse
