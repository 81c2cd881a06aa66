"""Decisions: recorded by a responsable, known of the service alone until notified, notified once."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.db import Fabrique
from portal.errors import Conflict, Forbidden, Invalid, TransitionInterdite
from portal.models.decisions import Decision
from portal.models.dossiers import Dossier, Financement
from portal.models.envois import Courriel, OperationDS
from portal.models.services import Service
from portal.permissions import Acteur
from portal.queries import fiches
from portal.services import avis, decisions
from portal.services import dossiers as services
from portal.services.decisions import Teneur
from portal.vocabulaire import Audience, Etat, EtatEnvoi, MotifDecision, RoleAffectation, SensAvis, SensDecision
from tests.campagnes.decisions import course
from tests.client import ClientStrict
from tests.fabriques_lettres import lettres_pretes
from tests.fabriques_saisines import saisir
from tests.factories import Fabriques

CANARI = "CANARI-DECISION-7712"
ACCORD = Teneur(sens=SensDecision.ACCEPTE, montant_accorde=Decimal("1200.00"), motivation=CANARI)
REFUS = Teneur(sens=SensDecision.REFUSE, motif=MotifDecision.PRIORITE, motivation=CANARI)


@pytest.fixture
def ddets(creer: Fabriques) -> Service:
    return creer.service("DDETS 69")


@pytest.fixture
def dossier(creer: Fabriques, ddets: Service) -> Dossier:
    return creer.dossier(ddets, etat=Etat.EN_INSTRUCTION)


@pytest.fixture
def responsable(creer: Fabriques, ddets: Service) -> Acteur:
    return creer.acteur(creer.responsable(ddets))


def page(dossier: Dossier, suite: str = "") -> str:
    return f"/instruction/dossiers/{dossier.reference}{suite}"


def test_taking_in_charge_follows_and_opens_the_instruction(
    client: ClientStrict, session: Session, creer: Fabriques, ddets: Service
) -> None:
    dossier, agent = creer.dossier(ddets), creer.agent(ddets)
    client.connecter(agent)
    client.get(page(dossier))
    client.soumettre(action="/prise-en-charge")
    assert "Vous suivez désormais ce dossier" in client.texte()
    session.refresh(dossier)
    assert (dossier.etat, dossier.instructeur_id) == (Etat.EN_INSTRUCTION, agent.id)
    assert dossier.date_passage_en_instruction is not None
    client.get(page(dossier, "/historique"))
    assert "Dossier pris en charge" in client.texte()
    ici = f"http://localhost{page(dossier)}"
    encore = client.poster(page(dossier, "/prise-en-charge"), {"version": "1"}, headers={"Referer": ici})
    assert encore.status_code == 409
    assert "en instruction" in encore.text
    assert "Ce que vous aviez écrit" not in encore.text, "the lock of a button is nobody's text"
    assert f'href="{ici}"' in encore.text
    d_ailleurs = {"Referer": "http://ailleurs.example/"}
    assert "ailleurs" not in client.poster(page(dossier, "/prise-en-charge"), headers=d_ailleurs).text


def test_a_ds_dossier_keeps_its_etat_until_ds_answers(
    client: ClientStrict, session: Session, creer: Fabriques, ddets: Service
) -> None:
    dossier = creer.dossier_ds(ddets)
    client.connecter(creer.agent(ddets))
    client.get(page(dossier))
    client.soumettre(action="/prise-en-charge")
    session.refresh(dossier)
    operation = session.scalars(select(OperationDS)).one()
    assert (dossier.etat, operation.mutation) == (Etat.EN_CONSTRUCTION, "passer_en_instruction")
    assert "envoi à Démarches Simplifiées en attente" in client.texte()
    assert client.poster(page(dossier, "/prise-en-charge"), {"version": str(dossier.version)}).status_code == 409
    client.get("/instruction/dossiers")
    assert "envoi en attente" in client.texte()
    operation.etat, operation.erreur = EtatEnvoi.REFUSE, "Le dossier n’est pas déposé"
    session.commit()
    client.get(page(dossier))
    assert "Le dossier n’est pas déposé" in client.texte()


def test_deciding_then_notifying_moves_the_dossier_tells_the_association_and_sets_the_amounts(
    client: ClientStrict, session: Session, creer: Fabriques, ddets: Service
) -> None:
    association, usager = creer.association(), creer.usager()
    creer.mandat(usager, association)
    dossier = creer.dossier(ddets, etat=Etat.EN_INSTRUCTION, association=association)
    client.connecter(creer.responsable(ddets))
    client.get(page(dossier, "/decider"))
    client.soumettre(
        {
            "sens": "accepte",
            "lignes-0-montant": "1 234,50 €",
            "conditions": "Un bilan en juin.",
        },
        action="/decider",
    )
    session.refresh(dossier)
    decision = session.scalars(select(Decision)).one()
    assert (dossier.etat, dossier.montant_accorde) == (Etat.EN_INSTRUCTION, None)
    assert (decision.auteur_nom.split()[0], decision.auteur_qualite) == ("Camille", f"Responsable, {ddets.nom}")
    assert "pas encore notifiée" in client.texte()
    assert session.scalars(select(Courriel)).all() == []
    client.soumettre(action="/notifier")
    session.refresh(dossier)
    assert (dossier.etat, dossier.montant_accorde) == (Etat.ACCEPTE, Decimal("1234.50"))
    assert session.scalars(select(Financement)).one().accorde == Decimal("1234.50")
    assert [c.destinataire for c in session.scalars(select(Courriel))] == [usager.email]
    assert "La décision est notifiée" in client.texte()
    assert client.poster(page(dossier, "/notifier"), {"version": "1"}).status_code == 409


@pytest.mark.parametrize(
    ("valeurs", "message"),
    [
        ({}, "Choisissez la décision."),
        ({"sens": "accepte"}, "Donnez le montant accordé"),
        ({"sens": "accepte", "lignes-0-montant": "0"}, "Donnez le montant accordé"),
        ({"sens": "accepte", "lignes-0-montant": "12,34,5"}, "n’est pas lisible"),
        ({"sens": "refuse", "motivation": "Non."}, "Choisissez le motif"),
        ({"sens": "refuse", "motif": "priorite"}, "Expliquez le refus"),
        ({"sens": "sans_suite"}, "Choisissez le motif"),
        (
            {"sens": "refuse", "motif": "priorite", "motivation": "Non.", "lignes-0-montant": "5"},
            "n’accompagne qu’un accord",
        ),
        ({"sens": "accepte", "lignes-0-montant": "5", "motif": "doublon"}, "n’accompagne qu’un refus"),
        ({"sens": "accepte", "lignes-0-nature": "nature"}, "Donnez le montant de cette ligne"),
    ],
)
def test_an_incomplete_decision_comes_back_with_its_error_and_writes_nothing(
    client: ClientStrict,
    session: Session,
    creer: Fabriques,
    ddets: Service,
    dossier: Dossier,
    valeurs: dict[str, str],
    message: str,
) -> None:
    client.connecter(creer.responsable(ddets))
    client.get(page(dossier, "/decider"))
    assert client.soumettre({"conditions": CANARI, **valeurs}, action="/decider").status_code == 422
    assert message in client.texte()
    assert CANARI in client.texte()
    assert session.scalars(select(Decision)).all() == []


def test_a_decision_that_is_not_notified_is_known_of_the_owner_service_alone(
    client: ClientStrict, session: Session, creer: Fabriques, ddets: Service, dossier: Dossier, responsable: Acteur
) -> None:
    saisi = creer.service("DRAJES")
    creer.demande_avis(dossier, saisi)
    decisions.decide(session, by=responsable, dossier=dossier, teneur=REFUS)
    session.commit()
    client.connecter(creer.agent(ddets))
    assert CANARI in client.get(page(dossier)).text
    assert "Décision enregistrée" in client.get(page(dossier, "/historique")).text
    client.connecter(creer.responsable(saisi))
    avant = "".join(client.get(page(dossier, suite)).text for suite in ("", "/impression", "/decision", "/historique"))
    for secret in (CANARI, "refus", "Décision enregistrée", "moins prioritaire"):
        assert secret not in avant
    assert client.get(page(dossier, "/decider")).status_code == 403
    assert client.get("/instruction/dossiers?etat=refuse").text.count(dossier.reference) == 0
    decisions.notify(session, by=responsable, dossier=dossier, version=1)
    session.commit()
    assert CANARI in client.get(page(dossier)).text


@pytest.mark.parametrize("role", [RoleAffectation.LECTEUR, RoleAffectation.INSTRUCTEUR])
def test_only_a_responsable_decides_and_notifies(
    client: ClientStrict, session: Session, creer: Fabriques, ddets: Service, dossier: Dossier, role: RoleAffectation
) -> None:
    creer.decision(dossier, creer.responsable(ddets))
    agent = creer.agent(ddets, role)
    with pytest.raises(Forbidden):
        decisions.decide(session, by=creer.acteur(agent), dossier=dossier, teneur=ACCORD, version=1)
    client.connecter(agent)
    client.get(page(dossier))
    assert "Notifier la décision" not in client.texte()
    assert client.get(page(dossier, "/decider")).status_code == 403
    for suite in ("/notifier", "/decider"):
        assert client.poster(page(dossier, suite), {"version": "1"}).status_code == 403


def test_a_decision_changes_until_its_notification_is_asked(
    session: Session, creer: Fabriques, dossier: Dossier, responsable: Acteur
) -> None:
    decisions.decide(session, by=responsable, dossier=dossier, teneur=ACCORD)
    with pytest.raises(Conflict):
        decisions.decide(session, by=responsable, dossier=dossier, teneur=REFUS, version=0)
    decisions.decide(session, by=responsable, dossier=dossier, teneur=REFUS, version=1)
    with pytest.raises(Conflict):
        decisions.notify(session, by=responsable, dossier=dossier, version=1)
    decision = decisions.notify(session, by=responsable, dossier=dossier, version=2)
    assert (dossier.etat, decision.montant_accorde) == (Etat.REFUSE, None)
    with pytest.raises(TransitionInterdite):
        decisions.decide(session, by=responsable, dossier=dossier, teneur=ACCORD, version=2)


def test_ds_is_told_and_its_answer_makes_the_notification(
    session: Session, creer: Fabriques, ddets: Service, responsable: Acteur
) -> None:
    dossier = creer.dossier_ds(ddets, etat=Etat.EN_INSTRUCTION)
    decisions.decide(session, by=responsable, dossier=dossier, teneur=ACCORD)
    lettres_pretes(session)
    lettres_pretes(session)
    decision = decisions.notify(session, by=responsable, dossier=dossier, version=1)
    operation = session.scalars(select(OperationDS)).one()
    assert (operation.mutation, dossier.etat, decision.notified_at) == ("accepter", Etat.EN_INSTRUCTION, None)
    assert CANARI in operation.arguments["motivation"]
    with pytest.raises(TransitionInterdite):
        decisions.notify(session, by=responsable, dossier=dossier, version=1)
    dossier.etat = Etat.REFUSE
    assert not decisions.confirm_notified(session, dossier)
    dossier.etat = Etat.ACCEPTE
    assert not decisions.confirm_notified(session, dossier), "somebody else may have granted it at DS"
    operation.etat = EtatEnvoi.ENVOYE
    assert decisions.confirm_notified(session, dossier)
    assert (decision.notified_at is not None, dossier.montant_accorde) == (True, Decimal("1200.00"))
    assert not decisions.confirm_notified(session, dossier)
    assert session.scalars(select(Courriel)).all() == []


def test_a_refusal_of_ds_lets_the_decision_be_changed_and_sent_again(
    session: Session, creer: Fabriques, ddets: Service, responsable: Acteur
) -> None:
    dossier = creer.dossier_ds(ddets, etat=Etat.EN_INSTRUCTION)
    decisions.decide(session, by=responsable, dossier=dossier, teneur=ACCORD)
    lettres_pretes(session)
    lettres_pretes(session)
    decisions.notify(session, by=responsable, dossier=dossier, version=1)
    session.scalars(select(OperationDS)).one().etat = EtatEnvoi.REFUSE
    session.flush()
    actes = fiches.get(session, responsable, dossier.reference).actes
    assert (actes.decider, actes.notifier) == (True, True)
    decisions.decide(session, by=responsable, dossier=dossier, teneur=REFUS, version=1)
    lettres_pretes(session)
    decisions.notify(session, by=responsable, dossier=dossier, version=2)
    assert [operation.mutation for operation in session.scalars(select(OperationDS))] == ["refuser"]


def test_more_than_was_asked_is_allowed_and_said(
    client: ClientStrict, session: Session, creer: Fabriques, ddets: Service, dossier: Dossier, responsable: Acteur
) -> None:
    teneur = Teneur(sens=SensDecision.ACCEPTE, montant_accorde=Decimal("9000.00"))
    decisions.decide(session, by=responsable, dossier=dossier, teneur=teneur)
    session.commit()
    client.connecter(creer.agent(ddets))
    client.get(page(dossier))
    assert "dépasse le montant demandé" in client.texte()


def test_of_two_agents_at_once_one_decides_or_notifies_and_everything_leaves_once(fabrique_reelle: Fabrique) -> None:
    bilan = course.run(fabrique_reelle, courses=course.COURSES // 10)
    assert not bilan.fautes
    assert bilan.courues.total() == 20


def test_what_the_page_offers_the_services_accept_and_the_rest_they_refuse(
    session: Session, creer: Fabriques, ddets: Service
) -> None:
    saisi = creer.service("DRAJES")
    for etat in Etat:
        if etat == Etat.BROUILLON:
            continue
        for decide in (False, True):
            for service, role in [(ddets, role) for role in RoleAffectation] + [(saisi, RoleAffectation.RESPONSABLE)]:
                dossier = creer.dossier(ddets, etat=etat)
                creer.demande_avis(dossier, saisi)
                if decide:
                    creer.decision(dossier, creer.responsable(ddets))
                _confronter(session, creer.acteur(creer.agent(service, role)), dossier, creer.service(), int(decide))


def _confronter(session: Session, acteur: Acteur, dossier: Dossier, tiers: Service, version: int) -> None:
    offerts = fiches.get(session, acteur, dossier.reference).actes
    essais: dict[str, Callable[[], object]] = {
        "prendre_en_charge": lambda: services.take_in_charge(session, by=acteur, dossier=dossier, version=1),
        "demander_avis": lambda: saisir(session, by=acteur, dossier=dossier, service_id=tiers.id, question="?"),
        "donner_avis": lambda: avis.give(
            session,
            by=acteur,
            objet=dossier,
            sens=SensAvis.FAVORABLE,
            montant_propose=None,
            texte="Oui",
            audience=Audience.SERVICE,
        ),
        "decider": lambda: decisions.decide(session, by=acteur, dossier=dossier, teneur=ACCORD, version=version),
        "notifier": lambda: decisions.notify(session, by=acteur, dossier=dossier, version=version),
    }
    for nom, essai in essais.items():
        point = session.begin_nested()
        try:
            essai()
            accepte = True
        except (Forbidden, Conflict, Invalid):
            accepte = False
        point.rollback()
        session.expire_all()
        assert accepte == getattr(offerts, nom), (nom, dossier.etat, acteur.role)
