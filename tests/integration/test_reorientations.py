"""A dossier handed over: everything of the request follows, nothing of the former service does, and it sees nothing more."""

import json
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.errors import Conflict, Forbidden, Invalid
from portal.formats import maintenant
from portal.models.associations import Association
from portal.models.avis import DemandeAvis
from portal.models.connexion import User
from portal.models.decisions import Decision
from portal.models.documents import Document
from portal.models.dossiers import AccesDossier, Dossier
from portal.models.echanges import Message
from portal.models.envois import Courriel
from portal.models.file_agents import EtiquetteDossier, Suivi
from portal.models.receptions import Reorientation
from portal.models.services import Service
from portal.models.taches import Tache
from portal.queries import historique
from portal.queries import reorientations as passages
from portal.queries.delais_rejet import rejet_suspendu
from portal.services import attributions, avis, etiquettes, messages, reorientations, suivis
from portal.vocabulaire import Audience, Etat, GenreDocument, MotifAcces, SensAvis
from portal.vocabulaire_demandes import AudienceMessage
from portal.vocabulaire_instruction import GenreTache
from tests import fabriques_portes, fabriques_suivi
from tests.client import ClientStrict
from tests.factories import Fabriques

MOTIF = "Le projet relève de la jeunesse <b>."


@pytest.fixture
def ddets(creer: Fabriques) -> Service:
    return creer.service("DDETS 69")


@pytest.fixture
def drajes(creer: Fabriques) -> Service:
    return creer.service("DRAJES", nom="Délégation régionale", email="drajes@example.org")


@pytest.fixture
def association(creer: Fabriques) -> Association:
    return creer.association()


@pytest.fixture
def presidente(creer: Fabriques, association: Association) -> User:
    usager = creer.usager()
    creer.mandat(usager, association)
    return usager


@pytest.fixture
def agente(creer: Fabriques, ddets: Service) -> User:
    return creer.agent(ddets)


@pytest.fixture
def dossier(creer: Fabriques, ddets: Service, association: Association, presidente: User) -> Dossier:
    """A filed request, being instructed."""
    return fabriques_suivi.depose(
        creer,
        association,
        presidente,
        ddets,
        remplie=True,
        etat=Etat.EN_INSTRUCTION,
        date_depot=maintenant() - timedelta(days=20),
    )


def passer(session: Session, creer: Fabriques, par: User, dossier: Dossier, vers: Service) -> Reorientation:
    passage = reorientations.reorient(session, by=creer.acteur(par), dossier=dossier, service_id=vers.id, motif=MOTIF)
    session.commit()
    return passage


def test_the_request_its_date_its_avis_and_its_delay_follow_and_its_people_are_told(
    session: Session, creer: Fabriques, agente: User, drajes: Service, dossier: Dossier, presidente: User
) -> None:
    complement = fabriques_suivi.complement(session, dossier, agente, ["projet"])
    expert = creer.agent()
    creer.demande_avis(dossier, expert.affectations[0].service)
    creer.avis(dossier, expert, audience=Audience.SERVICE)
    depot, rejet = dossier.date_depot, rejet_suspendu(dossier.date_depot, [complement])
    responsable, contenu = creer.responsable(drajes), dossier.contenu_empreintes
    session.query(Courriel).delete()
    passer(session, creer, agente, dossier, drajes)
    assert (dossier.service_id, dossier.instructeur_id, dossier.date_depot) == (drajes.id, None, depot)
    assert (dossier.etat, dossier.complement_demande) == (Etat.EN_INSTRUCTION, True)
    assert rejet_suspendu(dossier.date_depot, [complement]) == rejet
    assert dossier.contenu_empreintes == contenu
    acces = session.scalars(select(AccesDossier).where(AccesDossier.motif == MotifAcces.PROPRIETAIRE)).one()
    assert (acces.service_id, acces.echeance) == (
        drajes.id,
        rejet_suspendu(depot, []) + timedelta(dossier.jours_suspendus),
    )
    assert session.scalars(select(DemandeAvis.demandeur_service_id)).one() == drajes.id
    assert (dossier.avis_demandes, dossier.avis_rendus) == (1, 1)
    courriel = session.scalars(select(Courriel).where(Courriel.gabarit == "demande_transmise")).one()
    assert courriel.destinataire == presidente.email
    assert MOTIF not in json.dumps(courriel.donnees)
    tache = session.scalars(select(Tache).where(Tache.genre == GenreTache.REORIENTATION)).one()
    assert (tache.user_id, tache.service_id, tache.dossier_id) == (responsable.id, drajes.id, dossier.id)


