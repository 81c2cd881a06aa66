"""What becomes of a request received on paper: it has no demande of its own, and everything that follows copes with it."""

import io
import zipfile

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.errors import Forbidden
from portal.models.connexion import User
from portal.models.dossiers import Dossier
from portal.models.services import Service
from portal.permissions.complements import HORS_DU_PORTAIL, can_ask_online, can_withdraw
from portal.services import dossiers as services
from portal.services import suivis
from portal.services.moyens import Moyens
from portal.vocabulaire import Etat, VerdictAntivirus
from tests import fabriques_pieces, fabriques_portes, fabriques_suivi, html
from tests.client import ClientStrict
from tests.factories import Fabriques


@pytest.fixture
def ddets(creer: Fabriques) -> Service:
    return creer.service("DDETS 69")


@pytest.fixture
def responsable(creer: Fabriques, ddets: Service) -> User:
    return creer.responsable(ddets)


@pytest.fixture
def presidente(creer: Fabriques) -> User:
    return creer.usager()


@pytest.fixture
def dossier(creer: Fabriques, ddets: Service, responsable: User, presidente: User) -> Dossier:
    association = creer.association()
    creer.mandat(presidente, association)
    return fabriques_portes.dossier_recu(creer, ddets, responsable, association=association)


def pannes(client: ClientStrict, app: Flask, debut: str, reference: str) -> list[str]:
    """Every page and every button of that dossier that answers by an error of ours."""
    trouvees = []
    for regle in sorted(app.url_map.iter_rules(), key=lambda regle: regle.rule):
        if regle.arguments != {"reference"} or not regle.rule.startswith(debut):
            continue
        adresse = regle.rule.replace("<reference>", reference)
        for methode, envoyer in (("GET", client.get), ("POST", client.poster)):
            if methode in (regle.methods or ()):
                statut = envoyer(adresse).status_code
                trouvees += [f"{methode} {adresse}: {statut}"] if statut >= 500 else []
    return trouvees


@pytest.mark.parametrize("etat", [Etat.EN_CONSTRUCTION, Etat.EN_INSTRUCTION, Etat.ACCEPTE, Etat.REFUSE])
def test_no_page_and_no_button_of_it_fails_whatever_its_etat(
    client: ClientStrict,
    app: Flask,
    session: Session,
    creer: Fabriques,
    dossier: Dossier,
    responsable: User,
    presidente: User,
    etat: Etat,
) -> None:
    dossier.etat = etat
    session.commit()
    client.connecter(responsable)
    assert pannes(client, app, "/instruction/dossiers/", dossier.reference) == []
    client.connecter(presidente)
    assert pannes(client, app, "/dossiers/", dossier.reference) == []
    saisi = creer.agent()
    creer.demande_avis(dossier, saisi.affectations[0].service)
    client.connecter(saisi)
    assert pannes(client, app, "/instruction/dossiers/", dossier.reference) == []


def test_it_is_taken_in_charge_as_any_other_and_nothing_of_it_is_corrected_or_withdrawn_online(
    session: Session, creer: Fabriques, dossier: Dossier, responsable: User, presidente: User
) -> None:
    by = creer.acteur(responsable)
    services.take_in_charge(session, by=by, dossier=dossier, version=dossier.version)
    assert (dossier.etat, dossier.instructeur_id) == (Etat.EN_INSTRUCTION, responsable.id)
    assert can_ask_online(by, dossier).raison == HORS_DU_PORTAIL
    assert can_withdraw(fabriques_suivi.acteur_usager(session, presidente), dossier).raison == HORS_DU_PORTAIL
    with pytest.raises(Forbidden):
        suivis.unfollow(session, by=by, dossier=dossier)


def test_its_origin_its_dates_and_its_scans_are_on_its_pages(
    client: ClientStrict, session: Session, creer: Fabriques, dossier: Dossier, responsable: User
) -> None:
    fabriques_portes.scan(creer, dossier, fabriques_portes.fichier(creer), responsable)
    client.connecter(responsable)
    client.get(f"/instruction/dossiers/{dossier.reference}")
    faits = [[html.texte(un) for un in client.arbre.iter(balise)] for balise in ("dt", "dd")]
    assert dict(zip(*faits, strict=True))["Origine"] == "Courrier"
    client.get("/instruction/dossiers?source=courrier")
    assert dossier.reference in client.texte()
    client.get("/instruction/dossiers?source=guichet")
    assert dossier.reference not in client.texte()
    client.get(f"/instruction/dossiers/{dossier.reference}/reception")
    for dit in ("Arrivée par courrier", "date inconnue", "demande.pdf", "Aucun accusé de réception"):
        assert dit in client.texte()
    assert session.scalars(select(Dossier)).one().origine == "courrier"


def test_its_scans_are_looked_at_and_taken_all_together_by_whoever_reads_the_dossier(
    client: ClientStrict, session: Session, creer: Fabriques, dossier: Dossier, responsable: User, moyens: Moyens
) -> None:
    for octets, verdict in ((b"%PDF-1.7 un", VerdictAntivirus.SAIN), (b"%PDF-1.7 virus", VerdictAntivirus.INFECTE)):
        garde = fabriques_pieces.fichier(session, moyens.stockage, octets, verdict=verdict)
        fabriques_portes.scan(creer, dossier, garde, responsable)
    saisi = creer.agent()
    creer.demande_avis(dossier, saisi.affectations[0].service)
    for lecteur in (responsable, saisi):
        client.connecter(lecteur)
        client.get(f"/instruction/dossiers/{dossier.reference}/pieces")
        assert "Aucun fichier n’est joint" not in client.texte()
        assert "réservés au service responsable" not in client.texte()
        liens = [a.get("href") or "" for a in client.arbre.iter("a")]
        (apercu,) = [lien for lien in liens if lien.endswith("/apercu")]
        assert client.get(apercu).headers["Content-Disposition"].startswith("inline")
        (archive,) = [lien for lien in liens if lien.endswith("/pieces/archive")]
        with zipfile.ZipFile(io.BytesIO(client.get(archive).data)) as paquet:
            assert paquet.namelist() == ["demande.pdf", "LISEZ-MOI.txt"]
            assert paquet.read("demande.pdf") == b"%PDF-1.7 un"
