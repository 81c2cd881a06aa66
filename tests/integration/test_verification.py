"""Anybody checks a receipt; nobody learns who signed, but from the receipt itself."""

import io
from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from integrations.cachet.pyhanko_cachet import CachetPyhanko
from portal.formats import aujourdhui
from portal.jobs import documents as travaux
from portal.jobs.application import brancher
from portal.models.documents import Fichier
from portal.models.engagements import Engagement
from portal.permissions import SYSTEME
from portal.queries.recus import recu_engagement
from portal.routes.verification import MAXIMUM, MAXIMUM_FICHIERS
from portal.services import documents
from portal.services.moyens import Moyens
from portal.vocabulaire import EtatMandat, GenreDocument
from tests import html
from tests.client import ClientStrict
from tests.factories import Fabriques


@pytest.fixture
def engagement(creer: Fabriques) -> Engagement:
    """A proved signature."""
    usager = creer.usager(prenom="Zénobie", nom="Quatrefages")
    association = creer.association(denomination="Les Amis du Canal")
    return creer.engagement(creer.mandat(usager, association, fonction="Présidente, Mme Quatrefages"))


@pytest.fixture
def code(engagement: Engagement) -> str:
    """Its code."""
    return engagement.code


def etablir(session: Session, moyens: Moyens, engagement: Engagement, genre: GenreDocument) -> bytes:
    """A receipt, issued, made and sealed; its bytes."""
    brancher(moyens)
    avec_preuve = genre == GenreDocument.RECU_AVEC_PREUVE
    document = documents.issue(
        session,
        by=replace(SYSTEME, user_id=engagement.signataire_id),
        genre=genre,
        nom=f"Reçu d’engagement {engagement.code}",
        document=recu_engagement(
            engagement,
            racine="http://portail.test",
            preuve_jointe=aujourdhui() if avec_preuve else None,
        ),
        engagement_id=engagement.id,
        jointes={"preuve-cer.json": "{}"} if avec_preuve else None,
    )
    session.commit()
    travaux.produire(document_id=document.id)
    session.refresh(document)
    assert document.fichier is not None
    return moyens.stockage.lire(document.fichier.cle_stockage)


@pytest.fixture
def recu(session: Session, moyens: Moyens, engagement: Engagement) -> bytes:
    """The file of its receipt."""
    return etablir(session, moyens, engagement, GenreDocument.RECU_ENGAGEMENT)


def donner(client: ClientStrict, octets: bytes, nom: str = "recu.pdf") -> TestResponse:
    """Give a file to compare, as a browser does."""
    client.get("/verifier")
    champs: dict[str, object] = dict(html.champs(client.formulaire()))
    return client.post("/verifier", data={**champs, "fichier": (io.BytesIO(octets), nom)})


def test_the_page_tells_what_was_signed_and_never_by_whom(client: ClientStrict, code: str) -> None:
    client.get(f"/verifier/{code}")
    page = client.texte()
    assert "Les Amis du Canal" in page
    assert "Décret n° 2021-1947 du 31 décembre 2021, annexe, version 1" in page
    assert "lien vérifié" in page
    assert "Représente l’association, lien vérifié sur pièce par un service" in page
    assert "en attente, texte à comparer à Légifrance" in page
    assert "Quatrefages" not in page
    assert "Zénobie" not in page


def test_a_declared_link_is_said(client: ClientStrict, creer: Fabriques) -> None:
    mandat = creer.mandat(creer.usager(), creer.association(), prouve=False)
    client.get(f"/verifier/{creer.engagement(mandat, mandat_etat=EtatMandat.DECLARE).code}")
    assert "cette signature ne vaut pas encore engagement de l’association" in client.texte()


def test_the_second_signature_that_an_association_asks_for_is_awaited_then_told(
    client: ClientStrict, creer: Fabriques, session: Session, engagement: Engagement
) -> None:
    engagement.association.cer_deux_signatures = True
    session.commit()
    client.get(f"/verifier/{engagement.code}")
    assert "Une seconde signature est attendue" in client.texte()
    creer.engagement(creer.mandat(creer.usager(), engagement.association))
    client.get(f"/verifier/{engagement.code}")
    assert "attendue" not in client.texte()
    assert client.texte().count("Une personne dont le lien est vérifié a signé ce texte le") == 2


def test_the_page_tells_the_state_of_the_seal_and_of_both_receipts(
    client: ClientStrict, session: Session, moyens: Moyens, engagement: Engagement, recu: bytes
) -> None:
    client.get(f"/verifier/{engagement.code}")
    assert "apposé avec le certificat actuel du portail" in client.texte()
    assert "établi quand la journée de la signature est close" in client.texte()
    second = etablir(session, moyens, engagement, GenreDocument.RECU_AVEC_PREUVE)
    client.get(f"/verifier/{engagement.code}")
    assert "Reçu avec sa preuve" in client.texte()
    for octets in (recu, second):
        assert session.scalars(select(Fichier.sha256).where(Fichier.taille == len(octets))).first() in client.texte()


def test_a_kept_file_that_has_changed_is_told(
    client: ClientStrict, session: Session, moyens: Moyens, code: str, recu: bytes
) -> None:
    moyens.stockage.ecrire(session.scalars(select(Fichier.cle_stockage)).one(), recu + b"x")
    client.get(f"/verifier/{code}")
    assert "ne correspond plus à son empreinte" in client.texte()


