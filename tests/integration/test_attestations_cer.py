"""The way of paper: a page printed, signed by hand and joined, that agents judge, and the proofs that come from elsewhere."""

from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from portal.errors import Conflict, Forbidden, Invalid
from portal.formats import maintenant
from portal.models.associations import Association
from portal.models.connexion import User
from portal.models.documents import Document, Fichier
from portal.models.envois import Courriel
from portal.models.journal import Evenement
from portal.models.services import Service
from portal.models.souscriptions import AttestationCer, DemandeSignature
from portal.services import attestations_cer as services
from portal.services import papiers_cer
from portal.vocabulaire import GenreDocument, RoleAffectation, RoleMandat, VerdictAntivirus
from portal.vocabulaire_cer import EtatAttestation, EtatDemandeSignature, OrigineCer
from tests.client import ClientStrict
from tests.factories import Fabriques

PDF = b"%PDF-1.7\nla page signee"
SIGNEE_LE = {"signee_le-jour": "12", "signee_le-mois": "3", "signee_le-annee": "2026"}
LUE = {**SIGNEE_LE, "prenom": "Awa", "nom": "Diallo"}


@pytest.fixture
def service(creer: Fabriques) -> Service:
    """The service that owns a dossier of the association."""
    return creer.service()


@pytest.fixture
def association(creer: Fabriques, service: Service) -> Association:
    """An association that has a dossier there, once the text is published."""
    creer.texte_cer()
    association = creer.association(denomination="Les Amis du Canal")
    creer.dossier(service, association=association, reference="P-2026-900001")
    return association


@pytest.fixture
def paul(client: ClientStrict, creer: Fabriques, association: Association) -> User:
    """Who prepares, logged in."""
    paul = creer.usager(prenom="Paul", nom="Martin")
    creer.mandat(paul, association, RoleMandat.REDACTEUR, prouve=False)
    client.connecter(paul)
    return paul


@pytest.fixture
def papier(
    client: ClientStrict, creer: Fabriques, association: Association, paul: User, session: Session
) -> AttestationCer:
    """The page that he has joined."""
    demande = creer.demande_signature(association, paul)
    joindre(client, demande)
    return session.scalars(select(AttestationCer)).one()


def piece(octets: bytes = PDF, nom: str = "page.pdf") -> Any:
    """A file, as the test client sends it."""
    return BytesIO(octets), nom


def joindre(
    client: ClientStrict, demande: DemandeSignature, octets: bytes = PDF, nom: str = "page.pdf"
) -> TestResponse:
    """Open the page of the paper, join a file."""
    client.get(f"/signatures/{demande.code}/papier")
    return client.soumettre({**SIGNEE_LE, "fichier": piece(octets, nom)})


def admettre(client: ClientStrict, agent: User, papier: AttestationCer) -> int:
    """Log in, find the paper in the list, admit it; the status."""
    client.connecter(agent)
    client.get("/instruction/mandats")
    assert "1 à contrôler" in client.texte()
    client.get("/instruction/contrats-papier")
    assert "Les Amis du Canal" in client.texte()
    client.get(f"/instruction/contrats-papier/{papier.id}")
    return client.soumettre(LUE).status_code


def lettres_dues(session: Session) -> list[Courriel]:
    """What was told of papers, in order."""
    return list(session.scalars(select(Courriel).where(Courriel.gabarit == "papier_controle").order_by(Courriel.id)))


def test_without_an_address_the_request_prints_the_whole_text_with_its_hash_and_the_address_of_its_page(
    client: ClientStrict, association: Association, paul: User, session: Session
) -> None:
    client.get(f"/associations/{association.id}/signatures/nouvelle")
    valeurs = {"prenom": "Awa", "nom": "Diallo", "fonction": "Présidente", "moyen": "papier", "email": "oubliee@x.fr"}
    assert client.soumettre(valeurs).status_code == 200
    demande = session.scalars(select(DemandeSignature)).one()
    document = session.scalars(select(Document)).one()
    assert (demande.email, demande.document_id, document.genre) == ("", document.id, GenreDocument.ENGAGEMENT_A_SIGNER)
    page = document.html or ""
    assert f"Code QR qui mène à http://portail.test/signatures/{demande.code}" in page
    assert page.count(demande.texte.sha256) == 2
    assert "la devise de la République" in page
    assert "Texte à comparer à Légifrance" in page
    assert "que je déclare" in page
    assert session.scalars(select(Courriel)).all() == []
    client.get(f"/signatures/{demande.code}/papier")
    assert any(lien.get("href", "").endswith(document.numero) for lien in client.arbre.iter("a"))
    client.get(f"/associations/{association.id}/signatures/nouvelle")
    client.soumettre(valeurs)
    assert session.scalars(select(DemandeSignature)).one() is demande


