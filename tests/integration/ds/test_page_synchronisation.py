"""The page where agents read how the exchange with DS stands, and act on what is stuck."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from integrations.demarches_simplifiees.simulator.depart.generation import DEMARCHE, PREMIER_NUMERO
from integrations.demarches_simplifiees.simulator.serveur import Simulateur
from portal.formats import anciennete_fr, instant_fr, maintenant
from portal.models.connexion import User
from portal.models.demarches import Demarche
from portal.models.dossiers import Dossier, DossierDS
from portal.models.envois import OperationDS
from portal.models.fichiers_ds import FichierDS
from portal.models.synchronisation import Quarantaine, RelectureDS, SyncRun
from portal.services import envoi_ds, synchronisation
from portal.services.moyens import Moyens
from portal.services.synchronisation.verrou import verrou
from portal.vocabulaire import EtatEnvoi, RoleAffectation
from portal.vocabulaire_ds import EtatFichierDS, GenreRun, Visibilite
from tests import html
from tests.client import ClientStrict
from tests.factories import Fabriques
from tests.integration.ds.conftest import ClientCompteur
from tests.requetes import requetes

PAGE = "/instruction/synchronisation"
UN = PREMIER_NUMERO


def page_de(demarche: Demarche) -> str:
    """The page of one démarche."""
    return f"{PAGE}/demarches/{demarche.id}"


@pytest.fixture
def agent(creer: Fabriques, client: ClientStrict, demarche: Demarche) -> User:
    """An instructeur of the service of the démarche, logged in; DS does not know the address."""
    agent = creer.agent(demarche.service)
    client.connecter(agent)
    return agent


@pytest.fixture
def administrateur(session: Session, creer: Fabriques, client: ClientStrict) -> User:
    """An administrator who acts for no service, logged in."""
    personne = creer.agent(administrateur=True)
    for affectation in personne.affectations:
        affectation.ended_at = maintenant()
    session.commit()
    client.connecter(personne)
    return personne


def texte(client: ClientStrict, adresse: str = PAGE) -> str:
    assert client.get(adresse).status_code == 200
    return client.texte()


def devoir(session: Session, agent: User, etat: EtatEnvoi = EtatEnvoi.REFUSE, **valeurs: object) -> OperationDS:
    """An act on the first dossier, at that point of its life."""
    dossier = session.scalars(select(Dossier).join(DossierDS).where(DossierDS.number == UN)).one()
    voulu = {"mutation": "passer_en_instruction", "arguments": {}, "demande_par_id": agent.id, "etat": etat}
    operation = OperationDS(dossier_id=dossier.id, **{**voulu, **valeurs})
    session.add(operation)
    session.commit()
    return operation


def ecarter(session: Session, demarche: Demarche, number: int = 77) -> None:
    session.add(Quarantaine(demarche_id=demarche.id, number=number, motif="Ce dossier est illisible."))
    session.commit()


def joindre(session: Session, demarche: Demarche, etat: EtatFichierDS, **valeurs: object) -> FichierDS:
    """A file of one of its dossiers."""
    dossier_id = session.scalars(select(Dossier.id).where(Dossier.demarche_id == demarche.id).limit(1)).one()
    fichier = FichierDS(
        dossier_id=dossier_id, partie="champs", nom="essai.pdf", checksum=f"essai-{etat}", etat=etat, **valeurs
    )
    session.add(fichier)
    session.commit()
    return fichier


def commandes(session: Session, tache: str) -> list[dict[str, object]]:
    """The arguments of the jobs of that name that wait."""
    travaux = session.execute(text("SELECT args FROM procrastinate_jobs WHERE task_name = :nom"), {"nom": tache})
    return [ligne.args for ligne in travaux]


def test_a_demarche_in_step_is_told_in_plain_words(
    client: ClientStrict, agent: User, demarche: Demarche, moyens: Moyens
) -> None:
    synchronisation.sync(moyens, DEMARCHE)
    page = texte(client)
    for mots in (
        "à jour",
        "il y a moins d’une minute",
        "12 dossiers vus, 12 nouveaux ou changés",
        "2 groupes sans service",
    ):
        assert mots in page
    assert "Rien n’attend de partir" in page
    page = texte(client, page_de(demarche))
    assert "Ces groupes d’instructeurs n’ont pas de service à eux : DDETS, DRAJES" in page
    assert "lecture de ce qui a changé" in page.lower()


def test_an_outage_says_since_when_and_that_nothing_is_lost(
    session: Session, client: ClientStrict, agent: User, demarche: Demarche, moyens: Moyens
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
    attendu = f"Démarches Simplifiées ne répond pas depuis le {instant_fr(depuis)} ; vos actions sont conservées"
    assert " ".join(attendu.split()) in texte(client)
    assert "Réessayer maintenant" in texte(client, page_de(demarche))
    synchronisation.sync(moyens, DEMARCHE)
    assert "ne répond pas" not in texte(client)


def test_a_replay_is_no_reading_of_ds(session: Session, client: ClientStrict, agent: User, demarche: Demarche) -> None:
    session.add(SyncRun(demarche_id=demarche.id, genre=GenreRun.REJEU, ended_at=maintenant()))
    session.commit()
    assert "jamais lue" in texte(client)


def test_a_worker_that_has_stopped_is_told(
    session: Session, client: ClientStrict, agent: User, demarche: Demarche
) -> None:
    session.add(SyncRun(demarche_id=demarche.id, ended_at=maintenant() - timedelta(hours=2)))
    session.commit()
    assert "en retard" in texte(client)
    assert "Prévenez l’exploitant" in texte(client, page_de(demarche))


def test_a_demarche_of_no_service_is_named(client: ClientStrict, creer: Fabriques) -> None:
    client.connecter(creer.agent())
    assert "Démarche n° 4501 : ses dossiers ne sont pas lus" in texte(client)


def test_asking_for_a_run_orders_one_job(
    session: Session, client: ClientStrict, agent: User, demarche: Demarche
) -> None:
    for _ in range(2):
        client.get(page_de(demarche))
        assert client.soumettre(action="/lancer").status_code == 200
        assert "est demandée" in client.texte()
    assert [un["number"] for un in commandes(session, "synchronisation.lancer")] == [DEMARCHE]


def test_a_service_that_has_one_of_the_groups_may_order_a_run_and_no_other_service(
    session: Session, client: ClientStrict, creer: Fabriques, moyens: Moyens, demarche: Demarche
) -> None:
    synchronisation.sync(moyens, DEMARCHE)
    ailleurs = creer.agent()
    client.connecter(ailleurs)
    assert "Synchroniser maintenant" not in texte(client, page_de(demarche))
    assert client.poster(f"{page_de(demarche)}/lancer").status_code == 403
    session.execute(
        text("UPDATE groupe_instructeur SET service_id = :s WHERE label = 'DRAJES'"),
        {"s": ailleurs.affectations[0].service_id},
    )
    session.commit()
    client.get(page_de(demarche))
    assert client.soumettre(action="/lancer").status_code == 200


def test_a_dossier_set_aside_is_listed_with_its_reason_and_read_again_once(
    session: Session, client: ClientStrict, agent: User, demarche: Demarche
) -> None:
    ecarter(session, demarche)
    assert "1 dossier mis de côté" in texte(client)
    for _ in range(2):
        page = texte(client, page_de(demarche))
        assert "n° 77" in page
        assert "Ce dossier est illisible." in page
        client.soumettre(action="/ecartes/77/relire")
        assert "sera relu dans un instant" in client.texte()
    assert session.scalars(select(RelectureDS.number)).all() == [77]
    assert "1 dossier à relire" in texte(client)


def test_a_dossier_that_is_no_longer_set_aside_is_not_read_again(
    client: ClientStrict, agent: User, demarche: Demarche
) -> None:
    reponse = client.poster(f"{page_de(demarche)}/ecartes/78/relire")
    assert reponse.status_code == 409
    assert "lu entre-temps" in client.texte()


def test_beyond_fifty_the_rest_is_counted(
    session: Session, client: ClientStrict, agent: User, demarche: Demarche
) -> None:
    for number in range(1, 54):
        session.add(Quarantaine(demarche_id=demarche.id, number=number, motif="Illisible."))
    session.commit()
    assert "Et 3 autres." in texte(client, page_de(demarche))


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


def test_a_refusal_that_something_has_replaced_is_not_shown_any_more(
    session: Session, client: ClientStrict, agent: User, moyens: Moyens
) -> None:
    synchronisation.sync(moyens, DEMARCHE)
    devoir(session, agent, erreur="Premier refus")
    devoir(session, agent, EtatEnvoi.ENVOYE)
    devoir(session, agent, mutation="envoyer_message", erreur="Refus du message")
    devoir(session, agent, EtatEnvoi.ENVOYE, mutation="envoyer_message")
    page = texte(client)
    assert "Premier refus" not in page
    assert "Refus du message" in page


def test_a_waiting_act_says_what_holds_it(session: Session, client: ClientStrict, agent: User, moyens: Moyens) -> None:
    synchronisation.sync(moyens, DEMARCHE)
    quand = maintenant() + timedelta(hours=1)
    devoir(session, agent, EtatEnvoi.A_ENVOYER, erreur="Service fermé.", prochain_essai=quand)
    attendu = f"Nouvel essai le {instant_fr(quand)}. Service fermé."
    assert " ".join(attendu.split()) in texte(client)


def test_the_notification_of_a_decision_is_sent_again_by_a_responsable_alone(
    session: Session, client: ClientStrict, creer: Fabriques, agent: User, demarche: Demarche, moyens: Moyens
) -> None:
    synchronisation.sync(moyens, DEMARCHE)
    operation = devoir(session, agent, mutation="accepter", erreur="Motivation trop longue")
    assert "Seul un responsable du service peut décider et notifier" in texte(client)
    assert client.poster(f"{PAGE}/operations/{operation.id}/reessayer").status_code == 403
    client.connecter(creer.responsable(demarche.service))
    client.get(PAGE)
    assert client.soumettre(action=f"{operation.id}/reessayer").status_code == 200


def test_an_agent_of_another_service_sees_no_act_and_retries_none(
    session: Session, client: ClientStrict, creer: Fabriques, agent: User, demarche: Demarche, moyens: Moyens
) -> None:
    synchronisation.sync(moyens, DEMARCHE)
    operation = devoir(session, agent, erreur="Raison confidentielle")
    client.connecter(creer.agent())
    for page in (PAGE, page_de(demarche)):
        assert "Raison confidentielle" not in texte(client, page)
        assert "action refusée" not in client.texte()
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
    # The act itself is offered on any selection of the queue, by its name alone: « Notifier ».
    signes = ("Notifier l", "Mots de DS", "envoi à Démarches", "envoi en attente", "a refusé la dernière action")
    client.connecter(creer.agent(saisi))
    for page in (
        PAGE,
        "/instruction/dossiers",
        *(f"/instruction/dossiers/{dossier.reference}{s}" for s in ("", "/impression", "/messagerie")),
    ):
        assert client.get(page).status_code == 200
        assert [mots for mots in signes if mots in client.texte()] == [], page
    assert client.poster(f"{PAGE}/operations/{operation.id}/reessayer").status_code == 404


def test_a_lecteur_reads_but_orders_nothing(
    session: Session, client: ClientStrict, creer: Fabriques, agent: User, demarche: Demarche, moyens: Moyens
) -> None:
    synchronisation.sync(moyens, DEMARCHE)
    devoir(session, agent, erreur="Le dossier est déjà en instruction")
    client.connecter(creer.agent(demarche.service, RoleAffectation.LECTEUR))
    assert "Votre rôle dans le service permet de lire les dossiers" in texte(client)
    assert "Synchroniser maintenant" not in texte(client, page_de(demarche))
    assert client.poster(f"{page_de(demarche)}/lancer").status_code == 403


def test_an_administrator_without_service_follows_every_demarche_without_reading_what_is_done_to_dossiers(
    session: Session, client: ClientStrict, creer: Fabriques, moyens: Moyens, demarche: Demarche, administrateur: User
) -> None:
    synchronisation.sync(moyens, DEMARCHE)
    operation = devoir(
        session, creer.agent(demarche.service), mutation="refuser", erreur="Le jeton est en lecture seule"
    )
    assert "1 action refusée" in texte(client)
    page = texte(client, page_de(demarche))
    assert "Le jeton est en lecture seule (1)" in page
    for mots in (f"DS-{UN}", "Notifier le refus"):
        assert mots not in page
    assert client.poster(f"{PAGE}/operations/{operation.id}/reessayer").status_code == 403
    client.get(page_de(demarche))
    assert client.soumettre(action="/lancer").status_code == 200


def test_files_that_could_not_be_copied_are_tried_again_but_those_with_a_virus(
    session: Session, client: ClientStrict, agent: User, demarche: Demarche, moyens: Moyens
) -> None:
    synchronisation.sync(moyens, DEMARCHE)
    session.execute(update(FichierDS).values(etat=EtatFichierDS.A_LA_DEMANDE))
    altere = joindre(session, demarche, EtatFichierDS.REFUSE, erreur="Empreinte fausse.", essais=6)
    infecte = joindre(session, demarche, EtatFichierDS.PERDU, erreur="Écarté.", virus_ds="infected")
    assert "2 fichiers non copiés" in texte(client)
    assert "Empreinte fausse. (1)" in texte(client, page_de(demarche))
    client.soumettre(action="/fichiers/reessayer")
    assert "demandée de nouveau (1)" in client.texte()
    session.expire_all()
    assert (altere.etat, altere.essais, infecte.etat) == (EtatFichierDS.ATTENDU, 0, EtatFichierDS.PERDU)


def test_dossiers_that_ds_no_longer_shows_are_counted_by_reason(
    session: Session, client: ClientStrict, agent: User, demarche: Demarche, moyens: Moyens
) -> None:
    synchronisation.sync(moyens, DEMARCHE)
    premiers = select(DossierDS.dossier_id).order_by(DossierDS.dossier_id).limit(2)
    session.execute(update(DossierDS).where(DossierDS.dossier_id.in_(premiers)).values(visibilite=Visibilite.CORBEILLE))
    session.commit()
    assert "dans la corbeille de Démarches Simplifiées : 2" in texte(client, page_de(demarche))


@pytest.mark.parametrize("adresse", ["", "/demarches/{id}"], ids=["all", "one"])
def test_a_reading_under_way_shows_a_bar_that_moves_and_stops_by_itself(
    session: Session, client: ClientStrict, agent: User, demarche: Demarche, moyens: Moyens, adresse: str
) -> None:
    page = PAGE + adresse.format(id=demarche.id)
    run = SyncRun(demarche_id=demarche.id, avancement=1250, attendus=4000)
    session.add(run)
    session.commit()
    with verrou(moyens.fabrique, demarche.id):
        assert "Première lecture de « Démarche suivie » : 1 250 dossiers sur 4 000" in texte(client, page)
        assert sondes(client) == [page]
        ancienne = client.arbre
        run.avancement = 2500
        session.commit()
        client.fragment(page)
        moitie = html.echanger(ancienne, client.arbre)
        client.get(page)
        assert html.canonique(moitie) == html.canonique(client.arbre)
        barre = next(client.arbre.iter("progress"))
        assert (barre.get("value"), barre.get("max")) == ("2500", "4000")
    run.ended_at = maintenant()
    session.commit()
    client.fragment(page)
    assert sondes(client) == []


def test_a_run_that_a_killed_worker_left_open_is_not_waited_for(
    session: Session, client: ClientStrict, agent: User, demarche: Demarche
) -> None:
    session.add(SyncRun(demarche_id=demarche.id, avancement=10, attendus=4000))
    session.commit()
    assert "Première lecture" not in texte(client)
    assert sondes(client) == []


def sondes(client: ClientStrict) -> list[str | None]:
    """The addresses that the page asks again by itself."""
    return [un.get("hx-get") for un in client.arbre.iter() if (un.get("hx-trigger") or "").startswith("every")]


def _peupler(session: Session, creer: Fabriques, auteur: User) -> None:
    """A démarche more, with all that the page counts."""
    dossier = creer.dossier_ds(auteur.affectations[0].service)
    autre = dossier.demarche_id
    for etat in (EtatEnvoi.REFUSE, EtatEnvoi.A_ENVOYER):
        session.add(
            OperationDS(dossier_id=dossier.id, mutation="suivre", arguments={}, demande_par_id=auteur.id, etat=etat)
        )
    session.add_all(
        [
            SyncRun(demarche_id=autre, ended_at=maintenant()),
            SyncRun(demarche_id=autre, ended_at=maintenant(), erreur="Panne."),
            Quarantaine(demarche_id=autre, number=1, motif="Illisible."),
            RelectureDS(demarche_id=autre, number=1),
            FichierDS(dossier_id=dossier.id, partie="champs", nom="a.pdf", etat=EtatFichierDS.REFUSE),
        ]
    )
    session.commit()


def test_the_page_costs_as_many_queries_for_one_demarche_as_for_ten(
    session: Session, client: ClientStrict, creer: Fabriques, agent: User, demarche: Demarche
) -> None:
    _peupler(session, creer, agent)
    with requetes() as une:
        client.get(PAGE)
    for _ in range(9):
        _peupler(session, creer, agent)
    with requetes() as dix:
        client.get(PAGE)
    assert 0 < len(dix) <= len(une) <= 20


def test_the_page_of_a_demarche_costs_the_same_whatever_waits_there(
    session: Session, client: ClientStrict, administrateur: User, demarche: Demarche, moyens: Moyens
) -> None:
    synchronisation.sync(moyens, DEMARCHE)
    dossiers = session.scalars(select(Dossier.id).where(Dossier.demarche_id == demarche.id)).all()

    def encombrer(rang: int) -> None:
        for dossier_id in dossiers:
            refusee = {"etat": EtatEnvoi.REFUSE, "erreur": f"Refus {rang}"}
            session.add(
                OperationDS(
                    dossier_id=dossier_id,
                    mutation="envoyer_message",
                    arguments={},
                    demande_par_id=administrateur.id,
                    **refusee,
                )
            )
        ecarter(session, demarche, rang)
        joindre(session, demarche, EtatFichierDS.REFUSE, libelle=str(rang), porteur=str(rang))

    encombrer(0)
    with requetes() as peu:
        client.get(page_de(demarche))
    for rang in range(1, 20):
        encombrer(rang)
    with requetes() as beaucoup:
        client.get(page_de(demarche))
    assert 0 < len(beaucoup) <= len(peu) <= 25


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
