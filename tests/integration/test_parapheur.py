"""Letters leave to be signed in a batch, and their signed copies find them again by the QR code of their pages."""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pypdfium2
import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from integrations.antivirus import simulateur as clamd
from integrations.antivirus.clamd import Clamd
from integrations.antivirus.simulateur import EICAR, Humeur
from portal.jobs import documents as travaux
from portal.jobs import parapheur as travaux_parapheur
from portal.jobs.application import brancher
from portal.models.connexion import User
from portal.models.documents import Document, Fichier
from portal.models.dossiers import Dossier
from portal.models.lettres import CopieParapheur, Lettre, RetourParapheur
from portal.models.services import Service
from portal.services import antivirus, lettres_service
from portal.services.moyens import Moyens
from portal.vocabulaire import Etat, RoleAffectation, VerdictAntivirus
from portal.vocabulaire_instruction import EtatLettre, ModeNotification
from portal.vocabulaire_lettres import EtatCopie, EtatRetour
from tests.client import ClientStrict
from tests.fabriques_decisions import deleguer, regler
from tests.factories import Fabriques
from tests.integration.test_lettres_service import acteur

PARAPHEUR = "/instruction/parapheur"


@pytest.fixture(autouse=True)
def ouvrier(moyens: Moyens) -> None:
    brancher(moyens)


@pytest.fixture
def scanner(moyens: Moyens) -> Iterator[clamd.Simulateur]:
    """The worker has an antivirus that answers."""
    with clamd.demarrer() as serveur:
        brancher(replace(moyens, antivirus=Clamd(serveur.adresse, delai=5.0, delai_connexion=2.0)))
        yield serveur


@pytest.fixture
def service(creer: Fabriques, session: Session) -> Service:
    service = creer.service(nom="DDETS du Rhône")
    regler(session, service, mode_notification=ModeNotification.PARAPHEUR)
    return service


@pytest.fixture
def agent(creer: Fabriques, session: Session, service: Service) -> User:
    agent = creer.agent(service, role=RoleAffectation.RESPONSABLE)
    deleguer(session, agent)
    return agent


@pytest.fixture
def lettres(creer: Fabriques, session: Session, service: Service, agent: User) -> list[Lettre]:
    """Three letters whose PDFs are made."""
    faites = []
    for rang in range(3):
        dossier = creer.dossier(service, etat=Etat.EN_INSTRUCTION, demandeur_nom=f"Association {rang}")
        decision = creer.decision(dossier, agent, montant_accorde=Decimal(1500))
        lettre = lettres_service.prepare(session, by=acteur(session, agent), dossier=dossier, decision=decision)
        assert lettre is not None
        faites.append(lettre)
    session.commit()
    for lettre in faites:
        travaux.produire(lettre.document_id)
    session.expire_all()
    return faites


def pdf_de(moyens: Moyens, lettre: Lettre) -> bytes:
    assert lettre.document.fichier is not None
    return moyens.stockage.lire(lettre.document.fichier.cle_stockage)


def assembler(*pdfs: bytes) -> bytes:
    """One scan of all these pages."""
    tout, tampon = pypdfium2.PdfDocument.new(), io.BytesIO()
    for pdf in pdfs:
        tout.import_pages(pypdfium2.PdfDocument(pdf))
    tout.save(tampon)
    return tampon.getvalue()


def page_sans_code() -> bytes:
    """A page with ink on it, and no code: the second letter of somebody else."""
    document = pypdfium2.PdfDocument.new()
    page, tampon = document.new_page(595, 842), io.BytesIO()
    rectangle = pypdfium2.raw.FPDFPageObj_CreateNewRect(100, 100, 300, 300)
    pypdfium2.raw.FPDFPageObj_SetFillColor(rectangle, 0, 0, 0, 255)
    pypdfium2.raw.FPDFPath_SetDrawMode(rectangle, 1, 0)
    pypdfium2.raw.FPDFPage_InsertObject(page.raw, rectangle)
    pypdfium2.raw.FPDFPage_GenerateContent(page.raw)
    document.save(tampon)
    return tampon.getvalue()


def page_blanche() -> bytes:
    document, tampon = pypdfium2.PdfDocument.new(), io.BytesIO()
    document.new_page(595, 842)
    document.save(tampon)
    return tampon.getvalue()


