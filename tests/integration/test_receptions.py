"""A request that comes by post, mail or counter: the same queue, the same states, its scans and its acknowledgement."""

import io
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from integrations.annuaire.simulateur import Simulateur
from portal.formats import PARIS, aujourdhui, maintenant
from portal.models.associations import Association
from portal.models.demarches import Demarche
from portal.models.documents import Document
from portal.models.dossiers import AccesDossier, Dossier, Financement
from portal.models.envois import Courriel
from portal.models.receptions import PieceReception, Reception
from portal.models.services import Service
from portal.vocabulaire import Etat, GenreDocument, Source
from portal.vocabulaire_instruction import EtapeFile, OrigineDossier
from tests.client import ClientStrict
from tests.factories import Fabriques
from tests.html import champs, texte

AMIS_DU_CANAL = "999 900 178"
NOUVELLE = "/instruction/receptions/nouvelle"
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"


@pytest.fixture
def ddets(creer: Fabriques) -> Service:
    return creer.service("DDETS 69", nom="ddets du Rhône")


@pytest.fixture
def campagne(creer: Fabriques, ddets: Service) -> Demarche:
    return creer.demarche(ddets, titre="Vie associative 2026")


@pytest.fixture
def agente(client: ClientStrict, creer: Fabriques, ddets: Service) -> ClientStrict:
    client.connecter(creer.agent(ddets))
    return client


def jour(nom: str, quand: date) -> dict[str, str]:
    return {f"{nom}-jour": str(quand.day), f"{nom}-mois": str(quand.month), f"{nom}-annee": str(quand.year)}


def papier(campagne: Demarche, **autres: str) -> dict[str, str]:
    """What the paper says."""
    return {
        "canal": "courrier",
        "demarche": str(campagne.id),
        "intitule": "Jardin partagé <b>",
        "montant": "1 500,50",
        "email": "tresorier@example.org",
        **jour("recue_le", aujourdhui()),
        **jour("envoyee_le", aujourdhui() - timedelta(days=2)),
        **autres,
    }


def chercher(client: ClientStrict, identifiant: str, **autres: str) -> None:
    client.get(NOUVELLE)
    client.soumettre({"identifiant": identifiant, **autres})


def test_an_association_found_in_the_register_enters_the_queue_with_its_acknowledgement(
    agente: ClientStrict, session: Session, campagne: Demarche
) -> None:
    chercher(agente, AMIS_DU_CANAL)
    assert "Les Amis du Canal" in agente.texte()
    agente.soumettre(papier(campagne))
    dossier = session.scalars(select(Dossier)).one()
    assert f"La demande est enregistrée sous le numéro {dossier.reference}" in agente.texte()
    assert (dossier.source, dossier.origine, dossier.etat) == (
        Source.PORTAIL,
        OrigineDossier.COURRIER,
        Etat.EN_CONSTRUCTION,
    )
    assert (dossier.demande_id, dossier.demandeur_nom, dossier.departement) == (None, "Les Amis du Canal", "69")
    assert dossier.date_depot.astimezone(PARIS).date() == aujourdhui()
    assert session.scalars(select(Financement.demande)).one() == dossier.montant_demande
    acces = session.scalars(select(AccesDossier)).one()
    assert (acces.etape, acces.service_id) == (EtapeFile.A_PRENDRE, campagne.service_id)
    accuse = session.scalars(select(Document).where(Document.genre == GenreDocument.RECEPISSE)).one()
    for mention in ("réputée rejetée le", "Jardin partagé &lt;b&gt;", "ddets", "R. 112-5", "courrier", accuse.numero):
        assert mention in (accuse.html or "")
    courriel = session.scalars(select(Courriel)).one()
    assert (courriel.gabarit, courriel.destinataire) == ("demande_recue", "tresorier@example.org")
    agente.get(f"/instruction/dossiers/{dossier.reference}")
    agente.get("/instruction/dossiers")
    assert dossier.reference in agente.texte()