def test_the_receipt_itself_is_recognised_and_gives_the_name_that_it_bears(
    client: ClientStrict, session: Session, moyens: Moyens, engagement: Engagement, recu: bytes
) -> None:
    for octets in (recu, etablir(session, moyens, engagement, GenreDocument.RECU_AVEC_PREUVE)):
        assert donner(client, octets).status_code == 200
        page = client.texte()
        assert "Identique à l’original, à l’octet près" in page
        assert "Zénobie Quatrefages" in page
        assert engagement.code in page


def test_nothing_is_kept_of_a_file_given(client: ClientStrict, moyens: Moyens, session: Session, recu: bytes) -> None:
    def gardes() -> list[str]:
        return sorted(fichier.name for fichier in moyens.config.stockage_dossier.rglob("*") if fichier.is_file())

    avant = gardes()
    donner(client, recu[:-1] + b"?")
    assert gardes() == avant
    assert len(session.scalars(select(Fichier)).all()) == 1


@pytest.mark.parametrize("place", [0.2, 0.5])
def test_a_receipt_that_has_changed_is_told_as_such_and_gives_no_name(
    place: float, client: ClientStrict, recu: bytes
) -> None:
    altere = bytearray(recu)
    altere[int(len(recu) * place)] ^= 1
    assert donner(client, bytes(altere)).status_code == 200
    page = client.texte()
    assert "Ce fichier a été modifié" in page
    assert "Quatrefages" not in page


def test_a_receipt_to_which_something_was_added_is_told_as_such(client: ClientStrict, recu: bytes) -> None:
    donner(client, recu + b"\n")
    assert "quelque chose y a été ajouté depuis" in client.texte()


def test_another_document_sealed_by_the_portal_is_no_receipt(client: ClientStrict, moyens: Moyens, recu: bytes) -> None:
    nu = travaux._place.atelier().pdf("<!doctype html><html lang=fr><title>Lettre</title><h1>Lettre</h1>")
    donner(client, CachetPyhanko(moyens.trousseau).sceller(nu, motif="Lettre"))
    assert "Scellé par ce portail, mais ce n’est pas un reçu d’engagement" in client.texte()
    donner(client, nu)
    assert "Ce PDF ne porte aucun cachet" in client.texte()


def test_a_file_that_is_no_pdf_and_no_file_at_all_are_told(client: ClientStrict) -> None:
    donner(client, b"bonjour", "note.txt")
    assert "Ce fichier n’est pas un PDF." in client.texte()
    client.get("/verifier")
    assert client.soumettre().status_code == 422
    assert "Choisissez le fichier PDF du reçu." in client.texte()


def test_too_many_files_in_a_minute_are_refused(client: ClientStrict) -> None:
    statuts = [donner(client, b"bonjour").status_code for _ in range(MAXIMUM_FICHIERS + 1)]
    assert statuts == [200] * MAXIMUM_FICHIERS + [429]


def test_a_file_that_is_too_heavy_is_refused(client: ClientStrict) -> None:
    reponse = donner(client, b"%PDF-" + b"x" * (11 << 20))
    reponse.request.environ["wsgi.input"].close()  # the test client writes a large body to a file, and leaves it open
    assert reponse.status_code == 413


def test_the_certificate_is_published_with_its_fingerprint(client: ClientStrict, moyens: Moyens) -> None:
    courant = moyens.trousseau.courant
    assert courant is not None
    client.get("/verifier/certificat")
    assert courant.empreinte in client.texte()
    assert "« Signature non approuvée »".replace(" ", "") in client.texte().replace("\u00a0", "").replace(" ", "")
    reponse = client.get("/verifier/certificat.pem")
    assert reponse.text == courant.pem
    assert "PRIVATE" not in reponse.text


@pytest.mark.parametrize("ecriture", [str.lower, lambda c: c.replace("-", " "), lambda c: c.replace("0", "O")])
def test_a_code_copied_by_hand_is_understood(client: ClientStrict, code: str, ecriture: object) -> None:
    assert callable(ecriture)
    reponse = client.get("/verifier", query_string={"code": ecriture(code)}, follow_redirects=True)
    assert reponse.status_code == 200
    assert reponse.request.path == f"/verifier/{code}"
    assert "Engagement enregistré" in client.texte()


def test_a_code_that_cannot_be_read_is_asked_again(client: ClientStrict) -> None:
    assert client.get("/verifier?code=123").status_code == 422
    assert "Il compte 16 lettres ou chiffres" in client.texte()
    assert "Rien n’est encore enregistré" not in client.texte()
    zone = html.par_id(client.arbre, "contenu")
    assert zone is not None
    assert dict(html.champs(next(zone.iter("form"))))["code"] == "123"


@pytest.mark.parametrize("inconnu", ["7Q3K-0M2X-9HTB-4DVC", "nimporte-quoi"])
def test_an_unknown_code_gets_a_clear_page(client: ClientStrict, inconnu: str) -> None:
    assert client.get(f"/verifier/{inconnu}").status_code == 404
    assert "Aucun engagement ne porte ce code" in client.texte()


def test_too_many_codes_in_a_minute_are_refused(client: ClientStrict, code: str) -> None:
    statuts = [client.get(f"/verifier/{code}").status_code for _ in range(MAXIMUM + 1)]
    assert statuts == [200] * MAXIMUM + [429]
