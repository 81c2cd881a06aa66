"""What the line of a workbook said is read on the dossier that came by it, by the service that imported it."""

from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models.connexion import User
from portal.models.dossiers import Dossier
from portal.models.imports import LotImport
from portal.models.versements import Versement, VersementDossier
from portal.services.moyens import Moyens
from portal.vocabulaire import Etat
from portal.vocabulaire_imports import MethodeRapprochement, SourceVersement
from tests.client import ClientStrict
from tests.fabriques_imports import importer, lignes_de, lot
from tests.factories import Fabriques
from tests.requetes import requetes

LIGNE = {
    "reference_source": "2026-001",
    "association_nom": "Les Amis du canal",
    "siret": "73282932000074",
    "montant_demande": "1500.00",
    "observations": "Vu en comité du 3 mars",
    "telephone": "0472000000",
}


Venu = tuple[User, LotImport, Dossier]


@pytest.fixture
def venu(moyens: Moyens, session: Session, creer: Fabriques) -> Venu:
    agent = creer.responsable(creer.service("DDETS 69"))
    lu = lot(creer, agent, lignes=[LIGNE], nom="Suivi 2026.xlsx")
    (ligne,) = lignes_de(session, lu)
    ligne.lu = [*ligne.lu[:3], "1,5 k€", *ligne.lu[4:], "à rappeler"]
    lu.constat = {**lu.constat, "colonnes": [*lu.constat["colonnes"], {"rang": 6, "titre": "Suites", "champ": ""}]}
    session.commit()
    importer(moyens, session, agent, lu)
    return agent, lu, session.scalars(select(Dossier)).one()


@pytest.mark.parametrize("page", ["/demande", "/impression"])
def test_the_line_is_read_on_the_dossier_with_what_was_written_where_it_differs(
    client: ClientStrict, venu: Venu, page: str
) -> None:
    agent, lu, dossier = venu
    client.connecter(agent)
    client.get(f"/instruction/dossiers/{dossier.reference}{page}")
    texte = client.texte()
    assert "Venu du tableau" in texte
    for dit in ("Suivi 2026.xlsx", agent.nom_affiche, "Ligne 2 du fichier", LIGNE["observations"], LIGNE["telephone"]):
        assert dit in texte, dit
    assert "1,5 k€ Montant demandé : 1 500,00 €" in texte, "both what is written and what was read"
    assert "à rappeler colonne laissée de côté à l’import" in texte
    assert f"/instruction/imports/{lu.id}" in {lien.get("href") for lien in client.arbre.iter("a")}


def test_a_service_that_is_asked_for_an_avis_reads_no_line_of_the_workbook(
    client: ClientStrict, session: Session, creer: Fabriques, venu: Venu
) -> None:
    saisi = creer.responsable(creer.service("DRAJES"))
    dossier = venu[2]
    creer.demande_avis(dossier, saisi.affectations[0].service)
    session.commit()
    client.connecter(saisi)
    assert client.get(f"/instruction/dossiers/{dossier.reference}/demande").status_code == 200
    assert "Venu du tableau" not in client.texte()
    assert LIGNE["observations"] not in client.texte()


def _payer(session: Session, dossier: Dossier, montant: str, confiance: int = 100, **valeurs: object) -> None:
    paye = Versement(
        **{"source": SourceVersement.CHORUS, "service_id": dossier.service_id, "montant": Decimal(montant), **valeurs}
    )
    session.add(paye)
    session.flush()
    lien = VersementDossier(
        versement_id=paye.id, dossier_id=dossier.id, methode=MethodeRapprochement.EJ, confiance=confiance
    )
    session.add(lien)
    session.commit()


@pytest.mark.parametrize("page", ["/decision", "/impression"])
def test_the_payments_of_a_grant_are_told_beside_its_decision_with_what_remains(
    client: ClientStrict, session: Session, creer: Fabriques, page: str
) -> None:
    agent, autre = creer.responsable(), creer.service()
    dossier = creer.dossier(agent.affectations[0].service, etat=Etat.ACCEPTE, montant_accorde=Decimal("5000.00"))
    adresse = f"/instruction/dossiers/{dossier.reference}{page}"
    client.connecter(agent)
    with requetes() as sans:
        client.get(adresse)
    assert "Aucun versement connu" in client.texte()
    _payer(session, dossier, "3000.00", ej="2102368447")
    _payer(session, dossier, "-200.00")
    _payer(session, dossier, "1000.00", confiance=50)
    _payer(session, dossier, "77.00", service_id=autre.id)
    with requetes() as avec:
        client.get(adresse)
    assert len(avec) == len(sans)
    if page == "/decision":
        assert len(avec) <= 12, "statements"
    texte = client.texte()
    assert "2102368447" in texte
    assert "reversement" in texte
    for dit in ("Versé en tout 3 800,00 €", "Dont à confirmer 1 000,00 €", "Reste à verser 1 200,00 €"):
        assert dit in texte, dit
    assert "77,00" not in texte, "what another service's workbook tells is its own"
    _payer(session, dossier, "1500.00")
    client.get(adresse)
    assert "Versé au-delà du montant accordé 300,00 €" in client.texte()


def test_a_service_that_is_asked_for_an_avis_sees_no_payment(
    client: ClientStrict, session: Session, creer: Fabriques
) -> None:
    agent, saisi = creer.responsable(), creer.responsable(creer.service("DRAJES"))
    dossier = creer.dossier(agent.affectations[0].service, etat=Etat.ACCEPTE, montant_accorde=Decimal("5000.00"))
    creer.acces(dossier, saisi.affectations[0].service_id)
    _payer(session, dossier, "3000.00")
    client.connecter(saisi)
    assert client.get(f"/instruction/dossiers/{dossier.reference}/decision").status_code == 200
    assert "Versé" not in client.texte()
