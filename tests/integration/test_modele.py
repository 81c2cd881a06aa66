"""Every path of the workflow, for every actor and setting: what is offered is accepted, what is not offered is refused."""

from datetime import timedelta
from itertools import product

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.formats import aujourdhui, maintenant
from portal.models.connexion import User
from portal.models.decisions import Delegation
from portal.models.envois import OperationDS
from portal.models.workflow import TRANSITIONS
from portal.permissions import Acteur
from portal.services import decisions
from portal.vocabulaire import ETATS_FINAUX, Etat, EtatEnvoi, RoleAffectation, SensDecision, Source
from portal.vocabulaire_instruction import ModeNotification, QuiDecide
from tests.campagnes.modele.exploration import Marche, sign
from tests.campagnes.modele.lieu import ACCORD, ASSOCIATION, SENS, lieu
from tests.fabriques_decisions import regler
from tests.fabriques_lettres import lettres_pretes
from tests.factories import Fabriques

REGLAGES = [
    (*qui, mode) for qui, mode in product(zip(QuiDecide, (False, True), strict=True), (None, *ModeNotification))
]
# The fine walk is `make campagne-modele`: here, all that is offered is tried, and this part of what is not.
PART = 0.1


def test_every_path_of_a_native_dossier_offers_what_is_accepted_and_nothing_else(
    session: Session, creer: Fabriques
) -> None:
    ici = lieu(session, creer, Source.PORTAIL, mode=ModeNotification.PARAPHEUR)
    bilan = Marche(ici, ModeNotification.PARAPHEUR, part=PART, fine=False).explorer()
    assert not bilan.fautes
    assert bilan.atteints == set(Etat) - {Etat.BROUILLON}
    assert bilan.sans_issue == {Etat.RETIRE}
    assert bilan.passages == {(un.action, un.de, un.vers) for un in TRANSITIONS}, (
        "the table, all of it and nothing else"
    )
    assert bilan.confrontes[True, True] > 50
    assert bilan.confrontes[False, False] > 20


@pytest.mark.parametrize(("qui_decide", "proposition_requise", "mode"), REGLAGES)
@pytest.mark.parametrize("source", [Source.PORTAIL, Source.DS])
def test_whatever_the_settings_the_pages_offer_what_the_services_accept(
    session: Session,
    creer: Fabriques,
    source: Source,
    qui_decide: QuiDecide,
    proposition_requise: bool,
    mode: ModeNotification | None,
) -> None:
    ici = lieu(session, creer, source, Etat.EN_INSTRUCTION)
    valeurs = {"qui_decide": qui_decide, "proposition_requise": proposition_requise, "mode_notification": mode}
    regler(session, ici.dossier.service, **valeurs)
    del ici.acteurs[ASSOCIATION]
    ici.acteurs = {nom: _relire(creer, acteur) for nom, acteur in ici.acteurs.items()}
    par = ici.acteurs[RoleAffectation.RESPONSABLE.value]
    ici.confronter("rien")
    decisions.propose(session, by=par, dossier=ici.dossier, teneur=ACCORD)
    decisions.decide(session, by=par, dossier=ici.dossier, teneur=SENS[SensDecision.REFUSE])
    ici.confronter("décidée")
    sign(session, ici.dossier)
    ici.confronter("lettre signée")
    if mode is not None:
        decisions.notify(session, by=par, dossier=ici.dossier, version=1)
        ici.confronter("notification demandée")


@pytest.mark.parametrize("etat_envoi", list(EtatEnvoi))
def test_while_ds_has_not_answered_nothing_that_it_would_refuse_is_offered(
    session: Session, creer: Fabriques, etat_envoi: EtatEnvoi
) -> None:
    ici = lieu(session, creer, Source.DS, Etat.EN_INSTRUCTION)
    par = ici.acteurs[RoleAffectation.RESPONSABLE.value]
    decisions.decide(session, by=par, dossier=ici.dossier, teneur=ACCORD)
    lettres_pretes(session)
    decisions.notify(session, by=par, dossier=ici.dossier, version=1)
    session.scalars(select(OperationDS)).one().etat = etat_envoi
    if etat_envoi == EtatEnvoi.ENVOYE:
        ici.dossier.etat = Etat.ACCEPTE
        assert decisions.confirm_notified(session, ici.dossier)
    session.flush()
    ici.confronter(etat_envoi)


@pytest.mark.parametrize("valeurs", [{"fin": aujourdhui() - timedelta(days=1)}, {"retiree_at": maintenant()}])
def test_without_a_delegation_in_force_neither_deciding_nor_notifying_is_offered(
    session: Session, creer: Fabriques, valeurs: dict[str, object]
) -> None:
    ici = lieu(session, creer, Source.PORTAIL, Etat.EN_INSTRUCTION)
    par = ici.acteurs[RoleAffectation.RESPONSABLE.value]
    decisions.decide(session, by=par, dossier=ici.dossier, teneur=ACCORD)
    for delegation in session.scalars(select(Delegation)):
        for nom, valeur in valeurs.items():
            setattr(delegation, nom, valeur)
    session.flush()
    offerts = ici.offerts(par)
    assert (offerts["decider"], offerts["notifier"]) == (False, False)
    ici.confronter(valeurs)


def test_no_etat_is_without_exit_but_the_withdrawn_one_and_every_etat_is_reached() -> None:
    sorties = {etat: {un.vers for un in TRANSITIONS if un.de == etat} - {etat} for etat in Etat}
    atteints = {Etat.EN_CONSTRUCTION}
    while suivants := {vers for de in atteints for vers in sorties[de]} - atteints:
        atteints |= suivants
    assert {etat for etat in atteints if not sorties[etat]} == {Etat.RETIRE}
    assert atteints == set(Etat) - {Etat.BROUILLON}
    assert {un.vers for un in TRANSITIONS} >= set(ETATS_FINAUX)
    assert not [un for un in TRANSITIONS if un.de == Etat.RETIRE]


def _relire(creer: Fabriques, acteur: Acteur) -> Acteur:
    """The same person after the settings of its service have changed."""
    return creer.acteur(creer.session.get_one(User, acteur.user_id))
