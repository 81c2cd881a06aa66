"""Files left at DS until somebody needs them: an agent who asks, a decision that would wipe them, the job that sweeps."""

from collections.abc import Iterator

import pytest
from sqlalchemy import text, update
from sqlalchemy.orm import Session

from integrations.demarches_simplifiees.simulator.depart.generation import DEMARCHE, PREMIER_NUMERO
from integrations.demarches_simplifiees.simulator.serveur import Simulateur, demarrer
from portal.errors import Conflict, Forbidden
from portal.jobs import application
from portal.jobs import fichiers_ds as travaux
from portal.models.demarches import Demarche
from portal.models.dossiers import Dossier
from portal.models.fichiers_ds import FichierDS
from portal.permissions import SYSTEME
from portal.services import fichiers_ds, synchronisation
from portal.services.fichiers_ds import copies, decision
from portal.services.moyens import Moyens
from portal.vocabulaire_ds import EtatFichierDS
from tests.factories import Fabriques
from tests.integration.ds.conftest import ClientCompteur, modifier
from tests.integration.ds.copies import dossier_de, etats, fichiers, joindre, relire

UN = PREMIER_NUMERO


@pytest.fixture
def simulateur() -> Iterator[Simulateur]:
    """Six dossiers: enough files of every part."""
    with demarrer(dossiers=6) as ouvert:
        yield ouvert


@pytest.fixture
def lus(moyens: Moyens, demarche: Demarche) -> Demarche:
    """The démarche, read once: its files are known, none is here."""
    assert synchronisation.sync(moyens, DEMARCHE).erreur == ""
    return demarche


def test_a_demarche_on_demand_leaves_its_files_until_one_is_asked_for(
    session: Session, moyens: Moyens, ds: ClientCompteur, demarche: Demarche
) -> None:
    fichiers_ds.set_on_demand(session, by=SYSTEME, demarche_id=demarche.id, oui=True)
    session.commit()
    synchronisation.sync(moyens, DEMARCHE)
    copies.copy_due(moyens)
    assert etats(session) == {EtatFichierDS.A_LA_DEMANDE}
    voulu = fichiers(session)[0]
    dossier = session.get_one(Dossier, voulu.dossier_id)
    fichiers_ds.ask_copy(session, by=SYSTEME, dossier=dossier, fichier_id=voulu.id)
    session.commit()
    with pytest.raises(Conflict):
        fichiers_ds.ask_copy(session, by=SYSTEME, dossier=dossier, fichier_id=voulu.id)
    application.brancher(moyens)
    travaux.copier(voulu.dossier_id)
    assert [un.id for un in fichiers(session, FichierDS.etat == EtatFichierDS.RECU)] == [voulu.id]


def test_the_rule_of_a_demarche_is_set_by_administrators_and_applies_to_what_waits(
    session: Session, moyens: Moyens, creer: Fabriques, lus: Demarche
) -> None:
    instructeur = creer.acteur(creer.agent(lus.service))
    with pytest.raises(Forbidden):
        fichiers_ds.set_on_demand(session, by=instructeur, demarche_id=lus.id, oui=True)
    fichiers_ds.set_on_demand(session, by=SYSTEME, demarche_id=lus.id, oui=True)
    session.commit()
    assert etats(session) == {EtatFichierDS.A_LA_DEMANDE}
    fichiers_ds.set_on_demand(session, by=SYSTEME, demarche_id=lus.id, oui=False)
    session.commit()
    copies.copy_due(moyens)
    assert etats(session) == {EtatFichierDS.RECU}


def test_before_a_decision_every_file_is_brought_even_those_left_there_or_unknown_here(
    session: Session, moyens: Moyens, simulateur: Simulateur, ds: ClientCompteur, demarche: Demarche
) -> None:
    fichiers_ds.set_on_demand(session, by=SYSTEME, demarche_id=demarche.id, oui=True)
    session.commit()
    synchronisation.sync(moyens, DEMARCHE)
    joindre(simulateur, ds, UN + 1, b"arrive depuis")
    dossier = dossier_de(session, UN + 1)
    assert fichiers_ds.fetch_before_decision(moyens, dossier.id) == ""
    siens = fichiers(session, FichierDS.dossier_id == dossier.id)
    assert "piece.bin" in {un.nom for un in siens}
    assert {un.etat for un in siens} == {EtatFichierDS.RECU}
    assert {un.etat for un in fichiers(session, FichierDS.dossier_id != dossier.id)} == {EtatFichierDS.A_LA_DEMANDE}


def test_a_decision_waits_for_files_that_ds_cannot_give_now_but_not_for_those_that_are_lost(
    session: Session, moyens: Moyens, simulateur: Simulateur, ds: ClientCompteur, lus: Demarche
) -> None:
    joindre(simulateur, ds, UN, b"un devis")
    relire(moyens, UN)
    dossier = dossier_de(session, UN)
    simulateur.donnees.pannes.regler({"url_expiree": 1.0})
    attente = fichiers_ds.fetch_before_decision(moyens, dossier.id)
    assert "ne sont pas encore copiés" in attente
    simulateur.donnees.pannes.regler({"erreur_502": 1.0})
    assert fichiers_ds.fetch_before_decision(moyens, dossier.id)
    simulateur.donnees.pannes.regler({})
    session.execute(update(FichierDS).values(essais=0))
    session.commit()
    modifier(simulateur, UN, messages=simulateur.donnees.dossiers[UN].contenu["messages"][:-1])
    assert fichiers_ds.fetch_before_decision(moyens, dossier.id) == ""
    assert fichiers(session, FichierDS.nom == "piece.bin")[0].etat == EtatFichierDS.PERDU


def test_a_decision_is_not_held_by_a_dossier_of_many_files_which_the_job_then_copies(
    session: Session,
    moyens: Moyens,
    simulateur: Simulateur,
    ds: ClientCompteur,
    lus: Demarche,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    joindre(simulateur, ds, UN, b"un devis")
    dossier = dossier_de(session, UN)
    monkeypatch.setattr(decision, "DUREE_SECONDES", -1.0)
    assert "leur copie est en cours" in fichiers_ds.fetch_before_decision(moyens, dossier.id)
    assert {(un.essais, un.pris_at) for un in fichiers(session, FichierDS.dossier_id == dossier.id)} == {(0, None)}
    copies.copy_due(moyens)
    monkeypatch.undo()
    assert fichiers_ds.fetch_before_decision(moyens, dossier.id) == ""


def test_a_sweep_orders_what_is_due_and_the_job_leaves_its_place_when_time_is_over(
    session: Session, moyens: Moyens, lus: Demarche, monkeypatch: pytest.MonkeyPatch
) -> None:
    application.brancher(moyens)
    session.execute(text("DELETE FROM procrastinate_jobs"))
    session.commit()
    travaux.balayer(0)
    attente = text(
        "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'fichiers_ds.chercher' AND status = 'todo'"
    )
    assert session.scalar(attente) == 1
    session.execute(text("DELETE FROM procrastinate_jobs"))
    session.commit()
    monkeypatch.setattr(copies, "DUREE_SECONDES", -1.0)
    travaux.chercher()
    assert session.scalar(attente) == 1
