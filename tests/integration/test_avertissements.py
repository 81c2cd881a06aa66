"""What the check page says before a filing: it never blocks."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.formats import aujourdhui, maintenant
from portal.models.associations import Association
from portal.models.comptes_rendus import CompteRendu
from portal.models.connexion import User
from portal.models.demandes import Demande
from portal.models.demarches import Demarche
from portal.models.pieces import PieceCoffre, PieceDemande
from portal.queries.avertissements import semblables
from portal.services import depots
from portal.vocabulaire import RoleMandat
from portal.vocabulaire_demandes import GenrePiece, Place, SectionDemande
from tests import fabriques_depots as preparer
from tests.client import ClientStrict
from tests.factories import Fabriques
from tests.requetes import requetes


@pytest.fixture
def association(creer: Fabriques) -> Association:
    return creer.association(denomination="Lire ensemble")


@pytest.fixture
def presidente(creer: Fabriques, association: Association, client: ClientStrict) -> User:
    usager = creer.usager()
    creer.mandat(usager, association)
    client.connecter(usager)
    return usager


@pytest.fixture
def campagne(creer: Fabriques) -> Demarche:
    return creer.demarche(creer.service("DDETS 69", nom="DDETS du Rhône"), titre="Politique de la ville")


@pytest.fixture
def deposee(
    session: Session, creer: Fabriques, association: Association, presidente: User, campagne: Demarche
) -> Demande:
    """« Lire au bord du canal », filed for 2026."""
    demande = preparer.prete(session, creer.demande(association, presidente, campagne), presidente)
    depots.file(session, by=preparer.acteur(session, presidente), demande=demande)
    session.commit()
    return demande


def relire(client: ClientStrict, demande: Demande) -> str:
    client.get(f"/demandes/{demande.id}/relecture")
    return client.texte()


def test_missing_contract_is_told_with_a_link_and_a_signed_one_is_not(
    client: ClientStrict, session: Session, creer: Fabriques, association: Association
) -> None:
    usager = creer.usager()
    mandat = creer.mandat(usager, association)
    client.connecter(usager)
    brouillon = creer.demande(association, usager)
    assert "Lire le contrat d’engagement" in relire(client, brouillon)
    assert "Rien de cela n’empêche de déposer" in client.texte()
    creer.engagement(mandat)
    assert "Lire le contrat d’engagement" not in relire(client, brouillon)


@pytest.mark.parametrize(
    ("reste", "phrase"),
    [
        (timedelta(hours=47, minutes=30), "ferme dans 47 heures"),
        (timedelta(hours=1, minutes=30), "ferme dans 1 heure,"),
        (timedelta(minutes=30), "ferme dans moins d’une heure"),
        (-timedelta(minutes=1), "est close depuis le"),
    ],
)
def test_closing_within_two_days_is_told_in_hours(
    client: ClientStrict,
    session: Session,
    creer: Fabriques,
    association: Association,
    presidente: User,
    campagne: Demarche,
    reste: timedelta,
    phrase: str,
) -> None:
    brouillon = creer.demande(association, presidente, campagne)
    assert "ferme dans" not in relire(client, brouillon)
    campagne.cloture = maintenant() + reste
    session.commit()
    assert phrase in relire(client, brouillon)
    assert ("Rien de cela n’empêche de déposer." in client.texte()) is (reste > timedelta())


def test_similar_request_filed_here_or_to_another_service_is_told(
    client: ClientStrict,
    session: Session,
    creer: Fabriques,
    association: Association,
    presidente: User,
    campagne: Demarche,
    deposee: Demande,
) -> None:
    meme = preparer.remplir(session, creer.demande(association, presidente, campagne), presidente)
    assert "Une demande à la même campagne est déjà déposée pour l’exercice 2026" in relire(client, meme)
    projet = {"projet": {"intitule": "Ateliers pour lire au bord du canal"}}
    ailleurs = preparer.remplir(session, creer.demande(association, presidente), presidente, projet)
    texte = relire(client, ailleurs)
    assert "Une demande qui lui ressemble est déjà déposée" in texte
    assert "« Lire au bord du canal », auprès du service DDETS du Rhône" in texte
    autre = {"projet": {"intitule": "Tournoi de boules"}}
    assert "déjà déposée" not in relire(
        client, preparer.remplir(session, creer.demande(association, presidente), presidente, autre)
    )


def test_a_newcomer_learns_nothing_of_the_requests_of_others(
    client: ClientStrict,
    session: Session,
    creer: Fabriques,
    association: Association,
    campagne: Demarche,
    deposee: Demande,
) -> None:
    nouvelle = creer.usager()
    creer.mandat(nouvelle, association, RoleMandat.SIGNATAIRE, prouve=False)
    brouillon = preparer.remplir(session, creer.demande(association, nouvelle, campagne), nouvelle)
    client.connecter(nouvelle)
    assert "déjà déposée" not in relire(client, brouillon)


@pytest.mark.parametrize(
    ("un", "autre", "attendu"),
    [
        ("Lire au bord du canal", "Lire au bord de l’eau", True),
        ("Fête du livre", "FÊTE DU LIVRE 2027", True),
        ("Fête du livre", "Tournoi de boules", False),
        ("Fête du livre", "", False),
        ("Un été", "un ETE", True),
        ("Un été", "Un an", False),
    ],
)
def test_two_projects_look_alike_when_half_of_the_words_that_count_are_the_same(
    un: str, autre: str, attendu: bool
) -> None:
    assert semblables(un, autre) is attendu


def test_check_page_reads_a_fixed_number_of_times(
    client: ClientStrict,
    session: Session,
    creer: Fabriques,
    association: Association,
    presidente: User,
    deposee: Demande,
) -> None:
    brouillon = preparer.remplir(session, creer.demande(association, presidente), presidente)
    relire(client, brouillon)
    with requetes() as vues:
        relire(client, brouillon)
    assert len(vues) <= 20


def test_funders_and_budget_that_differ_are_told_and_stop_nothing(
    client: ClientStrict, session: Session, creer: Fabriques, association: Association, presidente: User
) -> None:
    brouillon = preparer.prete(session, creer.demande(association, presidente), presidente)
    assert "Financeurs nommés et budget" not in relire(client, brouillon)
    nomme = {
        "cofinanceurs-0-type": "subventions_commune",
        "cofinanceurs-0-financeur": "Ville de Lyon",
        "cofinanceurs-0-montant": "300",
        "cofinanceurs-0-etat": "demande",
    }
    preparer.ecrire(
        session, brouillon, presidente, Place(SectionDemande.COFINANCEMENTS), {"economique": "non", **nomme}
    )
    session.commit()
    ecart = "Financeurs nommés et budget : Commune : 0,00 € dans le budget, 300,00 € chez les financeurs nommés"
    assert ecart in relire(client, brouillon).replace("\u00a0", " ")
    client.soumettre(action="deposer")
    assert "Votre demande est déposée" in client.texte()


def test_comptes_rendus_of_former_grants_are_told_to_whose_link_is_verified(
    client: ClientStrict, session: Session, creer: Fabriques, association: Association, presidente: User
) -> None:
    brouillon = creer.demande(association, presidente)
    assert "Compte rendu financier" not in relire(client, brouillon)
    ancien, recent = creer.dossier(association=association), creer.dossier(association=association)
    session.add_all(
        [
            CompteRendu(dossier_id=ancien.id, echeance=aujourdhui() - timedelta(days=1)),
            CompteRendu(dossier_id=recent.id, echeance=aujourdhui() + timedelta(days=90)),
        ]
    )
    session.commit()
    texte = relire(client, brouillon).replace("\u00a0", " ")
    assert f"Compte rendu financier du dossier {ancien.reference} : il était dû avant le" in texte
    assert f"Compte rendu financier du dossier {recent.reference} : pas encore dû" in texte
    nouvelle = creer.usager()
    creer.mandat(nouvelle, association, prouve=False)
    client.connecter(nouvelle)
    assert "Compte rendu financier" not in relire(client, creer.demande(association, nouvelle))


def test_account_in_another_name_is_told(
    client: ClientStrict, session: Session, creer: Fabriques, association: Association, presidente: User
) -> None:
    brouillon = preparer.remplir(session, creer.demande(association, presidente), presidente)
    assert "Le titulaire du compte" not in relire(client, brouillon)
    jointe = session.scalars(select(PieceDemande).where(PieceDemande.code == GenrePiece.RIB)).one()
    gardee = PieceCoffre(
        association_id=association.id,
        genre=GenrePiece.RIB,
        fichier_id=jointe.fichier_id,
        nom="rib.pdf",
        titulaire="Jeanne Martin",
        deposee_par_id=presidente.id,
    )
    session.add(gardee)
    session.flush()
    jointe.coffre_id = gardee.id
    session.commit()
    assert "Le titulaire du compte, « Jeanne Martin », ne porte pas le nom" in relire(client, brouillon)
