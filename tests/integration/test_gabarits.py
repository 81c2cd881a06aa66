"""A service writes the text of its letters, tries it on a dossier, publishes it; agents find the letters on the dossier."""

import io
import zipfile

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models.connexion import User
from portal.models.documents import Document
from portal.models.dossiers import Dossier
from portal.models.lettres import GabaritLettre, Lettre
from portal.models.services import Service
from portal.vocabulaire import Etat, GenreDocument, RoleAffectation
from portal.vocabulaire_instruction import EtatLettre, GenreLettre
from tests.client import ClientStrict
from tests.fabriques_decisions import deleguer, regler
from tests.fabriques_lettres import lettres_pretes
from tests.factories import Fabriques

REFUS = "/instruction/reglages/lettres/refus"


@pytest.fixture
def service(creer: Fabriques, session: Session) -> Service:
    service = creer.service(nom="DDETS du Rhône")
    regler(session, service, ville="Lyon")
    return service


@pytest.fixture
def responsable(creer: Fabriques, session: Session, service: Service) -> User:
    responsable = creer.agent(service, role=RoleAffectation.RESPONSABLE)
    deleguer(session, responsable)
    return responsable


@pytest.fixture
def dossier(creer: Fabriques, service: Service) -> Dossier:
    return creer.dossier(
        service, etat=Etat.EN_INSTRUCTION, demandeur_nom="Les Amis du Canal", intitule="Berges propres"
    )


def test_a_template_is_written_tried_and_published(
    client: ClientStrict, session: Session, responsable: User, dossier: Dossier
) -> None:
    client.connecter(responsable)
    client.get("/instruction/reglages/lettres")
    assert "texte d’origine" in client.texte()
    client.get(REFUS)
    assert "{association}" in client.texte()
    client.soumettre({"objet": "Réponse à {association}", "corps": "Votre projet **{intitule}**.\n\n{motivation}"})
    assert "Réponse à Les Amis du Canal" in client.texte()
    assert "Berges propres" in client.texte()
    assert "[motivation écrite dans la décision]" in client.texte()
    client.soumettre(action="/apercu")
    apercu = session.scalars(select(Document)).one()
    assert (apercu.genre, "Berges propres" in (apercu.html or "")) == (GenreDocument.APERCU_LETTRE, True)
    client.get(f"{REFUS}/1")
    client.soumettre(action="/publication")
    assert "version 1" in client.texte()
    session.expire_all()
    assert session.scalars(select(GabaritLettre.publie_at)).one() is not None
    assert client.poster(f"{REFUS}/1/publication").status_code == 409


def test_an_unknown_field_is_refused_by_its_name_and_what_was_typed_stays(
    client: ClientStrict, session: Session, responsable: User
) -> None:
    client.connecter(responsable)
    client.get(REFUS)
    reponse = client.soumettre({"objet": "Réponse", "corps": "Cher {asociation}, {motif}"})
    assert reponse.status_code == 422
    assert "{asociation}" in client.texte()
    assert "Cher {asociation}, {motif}" in reponse.get_data(as_text=True)
    assert session.scalars(select(GabaritLettre)).all() == []


def test_each_saving_is_a_new_version_and_old_letters_keep_theirs(
    client: ClientStrict, session: Session, responsable: User
) -> None:
    client.connecter(responsable)
    for objet in ("Premier", "Second"):
        client.get(REFUS)
        client.soumettre({"objet": objet, "corps": "{motif}"})
    versions = session.execute(select(GabaritLettre.version, GabaritLettre.objet).order_by(GabaritLettre.version))
    assert [tuple(ligne) for ligne in versions] == [(1, "Premier"), (2, "Second")]


def test_the_letters_of_a_dossier_are_on_its_page_with_a_text_to_edit(
    client: ClientStrict, session: Session, creer: Fabriques, responsable: User, dossier: Dossier
) -> None:
    creer.decision(dossier, responsable, montant_accorde=24_000)
    client.connecter(responsable)
    adresse = f"/instruction/dossiers/{dossier.reference}"
    client.get(f"{adresse}/decision")
    assert "une convention est obligatoire" in client.texte()
    client.poster(f"{adresse}/lettres", {"genre": GenreLettre.CONVENTION.value})
    lettre = session.scalars(select(Lettre)).one()
    lettres_pretes(session)
    session.commit()
    client.get(f"{adresse}/decision")
    assert "Projet de convention" in client.texte()
    assert "une convention est obligatoire" not in client.texte()
    reponse = client.get(f"{adresse}/lettres/{lettre.document.numero}/modifiable")
    archive = zipfile.ZipFile(io.BytesIO(reponse.get_data()))
    assert archive.read("mimetype") == b"application/vnd.oasis.opendocument.text"
    assert "Berges propres" in archive.read("content.xml").decode()
    assert lettre.document.numero in archive.read("styles.xml").decode()
    assert any(nom.startswith("Pictures/") for nom in archive.namelist())
    assert lettre.etat == EtatLettre.PREPAREE
