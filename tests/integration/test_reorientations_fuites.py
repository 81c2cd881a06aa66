"""A service that has handed a dossier over sees nothing that comes later: no page, search, export, mail, task, file or count."""

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from portal.formats import maintenant
from portal.models.avis import Avis
from portal.models.connexion import User
from portal.models.demandes import Demande
from portal.models.documents import Document
from portal.models.dossiers import AccesDossier, Dossier
from portal.models.echanges import Message
from portal.models.envois import Courriel
from portal.models.pieces import PieceDemande
from portal.models.services import Service
from portal.models.taches import Tache
from portal.queries import cahiers
from portal.queries.filtres_dossiers import FiltreDossiers
from portal.services import avis, decisions, etiquettes, messages, reorientations
from portal.services.decisions import Teneur
from portal.services.moyens import Moyens
from portal.vocabulaire import Audience, Etat, SensAvis, SensDecision
from portal.vocabulaire_demandes import AudienceMessage
from portal.vocabulaire_file import Onglet
from tests import fabriques_pieces, fabriques_suivi
from tests.client import ClientStrict
from tests.exports_lus import classeur_de
from tests.factories import Fabriques

CANARI = "CANARI-APRES-5508"
APRES = Teneur(sens=SensDecision.ACCEPTE, montant_accorde=Decimal("7654.00"), motivation=CANARI)


@pytest.fixture
def ddets(creer: Fabriques) -> Service:
    return creer.service("DDETS 69", email="ddets@example.org")


@pytest.fixture
def drajes(creer: Fabriques) -> Service:
    return creer.service("DRAJES", nom="Délégation régionale")


@pytest.fixture
def anciens(creer: Fabriques, ddets: Service) -> list[User]:
    """Who instructed the dossier, and who leads the service."""
    return [creer.agent(ddets), creer.responsable(ddets)]


@pytest.fixture
def presidente(creer: Fabriques) -> User:
    return creer.usager()


@pytest.fixture
def dossier(
    creer: Fabriques, session: Session, ddets: Service, presidente: User, anciens: list[User], moyens: Moyens
) -> Dossier:
    """Filed with a file, instructed, on which an avis is awaited."""
    association = creer.association(denomination="Lire ensemble")
    creer.mandat(presidente, association)
    depot = maintenant() - timedelta(days=20)
    depose = fabriques_suivi.depose(
        creer, association, presidente, ddets, remplie=True, etat=Etat.EN_INSTRUCTION, date_depot=depot
    )
    depose.instructeur_id = anciens[0].id
    fichier = fabriques_pieces.fichier(session, moyens.stockage)
    fabriques_pieces.piece_demande(session, session.get_one(Demande, depose.demande_id), fichier, nom="statuts.pdf")
    creer.demande_avis(depose, creer.service("CD 69"), demandeur_id=anciens[0].id)
    return depose


@pytest.fixture
def commandes(client: ClientStrict, session: Session, dossier: Dossier, anciens: list[User]) -> list[Document]:
    """What the service ordered of its queue before it handed the dossier over, and that the worker has not made yet."""
    client.connecter(anciens[0])
    client.get("/instruction/dossiers")
    client.soumettre(action="/export")
    client.poster(f"/instruction/dossiers/{dossier.reference}/synthese")
    return list(session.scalars(select(Document).order_by(Document.id)))


@pytest.fixture
def passe(
    session: Session,
    creer: Fabriques,
    drajes: Service,
    presidente: User,
    dossier: Dossier,
    anciens: list[User],
    commandes: list[Document],
    moyens: Moyens,
) -> Dossier:
    """Handed over to a campaign of the DRAJES; then everybody does something that the former service must not learn."""
    assert commandes
    campagne = creer.demarche(drajes)
    by = creer.acteur(anciens[0])
    reorientations.reorient(session, by=by, dossier=dossier, demarche_id=campagne.id, motif="Relève de la jeunesse.")
    session.commit()
    session.query(Courriel).delete()
    responsable = creer.acteur(creer.responsable(drajes))
    _write(session, creer, dossier, moyens, presidente)
    etiquette = etiquettes.create(session, by=responsable, nom=CANARI)
    etiquettes.put(session, by=responsable, dossier=dossier, etiquette_id=etiquette.id)
    decisions.decide(session, by=responsable, dossier=dossier, teneur=APRES)
    decisions.notify(session, by=responsable, dossier=dossier, version=1)
    dossier.intitule = CANARI
    session.commit()
    return dossier


def _write(session: Session, creer: Fabriques, dossier: Dossier, moyens: Moyens, presidente: User) -> None:
    """The association writes with a file joined, the service asked gives its avis."""
    octets = f"%PDF-1.7 {CANARI}".encode()
    fichier = fabriques_pieces.fichier(session, moyens.stockage, octets)
    assert fichier.sha256 == hashlib.sha256(octets).hexdigest()
    messages.send(
        session,
        by=fabriques_suivi.acteur_usager(session, presidente),
        dossier=dossier,
        audience=AudienceMessage.ASSOCIATION,
        texte=CANARI,
        cle="c" * 24,
        fichier=fichier,
        fichier_nom=f"{CANARI}.pdf",
    )
    expert = creer.agent(session.scalars(select(Service).where(Service.sigle == "CD 69")).one())
    avis.give(
        session,
        by=creer.acteur(expert),
        objet=dossier,
        sens=SensAvis.FAVORABLE,
        montant_propose=None,
        texte=CANARI,
        audience=Audience.SERVICES_SAISIS,
    )


