"""Our avis, summed up in the private annotation that a démarche names: those that may leave, once, as they stand now."""

from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from integrations.demarches_simplifiees.simulator.serveur import Simulateur
from portal.errors import Forbidden, Invalid, NotFound
from portal.models.connexion import User
from portal.models.demarches import Demarche
from portal.models.envois import OperationDS
from portal.models.services import Service
from portal.permissions import Acteur
from portal.queries import revisions_ds
from portal.services import avis, envoi_ds, resumes_avis
from portal.services.moyens import Moyens
from portal.vocabulaire import Audience, EtatEnvoi, SensAvis
from tests.fabriques_saisines import saisir
from tests.factories import Fabriques
from tests.integration.ds.conftest import modifier
from tests.integration.ds.poussee import EN_INSTRUCTION, acteur, dossier_de, effets, perdre, plus_tard

LIBELLE = "Avis des services"


def annotation(simulateur: Simulateur) -> dict[str, str]:
    annotations = simulateur.donnees.dossiers[EN_INSTRUCTION].contenu["annotations"]
    trouvee: dict[str, str] = next(une for une in annotations if une["label"] == LIBELLE)
    return trouvee


def texte(simulateur: Simulateur) -> str:
    return annotation(simulateur)["stringValue"] or ""


@pytest.fixture
def administrateur(agent: User, demarche: Demarche) -> Acteur:
    return replace(acteur(agent, demarche.service_id), est_administrateur=True)


@pytest.fixture
def nommee(session: Session, administrateur: Acteur, demarche: Demarche, simulateur: Simulateur) -> str:
    """The annotation that the démarche names."""
    champ_id = annotation(simulateur)["id"]
    resumes_avis.set_annotation(session, by=administrateur, demarche_id=demarche.id, champ_id=champ_id)
    session.commit()
    return champ_id


@pytest.fixture
def drajes(session: Session, creer: Fabriques, agent: User) -> Service:
    """A service whose avis is asked on the dossier, by the agent."""
    service = creer.service("DRAJES")
    dossier = dossier_de(session, EN_INSTRUCTION)
    par = acteur(agent, dossier.service_id)
    saisir(session, by=par, dossier=dossier, service_id=service.id, question="Qu’en pensez-vous\u00a0?")
    session.commit()
    return service


def donner(
    session: Session,
    creer: Fabriques,
    service: Service,
    dit: str,
    audience: Audience = Audience.SERVICES_SAISIS,
    version: int = 0,
) -> None:
    avis.give(
        session,
        by=creer.acteur(creer.agent(service)),
        objet=dossier_de(session, EN_INSTRUCTION),
        sens=SensAvis.FAVORABLE,
        montant_propose=None,
        texte=dit,
        audience=audience,
        version=version,
    )
    session.commit()


def operations(session: Session) -> list[OperationDS]:
    session.expire_all()
    return list(session.scalars(select(OperationDS).order_by(OperationDS.id)))


def test_an_avis_reaches_the_annotation_attributed_and_dated(
    session: Session, creer: Fabriques, moyens: Moyens, simulateur: Simulateur, drajes: Service, nommee: str
) -> None:
    donner(session, creer, drajes, "Association solide.")
    envoi_ds.run_due(moyens)
    assert [une.etat for une in operations(session)] == [EtatEnvoi.ENVOYE]
    dit = texte(simulateur)
    assert dit.startswith("Avis des services, repris du portail")
    assert "DRAJES, le " in dit
    assert dit.endswith("\u00a0: favorable.\nAssociation solide.")


def test_many_changes_before_it_leaves_make_one_operation_with_the_last_words(
    session: Session, creer: Fabriques, moyens: Moyens, simulateur: Simulateur, drajes: Service, nommee: str
) -> None:
    for version, dit in enumerate(("Un.", "Deux.", "Trois.")):
        donner(session, creer, drajes, dit, version=version)
    assert len(operations(session)) == 1
    envoi_ds.run_due(moyens)
    assert texte(simulateur).endswith("Trois.")
    assert len(effets(simulateur)) == 1