def test_a_proved_member_opens_the_page_that_another_has_asked_for(
    client: ClientStrict, creer: Fabriques, association: Association, paul: User, session: Session
) -> None:
    client.get(f"/associations/{association.id}/signatures/nouvelle")
    client.soumettre({"prenom": "Awa", "nom": "Diallo", "fonction": "Présidente", "moyen": "papier"})
    numero = session.scalars(select(Document.numero)).one()
    for prouve, attendu in ((False, 404), (True, 200)):
        membre = creer.usager()
        creer.mandat(membre, association, prouve=prouve)
        client.connecter(membre)
        assert client.get(f"/documents/{numero}").status_code == attendu


def test_a_joined_page_waits_for_an_agent_and_counts_for_nothing_yet(
    client: ClientStrict, papier: AttestationCer, session: Session
) -> None:
    assert "La page signée est jointe." in client.texte()
    assert "à contrôler par un service" in client.texte()
    assert (papier.origine, papier.etat) == (OrigineCer.PAPIER, EtatAttestation.A_CONTROLER)
    assert (papier.date, papier.fichier_nom) == (date(2026, 3, 12), "page.pdf")
    assert papier.fichier is not None
    assert papier.fichier.verdict == VerdictAntivirus.NON_ANALYSE
    demande = papier.demande
    assert demande is not None
    assert joindre(client, demande, PDF + b" plus nette").status_code == 200
    session.refresh(papier)
    assert (papier.etat, papier.motif) == (EtatAttestation.ECARTEE, services.REMPLACEE)
    assert len(session.scalars(select(AttestationCer)).all()) == 2


@pytest.mark.parametrize(
    ("octets", "nom", "mots"),
    [
        (b"", "page.pdf", "est vide"),
        (b"MZ\x90\x00\x03", "page.pdf", "n’est ni un PDF, ni une image JPEG ou PNG"),
        (b"bonjour", "page.pdf", "n’est ni un PDF, ni une image JPEG ou PNG"),
        (PDF + b"0" * 10 * 1024 * 1024, "page.pdf", "dépasse 10\u00a0Mo"),
    ],
)
def test_a_file_is_taken_for_what_it_is(
    client: ClientStrict,
    creer: Fabriques,
    association: Association,
    paul: User,
    session: Session,
    octets: bytes,
    nom: str,
    mots: str,
) -> None:
    demande = creer.demande_signature(association, paul)
    reponse = joindre(client, demande, octets, nom)
    reponse.request.environ["wsgi.input"].close()  # the test client writes a large body to a file, and leaves it open
    assert reponse.status_code == 422
    assert " ".join(mots.split()) in client.texte()
    assert session.scalars(select(AttestationCer)).all() == []


@pytest.mark.parametrize(
    ("jour", "mots"),
    [
        ({}, "Écrivez la date qui figure sur la page signée."),
        ({"signee_le-jour": "31", "signee_le-mois": "2", "signee_le-annee": "2026"}, "n’existe pas"),
        ({"signee_le-jour": "1", "signee_le-mois": "1", "signee_le-annee": "2099"}, "n’est pas encore passé"),
        ({"signee_le-jour": "1", "signee_le-mois": "1", "signee_le-annee": "2020"}, "n’a pas pu être signé"),
    ],
)
def test_the_date_is_one_on_which_the_contract_could_be_signed(
    client: ClientStrict, creer: Fabriques, association: Association, paul: User, jour: dict[str, str], mots: str
) -> None:
    demande = creer.demande_signature(association, paul)
    client.get(f"/signatures/{demande.code}/papier")
    assert client.soumettre({**jour, "fichier": piece()}).status_code == 422
    assert mots in client.texte()


