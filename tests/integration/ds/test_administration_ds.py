"""What an administrator settles of a DS démarche, what is told of its token, and what of a dossier that is set aside."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from integrations.demarches_simplifiees.simulator.depart.generation import DEMARCHE, PREMIER_NUMERO
from portal.app import create_app
from portal.config import Config
from portal.formats import aujourdhui, date_fr, maintenant
from portal.models.autorisations import AutorisationContenu
from portal.models.connexion import User
from portal.models.correspondances import RevisionDS
from portal.models.debit import DebitDS, JetonDS
from portal.models.demarches import Demarche, GroupeInstructeur
from portal.models.dossiers import Dossier
from portal.models.journal import Evenement
from portal.models.synchronisation import Quarantaine, SyncRun
from portal.services import synchronisation
from portal.services.moyens import Moyens
from tests.client import ClientStrict
from tests.factories import Fabriques

UN = PREMIER_NUMERO


def reglages(demarche: Demarche) -> str:
    return f"/administration/synchronisation/{demarche.id}"


@pytest.fixture
def administrateur(creer: Fabriques, client: ClientStrict) -> User:
    """An administrator of another service, logged in."""
    personne = creer.agent(administrateur=True)
    client.connecter(personne)
    return personne


@pytest.fixture
def ecarte(session: Session, demarche: Demarche, moyens: Moyens) -> str:
    """The page of a dossier that was stored once, and whose new version could not be."""
    synchronisation.sync(moyens, DEMARCHE)
    session.add(Quarantaine(demarche_id=demarche.id, number=UN, motif="Ce dossier est illisible."))
    session.commit()
    return f"{reglages(demarche)}/ecartes/{UN}"


def ouvrir(session: Session, demarche: Demarche, responsable: User) -> None:
    demain = maintenant() + timedelta(hours=24)
    session.add(
        AutorisationContenu(
            demarche_id=demarche.id, accordee_par_id=responsable.id, raison="Comprendre", expire_at=demain
        )
    )
    session.commit()


def consultations(session: Session) -> int:
    vues = select(func.count()).select_from(Evenement).where(Evenement.action == "contenu_consulte")
    return session.scalar(vues) or 0


def test_a_group_is_given_to_a_service_with_its_dossiers(
    session: Session, client: ClientStrict, creer: Fabriques, demarche: Demarche, moyens: Moyens, administrateur: User
) -> None:
    synchronisation.sync(moyens, DEMARCHE)
    autre = creer.service("DRAJES ARA")
    groupe = session.scalars(select(GroupeInstructeur).where(GroupeInstructeur.label == "DRAJES")).one()
    client.get(f"{reglages(demarche)}/groupes")
    client.soumettre({"groupe": str(groupe.number), "service": autre.sigle})
    assert "Le groupe est confié au service DRAJES ARA. Dossiers transférés :" in client.texte()
    assert session.scalar(select(func.count()).select_from(Dossier).where(Dossier.service_id == autre.id))
    client.get(f"/instruction/synchronisation/demarches/{demarche.id}")
    assert "n’ont pas de service à eux : DDETS." in client.texte()


def test_a_group_or_a_service_left_out_is_asked_for(
    client: ClientStrict, demarche: Demarche, moyens: Moyens, administrateur: User
) -> None:
    synchronisation.sync(moyens, DEMARCHE)
    client.get(f"{reglages(demarche)}/groupes")
    assert client.soumettre().status_code == 422
    assert "Choisissez le service." in client.texte()


def test_files_are_left_at_ds_and_an_annotation_receives_the_avis(
    session: Session, client: ClientStrict, demarche: Demarche, administrateur: User
) -> None:
    annotation = {"id": "A1", "type": "Textarea", "libelle": "Avis des services", "partie": "annotations", "parent": ""}
    session.add(RevisionDS(demarche_id=demarche.id, ds_id="R1", descripteurs=[annotation | {"section": ""}]))
    session.commit()
    client.get(reglages(demarche))
    client.soumettre({"a_la_demande": "oui", "champ_id": "A1"})
    assert "Les réglages sont enregistrés." in client.texte()
    session.refresh(demarche)
    assert (demarche.fichiers_a_la_demande, demarche.annotation_avis) == (True, "A1")
    client.get(reglages(demarche))
    assert client.soumettre({"champ_id": "inconnu"}).status_code == 422
    assert "Choisissez dans la liste une annotation de texte" in client.texte()


def test_what_is_known_of_a_dossier_set_aside_stays_closed_without_an_authorisation(
    session: Session, client: ClientStrict, creer: Fabriques, demarche: Demarche, ecarte: str, administrateur: User
) -> None:
    creer.responsable(demarche.service)
    client.get(ecarte)
    assert "Ce dossier est illisible." in client.texte()
    assert "Son contenu n’est pas montré : demandez à Camille" in client.texte()
    assert "champs" not in client.texte()
    assert consultations(session) == 0


def test_it_is_shown_under_an_authorisation_and_each_look_leaves_a_trace(
    session: Session, client: ClientStrict, creer: Fabriques, demarche: Demarche, ecarte: str, administrateur: User
) -> None:
    ouvrir(session, demarche, creer.responsable(demarche.service))
    client.get(ecarte)
    assert f'"number": {UN}' in client.texte()
    assert consultations(session) == 1


def test_what_a_service_opens_never_shows_the_dossiers_of_another(
    session: Session, client: ClientStrict, creer: Fabriques, demarche: Demarche, ecarte: str, administrateur: User
) -> None:
    ouvrir(session, demarche, creer.responsable(demarche.service))
    session.execute(update(Dossier).values(service_id=creer.service("DRAJES ARA").id))
    session.commit()
    client.get(ecarte)
    assert "confié au service DRAJES ARA. Son contenu n’est pas montré" in client.texte()
    assert f'"number": {UN}' not in client.texte()
    assert consultations(session) == 0


def test_the_responsable_who_opens_the_content_does_not_read_the_page_of_the_administrators(
    session: Session, client: ClientStrict, creer: Fabriques, demarche: Demarche, ecarte: str
) -> None:
    responsable = creer.responsable(demarche.service)
    ouvrir(session, demarche, responsable)
    client.connecter(responsable)
    assert client.get(ecarte).status_code == 403


@pytest.mark.parametrize(
    ("jours", "mots", "genre"),
    [
        (12, "Le jeton expire dans 12 jours", "alert-warning"),
        (1, "Le jeton expire demain", "alert-danger"),
        (-1, "Le jeton a expiré", "alert-danger"),
        (30, "", ""),
    ],
)
def test_the_end_of_the_token_is_told_to_administrators_in_time(
    config: Config, moyens: Moyens, creer: Fabriques, jours: int, mots: str, genre: str
) -> None:
    fin = aujourdhui() + timedelta(days=jours)
    client = _portail(replace(config, ds_token_expiration=fin), moyens)
    client.connecter(creer.agent(administrateur=True))
    page = client.get("/instruction/synchronisation")
    assert ("Le jeton" in client.texte()) == bool(mots)
    assert genre in page.text
    assert not mots or f"{mots} ({date_fr(fin)})" in client.texte()
    client.connecter(creer.agent())
    client.get("/instruction/synchronisation")
    assert "Le jeton" not in client.texte()


def _portail(config: Config, moyens: Moyens) -> ClientStrict:
    """A browser on a portal of that configuration."""
    app = create_app(config, moyens=replace(moyens, config=config))
    app.test_client_class = ClientStrict
    client = app.test_client()
    assert isinstance(client, ClientStrict)
    return client


def test_a_refusal_of_the_token_is_told_until_ds_answers_again(
    session: Session, client: ClientStrict, demarche: Demarche, administrateur: User
) -> None:
    session.add(JetonDS(jeton="a" * 64, refus="Le jeton est révoqué.", refus_at=maintenant() - timedelta(hours=1)))
    session.commit()
    client.get("/instruction/synchronisation")
    assert "Le jeton est révoqué." in client.texte()
    session.add(SyncRun(demarche_id=demarche.id, ended_at=maintenant()))
    session.commit()
    client.get("/instruction/synchronisation")
    assert "Le jeton est révoqué." not in client.texte()


def test_requests_of_the_minute_and_of_the_day_are_told_beside_the_limit(
    session: Session, client: ClientStrict, demarche: Demarche, administrateur: User
) -> None:
    instant = maintenant()
    for jeton, requetes in (("a" * 64, 20), ("b" * 64, 5)):
        session.add(DebitDS(jeton=jeton, minute=instant + timedelta(minutes=1), requetes=requetes))
    session.commit()
    client.get("/instruction/synchronisation")
    assert "25 dans la minute en cours (sur 300 permises), 25 aujourd’hui" in client.texte()
