"""What sharing opinions changes: what is counted, what is not, and the words and queries beside each figure."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.formats import aujourdhui, maintenant
from portal.models.connexion import User
from portal.models.decisions import Decision
from portal.models.dossiers import Dossier
from portal.models.lectures_avis import LectureAvis
from portal.models.recoupements import Recoupement
from portal.models.services import Service
from portal.queries import mesures_avis
from portal.vocabulaire import Etat, SensAvis, SensDecision
from portal.vocabulaire_recoupements import EtatRecoupement, GenreRecoupement
from tests.client import ClientStrict
from tests.factories import Fabriques
from tests.requetes import requetes


@pytest.fixture
def ddets(creer: Fabriques) -> Service:
    return creer.service("DDETS 69")


@pytest.fixture
def drajes(creer: Fabriques) -> Service:
    return creer.service("DRAJES ARA")


@pytest.fixture
def agent(creer: Fabriques, ddets: Service) -> User:
    return creer.agent(ddets)


def decider(session: Session, dossier: Dossier, auteur: User, montant: Decimal | None) -> None:
    """Granted and notified now, unless the amount is None: refused."""
    sens = SensDecision.REFUSE if montant is None else SensDecision.ACCEPTE
    qui = {"auteur_id": auteur.id, "auteur_nom": auteur.nom_affiche, "auteur_qualite": "responsable"}
    instants = {"decided_at": maintenant(), "notified_at": maintenant()}
    session.add(Decision(dossier_id=dossier.id, sens=sens, montant_accorde=montant, **qui, **instants))
    dossier.etat = Etat(sens.value)
    session.commit()


def lire(client: ClientStrict, dossier: Dossier) -> None:
    client.get(f"/instruction/dossiers/{dossier.reference}/avis")


def avis_de(creer: Fabriques, dossier: Dossier, service: Service, **valeurs: object) -> None:
    creer.demande_avis(dossier, service)
    creer.avis(dossier, creer.agent(service), **valeurs)


def test_an_avis_counts_once_it_was_read_before_the_decision(
    client: ClientStrict, session: Session, creer: Fabriques, ddets: Service, drajes: Service, agent: User
) -> None:
    """One decided after reading reserves and for less; one granted as asked; one whose avis nobody opened; one read too late."""
    utile, croise, ferme, tard = (creer.dossier(ddets, etat=Etat.EN_INSTRUCTION) for _ in range(4))
    for dossier in (utile, croise, ferme, tard):
        avis_de(creer, dossier, drajes, sens=SensAvis.RESERVES if dossier is utile else SensAvis.FAVORABLE)
    client.connecter(agent)
    for dossier in (utile, croise):
        lire(client, dossier)
    decider(session, utile, agent, Decimal(10))
    for dossier in (croise, ferme, tard):
        decider(session, dossier, agent, dossier.montant_demande)
    lire(client, tard)
    with requetes() as vues:
        client.get("/instruction/mesures")
    assert len(vues) <= 6
    client.get("/instruction/mesures")
    lu = mesures_avis.by_service(session, aujourdhui().year)
    assert lu == [mesures_avis.Croisements("DDETS 69", 4, 2, 1)]
    assert "Un avis rendu mais jamais ouvert ne compte pas." in client.texte()
    assert "JOIN lecture_avis l ON l.avis_id = a.id" in client.texte()


def test_reading_is_remembered_once_and_never_of_ones_own_avis(
    client: ClientStrict, session: Session, creer: Fabriques, ddets: Service, drajes: Service, agent: User
) -> None:
    dossier = creer.dossier(ddets, etat=Etat.EN_INSTRUCTION)
    avis_de(creer, dossier, drajes)
    creer.avis(dossier, agent)
    for qui in (agent, creer.agent(ddets)):
        client.connecter(qui)
        with requetes() as vues:
            lire(client, dossier)
        assert len(vues) <= 12
    (lecture,) = session.scalars(select(LectureAvis)).all()
    assert (lecture.service_id, lecture.user_id) == (ddets.id, agent.id)


def test_requests_that_still_wait_count_for_the_time_that_they_have_waited(
    client: ClientStrict, session: Session, creer: Fabriques, ddets: Service, drajes: Service, agent: User
) -> None:
    debut = max(maintenant() - timedelta(days=9), maintenant().replace(month=1, day=2))
    jours = (maintenant() - debut).days
    for rendu in (True, True, False):
        dossier = creer.dossier(ddets, etat=Etat.EN_INSTRUCTION)
        demande = creer.demande_avis(dossier, drajes, created_at=debut)
        if rendu:
            creer.avis(dossier, creer.agent(drajes))
        assert demande.attendue is not rendu
    client.connecter(agent)
    client.get("/instruction/mesures")
    assert f"3 demandes, 2 avis rendus. Médiane : {jours} jours. P90 : pas encore atteint." in client.texte()
    client.connecter(creer.agent(drajes))
    client.get("/instruction/mesures")
    assert f"Médiane : {jours} jours" in client.texte()


def test_administrators_compare_services_without_seeing_any_dossier(
    client: ClientStrict, session: Session, creer: Fabriques, ddets: Service, agent: User
) -> None:
    dossier = creer.dossier(ddets, etat=Etat.EN_INSTRUCTION)
    decider(session, dossier, agent, None)
    client.connecter(agent)
    assert client.get("/instruction/mesures/services").status_code == 403
    admin = creer.agent(creer.service("SIEGE"))
    admin.est_administrateur = True
    session.commit()
    client.connecter(admin)
    client.get("/instruction/mesures/services")
    assert "DDETS 69" in client.texte()
    assert dossier.reference not in client.texte()


def test_a_pair_confirmed_from_both_sides_counts_once_for_the_later_dossier(
    client: ClientStrict, session: Session, creer: Fabriques, ddets: Service, drajes: Service, agent: User
) -> None:
    premier = creer.dossier(ddets, montant_demande=Decimal(1000))
    second = creer.dossier(ddets, montant_demande=Decimal(4000), montant_accorde=Decimal(3000))
    for un, autre, etat in (
        (premier, second, EtatRecoupement.CONFIRME),
        (second, premier, EtatRecoupement.CONFIRME),
        (premier, creer.dossier(drajes), EtatRecoupement.ECARTE),
    ):
        session.add(
            Recoupement(
                genre=GenreRecoupement.MEME_ACTION,
                dossier_id=un.id,
                autre_dossier_id=autre.id,
                cle=f"dossier:{autre.id}",
                faits={},
                empreinte="0" * 64,
                etat=etat,
                juge_par_id=agent.id,
                juge_at=maintenant(),
            )
        )
    session.commit()
    client.connecter(agent)
    client.get("/instruction/mesures")
    assert "1 paire confirmée : 4 000,00 € demandés deux fois, 3 000,00 € accordés." in client.texte()
