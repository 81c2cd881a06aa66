"""The code of an expert's link, where commits are real: what is counted stays counted, and two browsers race."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.config import Config
from portal.db import Fabrique
from portal.models.experts import LienExpert, SessionExpert
from portal.permissions import ANONYME, SYSTEME
from portal.services import liens_experts, sessions_experts
from portal.services.moyens import Moyens
from tests import fabriques_avis
from tests.client import ClientStrict
from tests.fabriques_experts import Boite, ouvrir
from tests.factories import Fabriques


@pytest.fixture
def fabrique(fabrique_reelle: Fabrique) -> Iterator[Fabrique]:
    """Commits are real in this module."""
    return fabrique_reelle


@pytest.fixture
def boite(moyens: Moyens, config: Config) -> Boite:
    return Boite(moyens, config)


@pytest.fixture
def chemin(session: Session, creer: Fabriques, boite: Boite) -> str:
    """The link that was mailed to an expert."""
    demandeur, expert = creer.agent(creer.service("DRAJES")), fabriques_avis.expert(session)
    dossier = creer.dossier(demandeur.affectations[0].service)
    demande = fabriques_avis.demande(session, dossier, expert, demandeur)
    liens_experts.invite(session, by=SYSTEME, saisine=demande.saisine, expert=expert)
    session.commit()
    return boite.lien()


@pytest.fixture
def autre(client: ClientStrict) -> ClientStrict:
    """Another browser."""
    navigateur = client.application.test_client()
    assert isinstance(navigateur, ClientStrict)
    return navigateur


def _sessions(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(SessionExpert)) or 0


def test_every_refused_code_is_told_in_the_same_words_and_five_kill_it(
    client: ClientStrict, autre: ClientStrict, session: Session, boite: Boite, chemin: str
) -> None:
    ouvrir(client, chemin)
    autre.get(chemin)
    assert autre.soumettre({"code": "000000"}, action="/code").status_code == 422
    jamais_parti = autre.texte()
    autre.soumettre(action="/code/envoi")
    code = boite.code()
    faux = "111111" if code != "111111" else "222222"
    for _essai in range(5):
        assert autre.soumettre({"code": faux}, action="/code").status_code == 422
        assert autre.texte().replace(faux, "000000") == jamais_parti
    assert autre.soumettre({"code": code}, action="/code").status_code == 422
    assert _sessions(session) == 1


def test_of_two_browsers_that_press_the_button_at_once_one_opens_the_link(
    moyens: Moyens, session: Session, chemin: str
) -> None:
    secret = chemin.rpartition("/")[2]

    def presser(_rang: int) -> bool:
        with moyens.fabrique.begin() as la_sienne:
            return sessions_experts.open_by_link(la_sienne, by=ANONYME, secret=secret) is not None

    with ThreadPoolExecutor(4) as navigateurs:
        ouvertes = list(navigateurs.map(presser, range(4)))
    assert sorted(ouvertes) == [False, False, False, True]
    assert _sessions(session) == 1
    assert session.scalars(select(LienExpert.ouvert_at)).one() is not None
