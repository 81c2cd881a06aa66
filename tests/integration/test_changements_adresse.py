"""The address of an account changes once the new one is proved, and the former can take it back for 72 hours.

Commits are real here: what is counted stays counted.
"""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from integrations.courriel.api import Lettre
from integrations.courriel.dossier import BoiteDemonstration
from portal.app import create_app
from portal.config import Config
from portal.db import Fabrique
from portal.formats import maintenant
from portal.models.connexion import ChangementAdresse, SessionConnexion, User
from portal.models.envois import Courriel
from portal.models.journal import Evenement
from portal.queries.connexion import hash_secret
from portal.services import courriels
from portal.services.entretien import purge
from portal.services.moyens import Moyens, make_moyens
from tests.client import ClientStrict
from tests.factories import Fabriques
from tests.requetes import requetes

NOUVELLE = "awa.nouvelle@example.org"
PAGE = "/compte/adresse"


@pytest.fixture
def fabrique(fabrique_reelle: Fabrique) -> Iterator[Fabrique]:
    """Commits are real in this module."""
    return fabrique_reelle


@pytest.fixture
def awa(client: ClientStrict, creer: Fabriques, session: Session) -> User:
    """Logged in, with an association."""
    usager = creer.usager(prenom="Awa", nom="Diallo")
    creer.mandat(usager, creer.association(denomination="Les Amis du Canal"))
    session.commit()
    client.connecter(usager)
    return usager


def _demander(client: ClientStrict, email: str = NOUVELLE) -> None:
    client.get(PAGE)
    client.soumettre({"email": email})


def _lettres(moyens: Moyens) -> dict[str, Lettre]:
    """The letters that left, the last one of each reader."""
    while courriels.send_due(moyens):
        pass
    assert isinstance(moyens.messagerie, BoiteDemonstration)
    return {lettre.destinataire: lettre for lettre in reversed(moyens.messagerie.lister())}


def _lien(lettre: Lettre) -> str:
    return re.search(r"http://portail\.test(\S+)", lettre.texte)[1]


def _email(session: Session, user: User) -> str:
    return session.scalars(select(User.email).where(User.id == user.id)).one()


def _vieillir(session: Session, age: timedelta) -> None:
    session.execute(update(ChangementAdresse).values(created_at=maintenant() - age))
    session.commit()


def _ailleurs(app: Flask, user: User | None = None) -> ClientStrict:
    autre = app.test_client()
    assert isinstance(autre, ClientStrict)
    if user is not None:
        autre.connecter(user)
    return autre


def test_the_new_address_serves_once_proved_and_the_mandats_follow(
    client: ClientStrict, app: Flask, awa: User, moyens: Moyens, session: Session
) -> None:
    ancienne, ailleurs = awa.email, _ailleurs(app, awa)
    _demander(client, f" {NOUVELLE.upper()} ")
    assert f"Un courriel part à {NOUVELLE}" in client.texte()
    lettres = _lettres(moyens)
    assert "72" in lettres[ancienne].texte
    assert _email(session, awa) == ancienne, "nothing changes before the proof"
    for _ in range(2):
        assert client.get(_lien(lettres[NOUVELLE])).status_code == 200
    assert _email(session, awa) == ancienne, "looking changes nothing"
    client.soumettre()
    assert "Votre adresse est changée" in client.texte()
    session.expire_all()
    assert _email(session, awa) == NOUVELLE
    assert ailleurs.get("/compte").status_code == 303, "sessions elsewhere are closed"
    client.get("/associations")
    assert "Les Amis du Canal" in client.texte()
    actions = session.scalars(select(Evenement.action).order_by(Evenement.id)).all()
    assert actions[-2:] == ["changement_adresse_demande", "adresse_changee"]


def test_one_logs_in_with_the_new_address_and_the_former_opens_the_account_no_more(
    client: ClientStrict, app: Flask, awa: User, moyens: Moyens, session: Session
) -> None:
    ancienne = awa.email
    _demander(client)
    client.get(_lien(_lettres(moyens)[NOUVELLE]))
    client.soumettre()
    for email, attendu in ((NOUVELLE, "Awa Diallo"), (ancienne, "Votre nom")):
        autre = _ailleurs(app)
        autre.get("/connexion")
        autre.soumettre({"email": email})
        autre.get(_lien(_lettres(moyens)[email]))
        autre.soumettre()
        assert attendu in autre.texte()


def test_a_link_on_its_way_to_the_former_address_dies_with_the_change(
    client: ClientStrict, app: Flask, awa: User, moyens: Moyens
) -> None:
    ancienne, autre = awa.email, _ailleurs(app)
    autre.get("/connexion")
    autre.soumettre({"email": ancienne})
    en_route = _lien(_lettres(moyens)[ancienne])
    _demander(client)
    client.get(_lien(_lettres(moyens)[NOUVELLE]))
    client.soumettre()
    assert autre.get(en_route).status_code == 410


