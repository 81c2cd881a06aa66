"""What we owe to DS: each act is applied exactly once, refusals are told in DS's words, and nothing is lost."""

import random
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from integrations.demarches_simplifiees.errors import TropDeRequetes
from integrations.demarches_simplifiees.ordres import Mutation
from integrations.demarches_simplifiees.simulator.depart.generation import DEMARCHE
from integrations.demarches_simplifiees.simulator.serveur import Simulateur, demarrer
from portal.config import Config
from portal.db import Fabrique
from portal.errors import Conflict, Forbidden, TransitionInterdite
from portal.formats import maintenant
from portal.jobs import application
from portal.jobs import operations_ds as travaux
from portal.models.connexion import User
from portal.models.envois import OperationDS
from portal.models.journal import Evenement
from portal.services import envoi_ds, operations_ds, synchronisation
from portal.services.moyens import Moyens, make_moyens
from portal.vocabulaire import Etat, EtatEnvoi, Source
from tests.factories import Fabriques
from tests.integration.ds.conftest import INSTANCE, ClientCompteur, brancher, client, modifier
from tests.integration.ds.poussee import (
    A_PRENDRE,
    EN_INSTRUCTION,
    acteur,
    devoir,
    dossier_de,
    effets,
    perdre,
    plus_tard,
    relue,
)
from tests.requetes import requetes

KILLS = 10


def test_taking_in_charge_reaches_ds_and_comes_back(
    session: Session, moyens: Moyens, agent: User, simulateur: Simulateur
) -> None:
    operation_id = devoir(session, agent)
    assert dossier_de(session, A_PRENDRE).etat == Etat.EN_CONSTRUCTION
    envoi_ds.run_one(moyens, operation_id)
    assert relue(session, operation_id).etat == EtatEnvoi.ENVOYE
    assert effets(simulateur) == [("dossierPasserEnInstruction", A_PRENDRE)]
    dossier = dossier_de(session, A_PRENDRE)
    assert (dossier.etat, dossier.instructeur_id) == (Etat.EN_INSTRUCTION, agent.id)


@pytest.mark.parametrize(
    ("mutation", "arguments", "etat"),
    [
        ("accepter", {"motivation": "Accordé."}, Etat.ACCEPTE),
        ("refuser", {"motivation": "Crédits épuisés."}, Etat.REFUSE),
        ("classer_sans_suite", {"motivation": "Doublon."}, Etat.SANS_SUITE),
    ],
)
def test_each_decision_reaches_ds_with_its_motivation(
    session: Session,
    moyens: Moyens,
    agent: User,
    simulateur: Simulateur,
    mutation: str,
    arguments: dict[str, str],
    etat: Etat,
) -> None:
    envoi_ds.run_one(moyens, devoir(session, agent, EN_INSTRUCTION, mutation, **arguments))
    assert dossier_de(session, EN_INSTRUCTION).etat == etat
    (effet,) = simulateur.donnees.effets
    assert effet.texte.startswith(f"{arguments['motivation']}\n\nRéférence\u00a0: N-")


def test_what_somebody_else_has_done_meanwhile_is_told(
    session: Session, moyens: Moyens, agent: User, simulateur: Simulateur
) -> None:
    operation_id = devoir(session, agent)
    modifier(simulateur, A_PRENDRE, state="accepte")
    envoi_ds.run_one(moyens, operation_id)
    operation = relue(session, operation_id)
    assert (operation.etat, operation.resultat["refus_ds"]) == (EtatEnvoi.REFUSE, False)
    assert "ce dossier est maintenant «\u00a0accordé\u00a0»" in operation.erreur
    assert effets(simulateur) == []
    assert dossier_de(session, A_PRENDRE).etat == Etat.ACCEPTE


def test_an_agent_unknown_to_the_group_is_told_what_to_do(
    session: Session, creer: Fabriques, moyens: Moyens, agent: User, simulateur: Simulateur
) -> None:
    autre = creer.agent(dossier_de(session, A_PRENDRE).service, email="inconnue@example.org")
    operation_id = devoir(session, autre)
    envoi_ds.run_one(moyens, operation_id)
    operation = relue(session, operation_id)
    assert operation.etat == EtatEnvoi.REFUSE
    assert "inconnue@example.org" in operation.erreur
    assert "faites ajouter cette adresse au groupe" in operation.erreur
    assert effets(simulateur) == []


