"""Who opens the content of a démarche to administrators, for how long, and what the service sees of it."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.formats import maintenant
from portal.models.autorisations import AutorisationContenu
from portal.models.demarches import Demarche
from portal.models.journal import Evenement
from portal.queries.autorisations import current
from portal.services import traces
from portal.services.moyens import Moyens
from portal.vocabulaire import Source
from tests.client import ClientStrict
from tests.factories import Fabriques

PAGE = "/instruction/autorisations"


@pytest.fixture
def demarche(creer: Fabriques) -> Demarche:
    """A DS démarche of a service."""
    return creer.demarche(source=Source.DS, instance="ds.test", ds_number=4501)


def ouvrir(client: ClientStrict, demarche: Demarche, raison: str = "Régler le formulaire") -> int:
    client.get(f"{PAGE}/{demarche.id}/ouvrir")
    return client.soumettre({"raison": raison}, action="/ouvrir").status_code


def test_a_responsable_opens_content_for_a_day_and_closes_it(
    session: Session, client: ClientStrict, demarche: Demarche, creer: Fabriques
) -> None:
    client.connecter(creer.responsable(demarche.service))
    assert ouvrir(client, demarche) == 200
    assert "Régler le formulaire" in client.texte()
    assert current(session, demarche.id)
    autorisation = session.scalars(select(AutorisationContenu)).one()
    assert autorisation.expire_at - autorisation.accordee_at == timedelta(hours=24)
    client.get(PAGE)
    client.soumettre(action="/refermer")
    assert "Les contenus sont refermés" in client.texte()
    assert current(session, demarche.id) is None
    actions = session.scalars(select(Evenement.action).where(Evenement.objet == f"demarche:{demarche.id}")).all()
    assert set(actions) == {"contenu_ouvert", "contenu_referme"}


def test_it_closes_by_itself(session: Session, client: ClientStrict, demarche: Demarche, creer: Fabriques) -> None:
    responsable = creer.responsable(demarche.service)
    passee = maintenant() - timedelta(seconds=1)
    session.add(
        AutorisationContenu(demarche_id=demarche.id, accordee_par_id=responsable.id, raison="Hier", expire_at=passee)
    )
    session.commit()
    assert current(session, demarche.id) is None
    client.connecter(responsable)
    client.get(PAGE)
    assert "fermés" in client.texte()


def test_a_reason_is_asked(session: Session, client: ClientStrict, demarche: Demarche, creer: Fabriques) -> None:
    client.connecter(creer.responsable(demarche.service))
    assert ouvrir(client, demarche, "  ") == 422
    assert "Écrivez pourquoi" in client.texte()
    assert current(session, demarche.id) is None


def test_opening_twice_is_told(client: ClientStrict, demarche: Demarche, creer: Fabriques) -> None:
    client.connecter(creer.responsable(demarche.service))
    ouvrir(client, demarche)
    assert ouvrir(client, demarche) == 409
    assert "déjà ouverts" in client.texte()


def test_the_service_sees_who_has_looked(
    client: ClientStrict, demarche: Demarche, creer: Fabriques, moyens: Moyens
) -> None:
    curieux = creer.agent(administrateur=True)
    traces.note_reading(
        moyens.fabrique,
        by=creer.acteur(curieux),
        action="contenu_consulte",
        objet=f"demarche:{demarche.id}",
        valeurs={"autorisation": 1},
    )
    client.connecter(creer.agent(demarche.service))
    client.get(PAGE)
    assert curieux.nom_affiche in client.texte()
    assert "Seul un responsable de votre service peut ouvrir ces contenus" in client.texte()


def test_neither_an_instructeur_nor_an_administrator_opens_it(
    session: Session, client: ClientStrict, demarche: Demarche, creer: Fabriques
) -> None:
    client.connecter(creer.agent(demarche.service))
    assert client.get(f"{PAGE}/{demarche.id}/ouvrir").status_code == 403
    client.connecter(creer.agent(administrateur=True))
    assert client.get(f"{PAGE}/{demarche.id}/ouvrir").status_code == 404
    assert current(session, demarche.id) is None
