"""The status of the CER reads the same in the queue, the dossier, its summary, the workbook, the request and its récépissé."""

from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models.connexion import User
from portal.models.documents import Document
from portal.models.dossiers import Dossier
from portal.models.services import Service
from portal.vocabulaire import GenreDocument
from tests import saisies
from tests.client import ClientStrict
from tests.exports_lus import classeur_de
from tests.factories import Fabriques

SOUSCRIT_SUR_DS = (
    "L’association a souscrit le contrat d’engagement républicain le 12 mars 2026, "
    "attesté dans un dossier de Démarches Simplifiées."
)


@pytest.fixture
def ddets(creer: Fabriques) -> Service:
    return creer.service("DDETS")


@pytest.fixture
def dossier(creer: Fabriques, session: Session, ddets: Service) -> Dossier:
    """A dossier of DS whose form says that the association has subscribed."""
    dossier = creer.dossier_ds(
        ddets, association_id=creer.association().id, date_depot=datetime(2026, 3, 20, tzinfo=UTC)
    )
    assert dossier.ds
    dossier.ds.cer_atteste, dossier.ds.cer_date = True, date(2026, 3, 12)
    session.commit()
    return dossier


@pytest.fixture
def agent(client: ClientStrict, creer: Fabriques, ddets: Service) -> User:
    agent = creer.agent(ddets)
    client.connecter(agent)
    return agent


def imprime(session: Session, genre: GenreDocument) -> str:
    """The last document of that kind, as its HTML."""
    html = session.scalars(select(Document.html).where(Document.genre == genre).order_by(Document.id.desc())).first()
    return " ".join((html or "").split())


def test_ds_form_that_says_souscrit_reads_so_for_agents_on_every_page_and_document(
    client: ClientStrict, session: Session, dossier: Dossier, agent: User
) -> None:
    client.get("/instruction/dossiers")
    assert "depuis le 12 mars 2026, attesté dans un dossier de Démarches Simplifiées" in client.texte()
    client.get(f"/instruction/dossiers/{dossier.reference}")
    assert SOUSCRIT_SUR_DS in client.texte()
    client.soumettre(action="/synthese")
    assert SOUSCRIT_SUR_DS in imprime(session, GenreDocument.SYNTHESE)
    assert "non signé" not in imprime(session, GenreDocument.SYNTHESE)
    client.get("/instruction/dossiers")
    client.soumettre(action="/export")
    export = session.scalars(select(Document).where(Document.genre == GenreDocument.FILE_DOSSIERS)).one()
    titres, ligne = load_workbook(BytesIO(classeur_de(session, export)))["Dossiers"].iter_rows(values_only=True)
    lue = dict(zip(titres, ligne, strict=True))
    assert lue["CER"] == "signé"
    assert lue["CER depuis le"] == datetime(2026, 3, 12)  # noqa: DTZ001  # a workbook has no time zone
    assert lue["CER, texte et origine"] == "le 12 mars 2026, attesté dans un dossier de Démarches Simplifiées"


@pytest.mark.parametrize("dispense", [False, True])
def test_request_shows_the_status_beside_the_attestation_and_its_recepisse_repeats_it(
    client: ClientStrict, session: Session, creer: Fabriques, dispense: bool
) -> None:
    association, usager = creer.association(), creer.usager()
    mandat = creer.mandat(usager, association)
    if dispense:
        creer.reconnaissance(association, creer.agent())
        phrase = "L’association est dispensée de souscrire le contrat d’engagement républicain : agrément de l’État"
    else:
        signature = creer.engagement(mandat, signed_at=datetime(2026, 3, 12, 9, tzinfo=UTC))
        phrase = (
            "L’association a souscrit le contrat d’engagement républicain le 12 mars 2026, "
            f"texte version {signature.texte.version}, signé sur ce portail."
        )
    demande = creer.demande(association, usager)
    client.connecter(usager)
    client.get(f"/demandes/{demande.id}/attestations")
    assert phrase in client.texte()
    assert "L’association souscrit au contrat d’engagement républicain annexé au décret" in client.texte()
    saisies.tout_remplir(client, demande.id)
    client.get(f"/demandes/{demande.id}/relecture")
    client.soumettre(action="deposer")
    recepisse = imprime(session, GenreDocument.RECEPISSE)
    assert "souscrit par l’attestation jointe à cette demande." in recepisse
    assert (phrase in recepisse) is not dispense