def test_an_association_that_is_known_already_is_the_same_and_its_people_see_the_dossier(
    client: ClientStrict, session: Session, creer: Fabriques, ddets: Service, campagne: Demarche
) -> None:
    presidente, association = creer.usager(), creer.association()
    creer.mandat(presidente, association)
    client.connecter(creer.agent(ddets))
    chercher(client, association.siren, saisir="y")
    client.soumettre(papier(campagne, email="", denomination="X", adresse="Y", code_postal="69002", commune="Lyon"))
    dossier = session.scalars(select(Dossier)).one()
    assert dossier.association_id == association.id
    assert session.scalar(select(func.count()).select_from(Association)) == 1
    assert session.scalars(select(Courriel.destinataire)).all() == [presidente.email]
    client.connecter(presidente)
    client.get("/dossiers")
    assert dossier.reference in client.texte()
    assert client.get(f"/dossiers/{dossier.reference}").status_code == 200


def test_a_register_that_is_down_lets_the_association_be_described_and_a_refused_page_keeps_everything(
    agente: ClientStrict, session: Session, annuaire: Simulateur, campagne: Demarche
) -> None:
    annuaire.panne = True
    chercher(agente, AMIS_DU_CANAL)
    identite = {"denomination": "Amis", "adresse": "1 quai", "code_postal": "69009", "commune": "Lyon"}
    faux = papier(campagne, **identite, montant="12,34,5", intitule="", observations="Deux chèques.")
    assert agente.soumettre(faux).status_code == 422
    formulaire = dict(valeurs(agente))
    assert formulaire["montant"] == "12,34,5"
    assert formulaire["observations"] == "Deux chèques."
    assert formulaire["adresse"] == "1 quai"
    agente.soumettre({"montant": "12,34", "intitule": "Fête"})
    dossier = session.scalars(select(Dossier)).one()
    assert (dossier.demandeur_nom, dossier.intitule) == ("Amis", "Fête")


def valeurs(client: ClientStrict) -> list[tuple[str, str]]:
    return champs(client.formulaire())


def test_a_name_offers_the_answers_of_the_register(agente: ClientStrict, session: Session, campagne: Demarche) -> None:
    chercher(agente, "canal")
    assert "Laquelle demande" in agente.texte()
    assert agente.soumettre({}, action="/choix").status_code == 422
    agente.soumettre({"choix": "0"}, action="/choix")
    agente.soumettre(papier(campagne))
    assert session.scalars(select(Dossier.association_id)).one() is not None


def test_somebody_who_is_no_association_is_entered_too(
    agente: ClientStrict, session: Session, campagne: Demarche
) -> None:
    agente.get(f"{NOUVELLE}/autre")
    agente.soumettre(papier(campagne, nom="Commune de Tarare", siret="", code_postal="69170", commune="Tarare"))
    dossier = session.scalars(select(Dossier)).one()
    assert (dossier.association_id, dossier.demandeur_nom, dossier.departement) == (None, "Commune de Tarare", "69")


def test_what_is_missing_is_told_in_the_order_of_the_page(agente: ClientStrict, campagne: Demarche) -> None:
    agente.get(f"{NOUVELLE}/autre")
    assert agente.soumettre({}).status_code == 422
    resume = next(un for un in agente.arbre.iter("div") if "resume-erreurs" in un.get("class", ""))
    dits = texte(resume)
    attendus = ["le nom du demandeur", "comment la demande", "le jour", "la campagne", "l’intitulé"]
    assert sorted(attendus, key=dits.index) == attendus


def test_the_same_page_sent_twice_makes_one_dossier(agente: ClientStrict, session: Session, campagne: Demarche) -> None:
    agente.get(f"{NOUVELLE}/autre")
    envoi = {**dict(valeurs(agente)), **papier(campagne, nom="Commune de Tarare")}
    adresses = {agente.post(f"{NOUVELLE}/autre", data=envoi).location for _ in range(2)}
    assert len(adresses) == 1
    assert session.scalar(select(func.count()).select_from(Reception)) == 1


def test_the_day_of_receipt_begins_the_delay_and_dates_that_cannot_be_are_refused(
    agente: ClientStrict, session: Session, campagne: Demarche
) -> None:
    hier, demain = aujourdhui() - timedelta(days=1), aujourdhui() + timedelta(days=1)
    for champ, recue, envoyee in (
        ("recue_le", demain, hier),
        ("envoyee_le", hier, demain),
        ("envoyee_le", hier, aujourdhui()),
    ):
        agente.get(f"{NOUVELLE}/autre")
        dates = {**jour("recue_le", recue), **jour("envoyee_le", envoyee)}
        assert agente.soumettre(papier(campagne, nom="Tarare", **dates)).status_code == 422, champ
    agente.soumettre(papier(campagne, nom="Tarare", **jour("recue_le", hier), **jour("envoyee_le", hier)))
    dossier = session.scalars(select(Dossier)).one()
    assert dossier.date_depot.astimezone(PARIS).date() == hier


