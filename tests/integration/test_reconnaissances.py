"""Agréments and recognitions of public utility that agents note, and what they change."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.errors import Conflict, Forbidden, Invalid
from portal.formats import aujourdhui
from portal.models.associations import Association
from portal.models.connexion import User
from portal.models.dossiers import Dossier
from portal.models.journal import Evenement
from portal.models.services import Service
from portal.models.souscriptions import Reconnaissance
from portal.queries import statuts_cer
from portal.services import reconnaissances
from portal.vocabulaire import RoleAffectation
from portal.vocabulaire_cer import EtatCer, TypeReconnaissance
from tests.client import ClientStrict
from tests.factories import Fabriques

AGREMENT, RUP, AUTRE = TypeReconnaissance
VUE = {"genre": AGREMENT, "autorite": "préfecture du Rhône", "reference": "69-2024-12"}


@pytest.fixture
def ddets(creer: Fabriques) -> Service:
    return creer.service("DDETS")


@pytest.fixture
def agent(client: ClientStrict, creer: Fabriques, ddets: Service) -> User:
    """An instructeur of the service that owns the dossier, logged in."""
    agent = creer.agent(ddets)
    client.connecter(agent)
    return agent


@pytest.fixture
def association(creer: Fabriques) -> Association:
    return creer.association(denomination="Les Amis du canal")


@pytest.fixture
def dossier(creer: Fabriques, ddets: Service, association: Association) -> Dossier:
    return creer.dossier(ddets, association=association)


def page(dossier: Dossier) -> str:
    return f"/instruction/dossiers/{dossier.reference}/contrat"


def saisie(debut: date, fin: date | None = None, genre: TypeReconnaissance = AGREMENT) -> dict[str, str]:
    """What the form sends."""
    dates = {"date_debut": debut} | ({"date_fin": fin} if fin else {})
    champs = {
        f"{nom}-{partie}": str(valeur)
        for nom, jour in dates.items()
        for partie, valeur in (("jour", jour.day), ("mois", jour.month), ("annee", jour.year))
    }
    return {"genre": genre, "autorite": "préfecture du Rhône", "reference": "69-2024-12", **champs}


def test_agent_notes_an_agrement_which_holds_for_five_years_and_says_so_everywhere(
    client: ClientStrict, session: Session, creer: Fabriques, agent: User, dossier: Dossier, association: Association
) -> None:
    client.get(page(dossier))
    assert "Aucune souscription du contrat d’engagement républicain par l’association n’apparaît ici." in client.texte()
    client.soumettre(saisie(date(2024, 3, 3)))
    assert "Son dernier jour est le 3 mars 2029." in client.texte()
    assert statuts_cer.statut_cer(session, association.id).etat == EtatCer.DISPENSE
    phrase = "agrément de l’État au titre de l’article 25-1 de la loi du 12 avril 2000, préfecture du Rhône, 69-2024-12"
    for adresse in (page(dossier), f"/instruction/dossiers/{dossier.reference}"):
        client.get(adresse)
        assert phrase in client.texte()
    client.get("/instruction/dossiers")
    assert "jusqu’au 3 mars 2029" in client.texte()
    evenement = session.scalars(select(Evenement).where(Evenement.objet == f"association:{association.id}")).one()
    assert evenement.action == "reconnaissance_notee"
    membre = creer.usager()
    creer.mandat(membre, association)
    client.connecter(membre)
    client.get(f"/associations/{association.id}")
    assert f"{phrase}, du 3 mars 2024 au 3 mars 2029 (noté par {dossier.service.nom})" in client.texte()


def test_member_with_a_declared_link_reads_nothing_that_services_noted(
    client: ClientStrict, creer: Fabriques, agent: User, association: Association
) -> None:
    creer.reconnaissance(association, agent)
    membre = creer.usager()
    creer.mandat(membre, association, prouve=False)
    client.connecter(membre)
    client.get(f"/associations/{association.id}")
    assert "69-2024-12" not in client.texte()
    assert "n’apparaît ici" in client.texte()


@pytest.mark.parametrize(
    ("genre", "debut", "fin", "phrase"),
    [
        (AGREMENT, date(2024, 3, 3), date(2029, 3, 4), "il finit au plus tard le 3 mars 2029"),
        (AGREMENT, date(2024, 3, 3), date(2024, 3, 2), "La fin précède la date de l’agrément."),
        (RUP, date(1987, 3, 3), date(2029, 3, 4), "n’a pas de date de fin"),
        (AGREMENT, aujourdhui() + timedelta(days=1), None, "n’est pas encore arrivée"),
    ],
)
def test_dates_that_cannot_be_are_refused_in_words(
    client: ClientStrict,
    session: Session,
    agent: User,
    dossier: Dossier,
    genre: TypeReconnaissance,
    debut: date,
    fin: date | None,
    phrase: str,
) -> None:
    client.get(page(dossier))
    assert client.soumettre(saisie(debut, fin, genre)).status_code == 422
    assert phrase in client.texte()
    assert session.scalars(select(Reconnaissance)).all() == []


@pytest.mark.parametrize(
    ("genre", "fin", "dernier"),
    [
        (AGREMENT, None, date(2029, 2, 28)),
        (AGREMENT, date(2026, 1, 1), date(2026, 1, 1)),
        (RUP, None, None),
        (AUTRE, None, None),
    ],
)
def test_last_day_is_that_of_the_law_unless_the_document_says_sooner(
    genre: TypeReconnaissance, fin: date | None, dernier: date | None
) -> None:
    assert reconnaissances.last_day(genre, date(2024, 2, 29), fin) == dernier


def test_end_beyond_five_years_is_invalid() -> None:
    with pytest.raises(Invalid):
        reconnaissances.last_day(AGREMENT, date(2024, 2, 29), date(2029, 3, 1))


def test_what_was_noted_by_mistake_is_withdrawn_and_stays_readable(
    client: ClientStrict, session: Session, creer: Fabriques, agent: User, dossier: Dossier, association: Association
) -> None:
    creer.reconnaissance(association, agent)
    client.get(page(dossier))
    client.soumettre(action="retirer")
    assert "Cette reconnaissance est retirée." in client.texte()
    assert "Retiré le" in client.texte()
    assert statuts_cer.statut_cer(session, association.id).etat == EtatCer.MANQUANT


def test_noting_the_same_document_twice_gives_one(
    session: Session, creer: Fabriques, agent: User, dossier: Dossier, association: Association
) -> None:
    acteur = creer.acteur(agent)
    notees = {
        reconnaissances.note(session, by=acteur, association_id=association.id, date_debut=date(2024, 3, 3), **VUE).id
        for _ in range(2)
    }
    assert len(notees) == 1


def test_only_a_service_that_owns_a_dossier_notes_and_only_who_noted_withdraws(
    client: ClientStrict, session: Session, creer: Fabriques, agent: User, dossier: Dossier, association: Association
) -> None:
    notee = creer.reconnaissance(association, agent)
    saisi, lecteur = creer.agent(), creer.agent(dossier.service, RoleAffectation.LECTEUR)
    creer.demande_avis(dossier, saisi.affectations[0].service)
    for refuse in (saisi, lecteur):
        with pytest.raises(Forbidden):
            reconnaissances.note(
                session, by=creer.acteur(refuse), association_id=association.id, date_debut=date(2024, 3, 3), **VUE
            )
        with pytest.raises(Forbidden):
            reconnaissances.withdraw(session, by=creer.acteur(refuse), reconnaissance=notee)
        client.connecter(refuse)
        client.get(page(dossier))
        assert "Vous ne pouvez pas noter d’agrément" in client.texte()
    autre = creer.agent()
    creer.dossier(autre.affectations[0].service, association=association)
    reconnaissances.note(
        session, by=creer.acteur(autre), association_id=association.id, date_debut=date(2024, 3, 3), **VUE
    )
    with pytest.raises(Forbidden):
        reconnaissances.withdraw(session, by=creer.acteur(autre), reconnaissance=notee)
    reconnaissances.withdraw(session, by=creer.acteur(agent), reconnaissance=notee)
    with pytest.raises(Conflict):
        reconnaissances.withdraw(session, by=creer.acteur(agent), reconnaissance=notee)


def test_proof_of_another_services_dossier_is_not_named(
    client: ClientStrict, creer: Fabriques, session: Session, agent: User, dossier: Dossier, association: Association
) -> None:
    ailleurs = creer.dossier_ds(association_id=association.id)
    assert ailleurs.ds
    ailleurs.ds.cer_atteste = True
    session.commit()
    client.get(page(dossier))
    assert "dossier d’un autre service" in client.texte()
    assert ailleurs.reference not in client.texte()
    assert client.get(page(ailleurs)).status_code == 404


def test_dossier_without_association_has_no_such_page(
    client: ClientStrict, creer: Fabriques, ddets: Service, agent: User
) -> None:
    assert client.get(page(creer.dossier(ddets))).status_code == 404
