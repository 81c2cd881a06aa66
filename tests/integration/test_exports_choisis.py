"""Exports with chosen columns and formats, how long they are kept, and the sheet of an association as a workbook."""

import csv
from decimal import Decimal
from io import BytesIO, StringIO
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.jobs import documents as travaux
from portal.jobs import entretien
from portal.jobs.application import brancher
from portal.models.connexion import User
from portal.models.documents import Document, Fichier
from portal.models.feuilles_travail import ModeleExport
from portal.models.services import Service
from portal.queries.exports_gardes import GARDE
from portal.services.moyens import Moyens
from portal.vocabulaire import GenreDocument
from tests import fabriques_file
from tests.client import ClientStrict
from tests.factories import Fabriques

EXPORTS = "/instruction/exports"


@pytest.fixture(autouse=True)
def ouvrier(moyens: Moyens) -> None:
    """This process makes documents, as a worker does."""
    brancher(moyens)


@pytest.fixture
def ddets(creer: Fabriques) -> Service:
    return creer.service("DDETS 69")


@pytest.fixture
def agent(creer: Fabriques, client: ClientStrict, ddets: Service) -> User:
    agent = creer.agent(ddets)
    client.connecter(agent)
    return agent


def fait(client: ClientStrict, session: Session) -> tuple[Document, bytes]:
    """The last document, made, and its file as it is downloaded."""
    document = session.scalars(select(Document).order_by(Document.id.desc()).limit(1)).one()
    travaux.produire(document_id=document.id)
    reponse = client.get(f"/documents/{document.numero}/fichier")
    assert reponse.status_code == 200
    return document, reponse.data


def test_a_view_leaves_in_csv_with_the_columns_of_a_template_and_computes_nothing(
    client: ClientStrict, session: Session, creer: Fabriques, ddets: Service, agent: User
) -> None:
    une = creer.dossier(ddets, intitule="=cmd()", montant_demande=Decimal("1234.50"), demandeur_siret="00572078400017")
    modele = fabriques_file.modele_export(creer, ddets, "Commission")
    modele.colonnes = ["dossier", "demandeur", "demande"]
    session.commit()
    client.get(EXPORTS)
    assert "Commission" in client.texte()
    client.soumettre({"format": "csv", "modele": str(modele.id)}, action=EXPORTS)
    document, octets = fait(client, session)
    assert octets.startswith(b"\xef\xbb\xbf")
    titres, ligne = csv.reader(StringIO(octets.decode("utf-8-sig")), delimiter=";")
    lue = dict(zip(titres, ligne, strict=True))
    assert lue["Dossier"] == une.reference
    assert lue["Dossier (adresse)"].endswith(f"/instruction/dossiers/{une.reference}")
    assert lue["Projet"] == "'=cmd()"
    assert (lue["SIRET"], lue["Montant demandé"]) == ("00572078400017", "1234,50")
    assert "Commune" in titres
    assert "État" not in titres
    client.get(f"/documents/{document.numero}")
    assert "reste à télécharger jusqu’au" in client.texte()


def test_a_template_is_kept_for_the_service_renamed_and_deleted_and_its_name_is_taken_once(
    client: ClientStrict, session: Session, creer: Fabriques, ddets: Service, agent: User
) -> None:
    client.get(f"{EXPORTS}/modeles")
    assert "Aucun modèle d’export" in client.texte()
    client.get(f"{EXPORTS}/modeles/nouveau")
    client.soumettre({"nom": "Commission"}, action="/modeles/nouveau")
    assert "Le modèle « Commission » est enregistré." in client.texte().replace("\u00a0", " ")
    modele = session.scalars(select(ModeleExport)).one()
    assert modele.colonnes[0] == "dossier"
    client.get(f"{EXPORTS}/modeles/nouveau")
    assert client.soumettre({"nom": "Commission"}, action="/modeles/nouveau").status_code == 422
    assert "s’appelle déjà" in client.texte()
    client.get(f"{EXPORTS}/modeles/{modele.id}")
    client.soumettre({"nom": "Bureau"}, action=f"/modeles/{modele.id}")
    assert "Bureau" in client.texte()
    client.soumettre(action="/suppression")
    assert session.scalars(select(ModeleExport)).all() == []


