"""What a deposited file holds is found by itself, told with the reason, asked when it is not sure, and may be changed."""

import io
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.formats import maintenant
from portal.models.connexion import User
from portal.models.demarches import Demarche
from portal.models.dossiers import Dossier
from portal.models.imports import LigneImport, LotImport
from portal.models.versements import Versement
from portal.services import imports, lectures_imports
from portal.services.moyens import Moyens
from portal.services.travail_imports import run_due
from portal.vocabulaire_imports import EtatImport, GenreImport
from tests import html
from tests.client import ClientStrict
from tests.fabriques_imports import lignes_de, lot
from tests.factories import Fabriques

IMPORTS = "/instruction/imports"
DEMANDES = "N° de dossier;Association;Montant demandé\nR1;Club;1 500,00\n"
VERSEMENTS = (
    "N° EJ;N° SIRET;Montant payé;Date paiement;Centre financier\n2100000001;43832531800014;900,00;31/01/2026;C1\n"
)
DOUTEUX = "Association;SIRET;Commune\nClub;43832531800014;Lyon\n"


@pytest.fixture
def agent(creer: Fabriques, client: ClientStrict) -> User:
    agent = creer.agent()
    client.connecter(agent)
    return agent


def _envoyer(client: ClientStrict, action: str, valeurs: Any = None) -> Any:
    return client.soumettre(valeurs, action=action.removeprefix("http://localhost"), suivre=False)


def _deposer(client: ClientStrict, moyens: Moyens, texte: str, **champs: str) -> str:
    client.get(f"{IMPORTS}/nouveau")
    reponse = _envoyer(client, IMPORTS, {"fichier": (io.BytesIO(texte.encode()), "suivi.csv"), **champs})
    assert reponse.status_code == 303, reponse.text
    adresse = str(reponse.headers["Location"])
    run_due(moyens)
    client.get(adresse)
    return adresse


def _valeur(client: ClientStrict, action: str, nom: str) -> str:
    """What a field of a form of the page holds."""
    return dict(html.champs(client.formulaire(action)))[nom]


def _lot(session: Session) -> LotImport:
    session.expire_all()
    return session.scalars(select(LotImport).order_by(LotImport.id.desc())).first() or pytest.fail("no import")


@pytest.mark.usefixtures("agent")
def test_the_kind_is_found_told_with_its_reason_and_imported(
    client: ClientStrict, moyens: Moyens, session: Session
) -> None:
    adresse = _deposer(client, moyens, VERSEMENTS)
    assert "Trouvé par le portail : 5 colonnes sur 5 conviennent, contre" in client.texte()
    assert _lot(session).genre == GenreImport.VERSEMENTS
    version = str(_lot(session).version)
    assert _envoyer(client, f"{adresse}/confirmation").status_code == 303
    deux = client.poster(f"{adresse}/confirmation", {"version": version, "copies": "garder", "deja": "laisser"})
    assert deux.status_code == 409
    assert "Cet import a changé depuis que cette page est ouverte" in client.texte()
    run_due(moyens)
    assert session.scalar(select(func.count()).select_from(Versement)) == 1


@pytest.mark.usefixtures("agent")
def test_a_kind_that_is_not_sure_is_asked_before_any_line_is_kept(
    client: ClientStrict, moyens: Moyens, session: Session
) -> None:
    adresse = _deposer(client, moyens, DOUTEUX)
    texte = client.texte()
    for dit in ("ne sait pas ce que contient chaque ligne", "« Demandes de subvention »", "« Associations »"):
        assert dit in texte, dit
    assert (_lot(session).etat, _lot(session).genre) == (EtatImport.LU, None)
    assert session.scalar(select(func.count()).select_from(LigneImport)) == 0
    assert _envoyer(client, f"{adresse}/lecture").status_code == 422
    assert "Choisissez ce que contient ce fichier" in client.texte()
    assert client.poster(f"{adresse}/confirmation", {"version": str(_lot(session).version)}).status_code == 409
    client.get(IMPORTS)
    assert "À préciser" in client.texte()
    client.get(adresse)
    assert _envoyer(client, f"{adresse}/lecture", {"genre": "associations"}).status_code == 303
    run_due(moyens)
    client.get(adresse)
    assert "1 ligne prête" in client.texte()
    assert _lot(session).genre == GenreImport.ASSOCIATIONS


