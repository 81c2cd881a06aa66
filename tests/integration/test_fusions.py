"""Two rows that are one association are merged by hand, and separated exactly."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.db import Base
from portal.models.associations import Association, AssociationIdentifiant
from portal.models.connexion import User
from portal.models.dossiers import Dossier
from portal.models.fiches_associations import FusionAssociation
from portal.models.journal import Evenement
from portal.models.services import Service
from portal.queries import statuts_cer
from portal.services import etats_cer
from portal.vocabulaire import TypeIdentifiant
from portal.vocabulaire_cer import EtatCer
from tests import fabriques_avis
from tests.client import ClientStrict
from tests.factories import Fabriques

# What a merge and its undoing write by themselves: they never forget that they took place.
TRACES = {
    "evenement",
    "evenement_detail",
    "flux_journal",
    "fusion_association",
    "consultation_association",
    "session_connexion",
    "association_a_recouper",
}


@pytest.fixture
def ddets(creer: Fabriques) -> Service:
    return creer.service("DDETS 69")


@pytest.fixture
def paire(creer: Fabriques, session: Session, ddets: Service) -> tuple[Association, Association, User]:
    """Both have a dossier, a place and a person; one person acts for both, and both bear the same RNA."""
    gardee, absorbee = creer.association(denomination="Canotiers"), creer.association(denomination="Les Canotiers")
    commune = creer.usager()
    for une in (gardee, absorbee):
        creer.dossier(ddets, association=une)
        creer.mandat(commune, une)
        session.add(AssociationIdentifiant(association_id=une.id, type=TypeIdentifiant.RNA, valeur="W691234567"))
    creer.engagement(creer.mandat(creer.usager(), absorbee))
    fabriques_avis.avis(session, absorbee, creer.agent(creer.service()))
    etats_cer.refresh_all(session)
    session.commit()
    return gardee, absorbee, creer.responsable(ddets)


def tout(session: Session) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table."""
    session.expire_all()
    return {
        table.name: [dict(ligne) for ligne in session.execute(select(table).order_by(*table.primary_key)).mappings()]
        for table in Base.metadata.sorted_tables
        if table.name not in TRACES
    }


def reunir(client: ClientStrict, gardee: Association, absorbee: Association, motif: str = "Même siège.") -> int:
    adresse = f"/instruction/associations/{gardee.id}/reunir/{absorbee.id}"
    assert client.get(adresse).status_code == 200
    return client.soumettre({"motif": motif}, suivre=False).status_code


def test_what_the_absorbed_row_bore_goes_to_the_kept_one_and_its_address_leads_there(
    client: ClientStrict, session: Session, paire: tuple[Association, Association, User]
) -> None:
    gardee, absorbee, responsable = paire
    client.connecter(responsable)
    assert reunir(client, gardee, absorbee, motif="") == 422
    assert "Écrivez ce qui montre" in client.texte()
    assert reunir(client, gardee, absorbee) == 303
    session.expire_all()
    assert set(session.scalars(select(Dossier.association_id))) == {gardee.id}
    assert statuts_cer.statut_cer(session, gardee.id).etat != EtatCer.MANQUANT
    assert statuts_cer.statut_cer(session, absorbee.id).etat == EtatCer.MANQUANT
    reponse = client.get(f"/associations/{absorbee.id}")
    assert reponse.status_code == 303
    assert reponse.headers["Location"].endswith(f"/associations/{gardee.id}")
    client.get("/instruction/associations?q=canotiers")
    assert "Les Canotiers" not in client.texte()
    actions = session.scalars(select(Evenement.action).where(Evenement.objet == f"association:{absorbee.id}")).all()
    assert "associations_reunies" in actions


