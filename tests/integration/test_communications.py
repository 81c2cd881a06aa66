"""After the decision an association asks to read the avis: the register, what is hidden, the sending, the refusal."""

from io import BytesIO

import pytest
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.jobs import documents as travaux
from portal.jobs.application import brancher
from portal.models.associations import Association
from portal.models.communications import Communication, Occultation
from portal.models.connexion import User
from portal.models.documents import Document
from portal.models.dossiers import Dossier
from portal.models.envois import Courriel
from portal.models.services import Service
from portal.models.taches import Tache
from portal.queries.communications import occult
from portal.services.moyens import Moyens
from portal.vocabulaire import Etat, GenreDocument
from portal.vocabulaire_avis import EtatCommunication
from portal.vocabulaire_instruction import GenreTache
from tests.client import ClientStrict
from tests.fabriques_communications import communication
from tests.factories import Fabriques
from tests.requetes import requetes

SECRET = "Le trésorier Paul Martin est en conflit avec la mairie."
TEXTE = f"Projet utile. {SECRET} Les comptes sont clairs."


@pytest.fixture
def ddets(creer: Fabriques) -> Service:
    return creer.service("DDETS 69")


@pytest.fixture
def drajes(creer: Fabriques) -> Service:
    return creer.service("DRAJES ARA")


@pytest.fixture
def association(creer: Fabriques) -> Association:
    return creer.association(denomination="Les Amis du Canal")


@pytest.fixture
def presidente(creer: Fabriques, association: Association) -> User:
    presidente = creer.usager(prenom="Léa", nom="Durand")
    creer.mandat(presidente, association)
    return presidente


@pytest.fixture
def dossier(creer: Fabriques, ddets: Service, drajes: Service, association: Association) -> Dossier:
    """Decided, after an avis of another service."""
    dossier = creer.dossier(ddets, association=association, etat=Etat.ACCEPTE)
    creer.demande_avis(dossier, drajes)
    creer.avis(dossier, creer.agent(drajes), texte=TEXTE)
    return dossier


def chez_elle(dossier: Dossier) -> str:
    return f"/dossiers/{dossier.reference}/communication-des-avis"


def registre(une: Communication) -> str:
    return f"/instruction/communications/{une.id}"


def test_an_association_asks_after_the_decision_and_the_service_has_a_month(
    client: ClientStrict, session: Session, creer: Fabriques, ddets: Service, presidente: User, dossier: Dossier
) -> None:
    agent = creer.agent(ddets)
    client.connecter(presidente)
    client.get(chez_elle(dossier))
    client.soumettre()
    assert "Le service a un mois pour vous répondre" in client.texte()
    une = session.scalars(select(Communication)).one()
    assert (une.echeance.month - une.recue_le.month) % 12 == 1
    assert session.scalars(select(Tache.genre).where(Tache.user_id == agent.id)).all() == [GenreTache.COMMUNICATION]
    assert client.poster(chez_elle(dossier)).status_code == 409
    client.connecter(agent)
    client.get("/instruction/communications")
    assert dossier.reference in client.texte()
    assert "Léa Durand, Les Amis du Canal" in client.texte()


def test_nothing_is_asked_before_the_decision_nor_by_who_does_not_act_for_the_association(
    client: ClientStrict,
    session: Session,
    creer: Fabriques,
    presidente: User,
    dossier: Dossier,
    association: Association,
) -> None:
    declare = creer.usager()
    creer.mandat(declare, association, prouve=False)
    client.connecter(declare)
    assert client.get(chez_elle(dossier)).status_code == 404
    dossier.etat = Etat.EN_INSTRUCTION
    session.commit()
    client.connecter(presidente)
    client.get(chez_elle(dossier))
    assert "ne sont pas communicables" in client.texte()
    assert client.poster(chez_elle(dossier)).status_code == 403
    assert session.scalars(select(Communication)).all() == []


def test_the_author_is_consulted_and_proposes_what_is_hidden(
    client: ClientStrict, creer: Fabriques, ddets: Service, drajes: Service, dossier: Dossier
) -> None:
    auteur, une = creer.agent(drajes), communication(creer, dossier)
    client.connecter(auteur)
    assert client.get(registre(une)).status_code == 404
    client.connecter(creer.agent(ddets))
    client.get(registre(une))
    client.soumettre(action="/consulter")
    client.connecter(auteur)
    client.get("/instruction/taches")
    assert "Une communication d’avis attend une réponse" in client.texte()
    assert registre(une) in client.get("/instruction/taches").text
    adresse = f"{registre(une)}/avis/{une.occultations[0].id}"
    client.get(adresse)
    assert client.soumettre({"passages": "Ce passage n’y est pas"}).status_code == 422
    assert "n’est pas dans l’avis" in client.texte()
    client.get(adresse)
    client.soumettre({"passages": SECRET})
    assert SECRET not in client.texte()
    assert "[passage occulté]" in client.texte()
    client.get(adresse)
    assert "Ce que l’association lira" in client.texte()
    assert "Projet utile. [passage occulté] Les comptes sont clairs." in client.texte()


