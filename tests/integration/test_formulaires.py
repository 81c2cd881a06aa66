"""The grant request form on paper: blank for a campaign, open to everybody; filled in for a request."""

import io
from datetime import date, time

import pytest
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.formats import maintenant
from portal.forms.echeances import a_paris
from portal.jobs import documents as travaux
from portal.jobs.application import brancher
from portal.models.associations import Association, Mandat
from portal.models.campagnes import PieceRequise, Question
from portal.models.connexion import User
from portal.models.demandes import Demande
from portal.models.demarches import Demarche
from portal.models.documents import Document
from portal.services import campagnes
from portal.services.moyens import Moyens
from portal.vocabulaire import EtatDocument, GenreDocument
from portal.vocabulaire_demandes import GenrePiece, GenreQuestion
from tests import fabriques_depots as preparer
from tests.client import ClientStrict
from tests.factories import Fabriques
from tests.unit.documents.lecture import mots


@pytest.fixture(autouse=True)
def atelier(moyens: Moyens) -> None:
    """This process makes documents, as a worker does."""
    brancher(moyens)


@pytest.fixture
def campagne(creer: Fabriques, session: Session) -> Demarche:
    demarche = creer.demarche(creer.service("DDETS 69", nom="DDETS du Rhône"), titre="Politique de la ville")
    session.add_all(
        [
            PieceRequise(
                demarche_id=demarche.id, code="rib", genre=GenrePiece.RIB, libelle="RIB", obligatoire=True, ordre=1
            ),
            Question(
                demarche_id=demarche.id,
                code="quartier",
                genre=GenreQuestion.TEXTE,
                libelle="Quel quartier ?",
                obligatoire=False,
                ordre=1,
            ),
        ]
    )
    session.commit()
    return demarche


@pytest.fixture
def association(creer: Fabriques) -> Association:
    return creer.association(denomination="Lire ensemble")


@pytest.fixture
def presidente(creer: Fabriques, association: Association, client: ClientStrict) -> User:
    usager = creer.usager()
    creer.mandat(usager, association)
    client.connecter(usager)
    return usager


@pytest.fixture
def demande(
    session: Session, creer: Fabriques, association: Association, presidente: User, campagne: Demarche
) -> Demande:
    return preparer.remplir(session, creer.demande(association, presidente, campagne), presidente)


def lire_pdf(octets: bytes) -> tuple[PdfReader, str]:
    lu = PdfReader(io.BytesIO(octets))
    return lu, " ".join(" ".join(page.extract_text() for page in lu.pages).split())


def test_blank_form_is_made_once_and_anybody_reads_it(
    client: ClientStrict, session: Session, creer: Fabriques, campagne: Demarche
) -> None:
    page = f"/campagnes/{campagne.id}/formulaire"
    client.get(page)
    assert "n’a pas encore été établi" in client.texte()
    assert client.get(f"{page}.pdf").status_code == 404
    client.connecter(creer.usager())
    client.get(page)
    client.soumettre(action="formulaire")
    assert "en cours de préparation" in client.texte()
    document = session.scalars(select(Document)).one()
    travaux.produire(document.id)
    client.get(page)
    client.soumettre(action="formulaire")
    assert session.scalars(select(Document.id)).all() == [document.id]
    client.get("/connexion/deconnexion")
    octets = client.get(f"{page}.pdf").data
    lu, texte = lire_pdf(octets)
    attendus = (
        "Demande de subvention, formulaire à remplir",
        "Politique de la ville",
        "DDETS du Rhône",
        "Montant demandé",
        "☐ Première demande",
        "Nombre de bénévoles",
        "Achats matières et fournitures",
        "souscrit au contrat d’engagement républicain",
        "Quel quartier ? (facultatif)",
        "Pièces à joindre",
        "Fait à",
    )
    assert [mot for mot in attendus if mot not in texte] == []
    assert lu.trailer["/Root"]["/MarkInfo"]["/Marked"]