@pytest.mark.usefixtures("agent")
def test_another_kind_makes_columns_and_lines_found_again(
    client: ClientStrict, moyens: Moyens, session: Session
) -> None:
    adresse = _deposer(client, moyens, DEMANDES)
    assert _envoyer(client, f"{adresse}/lecture", {"genre": "associations"}).status_code == 303
    run_due(moyens)
    lu = _lot(session)
    assert (lu.genre, lu.etat) == (GenreImport.ASSOCIATIONS, EtatImport.LU)
    assert {vue["champ"] for vue in lu.constat["colonnes"]} == {"association_nom", ""}
    client.get(adresse)
    assert "Où vont ces demandes" not in client.texte()


@pytest.mark.usefixtures("agent")
def test_requests_are_placed_before_they_are_imported_and_nothing_typed_is_lost(
    client: ClientStrict, moyens: Moyens, session: Session
) -> None:
    adresse = _deposer(client, moyens, DEMANDES)
    assert "Dites d’abord où ranger ces demandes" in client.texte()
    assert client.poster(f"{adresse}/confirmation", {"version": str(_lot(session).version)}).status_code == 409
    assert "dans quelle démarche ranger" in client.texte()
    client.get(adresse)
    assert _envoyer(client, f"{adresse}/demarche", {"titre": "FDVA"}).status_code == 422
    assert "Donnez l’exercice de la nouvelle démarche" in client.texte()
    assert _valeur(client, "/demarche", "titre") == "FDVA"
    assert _envoyer(client, f"{adresse}/demarche", {"titre": "FDVA", "exercice": "2026"}).status_code == 303
    run_due(moyens)
    client.get(adresse)
    assert "Dans la démarche « FDVA », exercice 2026." in client.texte()
    assert _envoyer(client, f"{adresse}/confirmation").status_code == 303
    run_due(moyens)
    assert session.scalar(select(func.count()).select_from(Dossier)) == 1
    suivante = _deposer(client, moyens, DEMANDES)
    fdva = session.scalars(select(Demarche)).one()
    assert _valeur(client, "/demarche", "demarche") == str(fdva.id), "where the last file of that form went"
    assert "comme la dernière fois" not in client.texte(), "what is found and what was confirmed are the same"
    assert _envoyer(client, f"{suivante}/demarche", {"titre": "Autre"}).status_code == 422
    assert "effacez ce titre" in client.texte()


@pytest.mark.usefixtures("agent")
def test_the_kind_that_a_service_has_confirmed_for_a_form_is_remembered(
    client: ClientStrict, moyens: Moyens, session: Session
) -> None:
    adresse = _deposer(client, moyens, DOUTEUX)
    _envoyer(client, f"{adresse}/lecture", {"genre": "associations"})
    run_due(moyens)
    client.get(adresse)
    _envoyer(client, f"{adresse}/confirmation")
    run_due(moyens)
    _deposer(client, moyens, DOUTEUX.replace("Club;", "Ligue;"))
    assert _lot(session).genre == GenreImport.ASSOCIATIONS
    assert "comme la dernière fois que votre service a importé un tableau aux mêmes titres" in client.texte()


@pytest.mark.usefixtures("agent")
def test_who_says_it_at_once_is_not_asked(client: ClientStrict, moyens: Moyens, session: Session) -> None:
    _deposer(client, moyens, DOUTEUX, genre="associations")
    assert (_lot(session).genre, _lot(session).constat["raison_genre"]) == (GenreImport.ASSOCIATIONS, "")
    assert "1 ligne prête" in client.texte()
    assert imports.INCONNU not in client.texte()


def test_a_worker_that_comes_too_late_leaves_the_lines_of_who_has_read_the_file(
    session: Session, creer: Fabriques
) -> None:
    lu = lot(creer, creer.agent(), lignes=[{"reference_source": "R1", "association_nom": "Club"}])
    avant = len(lignes_de(session, lu))
    assert lectures_imports.begin(session, lu.id, maintenant() - timedelta(minutes=6)) is None
    assert len(lignes_de(session, lu)) == avant == 1