def test_the_association_reads_what_is_not_hidden(
    client: ClientStrict,
    session: Session,
    creer: Fabriques,
    moyens: Moyens,
    ddets: Service,
    presidente: User,
    dossier: Dossier,
) -> None:
    une = communication(creer, dossier)
    une.occultations[0].passages = [SECRET]
    session.commit()
    client.connecter(creer.agent(ddets))
    with requetes() as vues:
        client.get(registre(une))
    assert len(vues) <= 8
    client.soumettre(action="/envoyer")
    assert "Les avis sont envoyés" in client.texte()
    document = session.scalars(select(Document).where(Document.genre == GenreDocument.COMMUNICATION)).one()
    brancher(moyens)
    travaux.produire(document_id=document.id)
    client.connecter(presidente)
    client.get(chez_elle(dossier))
    assert f"/documents/{document.numero}" in client.get(chez_elle(dossier)).text
    octets = client.get(f"/documents/{document.numero}/fichier").data
    texte = " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(octets)).pages).split())
    assert "Projet utile. [passage occulté] Les comptes sont clairs." in texte
    assert "Paul Martin" not in texte
    assert "CADA" in texte
    lettres = session.scalars(select(Courriel.destinataire).where(Courriel.gabarit == "communication_repondue"))
    assert lettres.all() == [presidente.email]
    ouvertes = select(Tache).where(Tache.genre == GenreTache.COMMUNICATION, Tache.faite_at.is_(None))
    assert session.scalars(ouvertes).all() == []


def test_a_refusal_says_why_and_closes_the_request_once(
    client: ClientStrict, session: Session, creer: Fabriques, ddets: Service, presidente: User, dossier: Dossier
) -> None:
    une = communication(creer, dossier)
    client.connecter(creer.agent(ddets))
    client.get(registre(une))
    assert client.soumettre({"motif": ""}, action="/refuser").status_code == 422
    client.get(registre(une))
    client.soumettre({"motif": "L’avis ne porte que sur une personne."}, action="/refuser")
    session.refresh(une)
    assert une.etat == EtatCommunication.REFUSEE
    assert client.poster(f"{registre(une)}/envoyer").status_code == 409, "somebody has answered in another tab"
    client.connecter(presidente)
    client.get(chez_elle(dossier))
    assert "L’avis ne porte que sur une personne." in client.texte()
    assert TEXTE not in client.texte()


def test_a_request_that_came_by_mail_is_entered_and_said_late_after_its_month(
    client: ClientStrict, session: Session, creer: Fabriques, ddets: Service, dossier: Dossier
) -> None:
    client.connecter(creer.agent(ddets))
    adresse = f"/instruction/communications/nouvelle/{dossier.reference}"
    client.get(adresse)
    arrivee = {"demandeur": "Maître Noé", "recue_le-jour": "1", "recue_le-mois": "2", "recue_le-annee": "2099"}
    assert client.soumettre(arrivee).status_code == 422
    client.get(adresse)
    client.soumettre({**arrivee, "recue_le-annee": "2026"})
    assert "Vous avez un mois pour y répondre" in client.texte()
    client.get("/instruction/communications")
    assert "mars 2026" in client.texte()
    assert "en retard" in client.texte()


def test_two_people_who_hide_at_once_do_not_undo_each_other(
    client: ClientStrict, session: Session, creer: Fabriques, ddets: Service, dossier: Dossier
) -> None:
    une = communication(creer, dossier)
    client.connecter(creer.agent(ddets))
    adresse = f"{registre(une)}/avis/{une.occultations[0].id}"
    client.get(adresse)
    occultation = session.get_one(Occultation, une.occultations[0].id)
    occultation.passages, occultation.version = ["Projet utile."], 2
    session.commit()
    assert client.soumettre({"passages": SECRET}).status_code == 409
    assert SECRET in client.texte()
    session.refresh(occultation)
    assert occultation.passages == ["Projet utile."]


def test_an_avis_withheld_as_a_whole_is_named_without_a_word_of_it(
    client: ClientStrict, session: Session, creer: Fabriques, ddets: Service, dossier: Dossier
) -> None:
    une = communication(creer, dossier)
    client.connecter(creer.agent(ddets))
    client.get(f"{registre(une)}/avis/{une.occultations[0].id}")
    client.soumettre({"refus": "Il ne porte que sur une personne."})
    client.get(registre(une))
    client.soumettre(action="/envoyer")
    page = session.scalars(select(Document.html).where(Document.genre == GenreDocument.COMMUNICATION)).one()
    assert page is not None
    assert "Il ne porte que sur une personne." in page
    assert "Projet utile" not in page


@pytest.mark.parametrize(
    ("passages", "reste"),
    [
        (["Paul Martin", "Martin est en conflit"], "M. [passage occulté]. Utile."),
        (["Paul", "Paul Martin est en conflit"], "M. [passage occulté]. Utile."),
        (["Utile.", "M."], "[passage occulté] Paul Martin est en conflit. [passage occulté]"),
        ([], "M. Paul Martin est en conflit. Utile."),
    ],
)
def test_of_passages_that_overlap_or_touch_nothing_is_left(passages: list[str], reste: str) -> None:
    assert occult("M. Paul Martin est en conflit. Utile.", passages) == reste
