"""Two people act on one decision: whoever comes second reads what stands beside what was on the page, and loses no word."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models.connexion import User
from portal.models.decisions import DecisionPassee
from portal.models.dossiers import Dossier
from portal.models.envois import Courriel
from portal.models.services import Service
from portal.permissions import Acteur
from portal.services import decisions, reouvertures
from portal.services.decisions import Teneur
from portal.vocabulaire import Etat, MotifDecision, SensDecision
from tests.client import ClientStrict
from tests.fabriques_octrois import accord
from tests.factories import Fabriques

REFUS = Teneur(sens=SensDecision.REFUSE, motif=MotifDecision.PRIORITE, motivation="Moins prioritaire que d’autres.")


@pytest.fixture
def service(creer: Fabriques) -> Service:
    return creer.service("DDETS 69")


@pytest.fixture
def dossier(creer: Fabriques, service: Service) -> Dossier:
    association = creer.association()
    creer.mandat(creer.usager(), association)
    return creer.dossier(service, etat=Etat.EN_INSTRUCTION, association=association)


@pytest.fixture
def autre(creer: Fabriques, service: Service) -> User:
    return creer.responsable(service)


@pytest.fixture
def page(client: ClientStrict, creer: Fabriques, service: Service, dossier: Dossier) -> str:
    """The page of the dossier, open before a responsable who is not that other one."""
    client.connecter(creer.responsable(service))
    return f"/instruction/dossiers/{dossier.reference}"


def lire(client: ClientStrict, *attendus: str) -> None:
    texte = client.texte()
    for attendu in attendus:
        assert attendu in texte


def test_whoever_notifies_a_decision_that_was_changed_reads_both_and_may_notify_the_new_one(
    client: ClientStrict, session: Session, creer: Fabriques, dossier: Dossier, autre: User, page: str
) -> None:
    la_bas = creer.acteur(autre)
    decisions.decide(session, by=la_bas, dossier=dossier, teneur=accord("1200.00", "Projet utile."))
    session.commit()
    client.get(page)
    decisions.decide(session, by=la_bas, dossier=dossier, teneur=REFUS, version=1)
    session.commit()
    assert client.soumettre(action="/notifier").status_code == 409
    lire(client, "Vous n’avez rien notifié", "Projet utile.", "1 200,00 €", "Moins prioritaire que d’autres.")
    lire(client, "La décision que vous aviez lue", "La décision enregistrée", autre.nom_affiche)
    session.refresh(dossier)
    assert dossier.etat == Etat.EN_INSTRUCTION
    client.soumettre(action="/notifier")
    lire(client, "La décision est notifiée.")
    session.refresh(dossier)
    assert dossier.etat == Etat.REFUSE


def test_whoever_notifies_second_reads_who_was_first_and_nothing_leaves_twice(
    client: ClientStrict, session: Session, creer: Fabriques, dossier: Dossier, autre: User, page: str
) -> None:
    la_bas = creer.acteur(autre)
    decisions.decide(session, by=la_bas, dossier=dossier, teneur=REFUS)
    session.commit()
    client.get(page)
    decisions.notify(session, by=la_bas, dossier=dossier, version=1)
    session.commit()
    assert client.soumettre(action="/notifier").status_code == 409
    lire(client, f"La notification a été demandée par {autre.nom_affiche}", "Moins prioritaire que d’autres.")
    assert "La décision que vous aviez lue" not in client.texte(), "it is the same"
    assert "Notifier ce qui est enregistré" not in client.texte()
    assert len(session.scalars(select(Courriel)).all()) == 1


def test_whoever_reopens_second_reads_the_reason_of_the_first_beside_her_own(
    client: ClientStrict, session: Session, creer: Fabriques, dossier: Dossier, autre: User, page: str
) -> None:
    la_bas = _notifiee(session, creer, dossier, autre)
    client.get(f"{page}/rouvrir")
    reouvertures.reopen(session, by=la_bas, dossier=dossier, motif="Pièce mal lue.", version=1)
    session.commit()
    assert client.soumettre({"motif": "Mes mots à moi."}, action="/rouvrir").status_code == 409
    lire(client, "Vous n’avez pas rouvert ce dossier", f"rouvert par {autre.nom_affiche}", "Pièce mal lue.")
    lire(client, "Mes mots à moi.", "Moins prioritaire que d’autres.")
    assert [une.motif for une in session.scalars(select(DecisionPassee))] == ["Pièce mal lue."]


def test_a_decision_notified_anew_meanwhile_is_read_before_it_is_reopened(
    client: ClientStrict, session: Session, creer: Fabriques, dossier: Dossier, autre: User, page: str
) -> None:
    la_bas = _notifiee(session, creer, dossier, autre)
    client.get(f"{page}/rouvrir")
    reouvertures.reopen(session, by=la_bas, dossier=dossier, motif="Pièce mal lue.", version=1)
    decisions.decide(session, by=la_bas, dossier=dossier, teneur=accord("700.00", "Pièce relue."), version=2)
    decisions.notify(session, by=la_bas, dossier=dossier, version=3)
    session.commit()
    assert client.soumettre({"motif": "Mes mots à moi."}, action="/rouvrir").status_code == 409
    lire(client, "Moins prioritaire que d’autres.", "Pièce relue.", "700,00 €", "Mes mots à moi.")
    client.soumettre(action="/rouvrir")
    lire(client, "Le dossier est rouvert.")
    motifs = session.scalars(select(DecisionPassee.motif).order_by(DecisionPassee.id))
    assert list(motifs) == ["Pièce mal lue.", "Mes mots à moi."]


def _notifiee(session: Session, creer: Fabriques, dossier: Dossier, par: User) -> Acteur:
    """That person has notified a refusal."""
    acteur = creer.acteur(par)
    decisions.decide(session, by=acteur, dossier=dossier, teneur=REFUS)
    decisions.notify(session, by=acteur, dossier=dossier, version=1)
    session.commit()
    return acteur
