"""Rival claims are told neutrally and settled on a document; errors of a register are reported, answered, and shown beside it."""

from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models.associations import Association, ConsultationAnnuaire, FaitAssociation, Mandat
from portal.models.connexion import User
from portal.models.envois import Courriel
from portal.models.liens_associations import Contestation, Signalement
from portal.models.services import Service
from portal.vocabulaire import EtatMandat, RoleAffectation, RoleMandat
from portal.vocabulaire_demandes import EtatContestation
from tests import fabriques_membres
from tests.client import ClientStrict
from tests.factories import Fabriques
from tests.requetes import requetes

JUGEMENT = {"piece_vue": "Procès-verbal du 12 mars 2026", "reponse": "Le procès-verbal nomme une autre personne."}


@pytest.fixture
def service(creer: Fabriques) -> Service:
    """The service that owns a dossier of the association."""
    return creer.service()


@pytest.fixture
def association(creer: Fabriques, service: Service) -> Association:
    """The association that two people say to represent."""
    association = creer.association(denomination="Les Amis du Canal")
    creer.dossier(service, association=association)
    return association


@pytest.fixture
def rivales(creer: Fabriques, association: Association) -> tuple[User, User]:
    """A former president and the new one, each by her own word."""
    ancienne, nouvelle = creer.usager(nom="Ancienne"), creer.usager(nom="Nouvelle")
    for une in (ancienne, nouvelle):
        creer.mandat(une, association, prouve=False)
    return ancienne, nouvelle


def lettres(session: Session, gabarit: str) -> list[str]:
    """To whom letters of that kind are owed."""
    return sorted(session.scalars(select(Courriel.destinataire).where(Courriel.gabarit == gabarit)))


def mandat_de(session: Session, user: User) -> Mandat:
    """As it is in the database now."""
    session.expire_all()
    return session.scalars(select(Mandat).where(Mandat.user_id == user.id)).one()


def contester(client: ClientStrict, auteur: User, mandat: Mandat, **valeurs: Any) -> int:
    """Log in, open the page, say why; the status."""
    client.connecter(auteur)
    client.get(f"/associations/{mandat.association_id}/membres/{mandat.id}/contestation")
    return client.soumettre({"motif": "Une autre personne a été élue.", **valeurs}).status_code


def test_two_who_declare_are_both_told_without_a_name(client: ClientStrict, creer: Fabriques, session: Session) -> None:
    association = creer.association(denomination="Les Amis du Canal")
    premiere, seconde = creer.usager(prenom="Awa", nom="Diallo"), creer.usager()
    creer.mandat(premiere, association)
    fiche = {**fabriques_membres.FICHE, "siren": association.siren, "rna": association.rna, "siret": ""}
    consultation = ConsultationAnnuaire(user_id=seconde.id, genre="siren", valeur=association.siren, fiche=fiche)
    session.add(consultation)
    session.commit()
    client.connecter(seconde)
    client.get(f"/associations/rattacher/{consultation.id}")
    client.soumettre({"role": "signataire", "fonction": "Présidente", "declaration": "y"})
    assert "Une autre personne déclare représenter cette association" in client.texte()
    assert "Diallo" not in client.texte()
    assert lettres(session, "rivalite_declaree") == sorted([premiere.email, seconde.email])
    client.get(f"/associations/{association.id}/membres")
    assert "Une autre personne" in client.texte()
    assert "Diallo" not in client.texte()


def test_an_agent_of_an_owner_service_settles_for_who_contests_and_that_mandat_ends(
    client: ClientStrict,
    creer: Fabriques,
    session: Session,
    association: Association,
    service: Service,
    rivales: tuple[User, User],
) -> None:
    ancienne, nouvelle = rivales
    mandat = mandat_de(session, ancienne)
    assert contester(client, nouvelle, mandat, piece=(BytesIO(b"%PDF-1.4 pv"), "pv.pdf")) == 200
    assert lettres(session, "mandat_conteste") == [ancienne.email]
    contestation = session.scalars(select(Contestation)).one()
    assert (contestation.etat, mandat_de(session, ancienne).ended_at) == (EtatContestation.OUVERTE, None)
    client.connecter(creer.agent(service))
    client.get("/instruction/mandats")
    assert "1 à trancher" in client.texte()
    client.get("/instruction/contestations")
    client.get(f"/instruction/contestations/{contestation.id}")
    assert client.soumettre({"sens": "fondee"}).status_code == 422
    client.soumettre({"sens": "fondee", **JUGEMENT})
    assert "fondée, lien terminé" in client.texte()
    assert mandat_de(session, ancienne).ended_at is not None
    assert lettres(session, "contestation_tranchee") == sorted([ancienne.email, nouvelle.email])
    assert client.get(f"/instruction/contestations/{contestation.id}/piece").data == b"%PDF-1.4 pv"
    client.connecter(ancienne)
    assert client.get(f"/associations/{association.id}").status_code == 404


def test_a_rejected_claim_leaves_the_mandat_and_is_settled_once(
    client: ClientStrict, creer: Fabriques, session: Session, service: Service, rivales: tuple[User, User]
) -> None:
    ancienne, nouvelle = rivales
    contester(client, nouvelle, mandat_de(session, ancienne))
    contestation = session.scalars(select(Contestation)).one()
    client.connecter(creer.agent(service))
    adresse = f"/instruction/contestations/{contestation.id}"
    assert client.poster(adresse, {"sens": "rejetee", **JUGEMENT}).status_code == 303
    assert client.poster(adresse, {"sens": "fondee", **JUGEMENT}).status_code == 409
    assert mandat_de(session, ancienne).ended_at is None