def test_blank_form_follows_a_change_of_the_campaign(
    client: ClientStrict, session: Session, presidente: User, campagne: Demarche
) -> None:
    page = f"/campagnes/{campagne.id}/formulaire"
    client.poster(page)
    campagne.titre = "Politique de la ville 2027"
    session.commit()
    client.poster(page)
    pages = session.scalars(select(Document.html).order_by(Document.id)).all()
    assert [("2027" in (une or "")) for une in pages] == [False, True]


def test_printed_forms_say_the_closing_in_paris_and_where_the_associations_are(
    client: ClientStrict, session: Session, presidente: User, campagne: Demarche, demande: Demande
) -> None:
    campagne.fuseau, campagne.cloture = "Indian/Reunion", a_paris(date(2027, 1, 31), time(12))
    session.commit()
    client.poster(f"/campagnes/{campagne.id}/formulaire")
    client.poster(f"/demandes/{demande.id}/formulaire")
    pages = [mots(page or "") for page in session.scalars(select(Document.html).order_by(Document.id))]
    dite = "Dépôt jusqu’au 31 janvier 2027 à 12 h 00 à Paris, 15 h 00 à La Réunion"
    assert [dite in page for page in pages] == [True, True]


def test_a_draft_prints_what_is_typed_and_leaves_the_rest_to_be_written(
    client: ClientStrict, session: Session, demande: Demande
) -> None:
    client.get(f"/demandes/{demande.id}/relecture")
    client.soumettre(action="formulaire")
    document = session.scalars(select(Document).where(Document.genre == GenreDocument.FORMULAIRE_REMPLI)).one()
    travaux.produire(document.id)
    session.expire_all()
    assert document.etat == EtatDocument.PRET
    octets = client.get(f"/documents/{document.numero}/fichier").data
    _, texte = lire_pdf(octets)
    attendus = (
        "Cette demande n’est pas déposée",
        "Lire ensemble",
        "Lire au bord du canal",
        "1 234,50 €",
        "4 000,00 €",
        "☐ J’atteste",
        "Signature",
    )
    assert [mot for mot in attendus if mot not in texte] == []


def test_the_same_request_printed_twice_is_one_document_and_others_never_see_it(
    client: ClientStrict, session: Session, creer: Fabriques, demande: Demande, association: Association
) -> None:
    for _ in range(2):
        client.poster(f"/demandes/{demande.id}/formulaire")
    document = session.scalars(select(Document)).one()
    collegue = creer.usager()
    creer.mandat(collegue, association)
    client.connecter(collegue)
    assert client.get(f"/documents/{document.numero}").status_code == 200
    fil = [lien.get("href") for lien in client.arbre.findall(".//nav[@class='fil']//a")]
    assert fil == ["/demandes", f"/demandes/{demande.id}"]
    client.connecter(creer.usager())
    assert client.get(f"/documents/{document.numero}").status_code == 404
    assert client.poster(f"/demandes/{demande.id}/formulaire").status_code == 404


def test_who_has_left_the_association_reads_the_printed_draft_no_more(
    client: ClientStrict, session: Session, demande: Demande, presidente: User
) -> None:
    client.poster(f"/demandes/{demande.id}/formulaire")
    numero = session.scalars(select(Document.numero).where(Document.demande_id == demande.id)).one()
    assert client.get(f"/documents/{numero}").status_code == 200
    session.scalars(select(Mandat).where(Mandat.user_id == presidente.id)).one().ended_at = maintenant()
    session.commit()
    assert client.get(f"/documents/{numero}").status_code == 404


def test_publishing_a_campaign_orders_its_blank_form(session: Session, creer: Fabriques) -> None:
    service = creer.service()
    textes = {
        "description": "Aide aux projets.",
        "public": "Les associations.",
        "montants": "1 000 €",
        "dispositif": "FDVA",
    }
    brouillon = creer.demarche(service, publiee_at=None, **textes)
    campagnes.publish(session, by=creer.acteur(creer.responsable(service)), campagne=brouillon)
    document = session.scalars(select(Document)).one()
    assert (document.genre, document.demarche_id) == (GenreDocument.FORMULAIRE_VIERGE, brouillon.id)