def test_an_avis_given_afterwards_is_told_to_the_new_service_alone(
    session: Session, creer: Fabriques, agente: User, drajes: Service, dossier: Dossier
) -> None:
    expert = creer.agent()
    creer.demande_avis(dossier, expert.affectations[0].service, demandeur_id=agente.id)
    passer(session, creer, agente, dossier, drajes)
    suite = creer.agent(drajes)
    attributions.assign(session, by=creer.acteur(suite), dossier=dossier, user_id=suite.id)
    session.query(Tache).delete()
    avis.give(
        session,
        by=creer.acteur(expert),
        objet=dossier,
        sens=SensAvis.FAVORABLE,
        montant_propose=None,
        texte="Solide.",
        audience=Audience.SERVICES_SAISIS,
    )
    assert session.scalars(select(Tache.user_id)).all() == [suite.id]


def test_the_association_reads_it_in_the_history_of_its_request(
    client: ClientStrict,
    session: Session,
    creer: Fabriques,
    agente: User,
    drajes: Service,
    dossier: Dossier,
    presidente: User,
) -> None:
    passer(session, creer, agente, dossier, drajes)
    client.connecter(presidente)
    client.get(f"/dossiers/{dossier.reference}")
    page = client.texte()
    assert "Demande transmise à Délégation régionale" in page
    assert "relève de la jeunesse" not in page


def test_what_the_former_service_kept_for_itself_goes(
    session: Session, creer: Fabriques, ddets: Service, agente: User, drajes: Service, dossier: Dossier
) -> None:
    by, curieuse, nouvelle = creer.acteur(agente), creer.agent(ddets), creer.agent(drajes)
    attributions.assign(session, by=by, dossier=dossier, user_id=curieuse.id)
    suivis.follow(session, by=by, dossier=dossier)
    etiquette = etiquettes.create(session, by=by, nom="À refuser")
    etiquettes.put(session, by=by, dossier=dossier, etiquette_id=etiquette.id)
    creer.decision(dossier, agente)
    note = {"audience": AudienceMessage.SERVICE, "texte": "Entre nous.", "cle": "c" * 24}
    messages.send(session, by=by, dossier=dossier, **note)
    session.commit()
    passer(session, creer, agente, dossier, drajes)
    for modele in (Suivi, EtiquetteDossier, Decision):
        assert session.scalars(select(modele).where(modele.dossier_id == dossier.id)).all() == []
    assert session.scalars(select(Tache).where(Tache.service_id == ddets.id)).all() == []
    libelles = [une.libelle for une in historique.list_etapes(session, creer.acteur(nouvelle), dossier, notifiee=False)]
    assert f"Dossier réorienté vers DRAJES\u00a0: {MOTIF}" in libelles
    assert not any("écision" in un for un in libelles)


def test_the_notes_of_the_former_service_are_not_read_by_the_new_one(
    client: ClientStrict, session: Session, creer: Fabriques, agente: User, drajes: Service, dossier: Dossier
) -> None:
    by = creer.acteur(agente)
    for audience, texte in (
        (AudienceMessage.SERVICE, "Entre nous seulement."),
        (AudienceMessage.ASSOCIATION, "Bonjour à l’association."),
    ):
        messages.send(session, by=by, dossier=dossier, audience=audience, texte=texte, cle=f"{audience:c<24}")
    passer(session, creer, agente, dossier, drajes)
    assert len(session.scalars(select(Message)).all()) == 2
    client.connecter(creer.agent(drajes))
    client.get(f"/instruction/dossiers/{dossier.reference}/echanges")
    assert "Bonjour à l’association." in client.texte()
    assert "Entre nous seulement." not in client.texte()


def test_the_former_service_gets_404_on_every_page_and_keeps_the_summary_of_that_instant(
    client: ClientStrict,
    app: Flask,
    session: Session,
    creer: Fabriques,
    agente: User,
    drajes: Service,
    dossier: Dossier,
) -> None:
    passage = passer(session, creer, agente, dossier, drajes)
    document = session.get_one(Document, passage.document_id)
    nouvelle = creer.agent(drajes)
    client.connecter(nouvelle)
    client.poster(f"/instruction/dossiers/{dossier.reference}/synthese")
    apres = session.scalars(
        select(Document).where(Document.genre == GenreDocument.SYNTHESE, Document.service_id == drajes.id)
    ).one()
    assert client.get(f"/documents/{document.numero}").status_code == 404
    client.connecter(agente)
    ouvertes = []
    for regle in app.url_map.iter_rules():
        if regle.arguments != {"reference"} or not regle.rule.startswith("/instruction/dossiers/"):
            continue
        adresse = regle.rule.replace("<reference>", dossier.reference)
        for methode in ("GET", "POST"):
            if methode in regle.methods:
                statut = (client.get if methode == "GET" else client.poster)(adresse).status_code
                # 403: a gate that does not open to her role, whatever the dossier.
                ouvertes += [(methode, adresse, statut)] if statut not in (403, 404) else []
    assert ouvertes == []
    assert client.get(f"/documents/{apres.numero}").status_code == 404
    assert client.get(f"/documents/{document.numero}").status_code == 200
    client.get("/instruction/reorientations")
    assert dossier.reference in client.texte()
    assert MOTIF in client.texte()
    client.get(f"/instruction/dossiers?q={dossier.reference}")
    assert dossier.demandeur_nom not in client.texte()