def test_a_mandat_is_contested_once_at_a_time_and_only_by_the_people_of_the_association(
    client: ClientStrict, creer: Fabriques, session: Session, association: Association, rivales: tuple[User, User]
) -> None:
    ancienne, nouvelle = rivales
    mandat = mandat_de(session, ancienne)
    contester(client, nouvelle, mandat)
    adresse = f"/associations/{association.id}/membres/{mandat.id}/contestation"
    assert client.poster(adresse, {"motif": "Encore."}).status_code == 409
    lectrice = creer.usager()
    creer.mandat(lectrice, association, RoleMandat.LECTEUR)
    client.connecter(lectrice)
    assert client.poster(adresse, {"motif": "Moi aussi."}).status_code == 403
    client.connecter(creer.usager())
    assert client.poster(adresse, {"motif": "Moi aussi."}).status_code == 404


def test_neither_another_service_nor_a_lecteur_settles(
    client: ClientStrict, creer: Fabriques, session: Session, service: Service, rivales: tuple[User, User]
) -> None:
    contestation = fabriques_membres.contestation(creer, mandat_de(session, rivales[0]), rivales[1])
    adresse = f"/instruction/contestations/{contestation.id}"
    client.connecter(creer.agent())
    assert client.get(adresse).status_code == 404
    client.connecter(creer.agent(service, RoleAffectation.LECTEUR))
    client.get(adresse)
    assert "Vous ne pouvez pas trancher" in client.texte()
    assert client.poster(adresse, {"sens": "fondee", **JUGEMENT}).status_code == 403


def test_an_agent_ends_a_link_with_a_reason_and_sets_a_last_day_when_proving(
    client: ClientStrict, creer: Fabriques, session: Session, service: Service, rivales: tuple[User, User]
) -> None:
    ancienne, nouvelle = rivales
    client.connecter(creer.agent(service))
    client.get(f"/instruction/mandats/{mandat_de(session, ancienne).id}/fin")
    client.soumettre({"motif": "Liste des dirigeants du 12 mars 2026."})
    assert lettres(session, "mandat_termine") == [ancienne.email]
    client.get(f"/instruction/mandats/{mandat_de(session, nouvelle).id}")
    client.soumettre({"piece": "PV", "fin_le-jour": "12", "fin_le-mois": "3", "fin_le-annee": "2090"})
    prouve = mandat_de(session, nouvelle)
    assert (prouve.etat, str(prouve.fin_le)) == (EtatMandat.PROUVE, "2090-03-12")


def test_a_reported_error_is_shown_beside_the_source_and_answered(
    client: ClientStrict, creer: Fabriques, session: Session, association: Association, service: Service
) -> None:
    awa = creer.usager()
    creer.mandat(awa, association)
    fabriques_membres.fait(creer, association)
    client.connecter(awa)
    page = f"/associations/{association.id}"
    client.get(f"{page}/signalements/commune")
    (seule,) = [champ for champ in client.arbre.iter("input") if champ.get("name") == "source"]
    assert seule.get("checked") is not None, "one source alone says it"
    assert client.soumettre({"source": "recherche-entreprises", "correction": "Lyon"}).status_code == 422
    client.soumettre({"source": "recherche-entreprises", "correction": "Villeurbanne"})
    assert "Villeurbanne" in client.texte()
    assert "Source : annuaire des entreprises (INSEE)" in client.texte()
    signalement = session.scalars(select(Signalement)).one()
    client.connecter(creer.agent(service))
    client.get("/instruction/signalements")
    client.get(f"/instruction/signalements/{signalement.id}")
    client.soumettre({"reponse": "Nous avons écrit à l’INSEE."})
    assert lettres(session, "signalement_repondu") == [awa.email]
    assert client.poster(f"/instruction/signalements/{signalement.id}", {"reponse": "Bis."}).status_code == 409
    assert session.scalars(select(FaitAssociation.valeur)).all() == ["Lyon"]
    client.connecter(awa)
    client.get(page)
    assert "Nous avons écrit à l’INSEE." in client.texte()


@pytest.mark.parametrize("page", ["mandats", "contestations", "signalements"])
def test_lists_of_agents_are_paged_by_fifty_at_a_fixed_cost(
    client: ClientStrict, creer: Fabriques, association: Association, service: Service, page: str
) -> None:
    auteur = creer.usager()
    creer.mandat(auteur, association)

    def ajouter(nombre: int) -> None:
        for _ in range(nombre):
            mandat = creer.mandat(creer.usager(), association, prouve=False)
            fabriques_membres.contestation(creer, mandat, auteur)
            fabriques_membres.signalement(creer, association, auteur)

    ajouter(1)
    client.connecter(creer.agent(service))
    with requetes() as pour_un:
        client.get(f"/instruction/{page}")
    ajouter(50)
    with requetes() as pour_cinquante:
        client.get(f"/instruction/{page}")
    assert len(pour_cinquante) == len(pour_un)
    suite = next(a for a in client.arbre.iter("a") if a.get("rel") == "next").get("href", "")
    client.get(suite)
    assert len(next(iter(client.arbre.iter("tbody")))) == 1


@pytest.mark.parametrize("page", ["mandats", "contestations", "signalements"])
def test_a_list_after_a_number_that_no_row_bears_is_read_from_the_beginning(
    client: ClientStrict, creer: Fabriques, association: Association, service: Service, page: str
) -> None:
    auteur = creer.usager()
    mandat = creer.mandat(auteur, association, prouve=False)
    fabriques_membres.contestation(creer, mandat, auteur)
    fabriques_membres.signalement(creer, association, auteur)
    client.connecter(creer.agent(service))
    for numero in ("99999999999999999999", "-99999999999999999999"):
        assert client.get(f"/instruction/{page}?apres={numero}").status_code == 200
        assert len(next(iter(client.arbre.iter("tbody")))) == 1
