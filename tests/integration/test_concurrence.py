"""Two people on one object: what the first has changed, the second is told, and nothing is overwritten unseen."""

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from portal.db import Fabrique
from portal.errors import Conflict
from portal.models.dossiers import Dossier
from portal.queries import dossiers
from portal.services import avis
from portal.services import dossiers as services
from portal.vocabulaire import Audience, Etat, SensAvis
from tests.factories import Fabriques


@pytest.fixture
def creer(fabrique_reelle: Fabrique) -> Iterator[Fabriques]:
    """Factories on a database where commits are real."""
    with fabrique_reelle() as session:
        yield Fabriques(session)


@pytest.fixture
def seconde(fabrique_reelle: Fabrique) -> Iterator[Session]:
    """The session of the person who comes second, but has read first."""
    with fabrique_reelle() as session:
        yield session


def test_an_agent_who_comes_second_does_not_take_over_the_dossier(creer: Fabriques, seconde: Session) -> None:
    service = creer.service()
    premiere, autre = (creer.acteur(creer.agent(service)) for _ in range(2))
    dossier = creer.dossier(service)
    lu = dossiers.get(seconde, autre, dossier.reference)
    services.take_in_charge(creer.session, by=premiere, dossier=dossier, version=1)
    creer.session.commit()
    with pytest.raises(Conflict):
        services.take_in_charge(seconde, by=autre, dossier=lu, version=1)
    seconde.rollback()
    assert seconde.get_one(Dossier, dossier.id).instructeur_id == premiere.user_id


def test_no_avis_is_added_to_a_dossier_that_was_closed_meanwhile(creer: Fabriques, seconde: Session) -> None:
    service = creer.service()
    auteur = creer.acteur(creer.agent(service))
    dossier = creer.dossier(service, etat=Etat.EN_INSTRUCTION)
    lu = dossiers.get(seconde, auteur, dossier.reference)
    dossier.etat = Etat.REFUSE
    creer.session.commit()
    with pytest.raises(Conflict):
        avis.give(
            seconde,
            by=auteur,
            objet=lu,
            sens=SensAvis.FAVORABLE,
            montant_propose=None,
            texte="Oui",
            audience=Audience.SERVICE,
        )