def test_an_agent_hands_a_dossier_over_from_its_page_and_gives_a_reason(
    client: ClientStrict, session: Session, creer: Fabriques, agente: User, drajes: Service, dossier: Dossier
) -> None:
    page = f"/instruction/dossiers/{dossier.reference}/reorientation"
    client.connecter(agente)
    client.get(page)
    assert client.soumettre({"cible": f"s{drajes.id}", "motif": " "}).status_code == 422
    assert client.soumettre({"cible": "s0", "motif": MOTIF}).status_code == 422
    client.get(page)
    client.soumettre({"cible": f"s{drajes.id}", "motif": MOTIF})
    assert f"Le dossier {dossier.reference} est transmis." in client.texte()
    session.refresh(dossier)
    assert dossier.service_id == drajes.id


def test_a_dossier_goes_to_another_call_of_the_same_service_or_to_that_of_another(
    session: Session, creer: Fabriques, ddets: Service, agente: User, drajes: Service, dossier: Dossier
) -> None:
    autre, ailleurs = creer.demarche(ddets, programme="163"), creer.demarche(drajes)
    by = creer.acteur(agente)
    passage = reorientations.reorient(session, by=by, dossier=dossier, demarche_id=autre.id, motif=MOTIF)
    assert (dossier.service_id, dossier.demarche_id, passage.document_id) == (ddets.id, autre.id, None)
    assert dossier.financements[0].programme == "163"
    reorientations.reorient(session, by=by, dossier=dossier, demarche_id=ailleurs.id, motif=MOTIF)
    assert (dossier.service_id, dossier.demarche_id) == (drajes.id, ailleurs.id)
    # Corrections still bear on what was asked of the first campaign.
    assert dossier.demande is not None
    assert passages.origins(session, [dossier]) == {dossier.id: dossier.demande.demarche_id}


def test_nothing_is_handed_over_once_decided_nor_to_a_service_that_has_the_same_request(
    session: Session, creer: Fabriques, agente: User, drajes: Service, dossier: Dossier, presidente: User
) -> None:
    by = creer.acteur(agente)
    with pytest.raises(Invalid):
        reorientations.reorient(session, by=by, dossier=dossier, service_id=dossier.service_id, motif=MOTIF)
    with pytest.raises(Conflict):
        reorientations.reorient(session, by=by, dossier=dossier, service_id=drajes.id, motif=MOTIF, version=9)
    association = dossier.association
    assert association is not None
    fabriques_suivi.depose(creer, association, presidente, drajes, demande=dossier.demande)
    with pytest.raises(Conflict, match="déjà adressée à DRAJES"):
        reorientations.reorient(session, by=by, dossier=dossier, service_id=drajes.id, motif=MOTIF)
    ailleurs = creer.service()
    creer.decision(dossier, agente, notification_demandee_at=maintenant())
    with pytest.raises(Forbidden, match="notification"):
        reorientations.reorient(session, by=by, dossier=dossier, service_id=ailleurs.id, motif=MOTIF)
    with pytest.raises(Forbidden):
        reorientations.reorient(
            session, by=creer.acteur(creer.agent()), dossier=dossier, service_id=drajes.id, motif=MOTIF
        )


def test_a_request_received_on_paper_is_handed_over_with_its_scans_and_told_to_the_address_given(
    client: ClientStrict, session: Session, creer: Fabriques, ddets: Service, agente: User, drajes: Service
) -> None:
    dossier = fabriques_portes.dossier_recu(creer, ddets, agente, email="mairie@example.org")
    fichier = fabriques_portes.fichier(creer)
    fabriques_portes.scan(creer, dossier, fichier, agente)
    passer(session, creer, agente, dossier, drajes)
    assert session.scalars(select(Courriel.destinataire)).all() == ["mairie@example.org"]
    client.connecter(creer.agent(drajes))
    client.get(f"/instruction/dossiers/{dossier.reference}/reception")
    assert "demande.pdf" in client.texte()


def test_a_service_that_was_asked_for_its_avis_becomes_the_owner_and_has_nothing_to_answer_to_itself(
    session: Session, creer: Fabriques, agente: User, drajes: Service, dossier: Dossier
) -> None:
    creer.demande_avis(dossier, drajes)
    passer(session, creer, agente, dossier, drajes)
    assert session.scalars(select(DemandeAvis)).all() == []
    assert (dossier.avis_demandes, dossier.avis_rendus) == (0, 0)
    acces = session.scalars(select(AccesDossier)).one()
    assert (acces.service_id, acces.motif) == (drajes.id, MotifAcces.PROPRIETAIRE)
