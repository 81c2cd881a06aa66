"""The home of each role: what waits, what is late, what changed, each number leading to the list that it counts."""

import re
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from portal.formats import PARIS, aujourdhui, maintenant
from portal.models.comptes_rendus import CompteRendu
from portal.models.connexion import User
from portal.models.decisions import Delegation
from portal.models.dossiers import Dossier
from portal.models.echanges import Complement, Message
from portal.models.envois import Courriel
from portal.models.services import Service
from portal.services import taches
from portal.vocabulaire import Etat, EtatEnvoi, RoleAffectation
from portal.vocabulaire_demandes import AudienceMessage
from portal.vocabulaire_instruction import GenreTache
from tests import html
from tests.client import ClientStrict
from tests.factories import Fabriques
from tests.requetes import requetes


@pytest.fixture
def ddets(creer: Fabriques) -> Service:
    return creer.service("DDETS 69")


@pytest.fixture
def instructeur(creer: Fabriques, ddets: Service) -> User:
    return creer.agent(ddets)


@pytest.fixture
def dossiers(creer: Fabriques, ddets: Service, instructeur: User) -> list[Dossier]:
    """Three to take in charge, two to decide of which one is late, one decided."""
    vieux = {"date_depot": maintenant() - timedelta(days=90), "instructeur_id": instructeur.id}
    return [
        *(creer.dossier(ddets) for _ in range(3)),
        creer.dossier(ddets, etat=Etat.EN_INSTRUCTION, **vieux),
        creer.dossier(ddets, etat=Etat.EN_INSTRUCTION),
        creer.dossier(ddets, etat=Etat.REFUSE),
    ]


def liens(client: ClientStrict) -> dict[str, str]:
    contenu = html.par_id(client.arbre, "contenu")
    assert contenu is not None
    return {html.texte(lien): lien.get("href") or "" for lien in contenu.iter("a")}


def accueil(client: ClientStrict, user: User) -> str:
    client.connecter(user)
    with requetes() as vues:
        assert client.get("/").status_code == 200
    assert len(vues) <= 12
    return client.texte()


def lignes(client: ClientStrict, adresse: str) -> int:
    """How many dossiers that list of the queue shows."""
    reponse = client.get(adresse)
    return len(set(re.findall(r"/instruction/dossiers/(P-2026-\d+)", reponse.text)))


def test_every_number_of_the_home_is_that_of_the_list_it_opens(
    client: ClientStrict, creer: Fabriques, ddets: Service, dossiers: list[Dossier]
) -> None:
    accueil(client, creer.responsable(ddets))
    nombres = {texte: lien for texte, lien in liens(client).items() if "/instruction/dossiers" in lien}
    comptes = {texte: int(texte.split()[0]) for texte in nombres if texte[0].isdigit()}
    assert len(comptes) >= 4
    for texte, nombre in comptes.items():
        assert lignes(client, nombres[texte]) == nombre, texte


def test_an_instructeur_reads_what_waits_and_what_is_late_and_nothing_to_decide(
    client: ClientStrict, session: Session, instructeur: User, dossiers: list[Dossier]
) -> None:
    taches.add(session, user_id=instructeur.id, service_id=dossiers[0].service_id, genre=GenreTache.MENTION, cle="m")
    session.commit()
    texte = accueil(client, instructeur)
    assert "1 tâche" in texte
    assert "3 dossiers à prendre en charge" in texte
    assert "1 de vos dossiers a dépassé son délai" in texte
    assert "dossiers à décider" not in texte
    assert "par agent" not in texte


def test_what_is_about_to_be_late_is_counted_apart_from_what_is_late(
    client: ClientStrict, creer: Fabriques, ddets: Service, instructeur: User, dossiers: list[Dossier]
) -> None:
    assert "délai finit dans les quinze jours" not in accueil(client, instructeur), "one is late, none is about to be"
    proche = {"date_depot": maintenant() - timedelta(days=54), "instructeur_id": instructeur.id}
    for _ in range(2):
        creer.dossier(ddets, etat=Etat.EN_INSTRUCTION, **proche)
    texte = accueil(client, instructeur)
    assert "2 de vos dossiers dont le délai finit dans les quinze jours" in texte
    assert "1 de vos dossiers a dépassé son délai" in texte


def test_a_lecteur_is_asked_for_nothing(
    client: ClientStrict, creer: Fabriques, ddets: Service, dossiers: list[Dossier]
) -> None:
    texte = accueil(client, creer.agent(ddets, RoleAffectation.LECTEUR))
    assert "permet de lire les dossiers" in texte
    assert "3 dossiers à prendre en charge" not in texte


