"""What is typed of an avis keeps itself, is found again, stays its author's alone, and goes when the avis is given."""

from io import BytesIO

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models.avis import Avis, BrouillonAvis, RevisionAvis
from portal.models.dossiers import Dossier
from portal.models.services import Service
from portal.vocabulaire import Etat, VerdictAntivirus
from tests.client import ClientStrict
from tests.factories import Fabriques

CANARI = "CANARI-BROUILLON-5521"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@pytest.fixture
def drajes(creer: Fabriques) -> Service:
    return creer.service("DRAJES ARA")


@pytest.fixture
def dossier(creer: Fabriques, drajes: Service) -> Dossier:
    dossier = creer.dossier(creer.service("DDETS 69"), etat=Etat.EN_INSTRUCTION)
    creer.demande_avis(dossier, drajes)
    return dossier


def page(dossier: Dossier, suite: str = "") -> str:
    return f"/instruction/dossiers/{dossier.reference}/avis/donner{suite}"


def garder(client: ClientStrict, dossier: Dossier, version: str, sur: str, **valeurs: str) -> int:
    envoi = {"version": version, "page": sur, "texte": CANARI, "sens": "favorable", **valeurs}
    return client.poster(page(dossier, "/brouillon"), envoi, headers={"HX-Request": "true"}).status_code


def test_what_is_typed_keeps_itself_is_announced_and_goes_with_the_avis(
    client: ClientStrict, session: Session, creer: Fabriques, drajes: Service, dossier: Dossier
) -> None:
    client.connecter(creer.agent(drajes))
    assert garder(client, dossier, "0.0", "abc.1") == 200
    assert "vous seul le lisez" in client.texte()
    assert 'value="0.1"' in client.get(page(dossier)).text
    assert "Votre brouillon du" in client.texte()
    assert CANARI in client.texte()
    assert client.soumettre({}, action="/donner").status_code == 200
    assert session.scalars(select(Avis)).one().texte == CANARI
    assert session.scalars(select(BrouillonAvis)).all() == []


def test_nobody_else_reads_a_draft_not_even_a_colleague(
    client: ClientStrict, creer: Fabriques, drajes: Service, dossier: Dossier
) -> None:
    client.connecter(creer.agent(drajes))
    garder(client, dossier, "0.0", "abc.1")
    for autre in (creer.agent(drajes), creer.responsable(dossier.service)):
        client.connecter(autre)
        for suite in ("", "/avis", "/avis/donner", "/historique", "/impression"):
            assert CANARI not in client.get(f"/instruction/dossiers/{dossier.reference}{suite}").text
    client.connecter(creer.agent(creer.service()))
    assert garder(client, dossier, "0.0", "abc.1") == 404


def test_two_tabs_do_not_overwrite_each_other_and_a_lost_answer_is_no_conflict(
    client: ClientStrict, session: Session, creer: Fabriques, drajes: Service, dossier: Dossier
) -> None:
    client.connecter(creer.agent(drajes))
    assert garder(client, dossier, "0.0", "abc.1") == 200
    assert garder(client, dossier, "0.0", "autre.1", texte="D’un autre onglet.") == 409
    assert "dans un autre onglet" in client.texte()
    assert garder(client, dossier, "0.0", "abc.2", texte="Sans la réponse du premier envoi.") == 200
    assert garder(client, dossier, "0.0", "abc.1", texte="Arrivé trop tard.") == 409
    assert session.scalars(select(BrouillonAvis)).one().champs["texte"] == ["Sans la réponse du premier envoi."]


def test_without_javascript_a_button_keeps_the_draft_and_another_forgets_it(
    client: ClientStrict, session: Session, creer: Fabriques, drajes: Service, dossier: Dossier
) -> None:
    client.connecter(creer.agent(drajes))
    client.get(page(dossier))
    envoi = {"texte": CANARI, "geste": "brouillon"}
    assert client.soumettre(envoi, action="/donner").status_code == 200
    assert CANARI in client.texte()
    assert "Votre brouillon est gardé" in client.texte()
    assert session.scalars(select(Avis)).all() == []
    client.soumettre(action="/effacer")
    assert CANARI not in client.texte()
    assert session.scalars(select(BrouillonAvis)).all() == []


def test_a_file_survives_a_page_that_is_refused_and_is_read_once_it_is_given(
    client: ClientStrict, session: Session, creer: Fabriques, drajes: Service, dossier: Dossier
) -> None:
    client.connecter(creer.agent(drajes))
    client.get(page(dossier))
    joint = (BytesIO(PDF), "avis signé.pdf")
    assert client.soumettre({"texte": CANARI, "fichier": joint}, action="/donner").status_code == 422  # type: ignore[dict-item]  # a file is sent as bytes and a name
    assert "Choisissez le sens de votre avis." in client.texte()
    assert "Fichier joint : avis signé.pdf" in client.texte().replace("\u00a0", " ")
    assert CANARI in client.texte()
    assert client.soumettre({"sens": "favorable"}, action="/donner").status_code == 200
    avis = session.scalars(select(Avis)).one()
    assert (avis.fichier_nom, session.scalars(select(RevisionAvis)).one().fichier_id) == (
        "avis signé.pdf",
        avis.fichier_id,
    )
    adresse = f"/instruction/avis/{avis.id}"
    assert avis.fichier is not None
    avis.fichier.verdict = VerdictAntivirus.SAIN
    session.commit()
    client.connecter(creer.agent(dossier.service))
    assert client.get(f"{adresse}/fichier?version=1").data == PDF
    assert client.get(f"{adresse}/fichier").data == PDF
    client.connecter(creer.agent(creer.service()))
    assert {client.get(f"{adresse}{suite}").status_code for suite in ("", "/fichier", "/fichier?version=1")} == {404}


def test_a_file_of_another_kind_is_refused_and_what_was_typed_stays(
    client: ClientStrict, session: Session, creer: Fabriques, drajes: Service, dossier: Dossier
) -> None:
    client.connecter(creer.agent(drajes))
    client.get(page(dossier))
    envoi = {"sens": "favorable", "texte": CANARI, "fichier": (BytesIO(b"MZ\x90"), "avis.pdf")}
    assert client.soumettre(envoi, action="/donner").status_code == 422  # type: ignore[arg-type]  # a file is sent as bytes and a name
    assert "n’est ni un PDF" in client.texte()
    assert CANARI in client.texte()
    assert session.scalars(select(Avis)).all() == []


def test_a_draft_begun_before_a_colleague_changed_the_avis_says_so(
    client: ClientStrict, creer: Fabriques, drajes: Service, dossier: Dossier
) -> None:
    moi = creer.agent(drajes)
    client.connecter(moi)
    garder(client, dossier, "0.0", "abc.1")
    creer.avis(dossier, creer.agent(drajes), texte="Celui d’un collègue.")
    client.get(page(dossier))
    assert "Un collègue a modifié l’avis du service depuis" in client.texte()
    assert CANARI in client.texte()
