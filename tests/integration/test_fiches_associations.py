"""The sheet of an association: who opens it, what it tells of each service, and what it keeps to itself."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.formats import aujourdhui, maintenant
from portal.models.associations import Association, FaitAssociation
from portal.models.dossiers import Dossier
from portal.models.echanges import Message
from portal.models.fiches_associations import ConsultationAssociation
from portal.models.journal import Evenement
from portal.models.pieces import PieceDemande
from portal.models.services import Service
from portal.queries import dossiers_associations
from portal.vocabulaire import Audience, Etat, MotifAcces, RoleAffectation
from portal.vocabulaire_avis import MotifConsultation
from tests import fabriques_avis, fabriques_fiches, fabriques_lectures, fabriques_versements
from tests.client import ClientStrict
from tests.factories import Fabriques
from tests.requetes import requetes

CANARI = "CANARI-FICHE-5519"


@pytest.fixture
def association(creer: Fabriques) -> Association:
    return creer.association(denomination="Les Canotiers du Rhône")


@pytest.fixture
def ddets(creer: Fabriques) -> Service:
    return creer.service("DDETS 69")


@pytest.fixture
def drac(creer: Fabriques) -> Service:
    return creer.service("DRAC ARA")


def lire(client: ClientStrict, association: Association, status: int = 200) -> str:
    assert client.get(f"/associations/{association.id}").status_code == status
    return client.texte().replace("\u00a0", " ")


def motiver(client: ClientStrict, association: Association, **champs: str) -> int:
    adresse = f"/instruction/associations/{association.id}/motif"
    dits = {"motif": "controle", "precision": "Visite prévue le 3.", **champs}
    return client.poster(adresse, dits).status_code


def test_a_service_with_a_dossier_reads_those_of_every_service_with_their_amounts(
    client: ClientStrict, creer: Fabriques, ddets: Service, drac: Service, association: Association
) -> None:
    mien = creer.dossier(ddets, association=association, exercice=2026, montant_demande=Decimal(1000))
    creer.dossier(
        drac,
        association=association,
        exercice=2025,
        etat=Etat.ACCEPTE,
        intitule="Fête du fleuve",
        montant_demande=Decimal(3000),
        montant_accorde=Decimal(2500),
    )
    client.connecter(creer.agent(ddets, RoleAffectation.LECTEUR))
    texte = lire(client, association)
    for attendu in (
        "Fête du fleuve",
        "DRAC ARA",
        "Accordé",
        "2 500,00 €",
        "Exercice 2025",
        "Exercice 2026",
        mien.reference,
    ):
        assert attendu in texte
    assert "inconnu ici" in texte


def test_an_agent_without_a_tie_gives_a_reason_that_its_responsable_reads(
    client: ClientStrict, creer: Fabriques, session: Session, drac: Service, ddets: Service, association: Association
) -> None:
    creer.dossier(drac, association=association, intitule=CANARI)
    agent = creer.agent(ddets)
    client.connecter(agent)
    assert CANARI not in lire(client, association)
    assert motiver(client, association, precision="") == 422
    assert "Écrivez en quelques mots ce que vous cherchez." in client.texte()
    assert motiver(client, association) == 303
    assert CANARI in lire(client, association)
    gardee = session.scalars(select(ConsultationAssociation)).one()
    assert (gardee.user_id, gardee.service_id, gardee.motif) == (agent.id, ddets.id, MotifConsultation.CONTROLE)
    objet = f"association:{association.id}"
    actions = session.scalars(select(Evenement.action).where(Evenement.objet == objet)).all()
    assert "fiche_association_ouverte" in actions
    client.connecter(creer.responsable(ddets))
    assert client.get("/instruction/associations/consultations").status_code == 200
    assert "Visite prévue le 3." in client.texte()
    client.connecter(creer.responsable(drac))
    client.get("/instruction/associations/consultations")
    assert "Visite prévue le 3." not in client.texte()
    assert "Visite prévue le 3." not in lire(client, association), "the words of an agent are for its own service"


def test_the_reason_of_yesterday_opens_nothing_today(
    client: ClientStrict, creer: Fabriques, session: Session, ddets: Service, association: Association
) -> None:
    agent = creer.agent(ddets)
    session.add(
        ConsultationAssociation(
            association_id=association.id,
            user_id=agent.id,
            service_id=ddets.id,
            jour=aujourdhui() - timedelta(days=1),
            motif=MotifConsultation.CONTROLE,
        )
    )
    session.commit()
    client.connecter(agent)
    assert "Dites pourquoi vous ouvrez sa fiche" in lire(client, association)


def test_a_tie_lasts_three_years_after_the_decision(
    client: ClientStrict, creer: Fabriques, ddets: Service, association: Association
) -> None:
    longtemps = maintenant() - timedelta(days=4 * 365)
    creer.dossier(ddets, association=association, etat=Etat.REFUSE, date_depot=longtemps, date_traitement=longtemps)
    client.connecter(creer.agent(ddets))
    assert "Dites pourquoi" in lire(client, association)
    recent = maintenant() - timedelta(days=2 * 365)
    creer.dossier(ddets, association=association, etat=Etat.REFUSE, date_depot=longtemps, date_traitement=recent)
    assert "Dossiers dans tous les services" in lire(client, association)


def test_a_refused_dossier_is_said_to_grant_nothing_and_one_that_is_not_decided_waits(
    client: ClientStrict, creer: Fabriques, ddets: Service, association: Association
) -> None:
    creer.dossier(ddets, association=association, etat=Etat.REFUSE, date_traitement=maintenant())
    client.connecter(creer.agent(ddets))
    assert "aucune aide" in lire(client, association)
    creer.dossier(ddets, association=association, etat=Etat.EN_INSTRUCTION)
    assert "rien de notifié" in lire(client, association)


def test_a_lecteur_whose_service_has_no_tie_finds_no_sheet(
    client: ClientStrict, creer: Fabriques, ddets: Service, association: Association
) -> None:
    client.connecter(creer.agent(ddets, RoleAffectation.LECTEUR))
    lire(client, association, 404)


def test_a_service_asked_about_the_association_opens_it_at_once(
    client: ClientStrict, creer: Fabriques, session: Session, ddets: Service, drac: Service, association: Association
) -> None:
    fabriques_avis.demande(session, association, ddets, creer.agent(drac))
    client.connecter(creer.agent(ddets))
    assert "Dossiers dans tous les services" in lire(client, association)


def test_a_confidential_demarche_shows_only_that_a_dossier_exists(
    client: ClientStrict, creer: Fabriques, ddets: Service, drac: Service, association: Association
) -> None:
    creer.dossier(ddets, association=association)
    secrete = creer.demarche(drac, titre="DEMARCHE-TUE", confidentielle=True)
    cache = creer.dossier(drac, association=association, demarche=secrete, intitule=CANARI, montant_demande=Decimal(77))
    creer.avis(cache, creer.agent(drac), texte=CANARI, audience=Audience.PARTAGE)
    client.connecter(creer.agent(ddets))
    texte = lire(client, association)
    assert "Un dossier existe aussi sur une démarche confidentielle." in texte
    for secret in (CANARI, "DEMARCHE-TUE", "DRAC ARA", "77,00", cache.reference):
        assert secret not in texte
    creer.acces(cache, ddets.id, MotifAcces.SAISI)
    assert CANARI in lire(client, association)


def test_only_shared_and_revealed_avis_are_told(
    client: ClientStrict, creer: Fabriques, session: Session, ddets: Service, drac: Service, association: Association
) -> None:
    creer.dossier(ddets, association=association)
    autre = creer.dossier(drac, association=association)
    creer.avis(autre, creer.agent(drac), texte="PARTAGE-LU", audience=Audience.PARTAGE)
    tiers = creer.agent(creer.service("TIERS"))
    creer.avis(autre, tiers, texte=CANARI, audience=Audience.SERVICES_SAISIS)
    scellee = fabriques_avis.saisine(session, scelle=True)
    demandeur, un, deux = creer.agent(drac), creer.agent(creer.service()), creer.service()
    for consulte in (session.get_one(Service, un.affectations[0].service_id), deux):
        fabriques_avis.demande(session, autre, consulte, demandeur, scellee)
    fabriques_avis.avis(session, autre, un, texte="SOUS-SCELLE-8", audience=Audience.PARTAGE)
    client.connecter(creer.agent(ddets))
    texte = lire(client, association)
    assert "PARTAGE-LU" in texte
    assert CANARI not in texte
    assert "SOUS-SCELLE-8" not in texte


def test_a_conflict_between_sources_is_shown_and_nothing_is_chosen(
    client: ClientStrict, creer: Fabriques, session: Session, ddets: Service, association: Association
) -> None:
    creer.dossier(ddets, association=association)
    for source, commune in (("recherche-entreprises", "Lyon"), ("ds", "Villeurbanne")):
        session.add(
            FaitAssociation(
                association_id=association.id, champ="commune", valeur=commune, source=source, observed_at=maintenant()
            )
        )
    session.commit()
    client.connecter(creer.agent(ddets))
    texte = lire(client, association)
    assert "Les sources ne sont pas d’accord" in texte
    assert "Villeurbanne (Démarches Simplifiées" in texte


def test_persons_are_named_to_a_service_that_owns_a_dossier_alone(
    client: ClientStrict, creer: Fabriques, ddets: Service, drac: Service, association: Association
) -> None:
    creer.mandat(creer.usager(prenom="Zoé", nom="Marchepied"), association)
    dossier = creer.dossier(ddets, association=association)
    creer.acces(dossier, drac.id, MotifAcces.SAISI)
    client.connecter(creer.agent(drac))
    assert "Marchepied" not in lire(client, association)
    client.connecter(creer.agent(ddets))
    assert "Zoé Marchepied" in lire(client, association)


def test_the_sheet_of_many_dossiers_takes_twelve_statements_at_most_the_first_time_of_the_day_too(
    client: ClientStrict, creer: Fabriques, session: Session
) -> None:
    services = [creer.service() for _ in range(10)]
    association = fabriques_fiches.connue(creer, services, dossiers=60)
    client.connecter(creer.agent(services[0]))
    client.get("/instruction/associations")
    with requetes() as premiere:
        texte = lire(client, association)
    assert len(premiere) <= 12, "\n".join(premiere)
    notees = select(ConsultationAssociation).where(ConsultationAssociation.jour == aujourdhui())
    assert len(session.scalars(notees).all()) == 1
    for attendu in ("Exercice 2022", "Exercice 2026", "Le projet est solide.", "La commune s’est engagée.", "Statuts"):
        assert attendu in texte
    with requetes() as ensuite:
        lire(client, association)
    creer.dossier(services[1], association=association)
    with requetes() as encore:
        lire(client, association)
    assert len(encore) == len(ensuite) <= len(premiere), encore


def test_the_dossiers_of_the_years_before_are_read_on_demand_when_there_are_many(
    client: ClientStrict, creer: Fabriques, monkeypatch: pytest.MonkeyPatch, ddets: Service, association: Association
) -> None:
    for rang in range(6):
        creer.dossier(ddets, association=association, intitule=f"Fleuve {rang}", exercice=2026 - rang // 2)
    creer.dossier(ddets, association=association, intitule="Sans année", exercice=None)
    client.connecter(creer.agent(ddets))
    texte = lire(client, association)
    assert all(f"Fleuve {rang}" in texte for rang in range(6))
    assert "se lisent à part" not in texte
    monkeypatch.setattr(dossiers_associations, "DEPLIES", 3)
    texte = lire(client, association)
    assert "Fleuve 1" in texte
    assert "Fleuve 2" not in texte
    assert "exercice 2025 (2), exercice 2024 (2), exercice non précisé (1)" in texte
    for annee, attendu in ((2024, "Fleuve 4"), (0, "Sans année")):
        adresse = f"/associations/{association.id}?exercice={annee}"
        assert f'href="{adresse}#dossiers"' in client.get(f"/associations/{association.id}").text
        assert client.get(adresse).status_code == 200
        assert attendu in client.texte()
        assert "Fleuve 1" not in client.texte()
    client.get(f"/associations/{association.id}?exercice=1999")
    assert "Fleuve 1" in client.texte()


def test_a_dossier_closed_by_a_conflict_of_interest_is_not_on_the_sheet_nor_its_messages_nor_its_documents(
    client: ClientStrict, creer: Fabriques, session: Session
) -> None:
    services = [creer.service() for _ in range(2)]
    association = fabriques_fiches.connue(creer, services, dossiers=4)
    ferme = session.scalars(select(Dossier).where(Dossier.service_id == services[0].id).order_by(Dossier.id)).first()
    assert ferme is not None
    ferme.intitule = CANARI
    message = session.scalars(select(Message).where(Message.dossier_id == ferme.id)).one()
    piece = session.scalars(select(PieceDemande).where(PieceDemande.demande_id == ferme.demande_id)).first()
    assert piece is not None
    assert piece.coffre is not None
    message.texte = piece.coffre.nom = CANARI
    session.commit()
    agent = creer.agent(services[0])
    client.connecter(agent)
    assert lire(client, association).count(CANARI) == 3
    fabriques_lectures.recuser(session, agent, ferme)
    client.connecter(agent)
    texte = lire(client, association)
    assert CANARI not in texte
    assert ferme.reference not in texte
    assert "Accueil des jeunes sur la rivière, 2e édition" in texte


def test_a_usager_keeps_its_own_page_at_that_address(
    client: ClientStrict, creer: Fabriques, association: Association
) -> None:
    usager = creer.usager()
    creer.mandat(usager, association)
    client.connecter(usager)
    assert "Votre rôle" in lire(client, association)


def test_a_dossier_says_who_else_has_one_of_the_association_and_leads_to_its_sheet(
    client: ClientStrict, creer: Fabriques, ddets: Service, drac: Service, association: Association
) -> None:
    mien = creer.dossier(ddets, association=association, exercice=2026)
    creer.dossier(drac, association=association, exercice=2025, etat=Etat.ACCEPTE)
    creer.dossier(creer.service("ANCIEN"), association=association, exercice=2023)
    secret = creer.service("SECRET")
    creer.dossier(secret, association=association, exercice=2026, demarche=creer.demarche(secret, confidentielle=True))
    client.connecter(creer.agent(ddets))
    assert client.get(f"/instruction/dossiers/{mien.reference}").status_code == 200
    texte = client.texte().replace("\u00a0", " ")
    assert "2 autres dossiers de l’association" in texte
    assert "DRAC ARA (2025, accordé)" in texte
    assert "un dossier existe sur une démarche confidentielle" in texte
    assert "ANCIEN" not in texte
    assert "SECRET" not in texte
    assert f"/associations/{association.id}" in client.get(f"/instruction/dossiers/{mien.reference}").text


def test_what_was_paid_is_told_by_exercice_and_what_others_published_is_never_added_up(
    client: ClientStrict, creer: Fabriques, ddets: Service, drac: Service, association: Association
) -> None:
    creer.dossier(ddets, association=association, exercice=2026)
    fabriques_versements.payer(creer, ddets, association, exercice=2026, montants=("1200.00", "-200.00"))
    fabriques_versements.payer(creer, drac, association, exercice=2023, montants=("50.00",))
    fabriques_versements.publier(creer, drac, association, part="0.45")
    fabriques_versements.publier(creer, drac, association, part=None)
    client.connecter(creer.agent(ddets))
    texte = lire(client, association)
    assert "1 000,00 €" in texte
    assert "Exercice 2023" in texte
    assert "450,00" in texte
    assert texte.count("Ville de Lyon") == 2
    assert "1 450,00" not in texte
