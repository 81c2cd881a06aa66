"""The page where agents read how the exchange with DS stands, and act on what is stuck."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event, select, text, update
from sqlalchemy.orm import Session

from integrations.demarches_simplifiees.simulator.depart.generation import DEMARCHE, PREMIER_NUMERO
from integrations.demarches_simplifiees.simulator.serveur import Simulateur
from portal.formats import anciennete_fr, instant_fr, maintenant
from portal.models.connexion import User
from portal.models.demarches import Demarche
from portal.models.dossiers import Dossier, DossierDS
from portal.models.envois import OperationDS
from portal.models.synchronisation import Quarantaine, SyncRun
from portal.services import envoi_ds, synchronisation
from portal.services.moyens import Moyens
from portal.vocabulaire import EtatEnvoi, RoleAffectation
from tests import html
from tests.client import ClientStrict
from tests.factories import Fabriques
from tests.integration.ds.conftest import ClientCompteur

PAGE = "/instruction/synchronisation"
UN = PREMIER_NUMERO


@pytest.fixture
def agent(creer: Fabriques, client: ClientStrict, demarche: Demarche) -> User:
    """An instructeur of the service of the démarche, logged in; DS does not know the address."""
    agent = creer.agent(demarche.service)
    client.connecter(agent)
    return agent


def texte(client: ClientStrict) -> str:
    assert client.get(PAGE).status_code == 200
    return client.texte()


def devoir(session: Session, agent: User, etat: EtatEnvoi = EtatEnvoi.REFUSE, erreur: str = "") -> OperationDS:
    """An act on the first dossier, at that point of its life."""
    dossier = session.scalars(select(Dossier).join(DossierDS).where(DossierDS.number == UN)).one()
    operation = OperationDS(
        dossier_id=dossier.id,
        mutation="passer_en_instruction",
        arguments={},
        demande_par_id=agent.id,
        etat=etat,
        erreur=erreur,
    )
    session.add(operation)
    session.commit()
    return operation


def test_a_demarche_in_step_is_told_in_plain_words(client: ClientStrict, agent: User, moyens: Moyens) -> None:
    synchronisation.sync(moyens, DEMARCHE)
    page = texte(client)
    assert "à jour" in page
    assert "il y a moins d’une minute" in page
    assert "12 dossiers vus, 12 nouveaux ou changés" in page
    assert "Ces groupes d’instructeurs n’ont pas de service à eux : DDETS, DRAJES" in page
    assert "Rien n’attend de partir" in page


def test_an_outage_says_since_when_and_that_nothing_is_lost(
    session: Session, client: ClientStrict, agent: User, moyens: Moyens
) -> None:
    synchronisation.sync(moyens, DEMARCHE)
    with ClientCompteur("http://127.0.0.1:9/graphql", "jeton", tentatives=1) as muet:
        premier = synchronisation.sync(replace(moyens, ds=muet), DEMARCHE)
        synchronisation.sync(replace(moyens, ds=muet), DEMARCHE)
    depuis = premier.started_at - timedelta(hours=3)
    session.execute(update(SyncRun).where(SyncRun.id == premier.id).values(started_at=depuis))
    succes = select(SyncRun.id).where(SyncRun.erreur == "")
    session.execute(update(SyncRun).where(SyncRun.id.in_(succes)).values(started_at=depuis - timedelta(hours=1)))
    session.commit()
    page = texte(client)
    attendu = f"Démarches Simplifiées ne répond pas depuis le {instant_fr(depuis)} ; vos actions sont conservées"
    assert " ".join(attendu.split()) in page
    assert "Réessayer maintenant" in page
    synchronisation.sync(moyens, DEMARCHE)
    assert "ne répond pas" not in texte(client)


def test_a_demarche_of_no_service_is_named(client: ClientStrict, creer: Fabriques) -> None:
    client.connecter(creer.agent())
    assert "Démarche n° 4501 : ses dossiers ne sont pas lus" in texte(client)


def test_a_dossier_set_aside_is_listed_with_its_reason(
    session: Session, client: ClientStrict, agent: User, demarche: Demarche
) -> None:
    session.add(Quarantaine(demarche_id=demarche.id, number=77, motif="Ce dossier est illisible."))
    session.commit()
    page = texte(client)
    assert "n° 77" in page
    assert "Ce dossier est illisible." in page


def test_asking_for_a_run_orders_one_job(
    session: Session, client: ClientStrict, agent: User, demarche: Demarche
) -> None:
    client.get(PAGE)
    for _ in range(2):
        reponse = client.soumettre(action=f"{demarche.id}/lancer")
        assert reponse.status_code == 200
        assert "est demandée" in client.texte()
    travaux = session.execute(text("SELECT args FROM procrastinate_jobs WHERE task_name = 'synchronisation.lancer'"))
    assert [ligne.args for ligne in travaux] == [{"number": DEMARCHE, "suppressions": True}]


def test_a_refused_act_shows_the_words_of_ds_and_leaves_again(
    session: Session, client: ClientStrict, agent: User, moyens: Moyens, simulateur: Simulateur
) -> None:
    synchronisation.sync(moyens, DEMARCHE)
    operation = devoir(session, agent, erreur="Le dossier est déjà en instruction")
    page = texte(client)
    assert f"DS-{UN}" in page
    assert "Prendre en charge" in page
    assert "Le dossier est déjà en instruction" in page
    reponse = client.soumettre(action=f"{operation.id}/reessayer")
    assert "repart vers Démarches Simplifiées" in client.texte()
    assert reponse.status_code == 200
    envoi_ds.run_one(moyens, operation.id)
    assert agent.email in texte(client)


def test_a_waiting_act_says_what_holds_it(session: Session, client: ClientStrict, agent: User, moyens: Moyens) -> None:
    synchronisation.sync(moyens, DEMARCHE)
    devoir(session, agent, EtatEnvoi.A_ENVOYER, "Démarches Simplifiées est injoignable.")
    assert "Démarches Simplifiées est injoignable." in texte(client)


def test_an_agent_of_another_service_sees_no_act_and_retries_none(
    session: Session, client: ClientStrict, creer: Fabriques, agent: User, moyens: Moyens
) -> None:
    synchronisation.sync(moyens, DEMARCHE)
    operation = devoir(session, agent, erreur="Raison confidentielle")
    client.connecter(creer.agent())
    assert "Raison confidentielle" not in texte(client)
    assert client.poster(f"{PAGE}/operations/{operation.id}/reessayer").status_code == 404


@pytest.mark.parametrize("etat", [EtatEnvoi.A_ENVOYER, EtatEnvoi.REFUSE])
def test_a_service_asked_for_its_avis_learns_of_no_decision_that_leaves(
    session: Session, client: ClientStrict, creer: Fabriques, agent: User, demarche: Demarche, etat: EtatEnvoi
) -> None:
    dossier, saisi = creer.dossier_ds(demarche.service), creer.service()
    creer.demande_avis(dossier, saisi)
    operation = OperationDS(
        dossier_id=dossier.id,
        mutation="accepter",
        arguments={},
        demande_par_id=agent.id,
        etat=etat,
        erreur="Mots de DS sur la décision",
    )
    session.add(operation)
    session.commit()
    signes = ("Notifier", "Mots de DS", "envoi à Démarches", "envoi en attente", "a refusé la dernière action")
    client.connecter(creer.agent(saisi))
    for page in (PAGE, "/instruction/dossiers", f"/instruction/dossiers/{dossier.reference}"):
        assert client.get(page).status_code == 200
        assert [mots for mots in signes if mots in client.texte()] == [], page
    assert client.poster(f"{PAGE}/operations/{operation.id}/reessayer").status_code == 404


def test_a_lecteur_reads_but_orders_nothing(
    session: Session, client: ClientStrict, creer: Fabriques, agent: User, demarche: Demarche, moyens: Moyens
) -> None:
    synchronisation.sync(moyens, DEMARCHE)
    devoir(session, agent, erreur="Le dossier est déjà en instruction")
    client.connecter(creer.agent(demarche.service, RoleAffectation.LECTEUR))
    page = texte(client)
    assert "Synchroniser maintenant" not in page
    assert "Réservée aux instructeurs du service responsable" in page
    assert client.poster(f"{PAGE}/demarches/{demarche.id}/lancer").status_code == 403


def test_the_fragment_is_the_page(session: Session, client: ClientStrict, agent: User, moyens: Moyens) -> None:
    client.get(PAGE)
    ancienne = client.arbre
    synchronisation.sync(moyens, DEMARCHE)
    devoir(session, agent, erreur="Le dossier est déjà en instruction")
    client.fragment(PAGE)
    fragment = client.arbre
    client.get(PAGE)
    assert html.canonique(html.echanger(ancienne, fragment)) == html.canonique(client.arbre)


def test_the_page_costs_as_many_queries_for_one_demarche_as_for_ten(
    session: Session, client: ClientStrict, creer: Fabriques, agent: User, demarche: Demarche
) -> None:
    def requetes() -> int:
        compte: list[str] = []

        def compter(_connexion: object, _curseur: object, requete: str, *_: object) -> None:
            compte.append(requete)

        connexion = session.connection()
        event.listen(connexion, "before_cursor_execute", compter)
        client.get(PAGE)
        event.remove(connexion, "before_cursor_execute", compter)
        return len(compte)

    une = requetes()
    for number in range(1, 10):
        autre = creer.demarche(source="ds", instance="127.0.0.1", ds_number=number)
        session.add(SyncRun(demarche_id=autre.id, ended_at=maintenant()))
        session.commit()
    dix = requetes()
    assert 0 < dix <= une


@pytest.mark.parametrize(
    ("secondes", "mots"),
    [
        (20, "il y a moins d’une minute"),
        (240, "il y a 4 minutes"),
        (7200, "il y a 2 heures"),
        (172800, "il y a 2 jours"),
    ],
)
def test_a_lag_is_told_in_words(secondes: int, mots: str) -> None:
    assert anciennete_fr(timedelta(seconds=secondes)) == mots
