"""How many statements the pages of a request take: few, and as many for a request that says everything."""

import pytest
from sqlalchemy.orm import Session

from portal.models.associations import Association
from portal.models.connexion import User
from portal.models.demandes import Demande
from portal.models.demarches import Demarche
from portal.models.dossiers import Dossier
from portal.models.echanges import Message
from portal.models.services import Service
from portal.services import depots
from portal.vocabulaire_demandes import AudienceMessage, GenrePiece, GenreQuestion, GenreTerritoire
from tests import fabriques_campagnes as asked
from tests import fabriques_depots as preparer
from tests import fabriques_membres, fabriques_pieces, fabriques_suivi, saisies
from tests.client import ClientStrict
from tests.factories import Fabriques
from tests.requetes import requetes

AGENTS, FORMULAIRE, ASSOCIATION = 12, 12, 16


@pytest.fixture
def service(creer: Fabriques) -> Service:
    return creer.service("DDETS 69", nom="DDETS du Rhône")


@pytest.fixture
def agent(creer: Fabriques, service: Service) -> User:
    return creer.agent(service)


@pytest.fixture
def association(creer: Fabriques) -> Association:
    return creer.association(denomination="Lire ensemble")


@pytest.fixture
def presidente(creer: Fabriques, association: Association) -> User:
    personne = creer.usager()
    creer.mandat(personne, association)
    return personne


def poser(session: Session, demarche: Demarche) -> dict[str, str]:
    """Questions of each kind, a piece, and the answers."""
    texte = asked.question(session, demarche, "Comment ?")
    choix = asked.question(session, demarche, "Lequel ?", genre=GenreQuestion.CHOIX, choix=["Nord", "Sud"])
    asked.question(session, demarche, "Le plan ?", genre=GenreQuestion.FICHIER)
    asked.piece(session, demarche)
    return {f"q-{texte.id}": "Avec eux.", f"q-{choix.id}": "Sud"}


@pytest.fixture
def complete(
    session: Session, creer: Fabriques, service: Service, association: Association, presidente: User
) -> Demande:
    """Addressed to two services, every question answered, pieces and a RIB joined, territories named; ready to be filed."""
    premiere, seconde = creer.demarche(service, titre="Ville"), creer.demarche(creer.service("LYON"), titre="Culture")
    reponses = poser(session, premiere) | poser(session, seconde)
    asked.territoire(session, GenreTerritoire.COMMUNE, "69266", "Villeurbanne", departement="69")
    asked.territoire(session, GenreTerritoire.QPV, "QN06901X", "Les Minguettes", departement="69", generation="2024")
    lieux = {"territoires-0-genre": "commune", "territoires-0-lieu": "69266", "territoires-1-genre": "qpv"}
    demande = creer.demande(association, presidente, premiere)
    preparer.remplir(
        session,
        demande,
        presidente,
        {
            "demande": {f"destinataire-{seconde.id}": "1 000 €"},
            "projet": {**saisies.PROJET, **lieux, "territoires-1-lieu": "QN06901X"},
        },
    )
    preparer.ecrire(session, demande, presidente, preparer.Place.lire("questions"), reponses)
    garde = fabriques_membres.fichier(creer, "rib")
    rib = fabriques_pieces.rib(session, association, presidente, garde)
    fabriques_pieces.piece_demande(session, demande, garde, code=GenrePiece.RIB, coffre_id=rib.id)
    fabriques_pieces.piece_demande(session, demande, garde, code="autre")
    return preparer.attester(session, demande, presidente)


@pytest.fixture
def dossier(session: Session, creer: Fabriques, complete: Demande, presidente: User, agent: User) -> Dossier:
    """The same once filed, corrections being written, messages not read."""
    filed = depots.file(session, by=preparer.acteur(session, presidente), demande=complete)
    fabriques_suivi.complement(session, filed, agent, ("projet", "pieces"), copies=True)
    communs = {"dossier_id": filed.id, "audience": AudienceMessage.ASSOCIATION, "texte": "Bonjour."}
    session.add_all(Message(cle=f"message-{un.id}", auteur_id=un.id, **communs) for un in (presidente, agent))
    creer.demande_avis(filed, creer.service("DRAJES"))
    session.commit()
    return filed


def compter(client: ClientStrict, adresse: str) -> list[str]:
    with requetes() as vues:
        assert client.get(adresse).status_code == 200
    return list(vues)


def test_an_agent_reads_a_whole_request_in_twelve_statements(
    client: ClientStrict, session: Session, dossier: Dossier, agent: User
) -> None:
    client.connecter(agent)
    session.expire_all()
    for partie, lus in (
        ("", ("Corrections", "DRAJES")),
        ("/demande", ("Avec eux.", "Sud", "Villeurbanne")),
        ("/pieces", ("autre.pdf",)),
    ):
        vues = compter(client, f"/instruction/dossiers/{dossier.reference}{partie}")
        texte = client.texte()
        for lu in lus:
            assert lu in texte
        assert len(vues) <= AGENTS, "\n\n".join(vues)


def test_the_tasks_and_the_pages_of_the_form_take_twelve_statements(
    client: ClientStrict, session: Session, complete: Demande, presidente: User
) -> None:
    client.connecter(presidente)
    comptes = {}
    for page in ("", *(f"/{place.slug}" for place in preparer.lire(complete).places)):
        session.expire_all()
        comptes[page] = compter(client, f"/demandes/{complete.id}{page}")
    trop = {page: vues for page, vues in comptes.items() if len(vues) > FORMULAIRE}
    assert not trop, {page: len(vues) for page, vues in comptes.items()}


def test_the_association_reads_its_dossier_in_sixteen_statements(
    client: ClientStrict, session: Session, dossier: Dossier, presidente: User
) -> None:
    client.connecter(presidente)
    session.expire_all()
    vues = compter(client, f"/dossiers/{dossier.reference}")
    assert "Villeurbanne" in client.texte()
    assert len(vues) <= ASSOCIATION, "\n\n".join(vues)
