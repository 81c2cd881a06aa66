"""The dry run of a lot tells of each dossier exactly what the act itself would: done, or refused with that sentence."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from portal.errors import PortalError
from portal.formats import aujourdhui
from portal.models.connexion import User
from portal.models.decisions import Proposition
from portal.models.dossiers import Dossier
from portal.models.services import Service
from portal.permissions import Acteur
from portal.permissions.actes_lots import agent_recused, service_recused
from portal.permissions.attributions import RECUSE
from portal.queries import essais_lots
from portal.queries.acteurs import agent_of
from portal.services import etiquettes, operations_ds
from portal.services.actes_lots import ACTES
from portal.vocabulaire import Etat, SensDecision
from portal.vocabulaire_instruction import ActionLot, QuiDecide
from portal.vocabulaire_lots import ChoixDecision
from tests import fabriques_lectures, fabriques_portes, fabriques_suivi
from tests.fabriques_decisions import deleguer, regler
from tests.factories import Fabriques
from tests.requetes import requetes

PLAFOND = Decimal(2000)


def _acteur(session: Session, user: User) -> Acteur:
    lu = agent_of(session, user.id, user.affectations[0].service_id)
    assert lu is not None
    return lu


def _proposer(creer: Fabriques, dossier: Dossier, auteur: User, montant: str) -> Dossier:
    ligne = {"exercice": 2026, "programme": "163", "nature": "numeraire", "montant": montant, "conditionnelle": False}
    creer.session.add(
        Proposition(
            dossier_id=dossier.id,
            sens=SensDecision.ACCEPTE,
            lignes=[ligne],
            montant=Decimal(montant),
            auteur_id=auteur.id,
        )
    )
    creer.session.commit()
    return dossier


def _menagerie(creer: Fabriques, service: Service, agent: User, autre: Service) -> list[Dossier]:
    """Dossiers in every situation that an act looks at."""
    association, usager = creer.association(), creer.usager()
    instruction = {"etat": Etat.EN_INSTRUCTION}
    decide, reprise = creer.dossier(service, **instruction), creer.dossier(service, **instruction)
    creer.decision(decide, agent)
    creer.decision(reprise, agent, delegation_id=None, version=3)
    saisi = creer.dossier(creer.service(), **instruction)
    creer.demande_avis(saisi, service)
    interroge = creer.dossier(service, **instruction)
    creer.demande_avis(interroge, autre)
    attendu = creer.dossier_ds(service)
    operations_ds.queue(
        creer.session, by=_acteur(creer.session, agent), dossier=attendu, mutation="passer_en_instruction"
    )
    depose, corrige = (fabriques_suivi.depose(creer, association, usager, service) for _ in range(2))
    fabriques_suivi.complement(creer.session, corrige, agent, ("projet",))
    attribue = creer.dossier(service, instructeur_id=agent.id)
    return [
        creer.dossier(service),
        creer.dossier_ds(service),
        creer.dossier(service, **instruction),
        creer.dossier(service, etat=Etat.ACCEPTE),
        creer.dossier(service, etat=Etat.RETIRE),
        creer.dossier(service, **instruction, montant_demande=None),
        creer.dossier(service, **instruction, montant_demande=Decimal(9000)),
        _proposer(creer, creer.dossier(service, **instruction), agent, "1200.00"),
        _proposer(creer, creer.dossier(service, **instruction), agent, "2500.00"),
        decide, reprise, saisi, interroge, attendu, depose, corrige, attribue,
    ]  # fmt: skip


def _parametres(
    service: Service, agent: User, autre: Service, etiquette: int
) -> list[tuple[ActionLot, Mapping[str, object]]]:
    decision = {"motif": None, "motivation": "", "conditions": "", "part": None, "montant": None}
    jour = (aujourdhui() + timedelta(days=20)).isoformat()
    corrections = {"motif": "À revoir", "echeance": jour, "pieces_exigees": False}
    refus = {"motif": "priorite", "motivation": "Crédits comptés, {association}."}
    return [
        (ActionLot.PRENDRE_EN_CHARGE, {}),
        (ActionLot.ATTRIBUER, {"instructeur": agent.id}),
        (ActionLot.ATTRIBUER, {"instructeur": None}),
        (ActionLot.ETIQUETER, {"etiquette": etiquette}),
        (ActionLot.DEMANDER_AVIS, {"service": autre.id, "question": "Qu’en dites-vous ?", "echeance": None}),
        (ActionLot.DEMANDER_COMPLEMENT, {"motifs": {"projet": "Le lieu manque."}, **corrections}),
        (ActionLot.DECIDER, decision | {"choix": ChoixDecision.PROPOSITION}),
        (ActionLot.DECIDER, decision | {"choix": ChoixDecision.PART, "part": "80"}),
        (ActionLot.DECIDER, decision | {"choix": ChoixDecision.MONTANT, "montant": "500.00"}),
        (ActionLot.DECIDER, decision | {"choix": ChoixDecision.MONTANT, "montant": "2000.01"}),
        (ActionLot.DECIDER, decision | {"choix": ChoixDecision.REFUSE, **refus}),
        (ActionLot.DECIDER, decision | {"choix": ChoixDecision.SANS_SUITE, "motif": "doublon"}),
        (ActionLot.NOTIFIER, {}),
    ]


def _faire(session: Session, by: Acteur, action: ActionLot, parametres: Mapping[str, object], dossier: Dossier) -> str:
    """The sentence of the refusal, empty when it is done; nothing stays."""
    faits = essais_lots.faits_lots.read_many(session, by, [dossier])[dossier.id]
    version = faits.decision.version if faits.decision else 0
    point = session.begin_nested()
    try:
        ACTES[action](session, by, dossier, parametres, version)
    except PortalError as refus:
        return refus.message
    else:
        return ""
    finally:
        point.rollback()
        session.expire_all()


@pytest.mark.parametrize("role", ["instructeur", "responsable", "delegue"])
def test_the_dry_run_says_of_each_dossier_what_the_act_does(session: Session, creer: Fabriques, role: str) -> None:
    service, autre = creer.service(), creer.service()
    responsable = creer.responsable(service)
    agent = responsable if role == "responsable" else creer.agent(service)
    if role == "delegue":
        regler(session, service, qui_decide=QuiDecide.INSTRUCTEUR)
        deleguer(session, agent, plafond=PLAFOND)
    dossiers = _menagerie(creer, service, responsable, autre)
    etiquette = fabriques_portes.etiquette(creer, service)
    by = _acteur(session, agent)
    etiquettes.put(session, by=by, dossier=dossiers[2], etiquette_id=etiquette.id)
    session.commit()
    for action, parametres in _parametres(service, agent, autre, etiquette.id):
        essai = essais_lots.run(session, by, action, parametres, dossiers)
        annonces = {un.dossier.id: "" for un in essai.retenus}
        annonces |= {un.id: groupe.raison for groupe in essai.exclus for un in groupe.dossiers}
        ecarts = {
            un.reference: (annonces[un.id], fait)
            for un in dossiers
            if (fait := _faire(session, by, action, parametres, un)) != annonces[un.id]
        }
        assert not ecarts, (action, parametres, ecarts)


def test_the_dry_run_leaves_out_what_a_conflict_of_interest_closes_and_says_why(
    session: Session, creer: Fabriques
) -> None:
    """Of the one who is named, of everybody who could answer, of the one to whom it would be given; as the act does."""
    service, autre = creer.service(), creer.service("DRAC ARA")
    agent, collegue = creer.agent(service), creer.agent(service)
    nomme, dernier = creer.agent(autre, prenom="Zoé", nom="Lenoir"), creer.agent(autre)
    association = creer.association()
    du_dossier, de_l_association, tout_le_service, libre, ferme = (
        creer.dossier(service, etat=Etat.EN_INSTRUCTION, association=association if rang == 1 else None)
        for rang in range(5)
    )
    for qui, quoi in (
        (nomme, du_dossier), (nomme, association), (nomme, tout_le_service), (dernier, tout_le_service),
        (collegue, du_dossier), (collegue, association), (agent, ferme),
    ):  # fmt: skip
        fabriques_lectures.recuser(session, qui, quoi)
    by, dossiers = _acteur(session, agent), [du_dossier, de_l_association, tout_le_service, libre]
    lus = essais_lots.of_references(session, by, [un.reference for un in (*dossiers, ferme)])
    assert lus == dossiers, "one that is closed to who asks is not there at all"
    question = {"question": "Qu’en dites-vous ?", "echeance": None}
    la_nommer = agent_recused("Zoé Lenoir")
    plus_personne = service_recused("DRAC ARA")
    consultes = [{"service_id": autre.id, "agent_id": nomme.id}]
    cas: list[tuple[ActionLot, Mapping[str, object], list[str]]] = [
        (ActionLot.DEMANDER_AVIS, {"consultes": consultes, **question}, [la_nommer, la_nommer, la_nommer, ""]),
        (ActionLot.DEMANDER_AVIS, {"service": autre.id, **question}, ["", "", plus_personne, ""]),
        (ActionLot.ATTRIBUER, {"instructeur": collegue.id}, [RECUSE, RECUSE, "", ""]),
    ]
    for action, parametres, attendus in cas:
        essai = essais_lots.run(session, by, action, parametres, dossiers)
        dits = {un.id: groupe.raison for groupe in essai.exclus for un in groupe.dossiers}
        assert [dits.get(un.id, "") for un in dossiers] == attendus
        assert [_faire(session, by, action, parametres, un) for un in dossiers] == attendus


def test_a_lot_never_changes_a_decision_that_is_recorded(session: Session, creer: Fabriques) -> None:
    responsable = creer.responsable()
    service = responsable.affectations[0].service
    dossier = creer.dossier(service, etat=Etat.EN_INSTRUCTION)
    creer.decision(dossier, responsable)
    parametres = {"choix": ChoixDecision.MONTANT, "montant": "10.00"}
    essai = essais_lots.run(session, _acteur(session, responsable), ActionLot.DECIDER, parametres, [dossier])
    assert [groupe.raison for groupe in essai.exclus] == [essais_lots.DEJA_DECIDE]


def test_the_dry_run_tells_what_the_grants_would_make_of_the_envelope(session: Session, creer: Fabriques) -> None:
    responsable = creer.responsable()
    service = responsable.affectations[0].service
    demarche = creer.demarche(service, enveloppe=Decimal(3000))
    dossiers = [
        creer.dossier(demarche=demarche, etat=Etat.EN_INSTRUCTION, montant_demande=Decimal("1999.99")) for _ in range(2)
    ]
    parametres = {"choix": ChoixDecision.PART, "part": "50"}
    essai = essais_lots.run(session, _acteur(session, responsable), ActionLot.DECIDER, parametres, dossiers)
    assert [(une.nombre, une.total, une.reste) for une in essai.simulations] == [(2, Decimal(1998), Decimal(1002))]


def test_the_dry_run_of_many_takes_as_many_statements_as_that_of_one(session: Session, creer: Fabriques) -> None:
    service, autre = creer.service(), creer.service()
    responsable = creer.responsable(service)
    tous = _menagerie(creer, service, responsable, autre)
    by, etiquette = _acteur(session, responsable), fabriques_portes.etiquette(creer, service)
    session.commit()

    def nombre_de_requetes(action: ActionLot, parametres: Mapping[str, object], nombre: int) -> int:
        session.expunge_all()
        with requetes() as vues:
            lus = essais_lots.of_references(session, by, [un.reference for un in tous[-nombre:]])
            essais_lots.run(session, by, action, parametres, lus)
        return len(vues)

    for action, parametres in _parametres(service, responsable, autre, etiquette.id):
        assert nombre_de_requetes(action, parametres, len(tous)) <= 8, action