def renvoyer(client: ClientStrict, session: Session, *fichiers: tuple[str, bytes]) -> RetourParapheur:
    """Send files back, and have their pages read."""
    client.get(PARAPHEUR)
    envoi = [(io.BytesIO(octets), nom) for nom, octets in fichiers]
    client.soumettre({"fichiers": envoi}, action="/retours")
    session.expire_all()
    retour = session.scalars(select(RetourParapheur).order_by(RetourParapheur.id.desc())).first()
    assert retour is not None
    lire(session, retour)
    return retour


def lire(session: Session, retour: RetourParapheur) -> None:
    """Run the job that reads it."""
    travaux_parapheur.lire(retour.id)
    session.expire_all()


def test_a_batch_leaves_as_one_archive_with_its_index(
    client: ClientStrict, session: Session, moyens: Moyens, agent: User, lettres: list[Lettre]
) -> None:
    client.connecter(agent)
    client.get(PARAPHEUR)
    client.soumettre(action="/envois")
    session.expire_all()
    assert {lettre.etat for lettre in lettres} == {EtatLettre.AU_PARAPHEUR}
    client.get(PARAPHEUR)
    attendues = client.texte().partition("Lettres attendues")[2]
    assert all(lettre.document.nom.rpartition(" ")[2] in attendues for lettre in lettres)
    document = session.scalars(select(Document).where(Document.genre == "parapheur")).one()
    travaux.produire(document.id)
    session.expire_all()
    assert document.fichier is not None
    archive = zipfile.ZipFile(io.BytesIO(moyens.stockage.lire(document.fichier.cle_stockage)))
    assert len([nom for nom in archive.namelist() if nom.endswith(".pdf")]) == 3
    index = archive.read("index.csv").decode("utf-8-sig")
    assert [lettre.document.numero for lettre in lettres if lettre.document.numero in index] == [
        lettre.document.numero for lettre in lettres
    ]
    client.get(f"/documents/{document.numero}")
    assert "archive ZIP" in client.texte()


def test_one_scan_of_all_the_pages_signs_each_letter(
    client: ClientStrict, session: Session, moyens: Moyens, agent: User, lettres: list[Lettre]
) -> None:
    client.connecter(agent)
    scan = assembler(pdf_de(moyens, lettres[2]), page_blanche(), pdf_de(moyens, lettres[0]), page_sans_code())
    retour = renvoyer(client, session, ("scan.pdf", scan))
    assert [(copie.pages, copie.etat) for copie in retour.copies] == [
        ("1", EtatCopie.RATTACHEE),
        ("3", EtatCopie.RATTACHEE),
        ("4", EtatCopie.A_CHOISIR),
    ]
    assert [lettre.etat for lettre in lettres] == [EtatLettre.SIGNEE, EtatLettre.PREPAREE, EtatLettre.SIGNEE]
    client.get(f"{PARAPHEUR}/retours/{retour.id}")
    client.soumettre({"lettre": lettres[1].document.numero}, action=f"/copies/{retour.copies[2].id}")
    session.expire_all()
    assert lettres[1].etat == EtatLettre.SIGNEE
    assert lettres[1].signe_fichier_id == retour.copies[2].fichier_id


def test_duplicates_replaced_letters_and_those_of_others_are_refused_with_the_reason(
    client: ClientStrict, session: Session, moyens: Moyens, creer: Fabriques, agent: User, lettres: list[Lettre]
) -> None:
    client.connecter(agent)
    premiere, deuxieme, troisieme = (pdf_de(moyens, lettre) for lettre in lettres)
    lettres[1].etat = EtatLettre.REMPLACEE
    session.commit()
    renvoyer(client, session, ("1.pdf", premiere))
    retour = renvoyer(client, session, ("1 bis.pdf", assembler(premiere)), ("2.pdf", deuxieme))
    raisons = [copie.raison for copie in retour.copies]
    assert ["déjà rattachée" in raisons[0], "remplacée" in raisons[1]] == [True, True]

    client.connecter(creer.agent(creer.service(), role=RoleAffectation.RESPONSABLE))
    ailleurs = renvoyer(client, session, ("3.pdf", troisieme))
    assert ailleurs.copies[0].etat == EtatCopie.REFUSEE
    assert lettres[2].etat == EtatLettre.PREPAREE


def test_what_is_no_pdf_is_said_in_french_and_the_rest_is_read(
    client: ClientStrict, session: Session, moyens: Moyens, agent: User, lettres: list[Lettre]
) -> None:
    client.connecter(agent)
    retour = renvoyer(client, session, ("casse.pdf", b"%PDF-1.7 casse"), ("1.pdf", pdf_de(moyens, lettres[0])))
    client.get(f"{PARAPHEUR}/retours/{retour.id}")
    assert "« casse.pdf » n’a pas pu être lu" in client.texte()
    assert lettres[0].etat == EtatLettre.SIGNEE
    assert session.scalars(select(CopieParapheur)).one().lettre_id == lettres[0].id


