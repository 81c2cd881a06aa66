"""The main navigation says where one is, on the pages that stand below its entries too."""

from sqlalchemy.orm import Session

from portal.vocabulaire import Etat, RoleAffectation
from tests import fabriques_suivi, html
from tests.client import ClientStrict
from tests.factories import Fabriques


def presentes(client: ClientStrict, chemin: str) -> list[str]:
    """The entries of the main navigation that are marked as the present one."""
    client.get(chemin)
    navigation = next(nav for nav in client.arbre.iter("nav") if nav.get("id") == "navigation")
    return [html.texte(lien) for lien in navigation.iter("a") if lien.get("aria-current")]


def test_the_entry_above_a_page_of_the_association_is_marked(
    client: ClientStrict, creer: Fabriques, session: Session
) -> None:
    usager, association = creer.usager(), creer.association()
    creer.mandat(usager, association)
    demande = creer.demande(association, usager)
    dossier = fabriques_suivi.depose(creer, association, usager, creer.service())
    client.connecter(usager)
    assert presentes(client, f"/demandes/{demande.id}/relecture") == ["Mes demandes"]
    assert presentes(client, f"/demandes/{demande.id}/pieces") == ["Mes demandes"]
    assert presentes(client, f"/dossiers/{dossier.reference}/messages") == ["Mes dossiers"]
    assert presentes(client, f"/associations/{association.id}/coffre") == ["Mes associations"]
    assert presentes(client, "/campagnes") == ["Campagnes"]
    assert presentes(client, "/compte") == []


def test_agents_find_contested_links_under_the_links_to_verify(client: ClientStrict, creer: Fabriques) -> None:
    service = creer.service()
    dossier = creer.dossier(service, etat=Etat.EN_INSTRUCTION)
    client.connecter(creer.agent(service))
    assert presentes(client, "/instruction/contestations") == ["Liens à vérifier"]
    assert presentes(client, "/instruction/signalements") == ["Liens à vérifier"]
    assert presentes(client, f"/instruction/dossiers/{dossier.reference}/avis/donner") == ["Dossiers à instruire"]
    assert presentes(client, "/instruction/receptions/nouvelle") == ["Dossiers à instruire"]


def test_who_instructs_enters_a_request_from_the_queue_and_who_only_reads_is_not_offered_it(
    client: ClientStrict, creer: Fabriques
) -> None:
    service = creer.service()
    for role, offert in ((RoleAffectation.INSTRUCTEUR, True), (RoleAffectation.LECTEUR, False)):
        client.connecter(creer.agent(service, role))
        client.get("/instruction/dossiers")
        liens = {html.texte(lien): lien.get("href", "") for lien in client.arbre.iter("a")}
        assert ("Saisir une demande reçue" in liens) == offert
        assert "Réglages du service" not in liens
    client.connecter(creer.responsable(service))
    client.get("/instruction/dossiers")
    lien = next(lien for lien in client.arbre.iter("a") if html.texte(lien) == "Réglages du service")
    client.get(lien.get("href", ""))
    lien = next(lien for lien in client.arbre.iter("a") if html.texte(lien) == "Réglages du service")
    assert lien.get("aria-current") == "true"