def test_the_preview_tells_what_moves_what_stays_and_what_differs(
    client: ClientStrict, paire: tuple[Association, Association, User]
) -> None:
    gardee, absorbee, responsable = paire
    client.connecter(responsable)
    client.get(f"/instruction/associations/{gardee.id}/reunir?q=canotiers")
    assert "Les Canotiers" in client.texte()
    assert client.get(f"/instruction/associations/{gardee.id}/reunir/{absorbee.id}").status_code == 200
    texte = client.texte()
    for attendu in ("Dossiers", "Mandats", "Numéros", "Les Canotiers"):
        assert attendu in texte
    assert f"SIREN : {gardee.siren} sur la fiche gardée, {absorbee.siren} sur l’autre." in texte
    assert "RNA :" not in texte, "they have that one in common"


def test_two_people_who_merge_the_same_rows_are_told_that_it_is_done(
    client: ClientStrict, creer: Fabriques, paire: tuple[Association, Association, User]
) -> None:
    gardee, absorbee, responsable = paire
    client.connecter(responsable)
    assert reunir(client, gardee, absorbee) == 303
    for une, autre in ((gardee, absorbee), (absorbee, gardee)):
        assert client.get(f"/instruction/associations/{une.id}/reunir/{autre.id}").status_code == 409
        assert "déjà réunies" in client.texte()
        assert "« Canotiers »" in client.texte()
    client.connecter(creer.responsable(creer.service("AILLEURS")))
    assert client.get(f"/instruction/associations/{gardee.id}/reunir/{absorbee.id}").status_code == 404


def test_undoing_a_merge_gives_back_exactly_what_was(
    client: ClientStrict, session: Session, paire: tuple[Association, Association, User]
) -> None:
    gardee, absorbee, responsable = paire
    client.connecter(responsable)
    avant = tout(session)
    assert reunir(client, gardee, absorbee) == 303
    assert tout(session) != avant
    fusion = session.scalars(select(FusionAssociation)).one()
    assert client.get(f"/instruction/associations/reunions/{fusion.id}").status_code == 200
    assert client.soumettre(suivre=False).status_code == 303
    apres = tout(session)
    for nom, lignes in avant.items():
        assert apres[nom] == lignes, nom
    assert client.get(f"/instruction/associations/reunions/{fusion.id}").status_code == 404


def test_only_a_responsable_with_a_tie_or_an_administrator_merges(
    client: ClientStrict, creer: Fabriques, ddets: Service, paire: tuple[Association, Association, User]
) -> None:
    gardee, absorbee, _ = paire
    adresse = f"/instruction/associations/{gardee.id}/reunir/{absorbee.id}"
    for agent, attendu in (
        (creer.agent(ddets), 404),
        (creer.responsable(), 404),
        (creer.agent(administrateur=True), 200),
    ):
        client.connecter(agent)
        assert client.get(adresse).status_code == attendu


def test_a_row_that_has_absorbed_another_is_not_absorbed_in_turn(
    client: ClientStrict, creer: Fabriques, paire: tuple[Association, Association, User]
) -> None:
    gardee, absorbee, responsable = paire
    tierce = creer.association()
    client.connecter(responsable)
    assert reunir(client, gardee, absorbee) == 303
    assert reunir(client, tierce, gardee) == 409


def test_a_person_of_the_absorbed_row_is_led_to_the_kept_one(
    client: ClientStrict, session: Session, creer: Fabriques, paire: tuple[Association, Association, User]
) -> None:
    gardee, absorbee, responsable = paire
    usager, des_deux = creer.usager(), creer.usager()
    creer.mandat(usager, absorbee)
    for une in (gardee, absorbee):
        creer.mandat(des_deux, une)
    client.connecter(responsable)
    assert reunir(client, gardee, absorbee) == 303
    for personne in (usager, des_deux):
        client.connecter(personne)
        reponse = client.get(f"/associations/{absorbee.id}")
        assert reponse.headers["Location"].endswith(f"/associations/{gardee.id}")
        assert client.get(f"/associations/{gardee.id}").status_code == 200
        client.get("/associations")
        assert "Les Canotiers" not in client.texte()