def test_a_template_of_another_service_is_not_taken(client: ClientStrict, creer: Fabriques, agent: User) -> None:
    ailleurs = fabriques_file.modele_export(creer, creer.service("DRAJES"), "Ailleurs")
    client.get(EXPORTS)
    assert "Ailleurs" not in client.texte()
    assert client.soumettre({"modele": str(ailleurs.id)}, action=EXPORTS).status_code == 422


def test_an_export_is_kept_a_day_then_swept_and_made_anew_on_demand(
    client: ClientStrict, session: Session, creer: Fabriques, ddets: Service, agent: User, moyens: Moyens
) -> None:
    creer.dossier(ddets)
    client.get("/instruction/dossiers")
    client.soumettre(action="/export")
    document, _ = fait(client, session)
    session.refresh(document)
    entretien.balayer_exports(timestamp=0)
    assert session.scalars(select(Fichier)).all()
    assert document.produced_at is not None
    document.produced_at -= GARDE
    session.commit()
    assert client.get(f"/documents/{document.numero}/fichier").status_code == 404
    entretien.balayer_exports(timestamp=0)
    session.expire_all()
    assert session.scalars(select(Fichier)).all() == []
    assert [f for f in moyens.config.stockage_dossier.rglob("*") if f.is_file()] == []
    client.get(f"/documents/{document.numero}")
    assert "Cet export n’est plus gardé" in client.texte()
    client.soumettre(action="/reessayer")
    travaux.produire(document_id=document.id)
    assert client.get(f"/documents/{document.numero}/fichier").status_code == 200


def test_bytes_that_another_document_bears_are_not_swept(
    client: ClientStrict, session: Session, creer: Fabriques, ddets: Service, agent: User, moyens: Moyens
) -> None:
    creer.dossier(ddets)
    client.get("/instruction/dossiers")
    client.soumettre(action="/export")
    document, _ = fait(client, session)
    session.refresh(document)
    autre = Document(
        numero="D-AUTRE",
        genre=GenreDocument.SYNTHESE,
        nom="Autre",
        gabarit="x",
        auteur_id=agent.id,
        etat=document.etat,
        fichier_id=document.fichier_id,
    )
    session.add(autre)
    assert document.produced_at is not None
    document.produced_at -= GARDE
    session.commit()
    entretien.balayer_exports(timestamp=0)
    session.expire_all()
    assert autre.fichier is not None
    assert moyens.stockage.existe(autre.fichier.cle_stockage)


def test_the_sheet_of_an_association_leaves_with_what_its_reader_may_read_in_each_format(
    client: ClientStrict, session: Session, creer: Fabriques, ddets: Service, agent: User
) -> None:
    association = creer.association(denomination="=Aviron")
    dossier = creer.dossier(ddets, association_id=association.id, montant_demande=Decimal(500), exercice=2026)
    adresse = f"/associations/{association.id}"
    client.get(adresse)
    client.soumettre(action="/export")
    _, octets = fait(client, session)
    livre = load_workbook(BytesIO(octets))
    argent = ["Montants", "Dossiers", "Avis partagés", "Publié par d’autres"]
    assert livre.sheetnames == ["Identité", *argent, "CER", "Documents", "À propos"]
    assert [cellule.value for cellule in livre["Montants"][2]] == [2026, 1, 500, 0, None]
    assert livre["Identité"]["B2"].value == "=Aviron"
    assert livre["Dossiers"]["B2"].value == dossier.reference
    assert livre["Dossiers"]["B2"].hyperlink.target.endswith(f"/instruction/dossiers/{dossier.reference}")
    assert livre["Dossiers"]["G2"].value == 500
    client.get(adresse)
    client.soumettre({"format": "csv"}, action="/export")
    _, octets = fait(client, session)
    with ZipFile(BytesIO(octets)) as archive:
        assert "Dossiers.csv" in archive.namelist()
        assert "À propos.csv" not in archive.namelist()
        assert "'=Aviron" in archive.read("Identité.csv").decode("utf-8-sig")
    etranger = creer.agent(creer.service("DRAJES"))
    client.connecter(etranger)
    assert client.poster(f"/instruction/associations/{association.id}/export").status_code == 404