def test_a_responsable_reads_what_to_decide_who_is_loaded_and_which_delegations_end(
    client: ClientStrict, session: Session, creer: Fabriques, ddets: Service, instructeur: User, dossiers: list[Dossier]
) -> None:
    responsable = creer.responsable(ddets)
    session.add(
        Delegation(
            service_id=ddets.id,
            user_id=instructeur.id,
            qualite="cheffe de pôle",
            reference="2026-1",
            debut=date(2026, 1, 1),
            fin=aujourdhui() + timedelta(days=20),
            notee_par_id=responsable.id,
        )
    )
    session.commit()
    texte = accueil(client, responsable)
    assert "2 dossiers à décider" in texte
    assert f"{instructeur.nom_affiche}, cheffe de pôle" in texte
    contenu = liens(client)
    assert lignes(client, contenu[instructeur.nom_affiche]) == 1


def test_an_administrateur_reads_how_the_portal_does(client: ClientStrict, session: Session, creer: Fabriques) -> None:
    session.add(Courriel(gabarit="x", destinataire="a@example.org", donnees={}, essais=5, etat=EtatEnvoi.A_ENVOYER))
    session.commit()
    texte = accueil(client, creer.agent(role=RoleAffectation.LECTEUR, administrateur=True))
    assert "aucune lecture achevée" in texte
    assert "1 ne part pas malgré plusieurs essais" in texte


def test_the_chart_bears_its_figures_in_a_table(
    client: ClientStrict, instructeur: User, dossiers: list[Dossier]
) -> None:
    accueil(client, instructeur)
    assert [un for un in client.arbre.iter() if un.tag.endswith("svg")]
    montres = {
        html.texte(rang.find("th")): html.texte(rang.find("td"))
        for rang in client.arbre.iter("tr")
        if rang.find("td") is not None
    }
    assert montres["À prendre en charge"] == "3"
    assert montres["À décider"] == "2"
    assert montres["À notifier"] == "0"


def test_a_person_without_any_association_reads_how_to_begin(client: ClientStrict, creer: Fabriques) -> None:
    assert "Aucune association n’est encore rattachée" in accueil(client, creer.usager())


def test_a_person_with_nothing_to_do_is_told_so(client: ClientStrict, creer: Fabriques) -> None:
    usager = creer.usager()
    creer.mandat(usager, creer.association())
    assert "Rien ne vous attend aujourd’hui." in accueil(client, usager)


def test_a_person_of_an_association_reads_what_waits_with_its_dates(
    client: ClientStrict, session: Session, creer: Fabriques, ddets: Service, instructeur: User
) -> None:
    usager, association = creer.usager(), creer.association(denomination="Lire ensemble")
    creer.mandat(usager, association)
    campagne = creer.demarche(ddets, titre="Lecture 2027", cloture=datetime(2099, 1, 31, 23, 59, tzinfo=PARIS))
    creer.demande(association, usager, campagne)
    corriger, accorde, ecrit = (creer.dossier(ddets, association=association, intitule=f"Projet {un}") for un in "ABC")
    corriger.complement_demande = True
    fin = aujourdhui() + timedelta(days=5)
    session.add_all(
        [
            Complement(dossier_id=corriger.id, sections=[], motif="RIB", echeance=fin, demande_par_id=instructeur.id),
            CompteRendu(dossier_id=accorde.id, echeance=aujourdhui() - timedelta(days=3)),
            Message(
                cle="une-cle-de-vingt-signes",
                dossier_id=ecrit.id,
                auteur_id=instructeur.id,
                service_id=ddets.id,
                audience=AudienceMessage.ASSOCIATION,
                texte="Bonjour.",
            ),
        ]
    )
    creer.decision(accorde, instructeur, notified_at=maintenant())
    creer.decision(ecrit, instructeur)
    session.commit()
    texte = accueil(client, usager)
    for attendu in ("Lecture 2027", "31 janvier 2099", "à envoyer avant le", "en retard", "1 message non lu"):
        assert attendu in texte
    contenu = html.par_id(client.arbre, "decisions")
    assert contenu is not None
    assert accorde.reference in html.texte(contenu)
    assert ecrit.reference not in html.texte(contenu), "a decision is known once notified"


def test_the_home_of_somebody_else_bears_nothing_of_it(client: ClientStrict, creer: Fabriques, ddets: Service) -> None:
    association = creer.association()
    creer.mandat(creer.usager(), association)
    creer.dossier(ddets, association=association)
    etranger = creer.usager()
    creer.mandat(etranger, creer.association())
    assert "P-2026" not in accueil(client, etranger)
