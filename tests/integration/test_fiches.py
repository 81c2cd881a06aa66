"""The page of a dossier and its summary: all that one agent may read, nothing more, in few queries."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models.connexion import User
from portal.models.demarches import Demarche
from portal.models.documents import Document
from portal.models.dossiers import Dossier
from portal.models.services import Service
from portal.permissions import Acteur
from portal.queries import historique
from portal.services import journal
from portal.vocabulaire import Etat, GenreDocument
from portal.vocabulaire_ds import Visibilite
from tests import saisies
from tests.client import ClientStrict
from tests.factories import Fabriques
from tests.requetes import requetes

CANARI = "CANARI-SERVICE-5120"


@pytest.fixture
def ddets(creer: Fabriques) -> Service:
    return creer.service("DDETS 69")


@pytest.fixture
def agent(creer: Fabriques, ddets: Service) -> User:
    return creer.agent(ddets)


def champ(libelle: str, valeur: str = "", **autres: object) -> dict[str, object]:
    """An element of DossierDS.contenu."""
    return {
        "partie": "champs",
        "libelle": libelle,
        "type": "TextChamp",
        "valeur": valeur,
        "lignes": [],
        "fichiers": [],
        "niveau": None,
        **autres,
    }


CONTENU = [
    champ("Avant tout titre", "Première réponse"),
    champ("Le projet", niveau=1),
    champ("Description", "Ligne 1\nLigne 2"),
    champ("Sans réponse"),
    champ("Statuts", fichiers=[{"nom": "statuts.pdf", "type": "application/pdf", "taille": 12, "empreinte": "x"}]),
    champ("Partenaires", lignes=[[champ("Nom", "Mairie")], [champ("Nom", "Région")]]),
    champ("Note interne", CANARI, partie="annotations"),
    champ("Que pensez-vous de ceci ?", CANARI, partie="avis", auteur="expert@example.org", date=None, repondu=True),
    champ("Message", CANARI, partie="messages", auteur="usager@example.org", date="2026-03-01T09:00:00+00:00"),
]


SUITES = ("", "/demande", "/budget", "/pieces", "/avis", "/messagerie", "/decision", "/historique")


def page(dossier: Dossier, suite: str = "") -> str:
    return f"/instruction/dossiers/{dossier.reference}{suite}"


@pytest.fixture
def depose(client: ClientStrict, session: Session, creer: Fabriques, ddets: Service) -> Dossier:
    """A request filed through its pages."""
    association, usager = creer.association(), creer.usager()
    creer.mandat(usager, association)
    creer.texte_cer()
    demarche: Demarche = creer.demarche(ddets)
    demande = creer.demande(association, usager, demarche)
    client.connecter(usager)
    saisies.tout_remplir(client, demande.id)
    client.get(f"/demandes/{demande.id}/relecture")
    client.soumettre(action="deposer")
    return session.scalars(select(Dossier)).one()


def test_a_native_request_reads_as_filed_with_its_budget(client: ClientStrict, depose: Dossier, agent: User) -> None:
    client.connecter(agent)
    for suite, attendus in (
        ("", ("Lire au bord du canal", "Personne n’a encore pris ce dossier en charge.", "plus deux mois")),
        ("/demande", ("Lire au bord du canal", "Douze ateliers de lecture à voix haute.")),
        ("/budget", ("1 234,50 €", "La subvention sollicitée de 3 000,00 €")),
        ("/historique", ("Dossier déposé", "l’association")),
        ("/impression", ("Douze ateliers de lecture à voix haute.", "1 234,50 €", "Dossier déposé")),
    ):
        with requetes() as vues:
            assert client.get(page(depose, suite)).status_code == 200
        texte = client.texte()
        for attendu in attendus:
            assert attendu in texte, (suite, attendu)
        assert len(vues) <= (24 if suite == "/impression" else 12), (suite, len(vues))


def test_a_ds_dossier_shows_every_answer_with_its_label(
    client: ClientStrict, creer: Fabriques, ddets: Service, agent: User
) -> None:
    dossier = creer.dossier_ds(ddets, contenu=CONTENU, association=creer.association())
    client.connecter(agent)
    client.get(page(dossier, "/impression"))
    texte = client.texte()
    for element in CONTENU:
        assert str(element["libelle"]) in texte
    assert "statuts.pdf (fichier resté dans Démarches Simplifiées)" in texte
    assert "1. Nom : Mairie" in texte
    assert texte.count(CANARI) == 3
    assert "non renseigné" in texte
    for suite in SUITES:
        with requetes() as vues:
            assert client.get(page(dossier, suite)).status_code == 200
        assert len(vues) <= 12, (suite, len(vues))


def test_annotations_messages_and_ds_avis_stay_in_the_owner_service(
    client: ClientStrict, creer: Fabriques, ddets: Service
) -> None:
    dossier, saisi = creer.dossier_ds(ddets, contenu=CONTENU), creer.service("DRAJES")
    creer.demande_avis(dossier, saisi)
    client.connecter(creer.responsable(saisi))
    assert "Première réponse" in client.get(page(dossier, "/demande")).text
    for suite in (*SUITES, "/impression"):
        assert CANARI not in client.get(page(dossier, suite)).text


def test_a_dossier_deleted_in_ds_stays_and_says_so(
    client: ClientStrict, session: Session, creer: Fabriques, ddets: Service, agent: User
) -> None:
    dossier = creer.dossier_ds(ddets)
    assert dossier.ds is not None
    dossier.ds.visibilite = Visibilite.SUPPRIME
    session.commit()
    client.connecter(agent)
    for adresse in (page(dossier), "/instruction/dossiers"):
        client.get(adresse)
        assert "supprimé dans Démarches Simplifiées" in client.texte()


def test_history_hides_the_preparation_of_a_decision_and_unknown_acts(
    session: Session, creer: Fabriques, ddets: Service, agent: User
) -> None:
    dossier, acteur = creer.dossier(ddets, etat=Etat.EN_INSTRUCTION), creer.acteur(agent)
    for action in ("dossier_pris_en_charge", "decision_enregistree", "acte_inconnu"):
        journal.record(session, by=acteur, action=action, objet=f"dossier:{dossier.id}")
    autre = creer.acteur(creer.agent())
    assert _lus(session, acteur, dossier, notifiee=False) == ["Décision enregistrée", "Dossier pris en charge"]
    assert _lus(session, autre, dossier, notifiee=False) == ["Dossier pris en charge"]
    assert _lus(session, autre, dossier, notifiee=True) == ["Décision enregistrée", "Dossier pris en charge"]


def _lus(session: Session, viewer: Acteur, dossier: Dossier, *, notifiee: bool) -> list[str]:
    return [etape.libelle for etape in historique.list_etapes(session, viewer, dossier, notifiee=notifiee)]


def test_someone_elses_dossier_and_an_unknown_one_look_the_same(
    client: ClientStrict, creer: Fabriques, agent: User
) -> None:
    client.connecter(agent)
    for reference in (creer.dossier().reference, "P-1999-000001"):
        adresse = f"/instruction/dossiers/{reference}"
        assert client.get(adresse).status_code == 404
        for acte in (
            "prise-en-charge",
            "synthese",
            "avis/demander",
            "avis/donner",
            "decider",
            "notifier",
        ):
            assert client.poster(f"{adresse}/{acte}", {"version": "1"}).status_code == 404


def test_the_summary_holds_what_its_reader_sees_and_no_more(
    client: ClientStrict, session: Session, creer: Fabriques, ddets: Service, agent: User
) -> None:
    saisi = creer.service("DRAJES")
    dossier = creer.dossier_ds(ddets, etat=Etat.EN_INSTRUCTION, contenu=CONTENU)
    creer.demande_avis(dossier, saisi)
    creer.decision(dossier, creer.responsable(ddets), motivation=CANARI)
    creer.avis(dossier, creer.agent(saisi), texte="Avis de la DRAJES")
    for lecteur, voit in ((agent, True), (creer.agent(saisi), False)):
        client.connecter(lecteur)
        client.get(page(dossier))
        assert client.soumettre(action="/synthese").status_code == 200
        document = session.scalars(select(Document).order_by(Document.id.desc()).limit(1)).one()
        assert document.genre == GenreDocument.SYNTHESE
        assert document.html is not None
        assert "Avis de la DRAJES" in document.html
        assert (CANARI in document.html) == voit
