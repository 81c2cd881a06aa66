"""A service that was asked for its avis reads what its demandes open of the dossier, on every page, file and document."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.formats import maintenant
from portal.models.associations import Association
from portal.models.avis import DemandeAvis
from portal.models.connexion import User
from portal.models.dossiers import AccesDossier, Dossier
from portal.models.fichiers_ds import FichierDS
from portal.models.file_agents import Suivi
from portal.models.services import Service
from portal.models.taches import Tache
from portal.permissions.lectures import sections_readable
from portal.queries import cahiers, fiches, lectures_dossiers, syntheses
from portal.services import acces_dossiers
from portal.services.moyens import Moyens
from portal.vocabulaire_demandes import SectionDemande
from portal.vocabulaire_ds import EtatFichierDS
from portal.vocabulaire_instruction import GenreTache
from tests import fabriques_avis, fabriques_lectures, fabriques_pieces, fabriques_suivi
from tests.client import ClientStrict
from tests.factories import Fabriques

PROJET = "Enfants de 6 à 11 ans et leurs parents."
COUT = "1 234,50"
COMPTES = "40 000,00"


@pytest.fixture
def ddets(creer: Fabriques) -> Service:
    return creer.service("DDETS 69")


@pytest.fixture
def association(creer: Fabriques) -> Association:
    return creer.association(denomination="Lire ensemble")


@pytest.fixture
def dossier(creer: Fabriques, association: Association, ddets: Service) -> Dossier:
    """A filled-in request, filed."""
    presidente = creer.usager()
    creer.mandat(presidente, association)
    return fabriques_suivi.depose(creer, association, presidente, ddets, remplie=True)


@pytest.fixture
def saisir(session: Session, creer: Fabriques) -> Callable[..., User]:
    """An agent of a service that was asked, about those sections."""
    return lambda dossier, *sections: fabriques_lectures.saisi(session, creer, dossier, sections=list(sections))


def lire(client: ClientStrict, dossier: Dossier, partie: str = "") -> str:
    """The text of a page of the dossier."""
    assert client.get(f"/instruction/dossiers/{dossier.reference}{partie}").status_code == 200
    return client.texte()


def test_each_part_shows_the_open_sections_and_says_in_words_which_they_are(
    client: ClientStrict, dossier: Dossier, saisir: Callable[..., User]
) -> None:
    client.connecter(saisir(dossier, "projet", "budget_projet"))
    demande = lire(client, dossier, "/demande")
    assert PROJET in demande
    assert "Moyens humains" not in demande
    assert "Votre service est saisi pour avis sur : Projet, Budget du projet." in demande.replace("\u00a0", " ")
    budget = lire(client, dossier, "/budget").replace("\u202f", " ")
    assert COUT in budget
    assert COMPTES not in budget
    assert "Les fichiers joints ne lui sont pas ouverts." in lire(client, dossier, "/pieces")
    client.connecter(saisir(dossier, "budget_association"))
    assert COMPTES in lire(client, dossier, "/budget")


def test_what_is_closed_stands_on_no_page_print_or_archive(
    client: ClientStrict, dossier: Dossier, saisir: Callable[..., User]
) -> None:
    client.connecter(saisir(dossier, "moyens"))
    for partie in (
        "",
        "/demande",
        "/budget",
        "/pieces",
        "/avis",
        "/messagerie",
        "/decision",
        "/historique",
        "/impression",
    ):
        texte = lire(client, dossier, partie).replace("\u202f", " ")
        assert not [canari for canari in (PROJET, COUT, COMPTES) if canari in texte], partie
    assert "Les budgets ne lui sont pas ouverts." in lire(client, dossier, "/budget")
    for adresse in ("/pieces/archive", "/complement"):
        assert client.get(f"/instruction/dossiers/{dossier.reference}{adresse}").status_code == 404, adresse


def test_the_summary_and_the_cahier_print_no_more_than_the_pages(
    session: Session, creer: Fabriques, dossier: Dossier, saisir: Callable[..., User]
) -> None:
    partiel, entier = (creer.acteur(saisir(dossier, *sections)) for sections in (("moyens",), ()))
    for lecteur, attendu in ((partiel, False), (entier, True)):
        page = syntheses.synthese(lecteur, fiches.get(session, lecteur, dossier.reference))
        assert (PROJET in repr(page), "1234.5" in repr(page)) == (attendu, attendu)
        cahier = cahiers.fiche(session, lecteur, dossier).fiche
        assert (bool(cahier.description or cahier.objectifs), cahier.cout is not None) == (attendu, attendu)


def test_demandes_add_up_an_empty_list_opens_all_and_a_closed_one_nothing(
    session: Session, creer: Fabriques, dossier: Dossier, saisir: Callable[..., User], ddets: Service
) -> None:
    agent = saisir(dossier, "projet")
    service, lecteur = agent.affectations[0].service, creer.acteur(agent)
    seconde = fabriques_avis.demande(
        session, dossier, service, creer.agent(creer.service()), sections=["budget_projet"]
    )
    lues = {SectionDemande.PROJET, SectionDemande.BUDGET_PROJET}
    assert lectures_dossiers.get(session, lecteur, dossier).sections == lues
    assert fiches.get(session, lecteur, dossier.reference).lecture.sections == lues
    seconde.close_at = maintenant()
    session.commit()
    assert lectures_dossiers.get(session, lecteur, dossier).sections == {SectionDemande.PROJET}
    assert fiches.get(session, lecteur, dossier.reference).lecture.sections == {SectionDemande.PROJET}
    fabriques_avis.demande(session, dossier, service, creer.agent(creer.service()))
    assert lectures_dossiers.get(session, lecteur, dossier).entiere
    toutes = list(session.scalars(select(DemandeAvis)))
    assert sections_readable(creer.acteur(creer.agent(ddets)), dossier, []) is None
    assert sections_readable(creer.acteur(creer.agent()), dossier, toutes) == frozenset()


def test_an_answered_demande_keeps_open_what_it_opened(
    session: Session, creer: Fabriques, dossier: Dossier, saisir: Callable[..., User]
) -> None:
    agent = saisir(dossier, "projet")
    fabriques_avis.avis(session, dossier, agent)
    assert lectures_dossiers.get(session, creer.acteur(agent), dossier).sections == {SectionDemande.PROJET}


def test_what_has_changed_is_told_of_open_sections_only(
    client: ClientStrict,
    session: Session,
    creer: Fabriques,
    dossier: Dossier,
    saisir: Callable[..., User],
    ddets: Service,
) -> None:
    agents = saisir(dossier, "moyens"), saisir(dossier, "projet")
    for agent in agents:
        client.connecter(agent)
        lire(client, dossier, "/demande")
    fabriques_suivi.corriger(session, dossier, creer.agent(ddets), public="Un canari dans la mine.")
    for agent, attendu in zip(agents, (False, True), strict=True):
        client.connecter(agent)
        assert ("Un canari dans la mine." in lire(client, dossier, "/demande")) is attendu


def test_of_a_ds_dossier_the_form_and_its_files_open_apart(
    client: ClientStrict, session: Session, creer: Fabriques, saisir: Callable[..., User], moyens: Moyens
) -> None:
    contenu: list[dict[str, object]] = [
        {"partie": "champs", "type": "TextChamp", "id": "c1", "libelle": "Objet", "valeur": "Un canari dans la mine."}
    ]
    dossier = creer.dossier_ds(contenu=contenu)
    garde = fabriques_pieces.fichier(session, moyens.stockage)
    fichier = FichierDS(
        dossier_id=dossier.id, partie="champs", nom="devis.pdf", etat=EtatFichierDS.RECU, fichier_id=garde.id
    )
    session.add(fichier)
    session.commit()
    adresse = f"/instruction/dossiers/{dossier.reference}/fichiers/{fichier.id}"
    for sections, form, pieces in ((("demande",), True, 404), (("pieces",), False, 200), ((), True, 200)):
        client.connecter(saisir(dossier, *sections))
        assert ("Un canari" in lire(client, dossier, "/demande")) is form, sections
        assert ("devis.pdf" in lire(client, dossier, "/pieces")) is (pieces == 200), sections
        for suite in ("", "/apercu"):
            assert client.get(f"{adresse}{suite}").status_code == pieces, sections


def test_the_last_closed_demande_takes_the_access_the_tasks_and_the_follows_of_that_service(
    client: ClientStrict, session: Session, creer: Fabriques, dossier: Dossier, saisir: Callable[..., User]
) -> None:
    agent = saisir(dossier)
    service_id, dossier_id = agent.affectations[0].service_id, dossier.id
    session.add(Suivi(user_id=agent.id, dossier_id=dossier_id))
    session.add(
        Tache(user_id=agent.id, service_id=service_id, genre=GenreTache.AVIS_DEMANDE, cle="a:1", dossier_id=dossier_id)
    )
    session.commit()
    assert not acces_dossiers.close(session, dossier=dossier, service_id=service_id), "a demande still opens it"
    demande = session.scalars(select(DemandeAvis).where(DemandeAvis.service_id == service_id)).one()
    demande.close_at = maintenant()
    assert acces_dossiers.close(session, dossier=dossier, service_id=service_id)
    session.commit()
    siens = AccesDossier.service_id == service_id
    for reste in (select(AccesDossier).where(siens), select(Tache), select(Suivi)):
        assert session.scalars(reste).all() == []
    client.connecter(agent)
    assert client.get(f"/instruction/dossiers/{dossier.reference}").status_code == 404


def test_the_owner_never_loses_its_access(session: Session, dossier: Dossier, ddets: Service) -> None:
    assert not acces_dossiers.close(session, dossier=dossier, service_id=ddets.id)
