"""A document is frozen when it is issued, made by a job, kept once, and opened by whom it concerns."""

import io
from dataclasses import replace
from datetime import timedelta

import pytest
from pypdf import PdfReader
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from integrations.cachet.pyhanko_cachet import CachetPyhanko, extraire_jointe
from integrations.cachet.trousseau import Trousseau
from integrations.stockage.api import StockageIndisponible
from portal.formats import maintenant
from portal.jobs import documents as travaux
from portal.jobs.application import brancher
from portal.models.connexion import User
from portal.models.documents import Document, Fichier
from portal.models.engagements import Engagement
from portal.models.services import Affectation
from portal.permissions import Acteur
from portal.queries.connexion import acteur_of
from portal.queries.recus import recu_engagement
from portal.services import documents as services
from portal.services.connexion import open_session
from portal.services.moyens import Moyens
from portal.vocabulaire import EtatDocument, GenreDocument, RoleAffectation, RoleMandat
from tests import fabriques_lectures, html
from tests.client import ClientStrict
from tests.factories import Fabriques

CLASSEUR = b"PK\x03\x04 un classeur"


@pytest.fixture(autouse=True)
def atelier(moyens: Moyens, monkeypatch: pytest.MonkeyPatch) -> None:
    """This process makes documents, as a worker does; a workbook's maker is registered."""
    brancher(moyens)
    monkeypatch.setitem(
        travaux.FABRICANTS, GenreDocument.FILE_DOSSIERS, (lambda _session, _document: CLASSEUR, services.XLSX)
    )


def acteur(session: Session, user: User) -> Acteur:
    """That account, logged in."""
    trouve = acteur_of(session, open_session(session, user))
    session.commit()
    assert trouve is not None
    return trouve


@pytest.fixture
def engagement(creer: Fabriques) -> Engagement:
    """A proved signature."""
    return creer.engagement(creer.mandat(creer.usager(), creer.association(denomination="Les Amis du Canal")))


@pytest.fixture
def recu(session: Session, engagement: Engagement) -> Document:
    """Its receipt, not made yet."""
    document = services.issue(
        session,
        by=acteur(session, engagement.signataire),
        genre=GenreDocument.RECU_ENGAGEMENT,
        nom="Reçu d’engagement : été/hiver",
        document=recu_engagement(engagement, racine="http://portail.test"),
        engagement_id=engagement.id,
    )
    session.commit()
    return document


def exporter(session: Session, by: Acteur) -> Document:
    """A view of the queue, ordered."""
    document = services.order_view(
        session, by=by, genre=GenreDocument.FILE_DOSSIERS, nom="File", parametres={"etat": "accepte"}
    )
    session.commit()
    return document


def test_the_receipt_waits_then_is_downloaded_as_a_pdf_that_says_what_was_signed(
    client: ClientStrict, session: Session, recu: Document, engagement: Engagement
) -> None:
    client.connecter(engagement.signataire)
    adresse = f"/documents/{recu.numero}"
    client.get(adresse)
    assert "en cours de préparation" in client.texte()
    assert client.get(f"{adresse}/fichier").status_code == 404
    travaux.produire(document_id=recu.id)
    client.get(adresse)
    assert "Télécharger" in client.texte()
    reponse = client.get(f"{adresse}/fichier")
    assert reponse.mimetype == "application/pdf"
    assert reponse.headers["Content-Disposition"].startswith("attachment;")
    assert "filename*=UTF-8''Re%C3%A7u%20d%E2%80%99engagement" in reponse.headers["Content-Disposition"]
    assert reponse.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert reponse.headers["X-Content-Type-Options"] == "nosniff"
    texte = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(reponse.data)).pages)
    assert "Les Amis du Canal" in texte
    assert engagement.code in texte
    session.refresh(recu)
    assert (recu.etat, recu.essais) == (EtatDocument.PRET, 1)


def test_the_receipt_is_sealed_names_its_certificate_and_bears_what_is_attached(
    session: Session, engagement: Engagement, moyens: Moyens
) -> None:
    document = services.issue(
        session,
        by=acteur(session, engagement.signataire),
        genre=GenreDocument.RECU_AVEC_PREUVE,
        nom="Reçu avec sa preuve",
        document=recu_engagement(engagement, racine="http://portail.test"),
        engagement_id=engagement.id,
        jointes={"texte-cer.md": engagement.texte.corps},
    )
    session.commit()
    travaux.produire(document_id=document.id)
    session.refresh(document)
    assert document.fichier is not None
    octets = moyens.stockage.lire(document.fichier.cle_stockage)
    etat = CachetPyhanko(moyens.trousseau).controler(octets)
    assert etat.bon
    assert document.cachet == etat.certificat
    assert extraire_jointe(octets, "texte-cer.md") == engagement.texte.corps.encode()
    texte = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(octets)).pages)
    assert etat.certificat in texte


