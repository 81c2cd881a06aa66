"""What the sheet of an association tells of the avis asked on it: to who asked, to who is asked, to the others."""

import pytest
from sqlalchemy.orm import Session

from portal.models.associations import Association
from portal.models.avis import DemandeAvis
from portal.models.connexion import User
from portal.models.experts import Expert
from portal.models.services import Service
from portal.vocabulaire import Audience
from tests import fabriques_avis, html
from tests.client import ClientStrict
from tests.factories import Fabriques

CANARI = "CANARI-SOUS-SCELLE-DE-LA-FICHE"
QUESTION = "Cette association tient-elle ses engagements ?"


@pytest.fixture
def association(creer: Fabriques) -> Association:
    return creer.association(denomination="Les Canotiers du Rhône")


@pytest.fixture
def demandeur(creer: Fabriques, association: Association) -> User:
    """Of a service with a dossier of the association, which asks."""
    service = creer.service("DDETS 69")
    creer.dossier(service, association=association)
    return creer.agent(service)


@pytest.fixture
def saisis(creer: Fabriques) -> dict[str, User]:
    """Of the services asked together: one answers, the other is awaited."""
    return {sigle: creer.agent(creer.service(sigle)) for sigle in ("DRAJES ARA", "CAF 69")}


@pytest.fixture
def demandes(
    session: Session, association: Association, demandeur: User, saisis: dict[str, User]
) -> dict[str, DemandeAvis]:
    scellee = fabriques_avis.saisine(session, scelle=True, question=QUESTION)
    consultes: dict[str, Service | Expert] = {
        sigle: session.get_one(Service, agent.affectations[0].service_id) for sigle, agent in saisis.items()
    }
    consultes["Noé Lafarge"] = fabriques_avis.expert(session, organisme="")
    siennes = {
        nom: fabriques_avis.demande(session, association, consulte, demandeur, scellee)
        for nom, consulte in consultes.items()
    }
    sous = {"texte": CANARI, "audience": Audience.PARTAGE}
    fabriques_avis.avis(session, association, saisis["DRAJES ARA"], **sous)
    return siennes


def lire(client: ClientStrict, association: Association, agent: User) -> str:
    client.connecter(agent)
    assert client.get(f"/associations/{association.id}").status_code == 200
    return client.texte().replace("\u00a0", " ")


def suivre(client: ClientStrict, libelle: str) -> None:
    """Open the link of that name."""
    liens = (lien for lien in client.arbre.iter("a") if libelle in html.texte(lien))
    assert client.get(next(liens).get("href", "")).status_code == 200


def test_who_asked_follows_its_demandes_there_and_breaks_the_seal_from_there(
    client: ClientStrict, association: Association, demandeur: User, demandes: dict[str, DemandeAvis]
) -> None:
    texte = lire(client, association, demandeur)
    assert "Avis demandés sur l’association" in texte
    assert "Ont répondu : DRAJES ARA. Attendus : CAF 69, Noé Lafarge." in texte
    assert QUESTION in texte
    assert "avis rendu, que votre service ne lit pas encore" in texte
    assert "Rappeler, changer le délai ou retirer la demande à CAF 69" in texte
    assert CANARI not in texte
    suivre(client, "Rappeler, changer le délai ou retirer la demande à CAF 69")
    client.soumettre({"retirer-motif": "Trop tard."}, action="/retrait")
    suivre(client, "Revenir à l’association")
    assert "Voir la demande faite à CAF 69, close le" in client.texte()
    suivre(client, "Lever le scellé")
    assert client.soumettre({"motif": "La commission est demain."}).status_code == 200
    assert CANARI in client.texte()
    assert "a levé le scellé" in client.texte()


def test_who_is_asked_together_sees_who_is_awaited_and_no_answer_but_its_own(
    client: ClientStrict, association: Association, saisis: dict[str, User], demandes: dict[str, DemandeAvis]
) -> None:
    attendu, rendu = (lire(client, association, saisis[sigle]) for sigle in ("CAF 69", "DRAJES ARA"))
    for texte in (attendu, rendu):
        assert "Ont répondu : DRAJES ARA. Attendus : CAF 69, Noé Lafarge." in texte
        assert "Lever le scellé" not in texte
    assert "Confier la réponse, ou dire pourquoi votre service n’en donne pas" in attendu
    assert (CANARI in attendu, CANARI in rendu) == (False, True)


def test_any_other_service_is_told_neither_that_it_is_asked_nor_of_whom(
    client: ClientStrict,
    session: Session,
    creer: Fabriques,
    association: Association,
    demandeur: User,
    demandes: dict[str, DemandeAvis],
) -> None:
    tiers = creer.agent(creer.service("DRAC ARA"))
    ailleurs = creer.dossier(tiers.affectations[0].service, association=association)
    for adresse in (f"/associations/{association.id}", f"/instruction/dossiers/{ailleurs.reference}/avis"):
        client.connecter(tiers)
        assert client.get(adresse).status_code == 200
        for secret in ("Avis demandés sur l’association", "sous scellé", "CAF 69", QUESTION, CANARI):
            assert secret not in client.texte(), (adresse, secret)
    for une in demandes.values():
        une.repondue_at = une.repondue_at or une.created_at
    session.commit()
    assert CANARI in lire(client, association, tiers), "shared, and no seal holds any more"