def test_it_needs_a_fresh_proof_and_keeps_what_was_typed(client: ClientStrict, awa: User, session: Session) -> None:
    client.get(PAGE)
    session.execute(update(SessionConnexion).values(prouvee_at=maintenant() - timedelta(hours=13)))
    session.commit()
    client.soumettre({"email": NOUVELLE})
    assert "Confirmez votre adresse" in client.texte()
    assert "Ce que vous avez saisi est conservé" in client.texte()
    assert session.scalar(select(func.count()).select_from(ChangementAdresse)) == 0
    assert client.get(PAGE).headers["Location"].startswith("/compte/preuve")


def test_an_address_that_has_an_account_gets_the_same_answer_and_no_working_link(
    client: ClientStrict, awa: User, creer: Fabriques, moyens: Moyens, session: Session
) -> None:
    autre = creer.usager()
    session.commit()
    vus = []
    for email in (NOUVELLE, autre.email):
        client.get(PAGE)
        with requetes() as ordres:
            reponse = client.soumettre({"email": email}, suivre=False)
        client.get(PAGE)
        vus.append((reponse.status_code, client.texte().replace(email, "EMAIL"), len(ordres)))
    assert vus[0] == vus[1]
    lettre = _lettres(moyens)[autre.email]
    assert "a déjà son propre compte" in lettre.texte
    assert "/compte/adresse/" not in lettre.texte
    assert session.scalars(select(ChangementAdresse.secret_hash).order_by(ChangementAdresse.id)).all()[-1] is None


def test_an_address_taken_meanwhile_is_refused_and_nothing_changes(
    client: ClientStrict, awa: User, creer: Fabriques, moyens: Moyens, session: Session
) -> None:
    ancienne = awa.email
    _demander(client)
    lien = _lien(_lettres(moyens)[NOUVELLE])
    creer.usager(email=NOUVELLE)
    session.commit()
    client.get(lien)
    assert client.soumettre().status_code == 409
    assert "Rien n’a changé" in client.texte()
    session.expire_all()
    assert _email(session, awa) == ancienne


def test_the_link_is_for_the_person_who_asked(
    client: ClientStrict, app: Flask, awa: User, creer: Fabriques, moyens: Moyens, session: Session
) -> None:
    autre = creer.usager()
    session.commit()
    _demander(client)
    lien = _lien(_lettres(moyens)[NOUVELLE])
    assert _ailleurs(app).get(lien).headers["Location"].startswith("/connexion?suite=")
    ailleurs = _ailleurs(app, autre)
    assert (ailleurs.get(lien).status_code, ailleurs.poster(lien).status_code) == (404, 404)


def test_a_link_used_expired_or_replaced_says_so(
    client: ClientStrict, awa: User, moyens: Moyens, session: Session
) -> None:
    _demander(client)
    premier = _lien(_lettres(moyens)[NOUVELLE])
    _demander(client)
    assert client.get(premier).status_code == 410
    assert "remplacé par une demande plus récente" in client.texte()
    second = _lien(_lettres(moyens)[NOUVELLE])
    session.execute(update(ChangementAdresse).values(expires_at=maintenant() - timedelta(seconds=1)))
    session.commit()
    assert client.poster(second).status_code == 410
    assert "Ce lien a expiré" in client.texte()
    _demander(client)
    troisieme = _lien(_lettres(moyens)[NOUVELLE])
    client.get(troisieme)
    client.soumettre()
    assert client.poster(troisieme).status_code == 410
    assert "Votre adresse est déjà changée" in client.texte()


@pytest.mark.parametrize("fait", [False, True])
def test_the_former_address_cancels_before_or_after_and_closes_every_session(
    client: ClientStrict, app: Flask, awa: User, moyens: Moyens, session: Session, *, fait: bool
) -> None:
    ancienne = awa.email
    _demander(client)
    lettres = _lettres(moyens)
    if fait:
        client.get(_lien(lettres[NOUVELLE]))
        client.soumettre()
    victime, lien = _ailleurs(app), _lien(lettres[ancienne])
    for _ in range(2):
        assert victime.get(lien).status_code == 200
    victime.soumettre()
    assert "toutes les sessions du compte sont fermées" in victime.texte()
    session.expire_all()
    assert _email(session, awa) == ancienne
    assert client.get("/compte").status_code == 303
    assert victime.get(lien).status_code == 410
    client.connecter(awa)
    assert client.poster(_lien(lettres[NOUVELLE])).status_code == 410, "the cancelled change is not proved any more"
    assert (
        session.scalars(select(Evenement.action).order_by(Evenement.id)).all().count("changement_adresse_annule") == 1
    )


