"""Avis: asked, given, revised, read by those who may and by nobody else."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.errors import Conflict, Forbidden, Invalid, TransitionInterdite
from portal.formats import PARIS, maintenant
from portal.models.avis import Avis, DemandeAvis, RevisionAvis
from portal.models.connexion import User
from portal.models.dossiers import AccesDossier, Dossier
from portal.models.envois import Courriel
from portal.models.services import Service
from portal.services import avis as services
from portal.vocabulaire import Audience, Etat, RoleAffectation, SensAvis
from tests.client import ClientStrict
from tests.fabriques_saisines import saisir
from tests.factories import Fabriques

CANARI = "CANARI-AVIS-9431"


@pytest.fixture
def ddets(creer: Fabriques) -> Service:
    return creer.service("DDETS 69")


@pytest.fixture
def drajes(creer: Fabriques) -> Service:
    return creer.service("DRAJES ARA", email="drajes@example.org")


@pytest.fixture
def dossier(creer: Fabriques, ddets: Service) -> Dossier:
    return creer.dossier(ddets, etat=Etat.EN_INSTRUCTION)


def page(dossier: Dossier, suite: str = "") -> str:
    return f"/instruction/dossiers/{dossier.reference}{suite}"


def demander(client: ClientStrict, dossier: Dossier, service: Service, **valeurs: str) -> int:
    client.get(page(dossier, "/avis/demander"))
    envoi = {"service": str(service.id), "question": "Qu’en pensez-vous ?", **valeurs}
    return client.soumettre(envoi, action="/avis/demander").status_code


def donner(client: ClientStrict, dossier: Dossier, **valeurs: str) -> int:
    client.get(page(dossier, "/avis/donner"))
    return client.soumettre({"sens": "favorable", "texte": CANARI, **valeurs}, action="/avis/donner").status_code


def test_asking_opens_the_dossier_tells_the_service_and_counts(
    client: ClientStrict, session: Session, creer: Fabriques, ddets: Service, drajes: Service, dossier: Dossier
) -> None:
    client.connecter(creer.agent(ddets))
    assert (
        demander(client, dossier, drajes, **{"echeance-jour": "15", "echeance-mois": "6", "echeance-annee": "2099"})
        == 200
    )
    assert "L’avis est demandé" in client.texte()
    assert "Réponse attendue avant le 15 juin 2099" in client.texte()
    assert session.get(AccesDossier, (drajes.id, dossier.id))
    session.refresh(dossier)
    assert (dossier.avis_rendus, dossier.avis_demandes) == (0, 1)
    courriel = session.scalars(select(Courriel)).one()
    assert (courriel.destinataire, courriel.donnees["reference"]) == ("drajes@example.org", dossier.reference)
    client.connecter(creer.agent(drajes))
    client.get(page(dossier, "/avis"))
    assert "Qu’en pensez-vous" in client.texte()


def test_asking_twice_or_in_the_past_is_refused_and_what_was_typed_is_kept(
    client: ClientStrict, session: Session, creer: Fabriques, ddets: Service, drajes: Service, dossier: Dossier
) -> None:
    client.connecter(creer.agent(ddets))
    hier = maintenant().astimezone(PARIS) - timedelta(days=1)
    date = {"echeance-jour": str(hier.day), "echeance-mois": str(hier.month), "echeance-annee": str(hier.year)}
    assert demander(client, dossier, drajes, **date) == 422
    assert "Cette date est déjà passée" in client.texte()
    assert "Qu’en pensez-vous" in client.texte()
    assert demander(client, dossier, drajes) == 200
    acteur = creer.acteur(creer.agent(ddets))
    with pytest.raises(Invalid, match="déjà demandé"):
        saisir(session, by=acteur, dossier=dossier, service_id=drajes.id, question="Encore ?")
    with pytest.raises(Invalid):
        saisir(session, by=acteur, dossier=dossier, service_id=ddets.id, question="À nous-mêmes ?")


def test_a_closed_list_without_anybody_says_so(
    client: ClientStrict, session: Session, creer: Fabriques, ddets: Service, dossier: Dossier
) -> None:
    dossier.demarche.avis_liste_fermee = True
    session.commit()
    client.connecter(creer.agent(ddets))
    assert client.get(page(dossier, "/avis/demander")).status_code == 200
    assert "Personne ne peut être consulté" in client.texte()
    assert "Votre question" not in client.texte()


def test_a_service_without_address_is_told_by_the_tasks_of_its_agents(
    client: ClientStrict, session: Session, creer: Fabriques, ddets: Service, dossier: Dossier
) -> None:
    sans_adresse = creer.service(email="")
    agent = creer.agent(sans_adresse)
    client.connecter(creer.agent(ddets))
    assert demander(client, dossier, sans_adresse) == 200
    assert session.scalars(select(Courriel)).all() == []
    client.connecter(agent)
    client.get("/instruction/taches")
    assert "Un avis vous est demandé" in client.texte()
    assert dossier.reference in client.texte()


def test_an_empty_question_comes_back_with_its_error(
    client: ClientStrict, creer: Fabriques, ddets: Service, drajes: Service, dossier: Dossier
) -> None:
    client.connecter(creer.agent(ddets))
    assert demander(client, dossier, drajes, question="  ") == 422
    assert "Écrivez votre question." in client.texte()


def test_an_avis_is_given_read_by_the_asker_and_revised(
    client: ClientStrict, session: Session, creer: Fabriques, ddets: Service, drajes: Service, dossier: Dossier
) -> None:
    creer.demande_avis(dossier, drajes)
    client.connecter(creer.agent(drajes))
    client.get(page(dossier, "/avis/donner"))
    assert "DDETS 69 et DRAJES ARA" in client.texte()
    assert donner(client, dossier, montant_propose="1 234,50 €", audience="service") == 200
    assert donner(client, dossier, sens="defavorable", texte="Finalement non.", audience="service") == 200
    client.connecter(creer.agent(ddets))
    client.get(page(dossier, "/avis"))
    assert "DRAJES ARA : défavorable" in client.texte().replace("\u00a0", " ")
    assert "Finalement non." in client.texte()
    assert CANARI not in client.texte()
    assert CANARI not in client.get(page(dossier, "/impression")).text
    avis = session.scalars(select(Avis)).one()
    versions = session.scalars(select(RevisionAvis).order_by(RevisionAvis.version)).all()
    assert [(r.version, r.texte, r.montant_propose) for r in versions] == [
        (1, CANARI, Decimal("1234.50")),
        (2, "Finalement non.", Decimal("1234.50")),
    ]
    assert (avis.version, avis.demande_avis_id is not None) == (2, True)
    session.refresh(dossier)
    assert (dossier.avis_rendus, dossier.avis_demandes) == (1, 1)


def test_an_amount_that_cannot_be_read_loses_nothing(
    client: ClientStrict, creer: Fabriques, drajes: Service, dossier: Dossier
) -> None:
    creer.demande_avis(dossier, drajes)
    client.connecter(creer.agent(drajes))
    assert donner(client, dossier, montant_propose="12,34,5") == 422
    assert "n’est pas lisible" in client.texte()
    assert CANARI in client.texte()


def test_two_agents_of_a_service_do_not_overwrite_each_other(
    session: Session, creer: Fabriques, drajes: Service, dossier: Dossier
) -> None:
    creer.demande_avis(dossier, drajes)
    _donner(session, creer, creer.agent(drajes), dossier, version=0)
    for lue in (0, 7):
        with pytest.raises(Conflict):
            _donner(session, creer, creer.agent(drajes), dossier, version=lue)
    assert session.scalars(select(Avis)).one().version == 1


def _donner(session: Session, creer: Fabriques, agent: User, dossier: Dossier, *, version: int) -> Avis:
    return services.give(
        session,
        by=creer.acteur(agent),
        objet=dossier,
        sens=SensAvis.FAVORABLE,
        montant_propose=None,
        texte="Avis",
        audience=Audience.SERVICE,
        version=version,
    )


@pytest.mark.parametrize(
    ("audience", "lu_par_un_autre_saisi"),
    [(Audience.SERVICE, False), (Audience.SERVICES_SAISIS, True), (Audience.PARTAGE, True)],
)
def test_the_audience_decides_whether_another_service_asked_reads(
    client: ClientStrict,
    creer: Fabriques,
    ddets: Service,
    drajes: Service,
    dossier: Dossier,
    audience: Audience,
    lu_par_un_autre_saisi: bool,
) -> None:
    prefecture = creer.service("PREF 69")
    for service in (drajes, prefecture):
        creer.demande_avis(dossier, service, question="Question de la DDETS")
    creer.avis(dossier, creer.agent(drajes), texte=CANARI, audience=audience)
    for service, lit in ((ddets, True), (drajes, True), (prefecture, lu_par_un_autre_saisi)):
        client.connecter(creer.agent(service))
        for suite in ("/avis", "/impression"):
            assert (CANARI in client.get(page(dossier, suite)).text) == lit, service.sigle
    assert ("non communiqué à votre service" in client.texte()) == (not lu_par_un_autre_saisi)


def test_who_was_not_asked_and_lecteurs_give_no_avis(
    client: ClientStrict, session: Session, creer: Fabriques, ddets: Service, drajes: Service, dossier: Dossier
) -> None:
    creer.acces(dossier, drajes.id)
    with pytest.raises(Forbidden, match="pas été saisi"):
        _donner(session, creer, creer.agent(drajes), dossier, version=0)
    with pytest.raises(Forbidden):
        saisir(
            session, by=creer.acteur(creer.agent(drajes)), dossier=dossier, service_id=creer.service().id, question="?"
        )
    client.connecter(creer.agent(drajes))
    assert client.poster(page(dossier, "/avis/donner"), {"sens": ""}).status_code == 403
    client.connecter(creer.agent(ddets, RoleAffectation.LECTEUR))
    assert client.get(page(dossier)).status_code == 200
    assert "Donner un avis" not in client.texte()
    for suite in ("/avis/donner", "/avis/demander"):
        assert client.get(page(dossier, suite)).status_code == 403
        assert client.poster(page(dossier, suite), {"sens": "favorable"}).status_code == 403
    assert session.scalars(select(DemandeAvis)).all() == []


def test_a_closed_dossier_takes_no_avis(session: Session, creer: Fabriques, ddets: Service, drajes: Service) -> None:
    clos = creer.dossier(ddets, etat=Etat.REFUSE)
    agent = creer.agent(ddets)
    with pytest.raises(TransitionInterdite, match="refusé"):
        _donner(session, creer, agent, clos, version=0)
    with pytest.raises(TransitionInterdite):
        saisir(session, by=creer.acteur(agent), dossier=clos, service_id=drajes.id, question="?")


def test_an_avis_older_than_the_request_says_so(
    client: ClientStrict, creer: Fabriques, session: Session, ddets: Service, dossier: Dossier
) -> None:
    agent = creer.agent(ddets)
    creer.avis(dossier, agent)
    dossier.contenu_version += 1
    session.commit()
    client.connecter(agent)
    client.get(page(dossier, "/avis"))
    assert "donné avant la dernière modification de la demande" in client.texte()
