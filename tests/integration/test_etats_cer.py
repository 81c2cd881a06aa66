"""What the queue filters by says where associations stand with the CER, as soon as a title of theirs changes."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from portal.formats import aujourdhui
from portal.models.associations import Association
from portal.models.connexion import User
from portal.models.dossiers import Dossier
from portal.models.services import Service
from portal.queries import dossiers
from portal.queries.filtres_dossiers import FiltreDossiers
from portal.services import etats_cer, mandats, reconnaissances
from portal.vocabulaire_cer import EtatCer, TypeReconnaissance
from tests.factories import Fabriques
from tests.requetes import requetes


@pytest.fixture
def ddets(creer: Fabriques) -> Service:
    return creer.service("DDETS 69")


@pytest.fixture
def agent(creer: Fabriques, ddets: Service) -> User:
    return creer.agent(ddets)


@pytest.fixture
def dossier(creer: Fabriques, ddets: Service) -> Dossier:
    return creer.dossier(ddets, association=creer.association())


def trouves(session: Session, creer: Fabriques, agent: User, cer: str) -> list[str]:
    """The references that the filter gives."""
    vue = dossiers.list_dossiers(session, creer.acteur(agent), FiltreDossiers.from_args({"cer": cer}))
    return [ligne.reference for ligne in vue.lignes]


def association_de(dossier: Dossier) -> Association:
    assert dossier.association is not None
    return dossier.association


def test_a_recognition_noted_then_withdrawn_moves_the_dossier_between_filters(
    session: Session, creer: Fabriques, agent: User, dossier: Dossier
) -> None:
    by = creer.acteur(agent)
    assert trouves(session, creer, agent, "manquant") == [dossier.reference]
    notee = reconnaissances.note(
        session,
        by=by,
        association_id=association_de(dossier).id,
        genre=TypeReconnaissance.RUP,
        autorite="Conseil d’État",
        reference="Décret du 3 mars 2020",
        date_debut=aujourdhui() - timedelta(days=900),
    )
    assert trouves(session, creer, agent, "dispense") == [dossier.reference]
    reconnaissances.withdraw(session, by=by, reconnaissance=notee)
    assert trouves(session, creer, agent, "manquant") == [dossier.reference]
    assert trouves(session, creer, agent, "dispense") == []


def test_a_mandate_proved_makes_signed_what_was_signed_by_somebody_unverified(
    session: Session, creer: Fabriques, agent: User, dossier: Dossier
) -> None:
    mandat = creer.mandat(creer.usager(), association_de(dossier), prouve=False)
    creer.engagement(mandat)
    assert etats_cer.refresh_all(session) == 1
    assert trouves(session, creer, agent, "declare") == [dossier.reference]
    mandats.prove(session, by=creer.acteur(agent), mandat=mandat, piece="Procès-verbal du 3 mars")
    assert trouves(session, creer, agent, "signe") == [dossier.reference]


def test_the_hourly_job_writes_what_time_alone_has_changed_in_one_statement_and_nothing_else(
    session: Session, creer: Fabriques, agent: User, dossier: Dossier
) -> None:
    hier = aujourdhui() - timedelta(days=1)
    creer.reconnaissance(association_de(dossier), agent, date_debut=hier - timedelta(days=700), date_fin=hier)
    creer.dossier(association=creer.association())
    with requetes() as vues:
        assert etats_cer.refresh_all(session) == 1
    assert len(vues) == 1
    assert etats_cer.refresh_all(session) == 0
    session.refresh(dossier)
    assert dossier.cer == EtatCer.DISPENSE_EXPIREE
    assert trouves(session, creer, agent, "dispense expirée") == [dossier.reference]


def test_a_demandeur_that_is_no_association_has_no_cer_to_filter_by(
    session: Session, creer: Fabriques, agent: User, ddets: Service
) -> None:
    commune = creer.dossier(ddets)
    assert trouves(session, creer, agent, "sans_objet") == [commune.reference]
    assert trouves(session, creer, agent, "manquant") == []
