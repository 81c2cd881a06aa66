"""What a request that came by post lacks: asked by a letter that suspends the delay, received by the same door."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.errors import Conflict, Forbidden, Invalid
from portal.formats import aujourdhui, date_fr, maintenant
from portal.models.connexion import User
from portal.models.documents import Document
from portal.models.dossiers import AccesDossier, Dossier
from portal.models.echanges import Complement
from portal.models.lettres import Lettre
from portal.models.services import Service
from portal.models.taches import Tache
from portal.queries.recepisses import rejet_implicite
from portal.services import complements_papier as services
from portal.vocabulaire import Etat
from portal.vocabulaire_instruction import EtapeFile, EtatLettre, GenreLettre, GenreTache
from tests import fabriques_portes
from tests.client import ClientStrict
from tests.factories import Fabriques

MANQUE = "Il manque le RIB <b> de l’association."


@pytest.fixture
def ddets(creer: Fabriques) -> Service:
    return creer.service("DDETS 69")


@pytest.fixture
def agent(creer: Fabriques, ddets: Service) -> User:
    return creer.agent(ddets)


@pytest.fixture
def presidente(creer: Fabriques) -> User:
    return creer.usager()


@pytest.fixture
def dossier(creer: Fabriques, ddets: Service, agent: User, presidente: User) -> Dossier:
    """Received twenty days ago, by post."""
    association = creer.association()
    creer.mandat(presidente, association)
    depot = maintenant() - timedelta(days=20)
    return fabriques_portes.dossier_recu(creer, ddets, agent, association=association, date_depot=depot)


def page(dossier: Dossier, suite: str = "") -> str:
    return f"/instruction/dossiers/{dossier.reference}{suite}"


def jour(nom: str, quand: date) -> dict[str, str]:
    return {f"{nom}-jour": str(quand.day), f"{nom}-mois": str(quand.month), f"{nom}-annee": str(quand.year)}


def demander(client: ClientStrict, dossier: Dossier) -> None:
    client.get(page(dossier, "/complement/nouveau"))
    assert client.soumettre({"motif": " "}, action="/nouveau").status_code == 422
    dans_vingt_jours = jour("echeance", aujourdhui() + timedelta(days=20))
    client.soumettre({"motif": MANQUE, "pieces_exigees": "y", **dans_vingt_jours}, action="/nouveau")
    assert "Le complément est demandé. Imprimez sa lettre, et envoyez-la." in client.texte()


def test_what_is_missing_is_asked_by_a_letter_puts_the_dossier_where_complements_wait_and_suspends_its_delay(
    client: ClientStrict, session: Session, agent: User, dossier: Dossier
) -> None:
    client.connecter(agent)
    demander(client, dossier)
    session.expire_all()
    assert dossier.complement_demande
    acces = session.scalars(select(AccesDossier).where(AccesDossier.dossier_id == dossier.id)).one()
    assert acces.etape == EtapeFile.COMPLEMENT
    assert acces.echeance == rejet_implicite(dossier.date_depot) + timedelta(days=20)
    lettre = session.scalars(select(Lettre)).one()
    assert (lettre.genre, lettre.etat) == (GenreLettre.COMPLEMENT, EtatLettre.PARTIE)
    html = session.get_one(Document, lettre.document_id).html or ""
    assert "Il manque le RIB &lt;b&gt; de l’association." in html
    assert date_fr(aujourdhui() + timedelta(days=20)) in html
    client.get(page(dossier))
    assert "complément demandé" in client.texte()
    assert "suspendu en ce moment" in client.texte()
    client.get("/instruction/dossiers?onglet=complement")
    assert dossier.reference in client.texte()


def test_its_arrival_is_noted_ends_the_suspension_that_day_and_is_seen_by_who_had_read_the_request(
    client: ClientStrict, session: Session, creer: Fabriques, ddets: Service, agent: User, dossier: Dossier
) -> None:
    instructrice = creer.agent(ddets)
    dossier.instructeur_id = instructrice.id
    session.commit()
    client.connecter(instructrice)
    client.get(page(dossier, "/demande"))
    client.connecter(agent)
    demander(client, dossier)
    complement = session.scalars(select(Complement)).one()
    complement.demande_at = maintenant() - timedelta(days=9)
    session.commit()
    client.get(page(dossier, "/complement"))
    for impossible in (aujourdhui() + timedelta(days=1), aujourdhui() - timedelta(days=30)):
        assert client.soumettre(jour("recu_le", impossible), action="/arrivee").status_code == 422
        assert "Un complément arrive après avoir été demandé" in client.texte()
    client.soumettre(jour("recu_le", aujourdhui() - timedelta(days=2)), action="/arrivee")
    assert "L’arrivée du complément est notée. Joignez maintenant sa numérisation." in client.texte()
    session.expire_all()
    assert not dossier.complement_demande
    acces = session.scalars(select(AccesDossier).where(AccesDossier.dossier_id == dossier.id)).one()
    assert acces.echeance == rejet_implicite(dossier.date_depot) + timedelta(days=7)
    tache = session.scalars(select(Tache)).one()
    assert (tache.user_id, tache.genre) == (instructrice.id, GenreTache.COMPLEMENT_REPONDU)
    client.get(page(dossier, "/historique"))
    assert "Complément demandé par lettre, arrivé" in client.texte()
    client.connecter(instructrice)
    client.get(page(dossier, "/demande"))
    assert "Un complément demandé par lettre est arrivé" in client.texte()
    client.get(page(dossier, "/complement"))
    assert "arrivées le" in client.texte()


def test_the_people_of_the_association_read_what_is_asked_and_how_to_answer(
    client: ClientStrict, agent: User, presidente: User, dossier: Dossier
) -> None:
    client.connecter(agent)
    demander(client, dossier)
    client.connecter(presidente)
    client.get("/")
    assert dossier.reference in client.texte()
    client.get(f"/dossiers/{dossier.reference}")
    assert "Complément demandé" in client.texte()
    client.get(f"/dossiers/{dossier.reference}/complement")
    assert MANQUE in client.texte()
    assert "répondez par la même voie" in client.texte()


def test_nothing_is_asked_twice_nor_received_twice_nor_by_anybody_else(
    session: Session, creer: Fabriques, ddets: Service, agent: User, dossier: Dossier
) -> None:
    by, fin = creer.acteur(agent), aujourdhui() + timedelta(days=20)
    demande = {"dossier": dossier, "motif": MANQUE, "echeance": fin, "pieces_exigees": False}
    with pytest.raises(Forbidden):
        services.ask(session, by=creer.acteur(creer.agent()), **demande)
    with pytest.raises(Conflict):
        services.receive(session, by=by, dossier=dossier, recu_le=aujourdhui())
    with pytest.raises(Invalid):
        services.ask(session, by=by, **{**demande, "echeance": aujourdhui()})
    services.ask(session, by=by, **demande)
    with pytest.raises(Conflict):
        services.ask(session, by=by, **demande)
    services.receive(session, by=by, dossier=dossier, recu_le=aujourdhui())
    with pytest.raises(Conflict):
        services.receive(session, by=by, dossier=dossier, recu_le=aujourdhui())
    dossier.etat = Etat.REFUSE
    session.flush()
    with pytest.raises(Forbidden):
        services.ask(session, by=by, **demande)


def test_a_decision_recorded_before_what_was_asked_came_is_looked_at_again(
    session: Session, creer: Fabriques, agent: User, dossier: Dossier
) -> None:
    by, fin = creer.acteur(agent), aujourdhui() + timedelta(days=20)
    services.ask(session, by=by, dossier=dossier, motif=MANQUE, echeance=fin, pieces_exigees=False)
    decision = creer.decision(dossier, agent)
    vue = decision.version
    services.receive(session, by=by, dossier=dossier, recu_le=aujourdhui())
    session.refresh(decision)
    assert decision.version == vue + 1, "the page that would notify it is out of date"


def test_a_demand_by_letter_may_be_cancelled(
    client: ClientStrict, session: Session, agent: User, dossier: Dossier
) -> None:
    client.connecter(agent)
    demander(client, dossier)
    client.get(page(dossier, "/complement"))
    client.soumettre(action="/annuler")
    assert "Plus rien n’est demandé" in client.texte()
    session.expire_all()
    assert not dossier.complement_demande
