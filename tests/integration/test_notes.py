"""Notes on a dossier: the agent who writes one is the only one who reads it."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.errors import Conflict
from portal.models.connexion import User
from portal.models.documents import Document
from portal.models.dossiers import Dossier
from portal.models.journal import Evenement
from portal.models.services import Service
from portal.models.taches import NotePersonnelle
from portal.queries import cahiers, dossiers
from portal.queries.filtres_dossiers import FiltreDossiers
from portal.services import notes, reorientations
from tests.client import ClientStrict
from tests.factories import Fabriques

CANARI = "CANARI-NOTE-2231"


@pytest.fixture
def ddets(creer: Fabriques) -> Service:
    return creer.service("DDETS 69")


@pytest.fixture
def dossier(creer: Fabriques, ddets: Service) -> Dossier:
    return creer.dossier(ddets)


@pytest.fixture
def agent(creer: Fabriques, ddets: Service) -> User:
    return creer.agent(ddets)


def adresse(dossier: Dossier) -> str:
    return f"/instruction/dossiers/{dossier.reference}/note"


def ecrire(client: ClientStrict, dossier: Dossier, texte: str) -> int:
    client.get(adresse(dossier))
    return client.soumettre({"texte": texte}).status_code


def test_a_note_is_read_by_who_wrote_it_and_by_nobody_else(
    client: ClientStrict, session: Session, creer: Fabriques, ddets: Service, agent: User, dossier: Dossier
) -> None:
    client.connecter(agent)
    ecrire(client, dossier, CANARI)
    assert "Votre note est enregistrée." in client.texte()
    assert CANARI in client.get(adresse(dossier)).text
    assert CANARI in client.get(f"/instruction/dossiers/{dossier.reference}/demande").text
    client.connecter(creer.responsable(ddets))
    for suite in ("/note", "", "/demande", "/impression"):
        assert CANARI not in client.get(f"/instruction/dossiers/{dossier.reference}{suite}").text
    assert session.scalars(select(Evenement).where(Evenement.objet == f"dossier:{dossier.id}")).all() == []


def test_a_note_goes_into_no_document_no_search_no_export_and_to_no_other_service(
    client: ClientStrict, session: Session, creer: Fabriques, agent: User, dossier: Dossier
) -> None:
    saisi, drajes = creer.agent(), creer.service("DRAJES")
    creer.demande_avis(dossier, saisi.affectations[0].service)
    client.connecter(agent)
    ecrire(client, dossier, CANARI)
    client.poster(f"/instruction/dossiers/{dossier.reference}/synthese")
    assert CANARI not in (session.scalars(select(Document.html)).one() or "")
    client.get(f"/instruction/dossiers?q={CANARI}")
    assert dossier.reference not in client.texte()
    acteur = creer.acteur(agent)
    ecrits = [
        *dossiers.all_dossiers(session, acteur, FiltreDossiers()),
        *cahiers.cahier(session, acteur, FiltreDossiers()).fiches,
    ]
    assert len(ecrits) == 2
    assert CANARI not in repr(ecrits)
    ici = f"/instruction/dossiers/{dossier.reference}"
    client.connecter(saisi)
    assert not [suite for suite in ("", "/demande", "/note", "/impression") if CANARI in client.get(ici + suite).text]
    reorientations.reorient(session, by=acteur, dossier=dossier, service_id=drajes.id, motif="À examiner ailleurs.")
    session.commit()
    client.connecter(creer.responsable(drajes))
    assert not [suite for suite in ("", "/demande", "/note", "/impression") if CANARI in client.get(ici + suite).text]


def test_a_note_is_changed_then_erased(client: ClientStrict, session: Session, agent: User, dossier: Dossier) -> None:
    client.connecter(agent)
    ecrire(client, dossier, "Un.")
    ecrire(client, dossier, "Deux.")
    assert session.scalars(select(NotePersonnelle.texte)).all() == ["Deux."]
    ecrire(client, dossier, "")
    assert "Votre note est effacée." in client.texte()
    ecrire(client, dossier, "")
    assert "Attention Rien n’était écrit" in " ".join(client.texte().split())
    assert session.scalars(select(NotePersonnelle)).all() == []


def test_two_pages_of_one_agent_do_not_replace_each_other(
    client: ClientStrict, session: Session, creer: Fabriques, agent: User, dossier: Dossier
) -> None:
    client.connecter(agent)
    client.get(adresse(dossier))
    notes.save(session, by=creer.acteur(agent), dossier=dossier, texte="Ailleurs.", version=0)
    session.commit()
    reponse = client.soumettre({"texte": CANARI})
    assert reponse.status_code == 409
    assert CANARI in reponse.text
    with pytest.raises(Conflict):
        notes.save(session, by=creer.acteur(agent), dossier=dossier, texte="", version=7)
    assert session.scalars(select(NotePersonnelle.texte)).all() == ["Ailleurs."]


def test_a_note_that_is_too_long_is_said_and_kept(client: ClientStrict, agent: User, dossier: Dossier) -> None:
    client.connecter(agent)
    assert ecrire(client, dossier, CANARI + "x" * 5_000) == 422
    assert "trop long" in client.texte()
