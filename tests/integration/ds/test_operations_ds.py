"""What we owe to DS: each act is applied exactly once, refusals are told in DS's words, and nothing is lost."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from integrations.demarches_simplifiees.errors import TropDeRequetes
from integrations.demarches_simplifiees.ordres import Mutation
from integrations.demarches_simplifiees.simulator.serveur import Simulateur
from portal.errors import Conflict, Forbidden, TransitionInterdite
from portal.formats import maintenant
from portal.jobs import application
from portal.jobs import operations_ds as travaux
from portal.models.connexion import User
from portal.services import envoi_ds, operations_ds
from portal.services.moyens import Moyens
from portal.vocabulaire import Etat, EtatEnvoi
from tests.factories import Fabriques
from tests.integration.ds.conftest import ClientCompteur, client, modifier
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
