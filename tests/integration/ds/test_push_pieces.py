"""A file that an agent joins to a message leaves once the portal's antivirus has let it through, and not otherwise."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from integrations.antivirus import simulateur as clamd
from integrations.antivirus.clamd import Clamd
from integrations.antivirus.simulateur import EICAR, Humeur
from integrations.demarches_simplifiees.simulator.serveur import Simulateur
from portal.models.connexion import User
from portal.models.documents import Fichier
from portal.models.envois import OperationDS
from portal.services import actes_ds, envoi_ds, fichiers, operations_ds
from portal.services.moyens import Moyens
from portal.vocabulaire import EtatEnvoi, VerdictAntivirus
from tests.integration.ds.poussee import A_PRENDRE, acteur, dossier_de, effets, plus_tard, relue


@pytest.fixture
def scanner() -> Iterator[clamd.Simulateur]:
    """An antivirus that answers."""
    with clamd.demarrer() as serveur:
        yield serveur


@pytest.fixture
def protege(moyens: Moyens, scanner: clamd.Simulateur) -> Moyens:
    """The means of a portal that has it."""
    return replace(moyens, antivirus=Clamd(scanner.adresse, delai=5.0, delai_connexion=2.0))


def ecrire(session: Session, moyens: Moyens, agent: User, octets: bytes) -> OperationDS:
    """A message with that file, as the page owes it."""
    fichier, _ = fichiers.keep(session, fichiers.store(moyens.stockage, octets, "application/pdf"))
    dossier = dossier_de(session, A_PRENDRE)
    par = acteur(agent, dossier.service_id)
    operation = actes_ds.send_message(
        session, by=par, dossier=dossier, texte="Voici.", fichier=fichier, nom_fichier="a.pdf"
    )
    session.commit()
    return operation


def verdict(session: Session, operation: OperationDS) -> VerdictAntivirus:
    assert operation.fichier_id is not None
    return session.get_one(Fichier, operation.fichier_id).verdict


def test_an_infected_file_never_leaves_and_the_agent_reads_why(
    session: Session, protege: Moyens, agent: User, simulateur: Simulateur
) -> None:
    ident = ecrire(session, protege, agent, EICAR).id
    envoi_ds.run_one(protege, ident)
    refuse = relue(session, ident)
    assert (refuse.etat, verdict(session, refuse)) == (EtatEnvoi.REFUSE, VerdictAntivirus.INFECTE)
    assert "virus dans le fichier joint" in refuse.erreur
    par = acteur(agent, dossier_de(session, A_PRENDRE).service_id)
    operations_ds.retry(session, by=par, operation_id=ident)
    session.commit()
    envoi_ds.run_one(protege, ident)
    assert relue(session, ident).etat == EtatEnvoi.REFUSE
    assert effets(simulateur) == []


def test_a_file_waits_for_an_antivirus_that_does_not_answer_then_leaves_once(
    session: Session, protege: Moyens, agent: User, simulateur: Simulateur, scanner: clamd.Simulateur
) -> None:
    scanner.humeur = Humeur.RACCROCHE
    ident = ecrire(session, protege, agent, b"%PDF-1.7 avenant").id
    envoi_ds.run_one(protege, ident)
    attend = relue(session, ident)
    assert (attend.etat, effets(simulateur)) == (EtatEnvoi.A_ENVOYER, [])
    assert "n’a pas encore pu analyser" in attend.erreur
    scanner.humeur = Humeur.SAINE
    plus_tard(session)
    envoi_ds.run_one(protege, ident)
    parti = relue(session, ident)
    assert (parti.etat, verdict(session, parti)) == (EtatEnvoi.ENVOYE, VerdictAntivirus.SAIN)
    assert effets(simulateur) == [("dossierEnvoyerMessage", A_PRENDRE)]
