"""The cahier de commission tells exactly a view, one page per dossier, and nothing that its reader may not know."""

import io
from decimal import Decimal

import pytest
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.jobs import documents as travaux
from portal.jobs.application import brancher
from portal.models.decisions import Proposition
from portal.models.documents import Document
from portal.models.services import Service
from portal.queries import cahiers
from portal.queries.filtres_dossiers import FiltreDossiers
from portal.services.moyens import Moyens
from portal.vocabulaire import Audience, Etat, GenreDocument, SensAvis, SensDecision
from tests.client import ClientStrict
from tests.factories import Fabriques
from tests.integration.test_lettres_service import acteur
from tests.requetes import requetes

CANARI = "CANARI-PROPOSITION"


@pytest.fixture
def service(creer: Fabriques) -> Service:
    return creer.service(nom="DDETS du Rhône")


def proposer(session: Session, creer: Fabriques, service: Service, rang: int) -> None:
    dossier = creer.dossier(
        service,
        etat=Etat.EN_INSTRUCTION,
        demandeur_nom=f"Association {rang}",
        departement="69" if rang % 2 else "38",
        montant_demande=Decimal(1000 + rang),
    )
    saisi = creer.service(sigle=f"SAISI-{rang}")
    creer.demande_avis(dossier, saisi)
    creer.avis(dossier, creer.agent(saisi), sens=SensAvis.FAVORABLE, audience=Audience.SERVICE, texte="Très utile.")
    session.add(
        Proposition(
            dossier_id=dossier.id,
            sens=SensDecision.ACCEPTE,
            motivation=CANARI,
            montant=Decimal(800),
            auteur_id=creer.agent(service).id,
        )
    )
    session.commit()


def test_a_view_becomes_one_tagged_pdf_with_a_page_per_dossier(
    client: ClientStrict, session: Session, moyens: Moyens, creer: Fabriques, service: Service
) -> None:
    brancher(moyens)
    for rang in range(4):
        proposer(session, creer, service, rang)
    client.connecter(creer.agent(service))
    client.poster("/instruction/cahiers", {"onglet": "tous"})
    document = session.scalars(select(Document).where(Document.genre == GenreDocument.CAHIER)).one()
    travaux.produire(document_id=document.id)
    session.expire_all()
    assert document.fichier is not None
    lecteur = PdfReader(io.BytesIO(moyens.stockage.lire(document.fichier.cle_stockage)))
    pages = [" ".join(page.extract_text().split()) for page in lecteur.pages]
    fiches = [page for page in pages if "Proposition du service" in page]
    assert len(fiches) == 4
    assert all(CANARI in fiche and "Très utile." in fiche and "800,00 €" in fiche for fiche in fiches)
    assert "4 dossiers, 4 006,00 € demandés, 3 200,00 € proposés" in pages[0].replace("\u00a0", " ").replace(
        "\u202f", " "
    )
    assert "Isère" in pages[0]
    assert lecteur.trailer["/Root"]["/MarkInfo"]["/Marked"]


def test_another_service_reads_neither_the_proposition_nor_the_avis_of_others(
    session: Session, creer: Fabriques, service: Service
) -> None:
    proposer(session, creer, service, 1)
    voisin = creer.service()
    dossier = creer.dossier(service, etat=Etat.EN_INSTRUCTION)
    creer.demande_avis(dossier, voisin)
    session.add(
        Proposition(
            dossier_id=dossier.id, sens=SensDecision.ACCEPTE, motivation=CANARI, auteur_id=creer.agent(service).id
        )
    )
    session.commit()
    lu = cahiers.cahier(session, acteur(session, creer.agent(voisin)), FiltreDossiers.from_args({"onglet": "tous"}))
    (fiche,) = lu.fiches
    assert (fiche.reference, fiche.proposition, fiche.propose, fiche.avis) == (dossier.reference, "", None, ())


def test_a_cahier_takes_as_many_statements_for_two_dossiers_as_for_six(
    session: Session, creer: Fabriques, service: Service
) -> None:
    lecteur, filtre = acteur(session, creer.agent(service)), FiltreDossiers.from_args({"onglet": "tous"})
    comptes = []
    for rang in range(6):
        proposer(session, creer, service, rang)
        if rang in (1, 5):
            session.expire_all()
            with requetes() as envoyees:
                cahiers.cahier(session, lecteur, filtre)
            comptes.append(len(envoyees))
    assert comptes[0] == comptes[1]


@pytest.mark.parametrize("longueur", [10, 5_000])
def test_what_people_write_is_cut_at_a_word(longueur: int) -> None:
    coupe = cahiers.couper("mot " * longueur, 100)
    assert len(coupe) <= 100 + len(cahiers.SUITE)
    assert coupe.endswith("mot" if longueur == 10 else f"mot{cahiers.SUITE}")
