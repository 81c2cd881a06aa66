"""A campaign opened from the command line is what associations find."""

from datetime import datetime, timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.cli import main
from portal.db import Fabrique
from portal.errors import Forbidden, Invalid
from portal.formats import PARIS, maintenant
from portal.models.demarches import Demarche
from portal.permissions import ANONYME, SYSTEME
from portal.services.demarches import Campagne, open_campaign
from tests.client import ClientStrict
from tests.factories import Fabriques

JOUR = maintenant().astimezone(PARIS).replace(hour=0, minute=0, second=0, microsecond=0)
FONDS = Campagne(titre="Fonds local", exercice=2027, ouverture=JOUR, cloture=JOUR + timedelta(days=30))


def test_an_open_campaign_is_offered_to_associations_once(
    session: Session, creer: Fabriques, client: ClientStrict
) -> None:
    creer.service("DDETS 69")
    usager = creer.usager()
    creer.mandat(usager, creer.association())
    assert [open_campaign(session, by=SYSTEME, sigle="DDETS 69", campagne=FONDS)[1] for _ in range(2)] == [True, False]
    session.commit()
    client.connecter(usager)
    client.get("/demandes/nouvelle")
    assert client.texte().count("Fonds local") == 1


def test_dates_in_the_wrong_order_an_unknown_service_and_other_dates_are_refused(
    session: Session, creer: Fabriques
) -> None:
    creer.service("DDETS 69")
    inverse = Campagne(titre="Inverse", exercice=2027, ouverture=JOUR, cloture=JOUR)
    deplacee = Campagne(titre="Fonds local", exercice=2027, ouverture=JOUR, cloture=JOUR + timedelta(days=60))
    open_campaign(session, by=SYSTEME, sigle="DDETS 69", campagne=FONDS)
    for sigle, campagne, dit in (
        ("DDETS 69", inverse, "n’est pas après"),
        ("inconnu", FONDS, "DDETS 69"),
        ("DDETS 69", deplacee, "autres dates"),
    ):
        with pytest.raises(Invalid, match=dit):
            open_campaign(session, by=SYSTEME, sigle=sigle, campagne=campagne)
    with pytest.raises(Forbidden):
        open_campaign(session, by=ANONYME, sigle="DDETS 69", campagne=FONDS)


def test_the_command_closes_at_the_last_second_of_the_day_in_paris(
    fabrique_reelle: Fabrique, base_reelle: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for nom, valeur in {
        "PORTAL_MODE": "demo",
        "DATABASE_URL": base_reelle,
        "SECRET_KEY": "x" * 40,
        "PORTAL_URL": "http://portail.test",
        "STOCKAGE_DOSSIER": "var/fichiers",
    }.items():
        monkeypatch.setenv(nom, valeur)
    with fabrique_reelle() as session:
        Fabriques(session).service("DDETS 69")
    ordre = ["demarches", "ouvrir", "Fonds local", "--service", "DDETS 69", "--exercice", "2027"]
    dates = ["--ouverture", "15/01/2027", "--cloture", "28/02/2027", "--enveloppe", "10 000,50"]
    faite = CliRunner().invoke(main, [*ordre, *dates])
    assert faite.exit_code == 0, faite.output
    assert "28 février 2027 à 23 h 59" in " ".join(faite.output.split())
    with fabrique_reelle() as session:
        demarche = session.scalars(select(Demarche)).one()
        assert demarche.cloture == datetime(2027, 2, 28, 23, 59, 59, tzinfo=PARIS)
        assert str(demarche.enveloppe) == "10000.50"
    refusee = CliRunner().invoke(main, [*ordre, "--ouverture", "2027-01-15", "--cloture", "28/02/2027"])
    assert refusee.exit_code == 2
