"""The open data of a service's grants: what is missing, the file, its publication."""

import contextlib
import csv
import io
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.cli import scdl as commandes
from portal.documents import scdl
from portal.errors import Conflict, Invalid
from portal.jobs import documents as travaux
from portal.jobs.application import brancher
from portal.models.connexion import User
from portal.models.donnees_essentielles import DonneeEssentielle, PublicationScdl
from portal.models.dossiers import Dossier
from portal.models.services import Service
from portal.models.versements import Versement, VersementDossier
from portal.queries import donnees_essentielles as queries
from portal.queries.acteurs import agent_of
from portal.services import donnees_essentielles as services
from portal.services.donnees_essentielles import Note
from portal.services.moyens import Moyens
from portal.vocabulaire_imports import MethodeRapprochement, SourceVersement
from portal.vocabulaire_instruction import NatureOctroi
from tests import schema_scdl
from tests.client import ClientStrict
from tests.fabriques_scdl import COMPLETE, octroi
from tests.factories import Fabriques
from tests.requetes import requetes

PAGE = "/instruction/donnees-essentielles"


@pytest.fixture
def service(creer: Fabriques) -> Service:
    return creer.service("DDETS 69", nom="DDETS du Rhône", siret="13002526500013")


@pytest.fixture
def agent(creer: Fabriques, service: Service) -> User:
    return creer.responsable(service)


def _acteur(session: Session, agent: User, service: Service):  # type: ignore[no-untyped-def]  # an Acteur
    acteur = agent_of(session, agent.id, service.id)
    assert acteur is not None
    return acteur


def _lignes(octets: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(octets.decode("utf-8"))))


def test_a_complete_grant_makes_a_line_that_the_schema_accepts(
    session: Session, creer: Fabriques, service: Service, agent: User, tmp_path: Path
) -> None:
    octroi(creer, service, agent, note=COMPLETE, montant="47800.20", intitule="Animations; climat, « énergie »")
    choisies = queries.conventions(session, service.id, 2026)
    octets = scdl.ecrire(une.ligne for une in choisies)
    assert scdl.valider(octets) == []
    assert schema_scdl.refusees(octets, tmp_path) == set()
    (ligne,) = _lignes(octets)
    assert ligne["idAttribuant"] == "13002526500013"
    assert ligne["montant"] == "47800.20"
    assert ligne["objet"] == "Animations; climat, « énergie »"
    assert (ligne["dateConvention"], ligne["datesPeriodeVersement"]) == ("2026-03-12", "2026-04-01")
    assert (ligne["nature"], ligne["notificationUE"], ligne["pourcentageSubvention"]) == (
        "aide en numéraire",
        "non",
        "1.00",
    )


def test_what_nobody_noted_is_missing_and_never_invented(
    session: Session, creer: Fabriques, service: Service, agent: User
) -> None:
    octroi(creer, service, agent)
    (une,) = queries.conventions(session, service.id, 2026)
    manquent = {ecart.colonne for ecart in une.ecarts}
    assert manquent == {"dateConvention", "conditionsVersement", "datesPeriodeVersement", "notificationUE"}
    assert une.publier_avant is None
    with pytest.raises(Invalid):
        services.export(session, by=_acteur(session, agent, service), exercice=2026, toutes=True, en_plus=False)


def test_payments_that_are_surely_those_of_a_grant_give_its_period(
    session: Session, creer: Fabriques, service: Service, agent: User
) -> None:
    dossier = octroi(creer, service, agent, note=COMPLETE | {"debut": None})
    for jour, confiance in ((date(2026, 5, 2), 100), (date(2026, 9, 30), 80), (date(2025, 1, 1), 50)):
        verse = Versement(
            source=SourceVersement.CHORUS, service_id=service.id, montant=Decimal("100.00"), date_operation=jour
        )
        session.add(verse)
        session.flush()
        session.add(
            VersementDossier(
                versement_id=verse.id, dossier_id=dossier.id, methode=MethodeRapprochement.EJ, confiance=confiance
            )
        )
    session.flush()
    (une,) = queries.conventions(session, service.id, 2026)
    assert une.ligne["datesPeriodeVersement"] == "2026-05-02/2026-09-30"


