"""A DS dossier handed over: DS changes its groupe instructeur, then the service that owns it changes here, never before."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from integrations.demarches_simplifiees.simulator.serveur import Simulateur
from portal.models.connexion import User
from portal.models.demarches import GroupeInstructeur
from portal.models.documents import Document
from portal.models.dossiers import AccesDossier, Dossier
from portal.models.envois import Courriel, OperationDS
from portal.models.receptions import Reorientation
from portal.models.services import Service
from portal.models.taches import Tache
from portal.services import envoi_ds
from portal.services.moyens import Moyens
from portal.vocabulaire import EtatEnvoi
from portal.vocabulaire_instruction import GenreTache
from tests.client import ClientStrict
from tests.factories import Fabriques
from tests.integration.ds.poussee import A_PRENDRE, dossier_de

MOTIF = "Relève de la jeunesse."


@pytest.fixture
def drajes(creer: Fabriques) -> Service:
    return creer.service("DRAJES ARA", nom="Délégation régionale")


def autre_groupe(session: Session, dossier: Dossier, service: Service | None) -> GroupeInstructeur:
    """Another group of the démarche, mapped to that service."""
    actuel = dossier.ds.groupe_id if dossier.ds else 0
    groupe = session.scalars(
        select(GroupeInstructeur).where(
            GroupeInstructeur.demarche_id == dossier.demarche_id, GroupeInstructeur.id != actuel
        )
    ).first()
    assert groupe is not None
    groupe.service_id = service.id if service else None
    session.commit()
    return groupe


def demander(client: ClientStrict, agent: User, dossier: Dossier, groupe: GroupeInstructeur) -> None:
    client.connecter(agent)
    client.get(f"/instruction/dossiers/{dossier.reference}/reorientation")
    client.soumettre({"cible": f"g{groupe.id}", "motif": MOTIF})


def test_the_dossier_changes_hands_when_ds_has_changed_its_group(
    client: ClientStrict,
    session: Session,
    creer: Fabriques,
    moyens: Moyens,
    agent: User,
    drajes: Service,
    simulateur: Simulateur,
) -> None:
    dossier = dossier_de(session, A_PRENDRE)
    ancien, responsable = dossier.service_id, creer.responsable(drajes)
    presidente = creer.usager()
    association = dossier.association
    assert association is not None
    creer.mandat(presidente, association)
    groupe = autre_groupe(session, dossier, drajes)
    demander(client, agent, dossier, groupe)
    assert "C’est demandé" in client.texte()
    dossier = dossier_de(session, A_PRENDRE)
    assert dossier.service_id == ancien
    assert session.scalars(select(Courriel)).all() == []
    operation = session.scalars(select(OperationDS)).one()
    assert (operation.mutation, operation.arguments) == ("changer_groupe", {"groupe": groupe.ds_id})
    client.get("/instruction/reorientations")
    assert dossier.reference not in client.texte()
    envoi_ds.run_one(moyens, operation.id)
    session.expire_all()
    assert session.get_one(OperationDS, operation.id).etat == EtatEnvoi.ENVOYE
    assert [un.mutation for un in simulateur.donnees.effets] == ["dossierChangerGroupeInstructeur"]
    dossier = dossier_de(session, A_PRENDRE)
    assert dossier.service_id == drajes.id
    acces = session.scalars(select(AccesDossier.service_id).where(AccesDossier.dossier_id == dossier.id)).all()
    assert acces == [drajes.id]
    courriel = session.scalars(select(Courriel)).one()
    assert (courriel.gabarit, courriel.destinataire) == ("demande_transmise", presidente.email)
    tache = session.scalars(select(Tache).where(Tache.genre == GenreTache.REORIENTATION)).one()
    assert tache.user_id == responsable.id
    assert_kept(client, session, agent, dossier)


def assert_kept(client: ClientStrict, session: Session, agent: User, dossier: Dossier) -> None:
    """The former service reads the dossier no longer, and has its summary."""
    client.connecter(agent)
    assert client.get(f"/instruction/dossiers/{dossier.reference}").status_code == 404
    client.get("/instruction/reorientations")
    assert dossier.reference in client.texte()
    numero = session.scalars(select(Document.numero).join(Reorientation)).one()
    assert client.get(f"/documents/{numero}").status_code == 200


def test_a_group_of_the_same_service_changes_nothing_here_but_the_group(
    client: ClientStrict, session: Session, moyens: Moyens, agent: User
) -> None:
    dossier = dossier_de(session, A_PRENDRE)
    ancien, groupe = dossier.service_id, autre_groupe(session, dossier, None)
    demander(client, agent, dossier, groupe)
    envoi_ds.run_one(moyens, session.scalars(select(OperationDS.id)).one())
    dossier = dossier_de(session, A_PRENDRE)
    assert dossier.service_id == ancien
    assert dossier.ds is not None
    assert dossier.ds.groupe_id == groupe.id
    assert session.scalars(select(Reorientation.document_id)).one() is None


def test_a_change_of_group_is_asked_once_at_a_time(
    client: ClientStrict, session: Session, agent: User, drajes: Service
) -> None:
    dossier = dossier_de(session, A_PRENDRE)
    groupe = autre_groupe(session, dossier, drajes)
    demander(client, agent, dossier, groupe)
    client.get(f"/instruction/dossiers/{dossier.reference}/reorientation")
    assert client.soumettre({"cible": f"g{groupe.id}", "motif": MOTIF}).status_code == 409
    assert len(session.scalars(select(OperationDS)).all()) == 1
    assert len(session.scalars(select(Reorientation)).all()) == 1