def test_an_avis_given_while_the_former_summary_is_in_doubt_is_told_too(
    session: Session, creer: Fabriques, moyens: Moyens, simulateur: Simulateur, drajes: Service, nommee: str
) -> None:
    donner(session, creer, drajes, "Un.")
    perdre(simulateur, "delai_apres")
    envoi_ds.run_due(moyens)
    perdre(simulateur, None)
    donner(session, creer, drajes, "Deux.", version=1)
    assert len(operations(session)) == 2
    plus_tard(session)
    envoi_ds.run_due(moyens)
    assert texte(simulateur).endswith("Deux.")
    assert {une.etat for une in operations(session)} == {EtatEnvoi.ENVOYE}


def test_a_reserved_avis_never_leaves_and_one_that_becomes_so_is_taken_back(
    session: Session, creer: Fabriques, moyens: Moyens, simulateur: Simulateur, drajes: Service, nommee: str
) -> None:
    donner(session, creer, drajes, "CANARI", Audience.SERVICE)
    envoi_ds.run_due(moyens)
    assert (texte(simulateur), effets(simulateur)) == ("", [])
    donner(session, creer, drajes, "CANARI", Audience.PARTAGE, version=1)
    envoi_ds.run_due(moyens)
    assert "CANARI" in texte(simulateur)
    donner(session, creer, drajes, "CANARI", Audience.SERVICE, version=2)
    envoi_ds.run_due(moyens)
    assert texte(simulateur) == ""


def test_the_same_summary_is_not_sent_twice(
    session: Session, creer: Fabriques, moyens: Moyens, simulateur: Simulateur, drajes: Service, nommee: str
) -> None:
    donner(session, creer, drajes, "Pareil.")
    envoi_ds.run_due(moyens)
    donner(session, creer, drajes, "Pareil.", version=1)
    envoi_ds.run_due(moyens)
    assert len(effets(simulateur)) == 1


def test_a_long_avis_is_cut_at_the_end_of_a_word(
    session: Session, creer: Fabriques, moyens: Moyens, simulateur: Simulateur, drajes: Service, nommee: str
) -> None:
    donner(session, creer, drajes, "mot " * 2000)
    envoi_ds.run_due(moyens)
    assert len(texte(simulateur)) < resumes_avis.LONGUEUR
    assert texte(simulateur).endswith("mot…")


def test_without_a_named_annotation_nothing_leaves(session: Session, creer: Fabriques, drajes: Service) -> None:
    donner(session, creer, drajes, "Pour nous.")
    assert operations(session) == []


def test_an_annotation_that_the_dossier_no_longer_has_is_told(
    session: Session, creer: Fabriques, moyens: Moyens, simulateur: Simulateur, drajes: Service, nommee: str
) -> None:
    annotations = simulateur.donnees.dossiers[EN_INSTRUCTION].contenu["annotations"]
    modifier(simulateur, EN_INSTRUCTION, annotations=[une for une in annotations if une["label"] != LIBELLE])
    donner(session, creer, drajes, "Perdu.")
    envoi_ds.run_due(moyens)
    (operation,) = operations(session)
    assert operation.etat == EtatEnvoi.REFUSE
    assert "demandez à un administrateur du portail d’en choisir une autre" in operation.erreur


def test_only_an_administrator_names_the_annotation_and_only_a_text(
    session: Session, agent: User, administrateur: Acteur, demarche: Demarche, simulateur: Simulateur
) -> None:
    champ_id = annotation(simulateur)["id"]
    with pytest.raises(Forbidden):
        resumes_avis.set_annotation(
            session, by=acteur(agent, demarche.service_id), demarche_id=demarche.id, champ_id=champ_id
        )
    annotations = simulateur.donnees.dossiers[EN_INSTRUCTION].contenu["annotations"]
    date = next(une["id"] for une in annotations if une["label"] == "Date de la commission")
    with pytest.raises(Invalid):
        resumes_avis.set_annotation(session, by=administrateur, demarche_id=demarche.id, champ_id=date)
    with pytest.raises(NotFound):
        resumes_avis.set_annotation(session, by=administrateur, demarche_id=0, champ_id=champ_id)
    offertes = [une["libelle"] for une in revisions_ds.text_annotations(session, demarche.id)]
    assert offertes == ["Analyse du service", LIBELLE]
    resumes_avis.set_annotation(session, by=administrateur, demarche_id=demarche.id, champ_id="")
    assert demarche.annotation_avis == ""
