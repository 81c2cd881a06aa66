"""An agent sees a document, and the link is proved: what changes, for whom, and who may."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models.associations import Mandat
from portal.models.connexion import User
from portal.models.journal import Evenement
from portal.models.services import Service
from portal.queries import statuts_cer
from portal.vocabulaire import EtatMandat, RoleAffectation
from portal.vocabulaire_cer import EtatCer
from tests.client import ClientStrict
from tests.factories import Fabriques

PIECE = {"piece": "Procès-verbal du 12 mars 2026"}


@pytest.fixture
def service(creer: Fabriques) -> Service:
    """The service that owns the dossier."""
    return creer.service()


@pytest.fixture
def mandat(creer: Fabriques, service: Service) -> Mandat:
    """A declared mandat of an association that has a dossier there."""
    association = creer.association(denomination="Les Amis du Canal")
    creer.dossier(service, association=association, lien_verifie=False)
    return creer.mandat(creer.usager(), association, prouve=False)


def prouver(client: ClientStrict, agent: User, mandat: Mandat) -> int:
    """Log in, open the page, say which document was seen; the status."""
    client.connecter(agent)
    client.get("/instruction/mandats")
    client.get(f"/instruction/mandats/{mandat.id}")
    return client.soumettre(PIECE).status_code


def test_an_instructeur_proves_the_link_and_the_signature_counts(
    client: ClientStrict, creer: Fabriques, service: Service, mandat: Mandat, session: Session
) -> None:
    creer.engagement(mandat)
    assert statuts_cer.statut_cer(session, mandat.association_id).etat == EtatCer.DECLARE
    agent = creer.agent(service)
    assert prouver(client, agent, mandat) == 200
    assert "Vérifié le" in client.texte()
    session.refresh(mandat)
    assert (mandat.etat, mandat.prouve_par_id, mandat.piece_vue) == (EtatMandat.PROUVE, agent.id, PIECE["piece"])
    assert statuts_cer.statut_cer(session, mandat.association_id).etat == EtatCer.SIGNE
    evenement = session.scalars(select(Evenement).where(Evenement.action == "mandat_prouve")).one()
    assert (evenement.acteur, evenement.service_id) == (f"agent:{agent.id}", service.id)


def test_the_list_shows_declared_links_of_the_service_only(
    client: ClientStrict, creer: Fabriques, service: Service, mandat: Mandat
) -> None:
    creer.mandat(creer.usager(nom="Prouve"), mandat.association)
    creer.mandat(creer.usager(nom="Ailleurs"), creer.association(), prouve=False)
    client.connecter(creer.agent(service))
    client.get("/instruction/mandats")
    assert "Léa Durand" in client.texte()
    assert "Prouve" not in client.texte()
    assert "Ailleurs" not in client.texte()


def test_the_document_seen_must_be_named(
    client: ClientStrict, creer: Fabriques, service: Service, mandat: Mandat, session: Session
) -> None:
    client.connecter(creer.agent(service))
    client.get(f"/instruction/mandats/{mandat.id}")
    assert client.soumettre({"piece": "  "}).status_code == 422
    assert "Écrivez quelle pièce vous avez vue." in client.texte()
    session.refresh(mandat)
    assert mandat.etat == EtatMandat.DECLARE


def test_a_lecteur_reads_the_reason_and_cannot_prove(
    client: ClientStrict, creer: Fabriques, service: Service, mandat: Mandat
) -> None:
    client.connecter(creer.agent(service, RoleAffectation.LECTEUR))
    client.get(f"/instruction/mandats/{mandat.id}")
    assert "pas de vérifier un lien" in client.texte()
    assert client.poster(f"/instruction/mandats/{mandat.id}/prouver", PIECE).status_code == 403


def test_a_service_that_is_only_asked_for_its_avis_cannot_prove(
    client: ClientStrict, creer: Fabriques, service: Service, mandat: Mandat, session: Session
) -> None:
    saisi = creer.service()
    dossier = creer.dossier(service, association=mandat.association)
    creer.acces(dossier, saisi.id)
    client.connecter(creer.agent(saisi))
    client.get(f"/instruction/mandats/{mandat.id}")
    assert "Seul un service responsable d’un dossier" in client.texte()
    assert client.poster(f"/instruction/mandats/{mandat.id}/prouver", PIECE).status_code == 403
    session.refresh(mandat)
    assert mandat.etat == EtatMandat.DECLARE


def test_another_service_does_not_know_that_the_link_exists(
    client: ClientStrict, creer: Fabriques, mandat: Mandat
) -> None:
    client.connecter(creer.agent())
    assert client.get(f"/instruction/mandats/{mandat.id}").status_code == 404
    assert client.poster(f"/instruction/mandats/{mandat.id}/prouver", PIECE).status_code == 404


def test_proving_twice_is_told_and_changes_nothing(
    client: ClientStrict, creer: Fabriques, service: Service, mandat: Mandat, session: Session
) -> None:
    premier = creer.agent(service)
    prouver(client, premier, mandat)
    client.connecter(creer.agent(service))
    adresse = f"/instruction/mandats/{mandat.id}/prouver"
    assert client.poster(adresse, {"piece": "Autre pièce"}).status_code == 409
    assert "déjà vérifié depuis le" in client.texte()
    session.refresh(mandat)
    assert (mandat.prouve_par_id, mandat.piece_vue) == (premier.id, PIECE["piece"])


def test_a_usager_cannot_prove_a_link(client: ClientStrict, mandat: Mandat) -> None:
    client.connecter(mandat.user)
    assert client.poster(f"/instruction/mandats/{mandat.id}/prouver", PIECE).status_code == 403