def test_an_applied_act_whose_answer_was_lost_is_not_sent_again(
    session: Session, moyens: Moyens, agent: User, simulateur: Simulateur
) -> None:
    operation_id = devoir(session, agent)
    perdre(simulateur, "delai_apres")
    envoi_ds.run_one(moyens, operation_id)
    assert relue(session, operation_id).etat == EtatEnvoi.A_VERIFIER
    perdre(simulateur, None)
    plus_tard(session)
    envoi_ds.run_one(moyens, operation_id)
    assert relue(session, operation_id).etat == EtatEnvoi.ENVOYE
    assert effets(simulateur) == [("dossierPasserEnInstruction", A_PRENDRE)]


def test_a_lost_act_is_sent_again_only_after_reading_back(
    session: Session, moyens: Moyens, agent: User, simulateur: Simulateur
) -> None:
    operation_id = devoir(session, agent)
    perdre(simulateur, "delai_avant")
    envoi_ds.run_one(moyens, operation_id)
    perdre(simulateur, None)
    assert relue(session, operation_id).prochain_essai > maintenant()
    envoi_ds.run_one(moyens, operation_id)
    assert effets(simulateur) == []
    plus_tard(session)
    envoi_ds.run_one(moyens, operation_id)
    assert relue(session, operation_id).etat == EtatEnvoi.ENVOYE
    assert effets(simulateur) == [("dossierPasserEnInstruction", A_PRENDRE)]


def test_an_act_overtaken_at_ds_is_refused_with_a_sentence(
    session: Session, moyens: Moyens, agent: User, simulateur: Simulateur
) -> None:
    operation_id = devoir(session, agent)
    perdre(simulateur, "delai_avant")
    envoi_ds.run_one(moyens, operation_id)
    modifier(simulateur, A_PRENDRE, state="sans_suite")
    plus_tard(session)
    envoi_ds.run_one(moyens, operation_id)
    assert "classé sans suite" in relue(session, operation_id).erreur


def test_a_row_left_by_a_killed_worker_is_read_back_first(
    session: Session, moyens: Moyens, agent: User, ds: ClientCompteur, simulateur: Simulateur
) -> None:
    operation_id = devoir(session, agent)
    operation = relue(session, operation_id)
    operation.etat, operation.pris_at = EtatEnvoi.EN_COURS, maintenant() - timedelta(hours=1)
    session.commit()
    plus_tard(session)
    modifier(simulateur, A_PRENDRE, state="en_instruction")
    ds.oublier()
    envoi_ds.run_one(moyens, operation_id)
    assert relue(session, operation_id).etat == EtatEnvoi.ENVOYE
    assert effets(simulateur) == []


def test_while_ds_is_down_the_act_waits_and_leaves_afterwards(
    session: Session, moyens: Moyens, agent: User, simulateur: Simulateur
) -> None:
    operation_id = devoir(session, agent)
    with ClientCompteur("http://127.0.0.1:9/graphql", "jeton", tentatives=1) as muet:
        envoi_ds.run_one(replace(moyens, ds=muet), operation_id)
    operation = relue(session, operation_id)
    assert operation.etat == EtatEnvoi.A_ENVOYER
    assert "injoignable" in operation.erreur
    assert operation.prochain_essai > maintenant()
    plus_tard(session)
    application.brancher(moyens)
    travaux.balayer(timestamp=0)
    assert relue(session, operation_id).etat == EtatEnvoi.ENVOYE


def test_a_throttled_act_waits_as_long_as_ds_asks(
    session: Session, moyens: Moyens, agent: User, simulateur: Simulateur
) -> None:
    reprise = maintenant() + timedelta(minutes=9)

    class ClientFreine(ClientCompteur):
        def passer_en_instruction(
            self, dossier_id: str, instructeur_id: str, *, sans_notification: bool = False
        ) -> Mutation:
            raise TropDeRequetes(reprise)

    operation_id = devoir(session, agent)
    with ClientFreine(simulateur.url, simulateur.jeton) as freine:
        envoi_ds.run_one(replace(moyens, ds=freine), operation_id)
    operation = relue(session, operation_id)
    assert operation.etat == EtatEnvoi.A_ENVOYER
    assert abs(operation.prochain_essai - reprise) < timedelta(minutes=1)


def test_a_second_act_on_a_dossier_waits_for_the_answer_to_the_first(session: Session, agent: User) -> None:
    devoir(session, agent)
    with pytest.raises(TransitionInterdite, match="attend encore la réponse"):
        devoir(session, agent)


