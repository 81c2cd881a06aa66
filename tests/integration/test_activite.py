"""What each person did in the name of an association: told to its proved members, in French, without a value."""

import pytest
from sqlalchemy.orm import Session

from portal.models.associations import Association
from portal.models.connexion import User
from portal.permissions import SYSTEME
from portal.queries.activites import PAR_UN_MEMBRE
from portal.services import journal
from portal.services.journal import Acte
from portal.vocabulaire import RoleMandat
from tests import fabriques_suivi
from tests.client import ClientStrict
from tests.factories import Fabriques
from tests.requetes import requetes

CANARI = "CANARI-VALEUR-3391"


@pytest.fixture
def association(creer: Fabriques) -> Association:
    return creer.association()


@pytest.fixture
def presidente(creer: Fabriques, association: Association) -> User:
    usager = creer.usager()
    creer.mandat(usager, association)
    return usager


def page(association: Association) -> str:
    return f"/associations/{association.id}/activite"


def noter(session: Session, user: User, action: str, objet: str) -> None:
    par = fabriques_suivi.acteur_usager(session, user)
    journal.record(session, by=par, action=action, objet=objet, valeurs={"texte": CANARI})
    session.commit()


def test_each_act_is_told_with_who_and_on_what_and_never_with_its_values(
    client: ClientStrict, session: Session, creer: Fabriques, association: Association, presidente: User
) -> None:
    aidant = creer.usager(prenom="Noé", nom="Petit")
    creer.mandat(aidant, association, RoleMandat.AIDANT).structure = "France services de Lyon 9"
    service = creer.service()
    dossier = fabriques_suivi.depose(creer, association, presidente, service)
    demande = creer.demande(association, presidente)
    noter(session, presidente, "dossier_depose", f"dossier:{dossier.id}")
    noter(session, aidant, "section_enregistree", f"demande:{demande.id}")
    noter(session, presidente, "iban_change", f"association:{association.id}")
    noter(session, presidente, "mandat_conteste", f"association:{association.id}")
    client.connecter(presidente)
    client.get(f"/associations/{association.id}")
    assert "Voir ce que chacun a fait" in client.texte()
    reponse = client.get(page(association))
    texte = client.texte()
    assert "a déposé une demande" in texte
    assert "contesté" not in texte, "its holder is told that it is contested, and not by whom"
    assert f"dossier {dossier.reference}" in texte
    assert "Noé Petit, qui aide l’association (France services de Lyon 9)" in texte
    assert "a enregistré une section d’une demande" in texte
    assert "a changé l’IBAN de l’association" in texte
    assert CANARI not in reponse.text


def test_what_services_keep_to_themselves_and_other_associations_stay_out(
    client: ClientStrict, session: Session, creer: Fabriques, association: Association, presidente: User
) -> None:
    service = creer.service()
    dossier, agent = fabriques_suivi.depose(creer, association, presidente, service), creer.agent(service)
    ailleurs = creer.association()
    for action in ("decision_enregistree", "avis_demande", "message_envoye", "notification_demandee", "inconnue"):
        journal.record(session, by=creer.acteur(agent), action=action, objet=f"dossier:{dossier.id}")
    journal.record(session, by=SYSTEME, action="iban_change", objet=f"association:{association.id}")
    session.commit()
    noter(session, presidente, "iban_change", f"association:{ailleurs.id}")
    client.connecter(presidente)
    client.get(page(association))
    assert "Rien pour le moment" in client.texte()


def test_only_proved_members_read_it(
    client: ClientStrict, creer: Fabriques, association: Association, presidente: User
) -> None:
    declare, etranger = creer.usager(), creer.usager()
    creer.mandat(declare, association, prouve=False)
    creer.mandat(etranger, creer.association())
    for personne, statut in ((presidente, 200), (declare, 403), (etranger, 404)):
        client.connecter(personne)
        assert client.get(page(association)).status_code == statut
    client.connecter(declare)
    client.get(f"/associations/{association.id}")
    assert "Voir ce que chacun a fait" not in client.texte()


def test_a_long_past_is_read_by_fifty_in_as_many_statements(
    client: ClientStrict, session: Session, creer: Fabriques, association: Association, presidente: User
) -> None:
    par, action = fabriques_suivi.acteur_usager(session, presidente), "iban_confirme"
    actes = [Acte(action, f"association:{association.id}") for _ in range(101)]
    journal.record_all(session, by=par, actes=actes)
    session.commit()
    client.connecter(presidente)
    with requetes() as vues:
        client.get(page(association))
    assert len(vues) <= 10
    lues = client.texte().count(PAR_UN_MEMBRE[action])
    for _ in range(2):
        suite = next(lien.get("href") for lien in client.arbre.iter("a") if lien.get("rel") == "next")
        client.get(str(suite))
        lues += client.texte().count(PAR_UN_MEMBRE[action])
    assert lues == 101
    assert client.get(f"{page(association)}?avant={'9' * 40}").status_code == 200


def test_pages_saved_in_a_row_are_one_line(
    client: ClientStrict, session: Session, creer: Fabriques, association: Association, presidente: User
) -> None:
    autre = creer.usager(prenom="Noé", nom="Petit")
    creer.mandat(autre, association)
    une, deux = (f"demande:{creer.demande(association, presidente).id}" for _ in range(2))
    suites = ((presidente, une, "abba"), (autre, une, "c"), (presidente, une, "cd"), (presidente, deux, "e"))
    for user, objet, pages in suites:
        par = fabriques_suivi.acteur_usager(session, user)
        for page_ecrite in pages:
            valeurs = {f"{page_ecrite}.texte": CANARI, f"{page_ecrite}.titre": CANARI}
            journal.record(session, by=par, action="section_enregistree", objet=objet, valeurs=valeurs)
    session.commit()
    client.connecter(presidente)
    client.get(page(association))
    lignes = [" ".join("".join(ligne.itertext()).split()) for ligne in client.arbre.iter("tr")][1:]
    sections = [ligne.partition(" a enregistré ")[2].partition(" d’une demande")[0] for ligne in lignes]
    assert sections[:4] == ["une section", "2 sections", "une section", "2 sections"]
