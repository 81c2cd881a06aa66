"""What an association shows of its subscription says what is true, names nobody, and never leads to the receipt."""

from io import BytesIO
from xml.etree import ElementTree

import html5lib
import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.documents.atelier import Atelier
from portal.documents.rendu import html as page_de
from portal.formats import date_fr
from portal.models.connexion import User
from portal.models.documents import Document
from portal.models.engagements import Engagement
from portal.queries import affiches_cer
from portal.vocabulaire import GenreDocument
from tests import html
from tests.client import ClientStrict
from tests.factories import Fabriques

RACINE = "http://portail.test"
NOM = 'Les "Amis" <b>du</b> Canal & Cie'


@pytest.fixture
def presidente(creer: Fabriques) -> User:
    return creer.usager(prenom="Clémentine", nom="Vauquelin")


@pytest.fixture
def engagement(creer: Fabriques, presidente: User) -> Engagement:
    return creer.engagement(creer.mandat(presidente, creer.association(denomination=NOM)))


def affiches(session: Session) -> int:
    return session.scalar(select(func.count(Document.id)).where(Document.genre == GenreDocument.AFFICHE_CER)) or 0


def test_the_public_page_says_who_when_and_which_text_and_leads_to_no_receipt(
    client: ClientStrict, engagement: Engagement
) -> None:
    reponse = client.get(f"/affiche/{engagement.code_public.lower()}")
    assert reponse.status_code == 200
    lu = client.texte()
    assert NOM in lu
    assert date_fr(engagement.signed_at) in lu
    assert "RESPECT DES SYMBOLES DE LA RÉPUBLIQUE" in lu
    assert "à comparer à Légifrance" in lu
    for secret in (engagement.code, engagement.nom, engagement.email, engagement.fonction):
        assert secret not in reponse.text


def test_the_code_of_the_receipt_opens_no_poster_and_the_other_way_round(
    client: ClientStrict, engagement: Engagement
) -> None:
    assert client.get(f"/affiche/{engagement.code}").status_code == 404
    assert client.get(f"/affiche/{engagement.code}/badge.svg").status_code == 404
    assert client.get(f"/verifier/{engagement.code_public}").status_code == 404
    assert client.get("/affiche/pas-un-code").status_code == 404


def test_who_only_declares_to_represent_an_association_displays_nothing(
    client: ClientStrict, session: Session, creer: Fabriques, presidente: User
) -> None:
    declare = creer.engagement(creer.mandat(presidente, creer.association(), prouve=False))
    assert client.get(f"/affiche/{declare.code_public}").status_code == 404
    client.connecter(presidente)
    client.get(f"/engagements/{declare.code}/informer")
    assert "ne peut pas encore être affichée" in client.texte()
    refus = client.poster(f"/engagements/{declare.code}/informer", {"taille": "A4"})
    assert refus.status_code == 403
    assert affiches(session) == 0


def test_another_person_has_no_poster_of_this_signature(
    client: ClientStrict, creer: Fabriques, engagement: Engagement
) -> None:
    client.connecter(creer.usager())
    assert client.get(f"/engagements/{engagement.code}/informer").status_code == 404


def test_a_poster_is_established_once_for_each_size(
    client: ClientStrict, session: Session, engagement: Engagement, presidente: User
) -> None:
    client.connecter(presidente)
    for taille in ("A4", "A4", "A3"):
        client.get(f"/engagements/{engagement.code}/informer")
        assert client.soumettre({"taille": taille}).status_code == 200
    assert affiches(session) == 2
    client.get(f"/engagements/{engagement.code}")
    assert "Affiche A4" not in client.texte()
    client.get(f"/engagements/{engagement.code}/informer")
    assert client.soumettre({}).status_code == 422
    assert "Choisissez la taille" in client.texte()


def test_the_badge_is_an_image_that_another_site_may_show_and_that_leaves_no_trace(
    app: Flask, engagement: Engagement
) -> None:
    reponse = app.test_client().get(f"/affiche/{engagement.code_public}/badge.svg")
    assert reponse.mimetype == "image/svg+xml"
    assert reponse.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "Set-Cookie" not in reponse.headers
    image = ElementTree.fromstring(reponse.text)  # noqa: S314  # our own answer
    titre, description = (image.findtext(f"{{http://www.w3.org/2000/svg}}{nom}") for nom in ("title", "desc"))
    assert titre == "Contrat d’engagement républicain souscrit"
    assert description
    assert description.startswith(NOM)
    assert engagement.code not in reponse.text


def test_the_lines_to_paste_are_one_link_with_its_image_whatever_the_name(
    client: ClientStrict, engagement: Engagement, presidente: User
) -> None:
    client.connecter(presidente)
    client.get(f"/engagements/{engagement.code}/informer")
    zone = html.par_id(client.arbre, "texte-balise")
    assert zone is not None
    balise = html5lib.parseFragment(zone.text or "", namespaceHTMLElements=False)
    (lien,) = list(balise)
    (image,) = list(lien)
    assert lien.get("href") == f"{RACINE}/affiche/{engagement.code_public}"
    assert image.get("src") == f"{lien.get('href')}/badge.svg"
    assert image.get("alt", "").startswith(NOM)
    message = html.par_id(client.arbre, "texte-message")
    assert message is not None
    assert NOM in (message.text or "")


@pytest.mark.parametrize(("taille", "cotes"), [("A4", [595, 842]), ("A3", [842, 1191])])
def test_the_poster_is_one_tagged_french_page_of_its_size(
    engagement: Engagement, taille: affiches_cer.Format, cotes: list[int]
) -> None:
    affiche = affiches_cer.affiche(engagement, racine=RACINE, taille=taille)
    assert engagement.code not in page_de(affiche)
    with Atelier() as atelier:
        lecteur = PdfReader(BytesIO(atelier.pdf(page_de(affiche))))
    (page,) = lecteur.pages
    assert [round(float(cote)) for cote in page.mediabox[2:]] == cotes
    assert str(lecteur.root_object["/Lang"]) == "fr"
    lu = " ".join(page.extract_text().split())
    assert NOM in lu
    assert "Respect des symboles de la République" in lu
    assert "Texte à comparer à Légifrance" in lu
    assert affiche.adresse in lu