def test_the_threshold_is_that_of_a_beneficiary_over_the_year(
    session: Session, creer: Fabriques, service: Service, agent: User
) -> None:
    double, seule = creer.association(), creer.association()
    for montant in ("12000.00", "11000.01"):
        octroi(creer, service, agent, association=double, montant=montant, note=COMPLETE)
    octroi(creer, service, agent, association=seule, montant="23000.00", note=COMPLETE)
    toutes = queries.conventions(session, service.id, 2026)
    assert [une.obligatoire for une in toutes] == [True, True, False]
    assert len(services.retained(toutes, toutes=False)) == 2
    assert len(services.retained(toutes, toutes=True)) == 3


def test_a_number_of_corsica_is_left_out_beside_a_siret_and_keeps_the_line_out_without(
    session: Session, creer: Fabriques, service: Service, agent: User
) -> None:
    octroi(creer, service, agent, note=COMPLETE, demandeur_rna="W2A1000123", demandeur_siret="38047555800058")
    octroi(
        creer,
        service,
        agent,
        note=COMPLETE,
        demandeur_rna="W2A1000124",
        demandeur_siret="",
        nature=NatureOctroi.NATURE,
    )
    avec, sans = queries.conventions(session, service.id, 2026)
    assert (avec.ligne["rnaBeneficiaire"], avec.ecarts) == ("", [])
    assert [ecart.colonne for ecart in sans.ecarts] == ["rnaBeneficiaire"]


def test_a_natural_person_is_never_published_and_a_named_one_is_told(
    session: Session, creer: Fabriques, service: Service, agent: User
) -> None:
    octroi(creer, service, agent, note=COMPLETE, demandeur_genre="physique")
    octroi(creer, service, agent, note=COMPLETE, intitule="Bourse de Mme Durand, 06 12 34 56 78")
    personne, nommee = queries.conventions(session, service.id, 2026)
    assert not personne.complete
    assert nommee.complete
    assert nommee.avertissements


def test_values_noted_for_all_never_replace_what_is_noted(
    session: Session, creer: Fabriques, service: Service, agent: User
) -> None:
    notee = octroi(creer, service, agent, note={"conditions": "échelonné"})
    vide = octroi(creer, service, agent)
    acteur = _acteur(session, agent, service)
    changees = services.fill_missing(
        session,
        by=acteur,
        exercice=2026,
        valeurs=Note(conditions="unique", debut=date(2026, 5, 1), notification_ue=False),
        date_de_decision=True,
    )
    assert changees == 2
    assert session.get_one(DonneeEssentielle, notee.id).conditions == "échelonné"
    assert session.get_one(DonneeEssentielle, vide.id).conditions == "unique"
    assert all(une.complete for une in queries.conventions(session, service.id, 2026))


def test_values_noted_for_all_never_replace_what_somebody_notes_meanwhile(
    session: Session, moyens: Moyens, creer: Fabriques, service: Service, agent: User
) -> None:
    notee = octroi(creer, service, agent, note={"reference": "2026-12"})
    session.commit()
    acteur = _acteur(session, agent, service)
    assert queries.conventions(session, service.id, 2026)[0].donnee is not None, "what the page has read"
    with moyens.fabrique.begin() as autre:
        dossier = autre.get_one(Dossier, notee.id)
        services.note(autre, by=acteur, dossier=dossier, valeurs=Note(conditions="échelonné"), version=1)
    services.fill_missing(session, by=acteur, exercice=2026, valeurs=Note(conditions="unique", id_rae="12"))
    session.commit()
    with moyens.fabrique() as apres:
        lue = apres.get_one(DonneeEssentielle, notee.id)
        assert (lue.conditions, lue.id_rae, lue.version) == ("échelonné", "12", 3)


def test_two_people_noting_the_same_grant_see_each_other(
    session: Session, creer: Fabriques, service: Service, agent: User
) -> None:
    dossier = octroi(creer, service, agent)
    acteur = _acteur(session, agent, service)
    services.note(session, by=acteur, dossier=dossier, valeurs=Note(conditions="unique"), version=0)
    with pytest.raises(Conflict):
        services.note(session, by=acteur, dossier=dossier, valeurs=Note(conditions="autre"), version=0)


