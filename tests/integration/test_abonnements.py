"""An agent follows an association, and is told what happens there: nothing that its sheet would not say."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.formats import maintenant
from portal.models.associations import Association
from portal.models.connexion import User
from portal.models.taches import Tache
from portal.services import abonnements
from portal.vocabulaire import Audience, Etat
from portal.vocabulaire_instruction import GenreTache
from tests import fabriques_avis
from tests.client import ClientStrict
from tests.factories import Fabriques


@pytest.fixture
def association(creer: Fabriques) -> Association:
    return creer.association(denomination="Les Canotiers du Rhône")


@pytest.fixture
def agent(client: ClientStrict, creer: Fabriques, association: Association) -> User:
    """Follows it, from its sheet."""
    service = creer.service("DDETS 69")
    creer.dossier(service, association=association, created_at=maintenant() - timedelta(hours=1))
    agent = creer.agent(service)
    client.connecter(agent)
    assert client.get(f"/associations/{association.id}").status_code == 200
    assert client.soumettre(action="/suivi").status_code == 200
    assert "Vous suivez cette association" in client.texte()
    return agent


def raconter(session: Session, agent: User) -> list[str]:
    """What the agent is told, in the words of the keys."""
    abonnements.tell(session, maintenant())
    session.commit()
    siennes = (
        select(Tache.cle).where(Tache.user_id == agent.id, Tache.genre == GenreTache.ABONNEMENT).order_by(Tache.cle)
    )
    return [cle.split(":")[1] for cle in session.scalars(siennes)]


def test_a_dossier_filed_decided_and_an_avis_shared_elsewhere_are_told_once(
    client: ClientStrict, session: Session, creer: Fabriques, agent: User, association: Association
) -> None:
    assert raconter(session, agent) == []
    ailleurs = creer.service()
    dossier = creer.dossier(ailleurs, association=association)
    assert raconter(session, agent) == ["depose"]
    dossier.etat, dossier.date_traitement = Etat.ACCEPTE, maintenant()
    creer.avis(dossier, creer.agent(ailleurs), audience=Audience.PARTAGE)
    session.commit()
    assert raconter(session, agent) == ["avis", "decide", "depose"]
    assert raconter(session, agent) == ["avis", "decide", "depose"]
    assert client.get("/instruction/taches").status_code == 200
    assert "Du nouveau sur une association que vous suivez" in client.texte()


def test_what_is_confidential_reserved_or_sealed_is_not_told(
    session: Session, creer: Fabriques, agent: User, association: Association
) -> None:
    ailleurs, tiers = creer.service(), creer.service()
    secrete = creer.demarche(ailleurs, confidentielle=True)
    cache = creer.dossier(ailleurs, association=association, demarche=secrete)
    creer.avis(cache, creer.agent(ailleurs), audience=Audience.PARTAGE)
    assert raconter(session, agent) == []
    vu = creer.dossier(ailleurs, association=association)
    creer.avis(vu, creer.agent(ailleurs), audience=Audience.SERVICES_SAISIS)
    scellee, demandeur = fabriques_avis.saisine(session, scelle=True), creer.agent(ailleurs)
    autre = creer.service()
    for consulte in (tiers, autre):
        fabriques_avis.demande(session, vu, consulte, demandeur, scellee)
    creer.avis(vu, creer.agent(tiers), audience=Audience.PARTAGE)
    assert raconter(session, agent) == ["depose"]
    creer.avis(vu, creer.agent(autre), audience=Audience.SERVICES_SAISIS)
    assert raconter(session, agent) == ["avis", "depose"]


def test_an_agent_lists_what_it_follows_and_stops(
    client: ClientStrict, session: Session, creer: Fabriques, agent: User, association: Association
) -> None:
    assert client.get("/instruction/associations/suivies").status_code == 200
    assert "Les Canotiers du Rhône" in client.texte()
    client.soumettre()
    assert "Vous ne suivez aucune association" in client.texte()
    creer.dossier(creer.service(), association=association)
    assert raconter(session, agent) == []


def test_a_sheet_that_is_not_open_is_not_followed(
    client: ClientStrict, creer: Fabriques, association: Association
) -> None:
    client.connecter(creer.agent())
    assert client.poster(f"/instruction/associations/{association.id}/suivi").status_code == 404