def test_an_agent_admits_the_page_as_she_reads_it_and_the_member_is_told(
    client: ClientStrict, creer: Fabriques, service: Service, papier: AttestationCer, paul: User, session: Session
) -> None:
    agent = creer.agent(service)
    client.connecter(agent)
    client.get(f"/instruction/contrats-papier/{papier.id}")
    assert papier.texte is not None
    assert papier.texte.sha256 in client.texte()
    assert admettre(client, agent, papier) == 200
    assert "signé sur papier, pièce vérifiée par un service" in client.texte()
    assert "signé sur ce portail" not in client.texte()
    session.expire_all()
    assert (papier.etat, papier.controlee_par_id, papier.service_id) == (EtatAttestation.ADMISE, agent.id, service.id)
    assert papier.demande is not None
    assert papier.demande.etat == EtatDemandeSignature.SIGNEE
    (courriel,) = lettres_dues(session)
    assert (courriel.destinataire, courriel.donnees["motif"]) == (paul.email, "")
    assert session.scalars(select(Evenement.acteur).where(Evenement.action == "attestation_cer_admise")).one()
    assert client.poster(f"/instruction/contrats-papier/{papier.id}/admission", LUE).status_code == 409


def test_a_page_set_aside_says_why_and_its_request_waits_for_another(
    client: ClientStrict, creer: Fabriques, service: Service, papier: AttestationCer, session: Session, paul: User
) -> None:
    client.connecter(creer.agent(service))
    adresse = f"/instruction/contrats-papier/{papier.id}/mise-a-l-ecart"
    client.get(adresse)
    assert client.soumettre().status_code == 422
    assert client.soumettre({"motif": "La signature manque."}).status_code == 200
    session.expire_all()
    assert (papier.etat, papier.motif) == (EtatAttestation.ECARTEE, "La signature manque.")
    (courriel,) = lettres_dues(session)
    assert (courriel.destinataire, courriel.donnees["motif"]) == (paul.email, "La signature manque.")
    assert client.poster(adresse, {"motif": "Encore"}).status_code == 409
    demande = papier.demande
    assert demande is not None
    client.connecter(paul)
    client.get(f"/associations/{papier.association_id}/signatures")
    assert "La signature manque." in client.texte()
    assert joindre(client, demande).status_code == 200


def test_a_page_admitted_by_mistake_is_taken_back_by_the_service_that_admitted_it_alone(
    client: ClientStrict,
    creer: Fabriques,
    service: Service,
    association: Association,
    papier: AttestationCer,
    session: Session,
) -> None:
    agent, autre = creer.agent(service), creer.service()
    creer.dossier(autre, association=association)
    admettre(client, agent, papier)
    with pytest.raises(Forbidden, match="Un autre service a admis"):
        papiers_cer.set_aside(session, by=creer.acteur(creer.agent(autre)), attestation=papier, motif="Non")
    session.rollback()
    client.get(f"/instruction/contrats-papier/{papier.id}/mise-a-l-ecart")
    assert client.soumettre({"motif": "Admise par erreur."}).status_code == 200
    session.expire_all()
    assert papier.etat == EtatAttestation.ECARTEE
    assert papier.demande is not None
    assert papier.demande.etat == EtatDemandeSignature.ENVOYEE


def test_only_a_service_that_owns_a_dossier_of_the_association_knows_of_its_papers(
    client: ClientStrict, creer: Fabriques, service: Service, association: Association, papier: AttestationCer
) -> None:
    saisi = creer.service()
    dossier = creer.dossier(creer.service(), association=creer.association())
    creer.acces(dossier, saisi.id)
    for etranger in (creer.agent(saisi), creer.agent()):
        client.connecter(etranger)
        client.get("/instruction/contrats-papier")
        assert "Les Amis du Canal" not in client.texte()
        for suite in ("", "/fichier", "/mise-a-l-ecart"):
            assert client.get(f"/instruction/contrats-papier/{papier.id}{suite}").status_code == 404
        assert client.poster(f"/instruction/contrats-papier/{papier.id}/admission", LUE).status_code == 404
    client.connecter(creer.agent(service, RoleAffectation.LECTEUR))
    client.get(f"/instruction/contrats-papier/{papier.id}")
    assert "pas de contrôler une pièce" in client.texte()
    assert client.poster(f"/instruction/contrats-papier/{papier.id}/admission", LUE).status_code == 403