def test_a_refused_act_leaves_again_when_somebody_retries(
    session: Session, moyens: Moyens, agent: User, simulateur: Simulateur
) -> None:
    with client(simulateur, jeton=simulateur.jeton_lecture) as lecteur:
        operation_id = devoir(session, agent)
        envoi_ds.run_one(replace(moyens, ds=lecteur), operation_id)
    assert "seulement en lecture" in relue(session, operation_id).erreur
    service_id = dossier_de(session, A_PRENDRE).service_id
    operations_ds.retry(session, by=acteur(agent, service_id), operation_id=operation_id)
    session.commit()
    envoi_ds.run_one(moyens, operation_id)
    assert relue(session, operation_id).etat == EtatEnvoi.ENVOYE
    with pytest.raises(Conflict):
        operations_ds.retry(session, by=acteur(agent, service_id), operation_id=operation_id)


def test_only_the_owner_service_retries(session: Session, creer: Fabriques, agent: User) -> None:
    operation_id = devoir(session, agent)
    relue(session, operation_id).etat = EtatEnvoi.REFUSE
    session.commit()
    with pytest.raises(Forbidden):
        operations_ds.retry(session, by=acteur(agent, creer.service().id), operation_id=operation_id)


def test_a_retry_locks_the_dossier_first_as_every_act_does(session: Session, agent: User) -> None:
    operation_id = devoir(session, agent)
    relue(session, operation_id).etat = EtatEnvoi.REFUSE
    session.commit()
    par = acteur(agent, dossier_de(session, A_PRENDRE).service_id)
    with requetes() as vues:
        operations_ds.retry(session, by=par, operation_id=operation_id)
    verrous = [requete for requete in vues if "FOR UPDATE" in requete]
    assert "FROM dossier" in verrous[0]
    assert "FROM operation_ds" in verrous[1]


def test_ten_kill_9_lose_nothing_and_repeat_nothing(
    config: Config, base_reelle: str, fabrique_reelle: Fabrique
) -> None:
    tirage = random.Random(20260101)
    with demarrer(dossiers=120) as simulateur, client(simulateur) as ds:
        moyens = replace(make_moyens(brancher(config, simulateur), fabrique=fabrique_reelle), ds=ds)
        attendus = _preparer(moyens, simulateur)
        for _ in range(KILLS):
            _tuer(base_reelle, simulateur, tirage.choice((1, 2)), tirage.choice(("before", "after", "reading")))
        assert len(simulateur.donnees.effets) < len(attendus)
        with _pousseur(base_reelle, simulateur, 0, "never") as dernier:
            assert dernier.wait(timeout=120) == 0
        assert Counter(effets(simulateur)) == Counter({("dossierPasserEnInstruction", n): 1 for n in attendus})
        assert synchronisation.sync(moyens, DEMARCHE).erreur == ""
    with fabrique_reelle() as session:
        assert set(session.scalars(select(OperationDS.etat))) == {EtatEnvoi.ENVOYE}
        assert all(dossier_de(session, number).etat == Etat.EN_INSTRUCTION for number in attendus)
        confirmees = select(func.count()).select_from(Evenement).where(Evenement.action == "operation_ds_confirmee")
        assert session.scalar(confirmees) == len(attendus)


def _preparer(moyens: Moyens, simulateur: Simulateur) -> set[int]:
    """Sync, then owe a take in charge for each dossier that waits, in the name of a member of its group."""
    with moyens.fabrique() as session:
        creer = Fabriques(session)
        demarche = creer.demarche(source=Source.DS, instance=INSTANCE, ds_number=DEMARCHE)
        agents = {
            email: creer.agent(demarche.service, email=email)
            for email in ("camille.martin@ddets.demo.example", "paul.leroy@drajes.demo.example")
        }
        assert synchronisation.sync(moyens, DEMARCHE).erreur == ""
        attendus = set()
        for number, fiche in simulateur.donnees.dossiers.items():
            if fiche.contenu["state"] == "en_construction":
                membres = {un["email"] for un in fiche.contenu["groupeInstructeur"]["instructeurs"]}
                devoir(session, next(agents[email] for email in agents if email in membres), number)
                attendus.add(number)
    assert len(attendus) > 2 * KILLS, "a kill could find nothing left to do"
    return attendus


def _tuer(base: str, simulateur: Simulateur, rang: int, moment: str) -> None:
    """Start a worker, wait until it stands at that point, and kill it as a power cut would."""
    with _pousseur(base, simulateur, rang, moment) as pousseur:
        assert pousseur.stdout is not None
        assert pousseur.stdout.readline() == "arrete\n"
        pousseur.kill()


def _pousseur(base: str, simulateur: Simulateur, rang: int, moment: str) -> "subprocess.Popen[str]":
    programme = [sys.executable, "-m", "tests.integration.ds.pousseur", base, simulateur.url, simulateur.jeton]
    return subprocess.Popen([*programme, str(rang), moment], stdout=subprocess.PIPE, text=True)