def test_reading_twice_keeps_nothing_twice(
    client: ClientStrict, session: Session, moyens: Moyens, agent: User, lettres: list[Lettre]
) -> None:
    client.connecter(agent)
    retour = renvoyer(client, session, ("1.pdf", pdf_de(moyens, lettres[0])))
    travaux_parapheur.lire(retour.id)
    travaux_parapheur.balayer(0)
    assert len(session.scalars(select(CopieParapheur)).all()) == 1


def test_a_file_where_the_antivirus_finds_a_virus_signs_nothing_and_the_others_are_read(
    client: ClientStrict,
    session: Session,
    moyens: Moyens,
    agent: User,
    lettres: list[Lettre],
    scanner: clamd.Simulateur,
) -> None:
    client.connecter(agent)
    infecte = ("1.pdf", pdf_de(moyens, lettres[0]) + b"\n%" + EICAR)
    retour = renvoyer(client, session, infecte, ("2.pdf", pdf_de(moyens, lettres[1])))
    client.get(f"{PARAPHEUR}/retours/{retour.id}")
    assert "a trouvé un virus dans ce fichier : il n’est pas lu, et aucune lettre n’y est rattachée" in client.texte()
    assert [lettre.etat for lettre in lettres[:2]] == [EtatLettre.PREPAREE, EtatLettre.SIGNEE]
    assert lettres[1].signe_fichier is not None
    verdicts = [un.fichier.verdict for un in retour.fichiers] + [lettres[1].signe_fichier.verdict]
    assert verdicts == [VerdictAntivirus.INFECTE, VerdictAntivirus.SAIN, VerdictAntivirus.SAIN]


def test_what_came_back_waits_for_an_antivirus_that_does_not_answer(
    client: ClientStrict,
    session: Session,
    moyens: Moyens,
    agent: User,
    lettres: list[Lettre],
    scanner: clamd.Simulateur,
) -> None:
    client.connecter(agent)
    scanner.humeur = Humeur.CHARABIA
    retour = renvoyer(client, session, ("1.pdf", pdf_de(moyens, lettres[0])))
    client.get(f"{PARAPHEUR}/retours/{retour.id}")
    assert "L’antivirus du portail ne répond pas : la lecture l’attend" in client.texte()
    assert (retour.etat, lettres[0].etat) == (EtatRetour.A_LIRE, EtatLettre.PREPAREE)
    scanner.humeur = Humeur.SAINE
    lire(session, retour)
    assert (retour.etat, lettres[0].etat) == (EtatRetour.LU, EtatLettre.SIGNEE)


def test_a_signed_copy_found_infected_later_is_given_to_nobody(
    client: ClientStrict, session: Session, moyens: Moyens, agent: User, lettres: list[Lettre]
) -> None:
    client.connecter(agent)
    retour = renvoyer(client, session, ("1.pdf", pdf_de(moyens, lettres[0])))
    dossier = lettres[0].document.dossier_id
    reference = session.get_one(Dossier, dossier).reference
    copies = (
        f"/instruction/dossiers/{reference}/lettres/{lettres[0].document.numero}/signee",
        f"{PARAPHEUR}/retours/{retour.id}/copies/{retour.copies[0].id}",
    )
    assert [client.get(adresse).status_code for adresse in copies] == [200, 200]
    session.execute(update(Fichier).values(verdict_at=Fichier.verdict_at - antivirus.RELANCE))
    assert retour.copies[0].fichier_id in {du.id for du in session.scalars(antivirus._dus())}, "an antivirus came since"
    antivirus.give_verdict(session, retour.copies[0].fichier_id, VerdictAntivirus.INFECTE)
    session.commit()
    assert [client.get(adresse).status_code for adresse in copies] == [403, 403]


def test_two_scans_of_the_same_name_are_both_read(
    client: ClientStrict, session: Session, moyens: Moyens, agent: User, lettres: list[Lettre]
) -> None:
    client.connecter(agent)
    retour = renvoyer(client, session, *(("scan.pdf", pdf_de(moyens, lettre)) for lettre in lettres))
    assert [copie.nom for copie in retour.copies] == ["scan.pdf", "scan.pdf (2)", "scan.pdf (3)"]
    assert {lettre.etat for lettre in lettres} == {EtatLettre.SIGNEE}
