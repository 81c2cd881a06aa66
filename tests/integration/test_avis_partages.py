"""An avis shared on a dossier is read from the other dossiers of the association, and no other avis is."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from portal.formats import maintenant
from portal.models.associations import Association
from portal.models.avis import Avis
from portal.models.dossiers import Dossier
from portal.models.services import Service
from portal.queries.avis_partages import NOMBRE, list_with_shared
from portal.vocabulaire import Audience, Etat, RoleAffectation
from tests.client import ClientStrict
from tests.factories import Fabriques
from tests.requetes import requetes

CANARI = "CANARI-PARTAGE-2714"
TITRE = "Avis partagés sur d’autres dossiers de l’association"
ENTRE_NOUS = (Audience.SERVICE, Audience.SERVICES_SAISIS)


@pytest.fixture
def association(creer: Fabriques) -> Association:
    return creer.association()


@pytest.fixture
def ddets(creer: Fabriques) -> Service:
    return creer.service("DDETS 69")


@pytest.fixture
def drac(creer: Fabriques) -> Service:
    return creer.service("DRAC ARA")


@pytest.fixture
def dossier(creer: Fabriques, ddets: Service, association: Association) -> Dossier:
    """The dossier that is read."""
    return creer.dossier(ddets, association=association)


@pytest.fixture
def autre(creer: Fabriques, drac: Service, association: Association) -> Dossier:
    """The dossier on which the avis is given, in another service."""
    demarche = creer.demarche(drac, titre="Culture de proximité")
    return creer.dossier(association=association, demarche=demarche, etat=Etat.EN_INSTRUCTION, intitule="INTITULE-TU")


def donner(creer: Fabriques, dossier: Dossier, service: Service, audience: Audience = Audience.PARTAGE) -> Avis:
    return creer.avis(dossier, creer.agent(service), texte=CANARI, montant_propose=Decimal("987.65"), audience=audience)


def lire(client: ClientStrict, dossier: Dossier) -> str:
    assert client.get(f"/instruction/dossiers/{dossier.reference}/avis").status_code == 200
    return client.texte().replace("\u00a0", " ")


@pytest.mark.parametrize("role", RoleAffectation)
def test_a_shared_avis_is_read_from_another_dossier_of_the_association(
    client: ClientStrict,
    creer: Fabriques,
    ddets: Service,
    drac: Service,
    dossier: Dossier,
    autre: Dossier,
    role: RoleAffectation,
) -> None:
    avis = donner(creer, autre, drac)
    client.connecter(creer.agent(ddets, role))
    with requetes() as vues:
        texte = lire(client, dossier)
    for attendu in (
        TITRE,
        "DRAC ARA : favorable",
        CANARI,
        "987,65 €",
        f"{avis.auteur.nom_affiche} (DRAC ARA)",
        "« Culture de proximité », exercice 2026, service DRAC ARA : En cours d’instruction.",
    ):
        assert attendu in texte.replace("\u202f", " ")
    assert len(vues) <= 12
    assert autre.reference not in texte
    assert "INTITULE-TU" not in texte
    assert client.get(f"/instruction/dossiers/{autre.reference}").status_code == 404


def test_the_other_dossier_is_linked_for_a_service_that_may_read_it(
    client: ClientStrict, creer: Fabriques, ddets: Service, drac: Service, dossier: Dossier, autre: Dossier
) -> None:
    donner(creer, autre, drac)
    creer.demande_avis(autre, ddets)
    client.connecter(creer.agent(ddets))
    assert f"Voir le dossier {autre.reference}" in lire(client, dossier)
    client.connecter(creer.agent(drac))
    assert TITRE not in lire(client, autre), "its own avis are already in the list above"


def test_a_service_asked_about_a_dossier_of_the_association_reads_too(
    client: ClientStrict, creer: Fabriques, drac: Service, dossier: Dossier, autre: Dossier
) -> None:
    donner(creer, autre, drac)
    saisi = creer.service()
    creer.demande_avis(dossier, saisi)
    client.connecter(creer.agent(saisi))
    assert CANARI in lire(client, dossier)


def test_a_service_without_a_dossier_of_the_association_reads_nothing(
    client: ClientStrict, creer: Fabriques, drac: Service, dossier: Dossier, autre: Dossier
) -> None:
    donner(creer, autre, drac)
    ailleurs = creer.service()
    sans_association = creer.dossier(ailleurs)
    d_une_autre = creer.dossier(ailleurs, association=creer.association())
    client.connecter(creer.agent(ailleurs))
    for sien in (sans_association, d_une_autre):
        texte = lire(client, sien)
        assert CANARI not in texte
        assert TITRE not in texte
    for sans_acces in (dossier, autre):
        assert client.get(f"/instruction/dossiers/{sans_acces.reference}").status_code == 404


@pytest.mark.parametrize("audience", ENTRE_NOUS)
def test_an_avis_that_is_not_shared_stays_on_its_dossier(
    client: ClientStrict,
    creer: Fabriques,
    ddets: Service,
    drac: Service,
    dossier: Dossier,
    autre: Dossier,
    audience: Audience,
) -> None:
    donner(creer, autre, drac, audience)
    client.connecter(creer.agent(ddets))
    texte = lire(client, dossier)
    assert CANARI not in texte
    assert TITRE not in texte


def test_an_avis_that_is_no_longer_shared_is_no_longer_read(
    session: Session, creer: Fabriques, ddets: Service, drac: Service, dossier: Dossier, autre: Dossier
) -> None:
    avis, lecteur = donner(creer, autre, drac), creer.acteur(creer.agent(ddets))
    assert [partage.avis.id for partage in list_with_shared(session, lecteur, dossier)[1]] == [avis.id]
    avis.audience = Audience.SERVICES_SAISIS
    session.commit()
    assert list_with_shared(session, lecteur, dossier)[1] == ()


def test_a_confidential_demarche_shares_nothing_and_its_form_says_so(
    client: ClientStrict,
    session: Session,
    creer: Fabriques,
    ddets: Service,
    drac: Service,
    dossier: Dossier,
    autre: Dossier,
) -> None:
    client.connecter(creer.agent(drac))
    ailleurs = "les agents des services qui instruisent un autre dossier de la même association"
    client.get(f"/instruction/dossiers/{autre.reference}/avis/donner")
    assert ailleurs in client.texte()
    autre.demarche.confidentielle = True
    session.commit()
    client.get(f"/instruction/dossiers/{autre.reference}/avis/donner")
    assert ailleurs not in client.texte()
    assert "Cette démarche est confidentielle" in client.texte()
    donner(creer, autre, drac)
    client.connecter(creer.agent(ddets))
    texte = lire(client, dossier)
    assert CANARI not in texte
    assert TITRE not in texte


def test_the_people_of_the_association_never_read_it(
    client: ClientStrict, creer: Fabriques, drac: Service, association: Association, dossier: Dossier, autre: Dossier
) -> None:
    donner(creer, autre, drac)
    presidente = creer.usager()
    creer.mandat(presidente, association)
    client.connecter(presidente)
    for sien in (dossier, autre):
        assert client.get(f"/instruction/dossiers/{sien.reference}").status_code in (403, 404)
        assert CANARI not in client.texte()
        assert client.get(f"/dossiers/{sien.reference}").status_code == 200
        assert CANARI not in client.texte()
        assert TITRE not in client.texte()


def test_only_the_newest_are_shown_in_one_statement(
    session: Session, creer: Fabriques, ddets: Service, drac: Service, association: Association, dossier: Dossier
) -> None:
    agent, demarche, debut = creer.agent(drac), creer.demarche(drac), maintenant()
    for rang in range(NOMBRE + 2):
        ancien = creer.dossier(association=association, demarche=demarche)
        creer.avis(ancien, agent, audience=Audience.PARTAGE, texte=str(rang), updated_at=debut + timedelta(days=rang))
    lecteur = creer.acteur(creer.agent(ddets))
    session.refresh(dossier)
    with requetes() as vues:
        partages = list_with_shared(session, lecteur, dossier)[1]
        lus = [(partage.avis.texte, partage.avis.service.sigle, partage.avis.auteur.nom) for partage in partages]
    assert [int(texte) for texte, _sigle, _nom in lus] == list(range(NOMBRE + 1, 1, -1))
    assert len(vues) == 1
