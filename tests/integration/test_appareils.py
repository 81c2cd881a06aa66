"""A device declared one's own stays logged in 30 days; one sees where one is logged in, and closes it."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from portal.config import Config
from portal.formats import maintenant
from portal.models.connexion import LienConnexion, SessionConnexion, User
from portal.models.journal import Evenement
from portal.queries.connexion import hash_secret
from portal.services.jetons import mint
from portal.services.moyens import Moyens
from portal.vocabulaire import GenreUser
from portal.web.appareils import nommer
from tests.client import ClientStrict
from tests.factories import Fabriques
from tests.requetes import requetes

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0"
CHROME = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Mobile Safari/537.36"
)
EDGE = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36 Edg/130.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 (KHTML) Version/18.0 Mobile Safari/604"


@pytest.mark.parametrize(
    ("user_agent", "mots"),
    [
        (FIREFOX, "Firefox sous Windows"),
        (CHROME, "Chrome sous Android"),
        (EDGE, "Edge sous Windows"),
        (IPHONE, "Safari sur iPhone"),
        ("curl/8", "Navigateur inconnu"),
        ("", "Navigateur inconnu"),
    ],
)
def test_a_browser_is_named_in_words(user_agent: str, mots: str) -> None:
    assert nommer(user_agent) == mots


def _entrer(
    client: ClientStrict, session: Session, config: Config, user: User, user_agent: str = FIREFOX, **valeurs: str
) -> TestResponse:
    """Log in by a link, as that browser."""
    lien = LienConnexion(genre=user.genre, email=user.email, expires_at=maintenant() + timedelta(minutes=5))
    session.add(lien)
    session.flush()
    frappe = mint(session, config, lien.id)
    session.commit()
    assert frappe is not None
    client.environ_base["HTTP_USER_AGENT"] = user_agent
    client.get(("/agents" if user.genre == GenreUser.AGENT else "") + f"/connexion/lien/{frappe.secret}")
    return client.soumettre(valeurs, suivre=False)


def _derniere(session: Session) -> SessionConnexion:
    ouvertes = select(SessionConnexion).order_by(SessionConnexion.id.desc()).execution_options(populate_existing=True)
    return session.scalars(ouvertes).first()


def _fin_du_cookie(reponse: TestResponse) -> datetime:
    cookie = next(c for c in reponse.headers.getlist("Set-Cookie") if "Expires=" in c)
    return parsedate_to_datetime(cookie.split("Expires=")[1].split(";")[0])


@pytest.mark.parametrize(("valeurs", "duree"), [({}, timedelta(hours=12)), ({"durable": "y"}, timedelta(days=30))])
def test_a_device_of_ones_own_stays_logged_in_thirty_days_any_other_twelve_hours(
    client: ClientStrict, session: Session, config: Config, creer: Fabriques, valeurs: dict[str, str], duree: timedelta
) -> None:
    reponse = _entrer(client, session, config, creer.usager(), **valeurs)
    ouverte = _derniere(session)
    assert (ouverte.durable, ouverte.appareil) == (bool(valeurs), "Firefox sous Windows")
    assert abs(ouverte.expires_at - maintenant() - duree) < timedelta(minutes=1)
    # One day more than the session: what is typed after its end is parked.
    assert abs(_fin_du_cookie(reponse) - ouverte.expires_at - timedelta(days=1)) < timedelta(seconds=2)


def test_using_a_session_does_not_make_it_last(
    client: ClientStrict, session: Session, config: Config, creer: Fabriques
) -> None:
    fin = _fin_du_cookie(_entrer(client, session, config, creer.usager(), durable="y"))
    assert _fin_du_cookie(client.get("/compte")) == fin
    session.scalars(select(SessionConnexion)).one().expires_at = maintenant() - timedelta(seconds=1)
    session.commit()
    assert client.get("/compte").status_code == 303


def test_an_agent_never_gets_thirty_days(
    client: ClientStrict, session: Session, config: Config, creer: Fabriques
) -> None:
    _entrer(client, session, config, creer.agent(), durable="y")
    ouverte = _derniere(session)
    assert not ouverte.durable
    assert ouverte.expires_at < maintenant() + timedelta(hours=13)
    client.get("/agents/connexion/lien/inconnu")
    assert "Cet appareil est à moi" not in client.texte()


def test_the_box_says_what_it_means_and_is_not_ticked(
    client: ClientStrict, session: Session, config: Config, creer: Fabriques
) -> None:
    usager = creer.usager()
    secret = "secret-de-la-page"
    session.add(
        LienConnexion(
            genre=GenreUser.USAGER,
            email=usager.email,
            secret_hash=hash_secret(secret),
            expires_at=maintenant() + timedelta(minutes=5),
        )
    )
    session.commit()
    client.get(f"/connexion/lien/{secret}")
    texte = client.texte().replace("\u00a0", " ")
    assert "Cet appareil est à moi" in texte
    assert "30 jours" in texte
    case = next(champ for champ in client.formulaire().iter("input") if champ.get("name") == "durable")
    assert "checked" not in case.attrib


def _deux_navigateurs(app: Flask, session: Session, config: Config, user: User) -> tuple[ClientStrict, ClientStrict]:
    ici, ailleurs = app.test_client(), app.test_client()
    assert isinstance(ici, ClientStrict)
    assert isinstance(ailleurs, ClientStrict)
    _entrer(ailleurs, session, config, user, CHROME)
    _entrer(ici, session, config, user)
    return ici, ailleurs


def test_one_sees_ones_sessions_in_words_and_closes_one(
    app: Flask, session: Session, config: Config, creer: Fabriques
) -> None:
    usager = creer.usager()
    ici, ailleurs = _deux_navigateurs(app, session, config, usager)
    ici.get("/compte/connexions")
    assert "Firefox sous Windows (celui-ci)" in ici.texte()
    assert "Chrome sous Android" in ici.texte()
    ici.soumettre(action="/fermer")
    assert "Chrome sous Android" not in ici.texte()
    assert ailleurs.get("/compte").status_code == 303
    assert ici.get("/compte").status_code == 200
    assert session.scalars(select(Evenement.action).order_by(Evenement.id.desc())).first() == "connexions_fermees"


def test_one_closes_all_the_others_at_once(app: Flask, session: Session, config: Config, creer: Fabriques) -> None:
    ici, ailleurs = _deux_navigateurs(app, session, config, creer.usager())
    etranger = app.test_client()
    assert isinstance(etranger, ClientStrict)
    etranger.connecter(creer.usager())
    ici.get("/compte/connexions")
    ici.soumettre(action="/fermer-les-autres")
    assert "Seule celle-ci reste ouverte" in ici.texte()
    assert [c.get("/compte").status_code for c in (ici, ailleurs, etranger)] == [200, 303, 200]


def test_nobody_sees_or_closes_somebody_elses_session(
    client: ClientStrict, session: Session, creer: Fabriques, moyens: Moyens
) -> None:
    with moyens.fabrique.begin() as autre:
        fin = datetime.now(UTC) + timedelta(hours=1)
        autre.add(SessionConnexion(secret_hash="x", user_id=creer.usager().id, expires_at=fin, appareil="Le leur"))
    client.connecter(creer.usager())
    client.get("/compte/connexions")
    assert "Le leur" not in client.texte()
    leur = session.scalars(select(SessionConnexion.id).where(SessionConnexion.appareil == "Le leur")).one()
    assert client.poster(f"/compte/connexions/{leur}/fermer").status_code == 404


def test_the_list_costs_the_same_whatever_its_length(client: ClientStrict, session: Session, creer: Fabriques) -> None:
    usager = creer.usager()
    client.connecter(usager)
    client.get("/compte/connexions")
    with requetes() as une:
        client.get("/compte/connexions")
    fin = maintenant() + timedelta(hours=1)
    for rang in range(60):
        session.add(SessionConnexion(secret_hash=f"h{rang}", user_id=usager.id, expires_at=fin, appareil="Autre"))
    session.commit()
    with requetes() as beaucoup:
        client.get("/compte/connexions")
    assert len(une) == len(beaucoup)
    assert client.texte().count("Fermer cette session") <= 50
