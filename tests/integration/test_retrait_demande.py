"""An association withdraws its request: a signataire, before the decision, from one service or from all."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.db import Fabrique
from portal.errors import PortalError
from portal.models.associations import Association
from portal.models.connexion import User
from portal.models.decisions import Decision
from portal.models.dossiers import AccesDossier, Dossier
from portal.models.echanges import Complement
from portal.models.envois import Courriel
from portal.models.services import Service
from portal.services import decisions, retraits_demande
from portal.vocabulaire import Etat, RoleMandat, SensDecision
from tests import fabriques_suivi
from tests.client import ClientStrict
from tests.factories import Fabriques

HOSTILE = "<script>x</script> nous renonçons"


@pytest.fixture
def ddets(creer: Fabriques) -> Service:
    return creer.service("DDETS 69", email="ddets@example.org")


@pytest.fixture
def association(creer: Fabriques) -> Association:
    return creer.association()


@pytest.fixture
def presidente(creer: Fabriques, association: Association) -> User:
    usager = creer.usager()
    creer.mandat(usager, association)
    return usager


@pytest.fixture
def dossier(creer: Fabriques, ddets: Service, association: Association, presidente: User) -> Dossier:
    return fabriques_suivi.depose(creer, association, presidente, ddets)


def page(dossier: Dossier) -> str:
    return f"/dossiers/{dossier.reference}/retirer"


def test_a_signataire_withdraws_and_the_service_is_told_why(
    client: ClientStrict, session: Session, creer: Fabriques, ddets: Service, presidente: User, dossier: Dossier
) -> None:
    fabriques_suivi.complement(session, dossier, presidente, ("projet",))
    client.connecter(presidente)
    client.get(f"/dossiers/{dossier.reference}")
    assert "Retirer la demande" in client.texte()
    client.get(page(dossier))
    assert "Un retrait ne se reprend pas" in client.texte()
    client.soumettre({"motif": HOSTILE})
    texte = client.texte()
    assert "Votre demande est retirée." in texte
    assert "Retiré par l’association" in texte
    assert "Retirer la demande" not in texte
    session.expire_all()
    assert (dossier.etat, dossier.complement_demande) == (Etat.RETIRE, False)
    assert session.scalars(select(AccesDossier.etat)).all() == [Etat.RETIRE]
    assert session.scalars(select(Complement)).one().annule_at is not None
    assert set(session.scalars(select(Courriel.destinataire))) == {"ddets@example.org"}
    agent = creer.agent(ddets)
    client.connecter(agent)
    client.get(f"/instruction/dossiers/{dossier.reference}/historique")
    assert "Demande retirée par l’association" in client.texte()
    lu = client.get(f"/instruction/dossiers/{dossier.reference}/echanges")
    assert "&lt;script&gt;x&lt;/script&gt; nous renonçons" in lu.text


def test_only_a_signataire_withdraws_and_never_another_association(
    client: ClientStrict, session: Session, creer: Fabriques, association: Association, dossier: Dossier
) -> None:
    redacteur, declare, etranger = (creer.usager() for _ in range(3))
    creer.mandat(redacteur, association, RoleMandat.REDACTEUR)
    creer.mandat(declare, association, prouve=False)
    creer.mandat(etranger, creer.association())
    for personne, statut in ((redacteur, 403), (declare, 404), (etranger, 404)):
        client.connecter(personne)
        assert client.get(page(dossier)).status_code == statut
        assert client.poster(page(dossier)).status_code == statut
    session.expire_all()
    assert dossier.etat == Etat.EN_CONSTRUCTION


def test_whoever_filed_with_a_declared_mandat_may_withdraw_what_she_filed(
    client: ClientStrict, session: Session, creer: Fabriques, ddets: Service
) -> None:
    association, declare = creer.association(), creer.usager()
    creer.mandat(declare, association, prouve=False)
    dossier = fabriques_suivi.depose(creer, association, declare, ddets)
    client.connecter(declare)
    client.get(page(dossier))
    client.soumettre()
    session.expire_all()
    assert dossier.etat == Etat.RETIRE


@pytest.mark.parametrize("portee", ["", "ce_service", "tous"])
def test_of_a_demande_commune_it_is_asked_from_whom(
    client: ClientStrict,
    session: Session,
    creer: Fabriques,
    association: Association,
    presidente: User,
    dossier: Dossier,
    portee: str,
) -> None:
    frere = fabriques_suivi.depose(creer, association, presidente, creer.service(), demande=dossier.demande)
    decide = fabriques_suivi.depose(creer, association, presidente, creer.service(), demande=dossier.demande)
    decide.etat = Etat.ACCEPTE
    session.commit()
    client.connecter(presidente)
    client.get(page(dossier))
    assert frere.reference in client.texte()
    assert decide.reference not in client.texte()
    reponse = client.soumettre({"portee": portee} if portee else {})
    session.expire_all()
    attendus = {
        "": (422, Etat.EN_CONSTRUCTION, Etat.EN_CONSTRUCTION),
        "ce_service": (200, Etat.RETIRE, Etat.EN_CONSTRUCTION),
        "tous": (200, Etat.RETIRE, Etat.RETIRE),
    }
    assert (reponse.status_code, dossier.etat, frere.etat) == attendus[portee]
    assert decide.etat == Etat.ACCEPTE


def test_what_is_decided_or_on_ds_is_not_withdrawn_here(
    client: ClientStrict, session: Session, creer: Fabriques, ddets: Service, association: Association, presidente: User
) -> None:
    client.connecter(presidente)
    for etat in (Etat.ACCEPTE, Etat.REFUSE, Etat.SANS_SUITE, Etat.RETIRE):
        decide = fabriques_suivi.depose(creer, association, presidente, ddets, etat=etat)
        reponse = client.poster(page(decide))
        assert reponse.status_code == 409
        assert "ne se corrige et ne se retire plus" in reponse.text
        session.refresh(decide)
        assert decide.etat == etat
    ds = creer.dossier_ds(ddets, association=association)
    reponse = client.poster(page(ds))
    assert reponse.status_code == 403
    assert "Démarches Simplifiées" in reponse.text


def test_a_withdrawal_and_a_decision_wait_for_each_other_and_one_wins(fabrique_reelle: Fabrique) -> None:
    with fabrique_reelle() as session:
        creer = Fabriques(session)
        service, association, usager = creer.service(), creer.association(), creer.usager()
        creer.mandat(usager, association)
        dossier = fabriques_suivi.depose(creer, association, usager, service, etat=Etat.EN_INSTRUCTION)
        responsable = creer.acteur(creer.responsable(service))
        accord = {"sens": SensDecision.ACCEPTE, "montant_accorde": Decimal(100), "version": 1}
        signe = {"auteur_nom": "Camille", "auteur_qualite": "Responsable", "auteur_id": responsable.user_id}
        session.add(Decision(dossier_id=dossier.id, **accord, **signe))
        session.commit()
        membre = fabriques_suivi.acteur_usager(session, usager)
    depart = Barrier(2)

    def faire(acte: str) -> str:
        try:
            with fabrique_reelle.begin() as session:
                lu = session.get_one(Dossier, dossier.id)
                depart.wait()
                if acte == "retirer":
                    retraits_demande.withdraw(session, by=membre, dossier=lu, motif="", commune=False)
                else:
                    decisions.notify(session, by=responsable, dossier=lu, version=1)
        except PortalError as refus:
            return f"{refus.status}"
        return "fait"

    with ThreadPoolExecutor(2) as fils:
        issues = dict(zip(("retirer", "notifier"), fils.map(faire, ("retirer", "notifier")), strict=True))
    assert sorted(issues.values()) == ["409", "fait"], issues
    with fabrique_reelle() as session:
        attendu = Etat.RETIRE if issues["retirer"] == "fait" else Etat.ACCEPTE
        assert session.get_one(Dossier, dossier.id).etat == attendu