def test_the_file_is_given_with_a_trace_and_never_when_it_is_infected(
    client: ClientStrict, creer: Fabriques, service: Service, papier: AttestationCer, session: Session
) -> None:
    client.connecter(creer.agent(service))
    adresse = f"/instruction/contrats-papier/{papier.id}/fichier"
    reponse = client.get(adresse)
    assert (reponse.status_code, reponse.data) == (200, PDF)
    assert "attachment" in reponse.headers["Content-Disposition"]
    assert session.scalars(select(Evenement).where(Evenement.action == "attestation_cer_consultee")).one()
    fichier = session.get_one(Fichier, papier.fichier_id)
    fichier.verdict = VerdictAntivirus.INFECTE
    session.commit()
    assert client.get(adresse).status_code == 403
    client.get(f"/instruction/contrats-papier/{papier.id}")
    assert "Un antivirus a trouvé un virus" in client.texte()


def test_a_paper_received_by_the_service_counts_at_once_with_who_and_when(
    client: ClientStrict, creer: Fabriques, service: Service, association: Association, session: Session
) -> None:
    agent = creer.agent(service)
    client.connecter(agent)
    client.get("/instruction/dossiers/P-2026-900001/contrat-papier")
    valeurs = {**LUE, "fonction": "Présidente", "reference": "Courrier du 3 mars 2026"}
    assert client.soumettre(valeurs).status_code == 422
    assert "Joignez le papier numérisé." in client.texte()
    client.soumettre({**valeurs, "fichier": piece()})
    assert "Le contrat signé sur papier est conservé et admis." in client.texte()
    recu = session.scalars(select(AttestationCer)).one()
    assert (recu.etat, recu.origine, recu.service_id) == (EtatAttestation.ADMISE, OrigineCer.PAPIER, service.id)
    assert (recu.controlee_par_id, recu.reference, recu.texte_id) == (agent.id, "Courrier du 3 mars 2026", None)
    client.get(f"/instruction/contrats-papier/{recu.id}")
    assert "n’a pas été imprimé par le portail" in client.texte()


def test_a_service_that_only_reads_the_dossier_keeps_no_paper(
    client: ClientStrict, creer: Fabriques, association: Association, session: Session
) -> None:
    saisi = creer.service()
    dossier = creer.dossier(association=association)
    creer.acces(dossier, saisi.id)
    client.connecter(creer.agent(saisi))
    assert client.get(f"/instruction/dossiers/{dossier.reference}/contrat-papier").status_code == 403


def test_a_line_of_a_spreadsheet_is_noted_once_and_by_whoever_owns_a_dossier(
    creer: Fabriques, service: Service, association: Association, session: Session
) -> None:
    agent = creer.acteur(creer.agent(service))
    ligne: dict[str, Any] = {
        "association_id": association.id,
        "date": date(2025, 5, 2),
        "reference": "subventions-2025.xlsx, ligne 14",
    }
    note = services.note_line(session, by=agent, nom="Diallo", **ligne)
    assert services.note_line(session, by=agent, **ligne) is note
    assert (note.origine, note.etat, note.fichier_id) == (OrigineCer.TABLEUR, EtatAttestation.ADMISE, None)
    with pytest.raises(Forbidden):
        services.note_line(session, by=creer.acteur(creer.agent()), **ligne)
    demain = (maintenant() + timedelta(days=2)).date()
    with pytest.raises(Invalid):
        services.note_line(session, by=agent, **{**ligne, "date": demain, "reference": "autre"})


def test_a_page_is_not_joined_to_a_request_that_goes_by_mail(
    creer: Fabriques, client: ClientStrict, association: Association, paul: User
) -> None:
    demande = creer.demande_signature(association, paul, email="awa@example.org")
    client.get(f"/signatures/{demande.code}/papier")
    assert "Cette demande n’attend pas de page signée" in client.texte()
    envoi = {**SIGNEE_LE, "fichier": piece()}
    assert client.poster(f"/signatures/{demande.code}/papier", envoi).status_code == Conflict.status
