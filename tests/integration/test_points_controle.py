"""The checklist of a démarche: set up by a responsable, filled in on each dossier, a reason to ask for a complement."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.errors import Conflict
from portal.models.connexion import User
from portal.models.dossiers import Dossier
from portal.models.services import Service
from portal.models.taches import PointCoche, PointControle
from portal.queries.points_controle import of_dossier
from portal.services import points_controle
from portal.services.points_controle import Dit
from portal.vocabulaire import Etat
from portal.vocabulaire_instruction import EtatPoint
from tests import html
from tests.client import ClientStrict
from tests.fabriques_suivi import depose
from tests.fabriques_taches import point
from tests.factories import Fabriques
from tests.requetes import requetes


@pytest.fixture
def ddets(creer: Fabriques) -> Service:
    return creer.service("DDETS 69")


@pytest.fixture
def dossier(creer: Fabriques, ddets: Service) -> Dossier:
    return creer.dossier(ddets, etat=Etat.EN_INSTRUCTION)


@pytest.fixture
def agent(creer: Fabriques, ddets: Service) -> User:
    return creer.agent(ddets)


@pytest.fixture
def points(creer: Fabriques, dossier: Dossier) -> list[PointControle]:
    return [point(creer, dossier.demarche_id, libelle, rang) for rang, libelle in enumerate(("RIB", "Statuts"), 1)]


def reglages(dossier: Dossier) -> str:
    return f"/instruction/points-de-controle/{dossier.demarche_id}"


def verification(dossier: Dossier) -> str:
    return f"/instruction/dossiers/{dossier.reference}/verification"


def libelles(client: ClientStrict) -> list[str]:
    return [html.texte(un) for un in client.arbre.iter("th") if un.get("scope") == "row"]


def test_a_responsable_writes_orders_and_takes_points_out(
    client: ClientStrict, session: Session, creer: Fabriques, ddets: Service, dossier: Dossier
) -> None:
    client.connecter(creer.responsable(ddets))
    client.get("/instruction/points-de-controle")
    assert dossier.demarche.titre in client.texte()
    client.get(reglages(dossier))
    for libelle in ("RIB", "Statuts", "Budget"):
        client.soumettre({"libelle": libelle}, action=reglages(dossier))
    assert libelles(client) == ["RIB", "Statuts", "Budget"]
    statuts = session.scalars(select(PointControle).where(PointControle.libelle == "Statuts")).one()
    client.soumettre(action=f"/{statuts.id}/monter")
    assert libelles(client) == ["Statuts", "RIB", "Budget"]
    client.soumettre(action=f"/{statuts.id}/descendre")
    client.soumettre(action=f"/{statuts.id}/retirer")
    assert libelles(client) == ["RIB", "Budget"]
    assert client.soumettre({"libelle": " "}, action=reglages(dossier)).status_code == 422
    client.connecter(creer.responsable())
    assert client.get(reglages(dossier)).status_code == 404


def test_agents_say_of_each_point_how_it_is_and_the_dossier_counts_them(
    client: ClientStrict, session: Session, creer: Fabriques, agent: User, dossier: Dossier, points: list[PointControle]
) -> None:
    rib, statuts = points
    client.connecter(agent)
    client.get(verification(dossier))
    client.soumettre({f"etat-{rib.id}": "conforme"})
    assert "La vérification est enregistrée." in client.texte()
    assert "1 sur 2 vérifié" in client.texte()
    lus = of_dossier(session, creer.acteur(agent), dossier)
    assert lus.compte == "1 sur 2 vérifié"
    assert lus.motif == ""
    client.get(verification(dossier))
    assert client.soumettre({f"etat-{statuts.id}": "non_conforme"}).status_code == 422
    assert "Écrivez en quelques mots ce qui est à reprendre." in client.texte()
    client.soumettre({f"commentaire-{statuts.id}": "Non signés."})
    session.expire_all()
    lus = of_dossier(session, creer.acteur(agent), dossier)
    assert lus.compte == "2 sur 2 vérifiés"
    assert lus.motif == "Statuts\u00a0: Non signés."
    client.get(verification(dossier))
    client.soumettre({f"etat-{rib.id}": ""})
    session.expire_all()
    assert of_dossier(session, creer.acteur(agent), dossier).compte == "1 sur 2 vérifié"


def test_a_point_that_was_used_stays_read_where_it_was_and_is_asked_no_more(
    session: Session, creer: Fabriques, ddets: Service, agent: User, dossier: Dossier, points: list[PointControle]
) -> None:
    moi, responsable = creer.acteur(agent), creer.acteur(creer.responsable(ddets))
    points_controle.check(session, by=moi, dossier=dossier, montres={}, dits={points[0].id: Dit(EtatPoint.CONFORME)})
    for un in points:
        points_controle.withdraw(session, by=responsable, demarche=dossier.demarche, point=un)
    session.commit()
    assert [un.libelle for un in session.scalars(select(PointControle))] == ["RIB"]
    assert [ligne.modifiable for ligne in of_dossier(session, moi, dossier).lignes] == [False]
    autre = creer.dossier(demarche=dossier.demarche)
    assert of_dossier(session, moi, autre).lignes == ()


def test_two_agents_who_check_at_once_keep_what_each_has_said(
    session: Session, creer: Fabriques, ddets: Service, agent: User, dossier: Dossier, points: list[PointControle]
) -> None:
    rib, statuts = (un.id for un in points)
    moi, elle = creer.acteur(agent), creer.acteur(creer.agent(ddets))
    rien = {rib: Dit(), statuts: Dit()}
    points_controle.check(session, by=elle, dossier=dossier, montres=rien, dits={**rien, rib: Dit(EtatPoint.CONFORME)})
    points_controle.check(
        session, by=moi, dossier=dossier, montres=rien, dits={**rien, statuts: Dit(EtatPoint.SANS_OBJET)}
    )
    par = dict(session.execute(select(PointCoche.point_id, PointCoche.par_id)).all())
    assert par == {rib: elle.user_id, statuts: moi.user_id}
    with pytest.raises(Conflict):
        points_controle.check(
            session, by=moi, dossier=dossier, montres=rien, dits={rib: Dit(EtatPoint.NON_CONFORME, "Absent.")}
        )


def test_a_service_that_was_asked_for_its_avis_does_not_read_the_checklist(
    client: ClientStrict, creer: Fabriques, dossier: Dossier, points: list[PointControle]
) -> None:
    drajes = creer.service("DRAJES")
    creer.demande_avis(dossier, drajes)
    client.connecter(creer.agent(drajes))
    assert client.get(verification(dossier)).status_code == 403
    assert "Statuts" not in client.get(f"/instruction/dossiers/{dossier.reference}/demande").text


def test_a_long_checklist_is_read_in_as_many_statements(
    client: ClientStrict, creer: Fabriques, agent: User, dossier: Dossier
) -> None:
    for rang in range(1, 30):
        point(creer, dossier.demarche_id, f"Point {rang}", rang)
    client.connecter(agent)
    with requetes() as vues:
        client.get(verification(dossier))
    assert len(vues) <= 5


def test_what_is_wrong_begins_the_demand_of_corrections(
    client: ClientStrict, session: Session, creer: Fabriques, agent: User
) -> None:
    presidente, association = creer.usager(), creer.association()
    creer.mandat(presidente, association)
    dossier = depose(creer, association, presidente, agent.affectations[0].service, remplie=True)
    rib = point(creer, dossier.demarche_id, "RIB")
    moi = creer.acteur(agent)
    dits = {rib.id: Dit(EtatPoint.NON_CONFORME, "Au nom de la trésorière.")}
    points_controle.check(session, by=moi, dossier=dossier, montres={}, dits=dits)
    session.commit()
    client.connecter(agent)
    motif = of_dossier(session, moi, dossier).motif
    page = client.get(f"/instruction/dossiers/{dossier.reference}/complement/nouveau", query_string={"motif": motif})
    assert "RIB\u00a0: Au nom de la trésorière." in page.text