def test_without_a_key_a_receipt_waits_and_says_why_while_other_documents_are_made(
    client: ClientStrict, session: Session, creer: Fabriques, moyens: Moyens, recu: Document, engagement: Engagement
) -> None:
    brancher(replace(moyens, trousseau=Trousseau()))
    client.application.extensions["moyens"] = replace(moyens, trousseau=Trousseau())
    export = exporter(session, acteur(session, creer.agent()))
    for document in (recu, export):
        travaux.produire(document_id=document.id)
        session.refresh(document)
    assert (recu.etat, recu.essais) == (EtatDocument.A_PRODUIRE, 0)
    assert export.etat == EtatDocument.PRET
    assert services.due(session, cachet=False) == []
    client.connecter(engagement.signataire)
    client.get(f"/documents/{recu.numero}")
    assert "Ce document attend le cachet électronique du portail" in client.texte()
    avis = client.get("/readyz").json["avis"]
    assert "les reçus attendent" in avis[0]
    brancher(moyens)
    travaux.produire(document_id=recu.id)
    session.refresh(recu)
    assert recu.etat == EtatDocument.PRET


def test_the_page_updates_itself_with_the_same_words_as_a_fresh_page(
    client: ClientStrict, recu: Document, engagement: Engagement
) -> None:
    client.connecter(engagement.signataire)
    adresse = f"/documents/{recu.numero}"
    attente = client.get(adresse).text
    assert 'hx-trigger="every 2s"' in attente
    travaux.produire(document_id=recu.id)
    fragment = html.lire(client.fragment(adresse).text, fragment=True)
    fraiche = client.get(adresse).text
    assert "hx-trigger" not in fraiche
    assert html.canonique(html.echanger(html.lire(attente), fragment)) == html.canonique(html.lire(fraiche))


def test_content_is_frozen_when_issued(session: Session, recu: Document, engagement: Engagement) -> None:
    engagement.association.denomination = "Autre nom"
    session.commit()
    travaux.produire(document_id=recu.id)
    session.refresh(recu)
    assert "Les Amis du Canal" in (recu.html or "")


def test_same_bytes_are_kept_once(client: ClientStrict, session: Session, creer: Fabriques, moyens: Moyens) -> None:
    agent = creer.agent()
    exports = [exporter(session, acteur(session, agent)) for _ in range(2)]
    for export in exports:
        travaux.produire(document_id=export.id)
    fichier = session.scalars(select(Fichier)).one()
    assert {session.get_one(Document, e.id, populate_existing=True).fichier_id for e in exports} == {fichier.id}
    ecrits = [f for f in moyens.config.stockage_dossier.rglob("*") if f.is_file()]
    assert [f.name for f in ecrits] == [fichier.cle_stockage]
    client.connecter(agent)
    reponse = client.get(f"/documents/{exports[0].numero}/fichier")
    assert reponse.data == CLASSEUR
    assert reponse.mimetype == services.XLSX
    assert reponse.headers["Content-Disposition"] == "attachment; filename=File.xlsx"


def test_a_document_is_made_once_whoever_is_asked(session: Session, creer: Fabriques) -> None:
    export = exporter(session, acteur(session, creer.agent()))
    travaux.produire(document_id=export.id)
    travaux.produire(document_id=export.id)
    session.refresh(export)
    assert export.essais == 1


def test_after_three_failures_the_reader_is_told_and_may_try_again(
    client: ClientStrict, session: Session, creer: Fabriques, moyens: Moyens
) -> None:
    agent = creer.agent()
    export = exporter(session, acteur(session, agent))
    moyens.config.stockage_dossier.write_bytes(b"no folder can be made here")
    for essai in range(3):
        assert services.due(session) == [export.id], essai
        session.commit()
        with pytest.raises(StockageIndisponible):
            travaux.produire(document_id=export.id)
    assert services.due(session) == []
    session.commit()
    client.connecter(agent)
    client.get(f"/documents/{export.numero}")
    assert "Ce document n’a pas pu être préparé" in client.texte()
    assert export.numero in client.texte()
    moyens.config.stockage_dossier.unlink()
    client.soumettre(action="/reessayer")
    assert "La préparation du document recommence." in client.texte()
    travaux.produire(document_id=export.id)
    client.get(f"/documents/{export.numero}")
    assert "Télécharger" in client.texte()


def test_the_document_of_a_dead_worker_is_taken_again_after_its_lease_and_fails_at_the_third_death(
    session: Session, creer: Fabriques
) -> None:
    export = exporter(session, acteur(session, creer.agent()))
    for _ in range(services.ESSAIS):
        assert services.take(session, export.id) is not None
        assert services.take(session, export.id) is None
        export.pris_at = maintenant() - services.BAIL - timedelta(seconds=1)
        session.flush()
        assert services.due(session) == [export.id]
    assert services.take(session, export.id) is None
    assert export.etat == EtatDocument.ECHEC


def test_a_worker_that_was_too_slow_does_not_undo_the_next_one(session: Session, creer: Fabriques) -> None:
    export = exporter(session, acteur(session, creer.agent()))
    lent = services.take(session, export.id)
    assert lent is not None
    tenu = Document(id=lent.id, essais=lent.essais)
    export.pris_at = maintenant() - services.BAIL - timedelta(seconds=1)
    session.flush()
    services.take(session, export.id)
    services.release(session, tenu)
    assert export.pris_at is not None