def test_nobody_cancels_after_72_hours(client: ClientStrict, awa: User, moyens: Moyens, session: Session) -> None:
    ancienne = awa.email
    _demander(client)
    lettres = _lettres(moyens)
    _vieillir(session, timedelta(hours=71, minutes=59))
    assert client.get(_lien(lettres[ancienne])).status_code == 200
    _vieillir(session, timedelta(hours=72, minutes=1))
    assert client.get(_lien(lettres[ancienne])).status_code == 410
    assert client.poster(_lien(lettres[ancienne])).status_code == 410


def test_a_thief_who_changes_twice_cannot_undo_the_cancellation(
    client: ClientStrict, app: Flask, awa: User, moyens: Moyens, session: Session
) -> None:
    ancienne = awa.email
    _demander(client, "voleur@example.org")
    lettres = _lettres(moyens)
    client.get(_lien(lettres["voleur@example.org"]))
    client.soumettre()
    _demander(client, "voleur.encore@example.org")
    suivantes = _lettres(moyens)
    client.get(_lien(suivantes["voleur.encore@example.org"]))
    client.soumettre()
    victime = _ailleurs(app)
    victime.get(_lien(lettres[ancienne]))
    victime.soumettre()
    session.expire_all()
    assert _email(session, awa) == ancienne
    assert _ailleurs(app).get(_lien(suivantes["voleur@example.org"])).status_code == 410


def test_an_address_given_back_that_has_become_an_account_is_told(
    client: ClientStrict, app: Flask, awa: User, creer: Fabriques, moyens: Moyens, session: Session
) -> None:
    ancienne = awa.email
    _demander(client)
    lettres = _lettres(moyens)
    client.get(_lien(lettres[NOUVELLE]))
    client.soumettre()
    creer.usager(email=ancienne)
    session.commit()
    autre = _ailleurs(app)
    autre.get(_lien(lettres[ancienne]))
    assert autre.soumettre().status_code == 409
    assert "Écrivez-nous" in autre.texte()


@pytest.mark.parametrize(("email", "phrase"), [("", "Indiquez votre nouvelle"), ("meme", "C’est déjà votre adresse")])
def test_an_address_that_changes_nothing_is_refused_with_words(
    client: ClientStrict, awa: User, session: Session, email: str, phrase: str
) -> None:
    client.get(PAGE)
    assert client.soumettre({"email": awa.email if email == "meme" else email}).status_code == 422
    assert phrase in client.texte()
    assert session.scalar(select(func.count()).select_from(Courriel)) == 0


def test_the_sixth_change_in_a_day_is_refused(client: ClientStrict, awa: User, session: Session) -> None:
    for rang in range(5):
        _demander(client, f"awa{rang}@example.org")
    client.get(PAGE)
    assert client.soumettre({"email": NOUVELLE}).status_code == 422
    assert "Recommencez demain" in client.texte()
    assert session.scalar(select(func.count()).select_from(ChangementAdresse)) == 5


def test_two_people_who_prove_one_address_at_once_get_one_account(config: Config, fabrique_reelle: Fabrique) -> None:
    app = create_app(config, moyens=make_moyens(config, fabrique=fabrique_reelle))
    app.test_client_class = ClientStrict
    navigateurs = []
    with fabrique_reelle() as session:
        creer = Fabriques(session)
        for rang in range(2):
            usager = creer.usager()
            session.add(
                ChangementAdresse(
                    user_id=usager.id,
                    ancienne=usager.email,
                    nouvelle=NOUVELLE,
                    secret_hash=hash_secret(f"secret{rang}"),
                    expires_at=maintenant() + timedelta(minutes=5),
                )
            )
            session.commit()
            navigateurs.append(_ailleurs(app, usager))
    app.config["WTF_CSRF_ENABLED"] = False
    with ThreadPoolExecutor(2) as fils:
        statuts = list(fils.map(lambda rang: navigateurs[rang].post(f"{PAGE}/secret{rang}").status_code, range(2)))
    assert sorted(statuts) == [303, 409]
    with fabrique_reelle() as session:
        assert session.scalar(select(func.count()).select_from(User).where(User.email == NOUVELLE)) == 1


def test_addresses_that_changed_long_ago_are_forgotten(
    client: ClientStrict, awa: User, moyens: Moyens, session: Session
) -> None:
    _demander(client)
    for jours, restent in ((89, 1), (91, 0)):
        _vieillir(session, timedelta(days=jours))
        purge(session)
        session.commit()
        assert session.scalar(select(func.count()).select_from(ChangementAdresse)) == restent