def test_the_page_lists_what_is_missing_in_a_fixed_number_of_statements(
    client: ClientStrict, session: Session, creer: Fabriques, service: Service, agent: User
) -> None:
    for _ in range(3):
        octroi(creer, service, agent)
    client.connecter(agent)
    with requetes() as trois:
        client.get(PAGE)
    assert "À compléter" in client.texte()
    for _ in range(5):
        octroi(creer, service, agent)
    with requetes() as huit:
        client.get(PAGE)
    assert len(trois) == len(huit) <= 14


def test_a_service_without_a_siret_is_told_who_gives_it(
    client: ClientStrict, session: Session, creer: Fabriques, service: Service, agent: User
) -> None:
    service.siret = ""
    octroi(creer, service, agent, note=COMPLETE)
    session.commit()
    for qui, phrase in (
        (agent, "Donnez-le dans les réglages du service"),
        (creer.agent(service), "Un responsable le donne"),
    ):
        client.connecter(qui)
        client.get(PAGE)
        assert "Le SIRET de votre service manque" in client.texte()
        assert phrase in client.texte()


def test_an_agent_completes_makes_the_file_and_notes_its_publication(
    client: ClientStrict,
    moyens: Moyens,
    session: Session,
    creer: Fabriques,
    service: Service,
    agent: User,
    tmp_path: Path,
) -> None:
    dossier: Dossier = octroi(creer, service, agent)
    client.connecter(agent)
    noter = f"{PAGE}/dossiers/{dossier.reference}"
    client.get(noter)
    jours = {"date_convention-jour": "12", "date_convention-mois": "3", "date_convention-annee": "2026"}
    versement = {"debut-jour": "1", "debut-mois": "4", "debut-annee": "2026"}
    saisie = {**jours, **versement, "conditions": "unique", "notification_ue": "non"}
    assert client.poster(noter, {**saisie, "debut-mois": "13"}).status_code == 422
    assert client.poster(noter, saisie).status_code == 303
    assert client.poster(f"{PAGE}/2026/fichier", {"portee": "obligatoires", "colonnes": "16"}).status_code == 303
    publication = session.scalars(select(PublicationScdl)).one()
    assert (publication.lignes, publication.ecartees) == (1, 0)
    brancher(moyens)
    travaux.produire(publication.document_id)
    session.expire_all()
    fichier = client.get(f"/documents/{publication.document.numero}/fichier")
    assert fichier.mimetype == "text/csv"
    assert scdl.valider(fichier.data) == []
    assert schema_scdl.refusees(fichier.data, tmp_path) == set()
    adresse = f"{PAGE}/publications/{publication.id}"
    a_venir = {"jour-jour": "1", "jour-mois": "1", "jour-annee": "2099"}
    assert client.poster(adresse, a_venir).status_code == 422
    hier = {"jour-jour": "2", "jour-mois": "4", "jour-annee": "2026", "adresse": "https://exemple.test/subventions"}
    assert client.poster(adresse, hier).status_code == 303
    client.get(PAGE)
    assert "exemple.test" in client.texte()


def test_the_command_writes_the_file_and_says_in_french_where_it_cannot(
    session: Session, creer: Fabriques, service: Service, agent: User, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    octroi(creer, service, agent, note=COMPLETE, montant="47800.20")
    monkeypatch.setattr(commandes, "transaction", lambda: contextlib.nullcontext(session))
    ordre = ["exporter", "--service", "DDETS 69", "--exercice", "2026", "--sortie"]
    faite = CliRunner().invoke(commandes.scdl, [*ordre, str(tmp_path / "aides.csv")])
    assert (faite.exit_code, "1 subventions écrites" in faite.output) == (0, True)
    assert scdl.valider((tmp_path / "aides.csv").read_bytes()) == []
    refusee = CliRunner().invoke(commandes.scdl, [*ordre, str(tmp_path / "absent" / "aides.csv")])
    assert (refusee.exit_code, "n’a pas été écrit" in refusee.output) == (1, True)