def test_a_request_sent_after_the_closing_is_entered_and_its_page_says_so(
    agente: ClientStrict, session: Session, creer: Fabriques, ddets: Service
) -> None:
    close = creer.demarche(ddets, cloture=maintenant() - timedelta(days=5))
    agente.get(f"{NOUVELLE}/autre")
    agente.soumettre(papier(close, nom="Tarare"))
    assert "Envoyée après la clôture" in agente.texte()
    agente.get(f"{NOUVELLE}/autre")
    a_temps = papier(close, nom="Tarare", **jour("envoyee_le", aujourdhui() - timedelta(days=5)))
    agente.soumettre(a_temps)
    assert "Envoyée après la clôture" not in agente.texte()
    assert session.scalar(select(func.count()).select_from(Dossier)) == 2


def test_only_campaigns_of_the_service_are_offered_and_taken(
    agente: ClientStrict, session: Session, creer: Fabriques, campagne: Demarche
) -> None:
    ailleurs = creer.demarche()
    agente.get(f"{NOUVELLE}/autre")
    assert ailleurs.titre not in agente.texte()
    assert agente.soumettre(papier(ailleurs, nom="Tarare")).status_code == 422
    assert session.scalars(select(Dossier)).all() == []


def test_scans_are_joined_one_by_one_kept_and_taken_off(
    agente: ClientStrict, session: Session, campagne: Demarche
) -> None:
    agente.get(f"{NOUVELLE}/autre")
    agente.soumettre(papier(campagne, nom="Tarare"))
    dossier = session.scalars(select(Dossier)).one()
    page = f"/instruction/dossiers/{dossier.reference}/reception"
    joints = {"fichiers": [(io.BytesIO(PDF), "demande.pdf"), (io.BytesIO(b"MZ"), "virus.exe")], "code": "scan"}
    refuse = agente.poster(f"{page}/pieces", joints, content_type="multipart/form-data")
    assert refuse.status_code == 422
    assert "virus.exe" in refuse.text
    piece = session.scalars(select(PieceReception)).one()
    assert piece.nom == "demande.pdf"
    encore = {"fichiers": [(io.BytesIO(PDF), "la même.pdf")], "code": "scan"}
    assert agente.poster(f"{page}/pieces", encore, content_type="multipart/form-data").status_code == 303
    assert session.scalar(select(func.count()).select_from(PieceReception)) == 1
    assert agente.get(f"{page}/pieces/{piece.id}").data == PDF
    agente.get(f"/instruction/dossiers/{dossier.reference}")
    assert agente.poster(f"{page}/pieces/{piece.id}/retrait").status_code == 303
    assert agente.get(f"{page}/pieces/{piece.id}").status_code == 404


def test_what_was_entered_by_mistake_is_corrected_with_a_new_acknowledgement(
    agente: ClientStrict, session: Session, creer: Fabriques, campagne: Demarche
) -> None:
    agente.get(f"{NOUVELLE}/autre")
    agente.soumettre(papier(campagne, nom="Tarare"))
    dossier = session.scalars(select(Dossier)).one()
    page = f"/instruction/dossiers/{dossier.reference}/reception/correction"
    agente.get(page)
    assert dict(valeurs(agente))["montant"] == "1500,50"
    demain, avant = aujourdhui() + timedelta(days=1), aujourdhui() - timedelta(days=40)
    assert agente.soumettre(jour("recue_le", demain)).status_code == 422
    agente.soumettre({"montant": "2 000", "intitule": "Fête", **jour("recue_le", avant), **jour("envoyee_le", avant)})
    assert "La saisie est corrigée." in agente.texte()
    session.expire_all()
    assert (dossier.intitule, dossier.montant_demande) == ("Fête", 2000)
    assert dossier.date_depot.astimezone(PARIS).date() == avant
    assert session.scalars(select(Financement.demande)).one() == 2000
    acces = session.scalars(select(AccesDossier)).one()
    assert acces.date_depot == dossier.date_depot
    assert session.scalar(select(func.count()).select_from(Document)) == 2
    perimee = {"version": "1", **papier(campagne)}
    assert agente.poster(page, perimee).status_code == 409
    dossier.etat = Etat.ACCEPTE
    session.commit()
    agente.get(page)
    assert agente.soumettre({}).status_code == 409
