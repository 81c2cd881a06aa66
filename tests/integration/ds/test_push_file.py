"""The queue to DS: in order on each dossier, fair between dossiers, and nothing twice however many workers there are."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from integrations.demarches_simplifiees.client import ClientDS
from integrations.demarches_simplifiees.errors import AccesRefuse, DelaiDepasse, TropDeRequetes
from integrations.demarches_simplifiees.simulator.serveur import Simulateur, demarrer
from portal.config import Config
from portal.db import Fabrique
from portal.errors import TransitionInterdite
from portal.formats import maintenant
from portal.models.connexion import User
from portal.models.demarches import Demarche
from portal.models.envois import OperationDS
from portal.services import actes_ds, echange_ds, envoi_ds, operations_ds, synchronisation
from portal.services.moyens import Moyens, make_moyens
from portal.vocabulaire import EtatEnvoi, Source
from tests.factories import Fabriques
from tests.integration.ds.conftest import DEMARCHE, INSTANCE, ClientCompteur, Json, brancher, client, modifier
from tests.integration.ds.poussee import (
    A_PRENDRE,
    EN_INSTRUCTION,
    MEMBRE,
    acteur,
    devoir,
    dossier_de,
    effets,
    entrer,
    perdre,
    plus_tard,
    relue,
)

OUVRIERS = 200


def ecrire(session: Session, agent: User, texte: str, number: int = A_PRENDRE) -> OperationDS:
    dossier = dossier_de(session, number)
    operation = actes_ds.send_message(session, by=acteur(agent, dossier.service_id), dossier=dossier, texte=texte)
    session.commit()
    return operation


def textes(simulateur: Simulateur) -> list[str]:
    return [un.texte.partition("\n")[0] for un in simulateur.donnees.effets if un.mutation == "dossierEnvoyerMessage"]


def test_acts_on_one_dossier_leave_in_the_order_in_which_they_were_asked(
    session: Session, moyens: Moyens, agent: User, simulateur: Simulateur
) -> None:
    demandes = [ecrire(session, agent, texte).id for texte in ("Un", "Deux", "Trois")]
    envoi_ds.run_one(moyens, demandes[2])
    assert textes(simulateur) == [], "the last one waits for its turn"
    envoi_ds.run_one(moyens, demandes[0])
    assert textes(simulateur) == ["Un", "Deux", "Trois"]


def test_what_follows_an_act_in_doubt_waits_until_it_is_proved(
    session: Session, moyens: Moyens, agent: User, simulateur: Simulateur
) -> None:
    premier, second = ecrire(session, agent, "Un"), ecrire(session, agent, "Deux")
    perdre(simulateur, "delai_apres")
    envoi_ds.run_due(moyens)
    perdre(simulateur, None)
    envoi_ds.run_due(moyens)
    assert (relue(session, premier.id).etat, relue(session, second.id).etat) == (
        EtatEnvoi.A_VERIFIER,
        EtatEnvoi.A_ENVOYER,
    )
    plus_tard(session)
    envoi_ds.run_due(moyens)
    assert textes(simulateur) == ["Un", "Deux"]


def test_two_changes_of_etat_never_queue_behind_each_other(session: Session, agent: User) -> None:
    ecrire(session, agent, "D’abord un mot")
    devoir(session, agent)
    with pytest.raises(TransitionInterdite, match="attend encore la réponse"):
        devoir(session, agent, A_PRENDRE, "passer_en_instruction")


def test_the_base_itself_keeps_two_acts_of_a_dossier_from_being_in_flight(session: Session, agent: User) -> None:
    premier, second = ecrire(session, agent, "Un"), ecrire(session, agent, "Deux")
    session.execute(update(OperationDS).where(OperationDS.id == premier.id).values(etat=EtatEnvoi.EN_COURS))
    with pytest.raises(IntegrityError):
        session.execute(update(OperationDS).where(OperationDS.id == second.id).values(etat=EtatEnvoi.A_VERIFIER))
    session.rollback()


def test_a_refused_act_sent_again_waits_for_the_one_that_left_meanwhile(
    session: Session, moyens: Moyens, agent: User, simulateur: Simulateur
) -> None:
    premier, second = ecrire(session, agent, "Un"), ecrire(session, agent, "Deux")
    relue(session, premier.id).etat = EtatEnvoi.REFUSE
    session.commit()
    with session.begin_nested():
        assert operations_ds.take(session, second.id, bail=timedelta(minutes=1)) is not None
    par = acteur(agent, dossier_de(session, A_PRENDRE).service_id)
    operations_ds.retry(session, by=par, operation_id=premier.id)
    session.commit()
    envoi_ds.run_due(moyens)
    assert textes(simulateur) == []
    plus_tard(session)
    envoi_ds.run_due(moyens)
    assert sorted(textes(simulateur)) == ["Deux", "Un"]


class DebitLent:
    """Its turn comes so late that the lease has ended: somebody else has already done the work."""

    def __init__(self, pendant: Callable[[], object]) -> None:
        self.pendant, self.tours = pendant, 0

    def attendre(self) -> None:
        self.tours += 1
        if self.tours == 2:
            autre = Thread(target=self.pendant)
            autre.start()
            autre.join()

    def ralentir(self, reprise: datetime | None) -> None:
        """DS does not throttle here."""


def test_a_worker_whose_lease_ends_while_it_waits_for_its_turn_sends_nothing(
    session: Session, moyens: Moyens, agent: User, simulateur: Simulateur
) -> None:
    operation = ecrire(session, agent, "Une seule fois")

    def doubler() -> None:
        plus_tard(session)
        envoi_ds.run_one(moyens, operation.id)

    with ClientDS(simulateur.url, simulateur.jeton, debit=DebitLent(doubler)) as lent:
        envoi_ds.run_one(replace(moyens, ds=lent), operation.id)
    assert relue(session, operation.id).etat == EtatEnvoi.ENVOYE
    assert textes(simulateur) == ["Une seule fois"]


class ClientBouche(ClientCompteur):
    """One dossier takes too long at DS; it counts what it is asked."""

    def lire_dossier(self, number: int) -> Json:
        if number == A_PRENDRE:
            raise DelaiDepasse("Démarches Simplifiées a manqué de temps.")
        return super().lire_dossier(number)


def test_one_slow_dossier_does_not_starve_the_others(
    session: Session, moyens: Moyens, agent: User, simulateur: Simulateur
) -> None:
    lent, autre = ecrire(session, agent, "Lent"), ecrire(session, agent, "Autre", EN_INSTRUCTION)
    with ClientBouche(simulateur.url, simulateur.jeton, tentatives=1) as bouche:
        envoi_ds.run_due(replace(moyens, ds=bouche))
    assert (relue(session, lent.id).etat, relue(session, autre.id).etat) == (EtatEnvoi.A_ENVOYER, EtatEnvoi.ENVOYE)
    assert relue(session, lent.id).prochain_essai > maintenant()


class ClientRefuse(ClientCompteur):
    """DS refuses the token."""

    def lire_dossier(self, number: int) -> Json:
        self.seuls += 1
        raise AccesRefuse("Démarches Simplifiées refuse le jeton du portail.")


def test_when_the_token_is_refused_nothing_is_tried_to_death_and_no_attempt_is_counted(
    session: Session, moyens: Moyens, agent: User, simulateur: Simulateur
) -> None:
    numeros = list(simulateur.donnees.dossiers)
    operations = [ecrire(session, agent, "Bonjour", number) for number in numeros]
    with ClientRefuse(simulateur.url, simulateur.jeton, tentatives=1) as refuse:
        envoi_ds.run_due(replace(moyens, ds=refuse))
        assert refuse.seuls == envoi_ds.PANNES_DE_SUITE
    assert {relue(session, une.id).essais for une in operations} == {0}
    plus_tard(session)
    envoi_ds.run_due(moyens)
    assert {relue(session, une.id).etat for une in operations} == {EtatEnvoi.ENVOYE}
    assert sorted(effets(simulateur)) == [("dossierEnvoyerMessage", number) for number in numeros]


def test_a_read_that_is_throttled_waits_as_long_as_ds_asks(
    session: Session, moyens: Moyens, agent: User, simulateur: Simulateur
) -> None:
    reprise = maintenant() + timedelta(minutes=9)

    class ClientFreine(ClientCompteur):
        def lire_dossier(self, number: int) -> Json:
            raise TropDeRequetes(reprise)

    operation = ecrire(session, agent, "Bonjour")
    with ClientFreine(simulateur.url, simulateur.jeton) as freine:
        envoi_ds.run_one(replace(moyens, ds=freine), operation.id)
    operation = relue(session, operation.id)
    assert operation.etat == EtatEnvoi.A_ENVOYER
    assert abs(operation.prochain_essai - reprise) < timedelta(minutes=1)


def test_an_act_on_which_ds_fails_each_time_ends_by_being_told(
    session: Session, moyens: Moyens, agent: User, simulateur: Simulateur
) -> None:
    operation_id = devoir(session, agent, EN_INSTRUCTION, "repasser_en_construction")
    perdre(simulateur, "delai_avant")
    for _ in range(2 * echange_ds.ENVOIS_SANS_EFFET):
        plus_tard(session)
        envoi_ds.run_due(moyens)
    operation = relue(session, operation_id)
    assert (operation.etat, operation.resultat["envois"]) == (EtatEnvoi.REFUSE, echange_ds.ENVOIS_SANS_EFFET)
    assert "a échoué plusieurs fois de suite" in operation.erreur


def test_an_act_in_doubt_waits_for_a_dossier_that_ds_hides_for_a_while(
    session: Session, moyens: Moyens, agent: User, simulateur: Simulateur
) -> None:
    perdre(simulateur, "delai_apres")
    ident = ecrire(session, agent, "Une fois.").id
    envoi_ds.run_one(moyens, ident)
    perdre(simulateur, None)
    simulateur.donnees.mettre_a_la_corbeille(A_PRENDRE)
    plus_tard(session)
    envoi_ds.run_one(moyens, ident)
    assert relue(session, ident).etat == EtatEnvoi.A_VERIFIER
    simulateur.donnees.restaurer(A_PRENDRE)
    plus_tard(session)
    envoi_ds.run_one(moyens, ident)
    assert relue(session, ident).etat == EtatEnvoi.ENVOYE
    assert textes(simulateur) == ["Une fois."]


def test_an_act_in_doubt_on_a_dossier_that_never_comes_back_ends_by_being_told(
    session: Session, moyens: Moyens, agent: User, simulateur: Simulateur
) -> None:
    perdre(simulateur, "delai_apres")
    ident = ecrire(session, agent, "Une fois.").id
    envoi_ds.run_one(moyens, ident)
    perdre(simulateur, None)
    simulateur.donnees.mettre_a_la_corbeille(A_PRENDRE)
    for _ in range(echange_ds.LECTURES_DANS_LE_DOUTE):
        plus_tard(session)
        envoi_ds.run_one(moyens, ident)
    assert relue(session, ident).etat == EtatEnvoi.REFUSE


def test_a_dossier_that_changed_group_is_acted_on_by_a_member_of_its_new_group_only(
    session: Session, moyens: Moyens, agent: User, simulateur: Simulateur
) -> None:
    operation = ecrire(session, agent, "Bonjour")
    groupes = simulateur.donnees.demarches[DEMARCHE]["groupeInstructeurs"]
    actuel = simulateur.donnees.dossiers[A_PRENDRE].contenu["groupeInstructeur"]
    autre = next(un for un in groupes if un["id"] != actuel["id"])
    autre["instructeurs"] = [un for un in autre["instructeurs"] if un != MEMBRE]
    modifier(simulateur, A_PRENDRE, groupeInstructeur=autre)
    assert synchronisation.sync(moyens, DEMARCHE).erreur == ""
    envoi_ds.run_one(moyens, operation.id)
    operation = relue(session, operation.id)
    assert operation.etat == EtatEnvoi.REFUSE
    assert f"du groupe «\u00a0{autre['label']}\u00a0»" in operation.erreur
    assert effets(simulateur) == []


def test_two_hundred_workers_on_the_same_acts_apply_each_once(config: Config, fabrique_reelle: Fabrique) -> None:
    with demarrer(dossiers=10) as simulateur, client(simulateur) as ds:
        entrer(simulateur)
        moyens = replace(make_moyens(brancher(config, simulateur), fabrique=fabrique_reelle), ds=ds)
        attendus = _devoir_partout(moyens, simulateur)
        depart = Barrier(OUVRIERS)

        def travailler(rang: int) -> None:
            depart.wait()
            envoi_ds.run_one(moyens, attendus[rang % len(attendus)])

        with ThreadPoolExecutor(OUVRIERS) as ouvriers:
            list(ouvriers.map(travailler, range(OUVRIERS)))
        envoi_ds.run_due(moyens)
        assert set(Counter(un.texte for un in simulateur.donnees.effets).values()) == {1}
        assert len(simulateur.donnees.effets) == len(attendus)
    with fabrique_reelle() as session:
        assert set(session.scalars(select(OperationDS.etat))) == {EtatEnvoi.ENVOYE}


def _devoir_partout(moyens: Moyens, simulateur: Simulateur) -> list[int]:
    """Two messages on each dossier."""
    with moyens.fabrique() as session:
        creer = Fabriques(session)
        demarche: Demarche = creer.demarche(source=Source.DS, instance=INSTANCE, ds_number=DEMARCHE)
        agent = creer.agent(demarche.service, email=MEMBRE["email"])
        session.commit()
        assert synchronisation.sync(moyens, DEMARCHE).erreur == ""
        numeros = list(simulateur.donnees.dossiers)
        return [ecrire(session, agent, mot, number).id for number in numeros for mot in ("Un", "Deux")]
