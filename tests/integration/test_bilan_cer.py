"""The annual return counts each association once, for the service's own year, and tells no small number."""

from datetime import UTC, datetime
from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models.associations import Association
from portal.models.connexion import User
from portal.models.documents import Document
from portal.models.services import Service
from portal.queries import bilan_cer
from portal.queries.secret_statistique import Repartition
from portal.vocabulaire import Etat, GenreDocument, MotifDecision, SensDecision
from tests.client import ClientStrict
from tests.exports_lus import classeur_de
from tests.factories import Fabriques

EN_MARS = datetime(2025, 3, 12, 10, tzinfo=UTC)
BILAN = "/instruction/cer/bilan"


@pytest.fixture
def ddets(creer: Fabriques) -> Service:
    return creer.service("DDETS 69")


@pytest.fixture
def agent(creer: Fabriques, client: ClientStrict, ddets: Service) -> User:
    agent = creer.agent(ddets)
    client.connecter(agent)
    return agent


def deposante(creer: Fabriques, service: Service, le: datetime = EN_MARS, **valeurs: object) -> Association:
    association = creer.association(**valeurs)
    creer.dossier(service, association=association, date_depot=le)
    return association


def signataires(creer: Fabriques, service: Service, nombre: int, **valeurs: object) -> list[Association]:
    """Associations that filed in March and had signed here the same day."""
    associations = [deposante(creer, service, **valeurs) for _ in range(nombre)]
    for association in associations:
        creer.engagement(creer.mandat(creer.usager(), association), signed_at=EN_MARS)
    return associations


def lignes(repartition: Repartition) -> dict[str, int | None]:
    return {ligne.libelle: ligne.nombre for ligne in repartition.lignes if ligne.nombre != 0}


def test_each_association_counts_once_in_the_year_of_its_dossiers(
    session: Session, creer: Fabriques, ddets: Service, agent: User
) -> None:
    premiere, *_ = signataires(creer, ddets, 7)
    creer.dossier(ddets, association=premiere, date_depot=EN_MARS)
    deposante(creer, ddets)
    signataires(creer, creer.service(), 6)
    bilan = bilan_cer.get(session, creer.acteur(agent), 2025)
    assert lignes(bilan.voies) == {"signé sur ce portail": 7}
    assert lignes(bilan.departements) == {"69 – Rhône": 7}
    assert lignes(bilan.natures) == {"association": 7}
    assert bilan_cer.get(session, creer.acteur(agent), 2024).voies.total == 0


def test_the_status_is_that_of_the_end_of_the_year(
    session: Session, creer: Fabriques, ddets: Service, agent: User
) -> None:
    for association in signataires(creer, ddets, 6):
        creer.dossier(ddets, association=association, date_depot=datetime(2024, 6, 1, tzinfo=UTC))
    acteur = creer.acteur(agent)
    assert bilan_cer.get(session, acteur, 2024).voies.total == 0
    assert bilan_cer.get(session, acteur, 2025).voies.total == 6


def test_ways_kinds_and_departements_hide_what_is_small_and_what_would_tell_it(
    session: Session, creer: Fabriques, ddets: Service, agent: User
) -> None:
    signataires(creer, ddets, 9)
    signataires(creer, ddets, 5, nature_juridique="9300", code_postal="42000")
    signataires(creer, ddets, 2, nature_juridique="", code_postal="20090")
    for _ in range(6):
        dossier = creer.dossier_ds(ddets, association_id=creer.association().id, date_depot=EN_MARS)
        assert dossier.ds is not None
        dossier.ds.cer_atteste = True
    session.commit()
    bilan = bilan_cer.get(session, creer.acteur(agent), 2025)
    assert bilan.voies.total == 22
    assert lignes(bilan.voies) == {
        "signé sur ce portail": 16,
        "attesté dans un dossier de Démarches Simplifiées": 6,
    }
    assert lignes(bilan.natures) == {"association": 15, "fondation": None, "nature inconnue": None}
    assert lignes(bilan.departements) == {"2A – Corse-du-Sud": None, "42 – Loire": None, "69 – Rhône": 15}


def refuser(creer: Fabriques, service: Service, agent: User, motif: MotifDecision, nombre: int) -> None:
    for _ in range(nombre):
        dossier = creer.dossier(service, etat=Etat.REFUSE, date_depot=EN_MARS)
        refus = {"sens": SensDecision.REFUSE, "motif": motif, "montant_accorde": None}
        creer.decision(dossier, agent, notified_at=EN_MARS, **refus)


def test_refusals_of_the_service_count_by_coded_reason_once_notified(
    session: Session, creer: Fabriques, ddets: Service, agent: User
) -> None:
    refuser(creer, ddets, agent, MotifDecision.INCOMPATIBLE_CER, 5)
    refuser(creer, ddets, agent, MotifDecision.CREDITS_EPUISES, 8)
    refuser(creer, creer.service(), agent, MotifDecision.INCOMPATIBLE_CER, 3)
    creer.decision(creer.dossier(ddets), agent, sens=SensDecision.REFUSE, motif=MotifDecision.INCOMPATIBLE_CER)
    creer.decision(creer.dossier(ddets), agent, notified_at=EN_MARS)
    bilan = bilan_cer.get(session, creer.acteur(agent), 2025)
    assert lignes(bilan.refus) == {
        "objet ou activité incompatible avec le contrat d’engagement républicain": 5,
        "crédits épuisés": 8,
    }
    assert bilan.retraits.total == 0


def test_the_page_shows_chart_table_and_definitions_and_names_nobody(
    client: ClientStrict, creer: Fabriques, ddets: Service, agent: User
) -> None:
    signataires(creer, ddets, 6, denomination="Les Amis du Canal")
    refuser(creer, ddets, agent, MotifDecision.DOUBLON, 2)
    assert client.get(f"{BILAN}?annee=2025").status_code == 200
    lu = client.texte()
    for attendu in (
        "6 associations",
        "Portail : 6",
        "Situation au 31 décembre 2025",
        "le total étant de moins de 5",
    ):
        assert attendu in lu
    assert "Les Amis du Canal" not in lu
    assert client.get(f"{BILAN}?annee=1789").status_code == 200
    assert "Année en cours" in client.texte()


def test_the_workbook_holds_the_figures_of_the_page(
    client: ClientStrict, session: Session, creer: Fabriques, ddets: Service, agent: User
) -> None:
    signataires(creer, ddets, 6)
    signataires(creer, ddets, 1, code_postal="01000")
    client.get(f"{BILAN}?annee=2025")
    assert client.soumettre(action="/bilan/export").status_code == 200
    document = session.scalars(select(Document).order_by(Document.id.desc()).limit(1)).one()
    assert document.genre == GenreDocument.BILAN_CER
    livre = load_workbook(BytesIO(classeur_de(session, document)))
    par_voie = dict(livre["Par voie"].iter_rows(min_row=2, values_only=True))
    assert (par_voie["signé sur ce portail"], par_voie["Total"]) == (7, 7)
    departements = dict(livre["Par département"].iter_rows(min_row=2, values_only=True))
    assert departements["01 – Ain"] == departements["69 – Rhône"] == "masqué"