def test_the_sweep_orders_what_waits_once(session: Session, recu: Document) -> None:
    travaux.balayer(timestamp=0)
    commandes = text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'documents.produire'")
    assert session.scalar(commandes) == 1


def test_storage_down_is_told_and_the_document_stays(
    client: ClientStrict, session: Session, creer: Fabriques, moyens: Moyens
) -> None:
    agent = creer.agent()
    export = exporter(session, acteur(session, agent))
    travaux.produire(document_id=export.id)
    racine = moyens.config.stockage_dossier
    racine.rename(racine.with_name("ailleurs"))
    racine.write_bytes(b"no folder here")
    client.connecter(agent)
    assert client.get(f"/documents/{export.numero}/fichier").status_code == 503
    assert "réessayez dans quelques minutes" in client.texte()


def test_altered_bytes_are_never_served(
    client: ClientStrict, session: Session, creer: Fabriques, moyens: Moyens
) -> None:
    agent = creer.agent()
    export = exporter(session, acteur(session, agent))
    travaux.produire(document_id=export.id)
    fichier = session.scalars(select(Fichier)).one()
    moyens.stockage.ecrire(fichier.cle_stockage, b"altered")
    client.connecter(agent)
    assert client.get(f"/documents/{export.numero}/fichier").status_code == 503
    assert "ne correspond plus à son empreinte" in client.texte()


def test_a_receipt_opens_to_its_signatory_and_to_proved_colleagues_only(
    client: ClientStrict, creer: Fabriques, recu: Document, engagement: Engagement
) -> None:
    collegue, imposteur = creer.usager(), creer.usager()
    creer.mandat(collegue, engagement.association, RoleMandat.LECTEUR)
    creer.mandat(imposteur, engagement.association, prouve=False)
    attendus = {engagement.signataire: 200, collegue: 200, imposteur: 404, creer.usager(): 404, creer.agent(): 404}
    for lecteur, statut in attendus.items():
        client.connecter(lecteur)
        assert client.get(f"/documents/{recu.numero}").status_code == statut


def test_a_summary_is_for_the_service_that_asked_and_a_recepisse_for_all_who_read_the_dossier(
    client: ClientStrict, creer: Fabriques, session: Session
) -> None:
    proprietaire = creer.service()
    association = creer.association()
    dossier = creer.dossier(proprietaire, association=association)
    autre_service = fabriques_lectures.saisi(session, creer, dossier)
    partiel = fabriques_lectures.saisi(session, creer, dossier, sections=["projet"])
    presidente = creer.usager()
    creer.mandat(presidente, association)
    instructeur, collegue = creer.agent(proprietaire), creer.agent(proprietaire)
    commun = {"nom": "Pièce", "gabarit": "", "html": "<p>", "dossier_id": dossier.id}
    synthese = Document(
        numero="D-S", genre=GenreDocument.SYNTHESE, auteur_id=instructeur.id, service_id=proprietaire.id, **commun
    )
    recepisse = Document(numero="D-R", genre=GenreDocument.RECEPISSE, auteur_id=presidente.id, **commun)
    export = Document(
        numero="D-E", genre=GenreDocument.FILE_DOSSIERS, auteur_id=instructeur.id, service_id=proprietaire.id, **commun
    )
    session.add_all([synthese, recepisse, export])
    session.commit()
    attendus = {
        instructeur: (200, 200, 200),
        collegue: (200, 200, 404),
        autre_service: (404, 200, 404),
        partiel: (404, 404, 404),
        presidente: (404, 200, 404),
        creer.agent(): (404, 404, 404),
    }
    for lecteur, statuts in attendus.items():
        client.connecter(lecteur)
        obtenus = tuple(client.get(f"/documents/{numero}").status_code for numero in ("D-S", "D-R", "D-E"))
        assert obtenus == statuts, lecteur.email


def test_who_left_a_service_no_longer_opens_what_was_made_for_it(
    client: ClientStrict, session: Session, creer: Fabriques
) -> None:
    ancien, nouveau = creer.service(), creer.service()
    agent, dossier = creer.agent(ancien), creer.dossier(ancien)
    commun = {"gabarit": "", "html": "<p>", "auteur_id": agent.id, "service_id": ancien.id}
    session.add(Document(numero="D-S", nom="S", genre=GenreDocument.SYNTHESE, dossier_id=dossier.id, **commun))
    session.add(Document(numero="D-E", nom="E", genre=GenreDocument.FILE_DOSSIERS, **commun))
    agent.affectations[0].ended_at = maintenant()
    session.add(Affectation(user_id=agent.id, service_id=nouveau.id, role=RoleAffectation.INSTRUCTEUR))
    session.commit()
    client.connecter(agent)
    assert [client.get(f"/documents/{numero}").status_code for numero in ("D-S", "D-E")] == [404, 404]
