"""What DS announces makes one reading of the dossier, whatever it says and however often."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from integrations.demarches_simplifiees.annonces import signer
from integrations.demarches_simplifiees.simulator.depart.generation import DEMARCHE
from integrations.demarches_simplifiees.simulator.serveur import Simulateur
from portal.app import create_app
from portal.formats import maintenant
from portal.models.demarches import Demarche
from portal.models.dossiers import DossierDS
from portal.models.synchronisation import RelectureDS
from portal.services import relectures, synchronisation
from portal.services.moyens import Moyens
from portal.vocabulaire_ds import Visibilite
from tests.integration.ds.conftest import ClientCompteur, modifier

CHEMIN = "adresse-que-seule-ds-connait-" + "x" * 8
SECRET = "whsec_c2VjcmV0LWRlcy10ZXN0cw=="


@pytest.fixture
def moyens(moyens: Moyens) -> Moyens:
    """A portal that gave DS an address and agreed on a secret."""
    return replace(moyens, config=replace(moyens.config, ds_crochet=CHEMIN, ds_crochet_secret=SECRET))


@pytest.fixture
def ds_appelle(moyens: Moyens) -> FlaskClient:
    """DS, which has neither cookie nor CSRF token."""
    app: Flask = create_app(moyens.config, moyens=moyens)
    return app.test_client()


def _annoncer(client: FlaskClient, number: object, *, chemin: str = CHEMIN, demarche: int = DEMARCHE) -> TestResponse:
    champs = {"procedure_id": demarche, "dossier_id": number, "state": "refuse", "updated_at": "hier"}
    return client.post(f"/crochets/ds/{chemin}", data=champs)


def _attentes(session: Session) -> dict[int, int]:
    attentes = {une.number: une.demandes for une in session.scalars(select(RelectureDS))}
    session.commit()
    return attentes


def _le_delai_passe(session: Session) -> None:
    session.execute(update(RelectureDS).values(prochain_essai=maintenant() - timedelta(seconds=1)))
    session.commit()


def _premier(simulateur: Simulateur) -> int:
    return min(simulateur.donnees.dossiers)


def test_an_announced_dossier_is_read_again_and_the_body_is_not_believed(
    ds_appelle: FlaskClient, moyens: Moyens, session: Session, simulateur: Simulateur, demarche: Demarche
) -> None:
    synchronisation.sync(moyens, DEMARCHE)
    number = _premier(simulateur)
    modifier(simulateur, number, state="en_instruction")
    assert _annoncer(ds_appelle, number).status_code == 204
    _le_delai_passe(session)
    assert relectures.run_due(moyens) == 1
    dossier = session.scalars(select(DossierDS).where(DossierDS.number == number)).one()
    assert dossier.dossier.statut_source == "en_instruction"
    assert _attentes(session) == {}


def test_a_flood_about_one_dossier_makes_one_reading_and_one_job(
    ds_appelle: FlaskClient,
    moyens: Moyens,
    session: Session,
    simulateur: Simulateur,
    ds: ClientCompteur,
    demarche: Demarche,
) -> None:
    number = _premier(simulateur)
    for _ in range(30):
        assert _annoncer(ds_appelle, number).status_code == 204
    assert _attentes(session) == {number: 30}
    travaux = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = :nom AND status = 'todo'"
    assert session.scalar(text(travaux), {"nom": relectures.TACHE}) == 1
    _le_delai_passe(session)
    ds.oublier()
    relectures.run_due(moyens)
    assert ds.seuls == 1


def test_announcements_about_too_many_dossiers_make_one_run(
    ds_appelle: FlaskClient, session: Session, demarche: Demarche, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relectures, "ATTENTE_MAXIMALE", 3)
    for number in range(1, 8):
        assert _annoncer(ds_appelle, number).status_code == 204
    assert len(_attentes(session)) == 3
    runs = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'synchronisation.lancer'"
    assert session.scalar(text(runs)) == 1


@pytest.mark.parametrize("number", ["", "0x1F", "-4", "9" * 40])
def test_what_cannot_be_understood_is_nothing(
    ds_appelle: FlaskClient, session: Session, demarche: Demarche, number: str
) -> None:
    assert _annoncer(ds_appelle, number).status_code == 204
    assert _attentes(session) == {}


def test_a_demarche_that_no_service_has_is_ignored(
    ds_appelle: FlaskClient, session: Session, demarche: Demarche
) -> None:
    assert _annoncer(ds_appelle, 12, demarche=DEMARCHE + 1).status_code == 204
    assert _attentes(session) == {}


def test_another_address_does_not_exist(ds_appelle: FlaskClient, session: Session, demarche: Demarche) -> None:
    assert _annoncer(ds_appelle, 12, chemin=CHEMIN[:-1]).status_code == 404
    assert ds_appelle.get(f"/crochets/ds/{CHEMIN}").status_code == 405
    assert _attentes(session) == {}


def test_no_address_is_open_while_none_is_agreed(app: Flask, session: Session) -> None:
    assert _annoncer(app.test_client(), 12, chemin="x").status_code == 404


def test_a_signed_announcement_is_verified(ds_appelle: FlaskClient, session: Session, demarche: Demarche) -> None:
    corps = f'{{"data": {{"dossier": {{"number": 12}}, "demarche": {{"number": {DEMARCHE}}}}}}}'.encode()
    instant = maintenant()
    entetes = {"webhook-id": "m", "webhook-timestamp": str(int(instant.timestamp()))}
    faux: dict[str, Any] = {**entetes, "webhook-signature": "v1,AAAA"}
    for forge in (faux, entetes, {}):
        assert ds_appelle.post(f"/crochets/ds/{CHEMIN}", data=corps, headers=forge).status_code == 403
    assert _attentes(session) == {}
    signe = signer(corps, identifiant="m", instant=instant, secret=SECRET)
    vrai = {**entetes, "webhook-signature": signe}
    assert ds_appelle.post(f"/crochets/ds/{CHEMIN}", data=corps, headers=vrai).status_code == 204
    assert _attentes(session) == {12: 1}


def test_a_body_too_large_is_refused(ds_appelle: FlaskClient, session: Session, demarche: Demarche) -> None:
    assert _annoncer(ds_appelle, "1" * 20_000).status_code == 413
    assert _attentes(session) == {}


def test_an_announced_dossier_that_ds_hides_is_unavailable_not_erased(
    ds_appelle: FlaskClient, moyens: Moyens, session: Session, simulateur: Simulateur, demarche: Demarche
) -> None:
    synchronisation.sync(moyens, DEMARCHE)
    number = _premier(simulateur)
    simulateur.donnees.mettre_a_la_corbeille(number)
    _annoncer(ds_appelle, number)
    _le_delai_passe(session)
    relectures.run_due(moyens)
    dossier = session.scalars(select(DossierDS).where(DossierDS.number == number)).one()
    assert dossier.visibilite == Visibilite.INDISPONIBLE


def test_an_outage_keeps_the_asking(
    ds_appelle: FlaskClient,
    moyens: Moyens,
    session: Session,
    simulateur: Simulateur,
    ds: ClientCompteur,
    demarche: Demarche,
) -> None:
    number = _premier(simulateur)
    _annoncer(ds_appelle, number)
    _le_delai_passe(session)
    en_panne = replace(moyens, ds=ClientCompteur("http://127.0.0.1:1/", "x", tentatives=1))
    assert relectures.run_due(en_panne) == 0
    assert _attentes(session) == {number: 1}


def test_an_outage_is_met_a_few_times_only(
    ds_appelle: FlaskClient, moyens: Moyens, session: Session, simulateur: Simulateur, demarche: Demarche
) -> None:
    for number in sorted(simulateur.donnees.dossiers):
        _annoncer(ds_appelle, number)
    _le_delai_passe(session)
    muet = ClientCompteur("http://127.0.0.1:1/", "x", tentatives=1)
    assert relectures.run_due(replace(moyens, ds=muet)) == 0
    assert muet.seuls == relectures.ECHECS_DE_SUITE
    assert len(_attentes(session)) == 12


def test_what_failed_and_waits_is_read_at_once_when_asked_for_again(
    ds_appelle: FlaskClient, moyens: Moyens, session: Session, simulateur: Simulateur, demarche: Demarche
) -> None:
    number = _premier(simulateur)
    _annoncer(ds_appelle, number)
    session.execute(update(RelectureDS).values(prochain_essai=maintenant() + timedelta(hours=1)))
    session.commit()
    _annoncer(ds_appelle, number)
    attente = session.scalars(select(RelectureDS.prochain_essai)).one()
    assert attente - maintenant() <= relectures.DELAI