def listes(app: Flask, dossier: Dossier) -> Iterator[str]:
    """Every page of agents that names no object, the queue in each of its tabs, and searches for the dossier."""
    for regle in app.url_map.iter_rules():
        ouverte = regle.rule == "/" or regle.rule.startswith(("/instruction", "/agents"))
        if "GET" in (regle.methods or ()) and not regle.arguments and ouverte:
            yield regle.rule
    yield from (f"/instruction/dossiers?onglet={onglet}" for onglet in Onglet)
    yield from (f"/instruction/dossiers?q={mots}" for mots in (dossier.reference, "Lire+ensemble", CANARI))


def test_no_list_no_search_and_no_home_says_anything_of_what_came_later(
    client: ClientStrict, app: Flask, passe: Dossier, anciens: list[User]
) -> None:
    for ancien in anciens:
        client.connecter(ancien)
        for adresse in listes(app, passe):
            reponse = client.get(adresse, follow_redirects=True)
            assert reponse.status_code in (200, 403), adresse
            for secret in (CANARI, "7\u00a0654"):
                # What one has typed in the search box stays there.
                vus = reponse.text.count(secret) if secret not in adresse else reponse.text.count(f"{secret}</")
                assert vus == 0, (adresse, secret)
            nomme = passe.reference in reponse.text and f"q={passe.reference}" not in adresse
            assert not nomme or adresse == "/instruction/reorientations", adresse


def _adresses(session: Session, regle: Rule, dossier: Dossier) -> Iterator[str]:
    """The addresses of the objects of the dossier that this rule names: its files, messages, letters, whatever its kind."""
    restes = sorted(regle.arguments - {"reference"})
    siens = [session.scalars(select(modele.id)).one() for modele in (PieceDemande, Message, Avis)]
    numeros = session.scalars(select(Document.numero).where(Document.dossier_id == dossier.id)).all()
    for valeur in numeros if restes == ["numero"] else siens:
        adresse = regle.rule.replace("<reference>", dossier.reference)
        for nom in restes:
            adresse = adresse.replace(f"<int:{nom}>", str(valeur)).replace(f"<{nom}>", str(valeur))
        yield adresse


def test_no_address_of_the_dossier_of_its_files_or_of_its_documents_opens_any_more(
    client: ClientStrict,
    app: Flask,
    session: Session,
    creer: Fabriques,
    drajes: Service,
    passe: Dossier,
    anciens: list[User],
) -> None:
    adresses = {
        adresse
        for regle in app.url_map.iter_rules()
        if "reference" in regle.arguments and regle.rule.startswith("/instruction/") and "GET" in (regle.methods or ())
        for adresse in _adresses(session, regle, passe)
    }
    documents = session.scalars(select(Document.numero).where(Document.dossier_id == passe.id)).all()
    adresses |= {f"/documents/{numero}{suite}" for numero in documents for suite in ("", "/fichier")}
    ici = f"/instruction/dossiers/{passe.reference}"
    piece = f"{ici}/pieces/{session.scalars(select(PieceDemande.id)).one()}"
    fichier = f"{ici}/echanges/{session.scalars(select(Message.id)).one()}/fichier"
    assert {ici, piece, fichier} <= adresses
    client.connecter(creer.agent(drajes))
    assert [client.get(un).status_code for un in (ici, piece, fichier)] == [200, 200, 200]
    for ancien in anciens:
        client.connecter(ancien)
        statuts = {un: client.get(un).status_code for un in sorted(adresses)}
        # 403: a gate that does not open to her role, whatever the dossier.
        assert {un: statut for un, statut in statuts.items() if statut not in (403, 404)} == {}
        assert [statuts[un] for un in (ici, piece, fichier)] == [404, 404, 404]


def test_nobody_of_the_former_service_is_written_to_or_given_a_task_and_nothing_of_it_is_counted(
    session: Session, ddets: Service, passe: Dossier, anciens: list[User]
) -> None:
    siens = {ddets.email, *(ancien.email for ancien in anciens)}
    partis = session.scalars(select(Courriel.destinataire)).all()
    assert partis, "others were written to"
    assert siens.isdisjoint(partis)
    assert session.scalars(select(Tache).where(Tache.dossier_id == passe.id, Tache.service_id == ddets.id)).all() == []
    lus = select(func.count()).select_from(AccesDossier).where(AccesDossier.service_id == ddets.id)
    assert session.scalar(lus) == 0


def test_what_was_ordered_before_and_is_made_afterwards_does_not_hold_the_dossier(
    session: Session, creer: Fabriques, passe: Dossier, anciens: list[User], commandes: list[Document]
) -> None:
    export, synthese = commandes
    livre = load_workbook(BytesIO(classeur_de(session, export)))
    assert [ligne[0] for ligne in livre["Dossiers"].iter_rows(min_row=2, values_only=True)] == []
    cahier = cahiers.cahier(session, creer.acteur(anciens[0]), FiltreDossiers())
    assert cahier.fiches == ()
    assert CANARI not in (synthese.html or "")
