"""Publishing the text of the contract: one body per version, for ever."""

import hashlib
import unicodedata
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.cli.cer import cer
from portal.db import Fabrique
from portal.documents.cer import TEXTE_NATIONAL
from portal.errors import Invalid
from portal.models.engagements import TexteCer
from portal.models.journal import Evenement
from portal.permissions import SYSTEME
from portal.services.textes_cer import publish_text
from portal.vocabulaire import RoleAffectation
from tests import html
from tests.client import ClientStrict
from tests.factories import Fabriques

TEXTE = TEXTE_NATIONAL.read_text(encoding="utf-8")


def publier(session: Session, contenu: str = TEXTE) -> TexteCer:
    """Publish as the command does."""
    return publish_text(session, by=SYSTEME, contenu=contenu)


def _environnement(base: str, dossier: Path) -> dict[str, str]:
    return {
        "PORTAL_MODE": "demo",
        "DATABASE_URL": base,
        "SECRET_KEY": "x" * 40,
        "PORTAL_URL": "http://portail.test",
        "STOCKAGE_DOSSIER": str(dossier),
    }


def test_the_fingerprint_is_that_of_the_body_in_utf8_nfc_and_lf(session: Session) -> None:
    texte = publier(session)
    assert (texte.version, texte.nor, texte.verifie_at) == ("1", "INTD2133844D", None)
    corps = TEXTE.split("---\n", 2)[2].strip("\n") + "\n"
    assert texte.corps == unicodedata.normalize("NFC", corps)
    assert texte.sha256 == hashlib.sha256(texte.corps.encode()).hexdigest()


@pytest.mark.parametrize(
    "variante",
    [TEXTE.replace("\n", "\r\n"), unicodedata.normalize("NFD", TEXTE), "\ufeff" + TEXTE, TEXTE + "\n\n"],
    ids=["windows", "decomposed", "bom", "blank-lines"],
)
def test_publishing_the_same_words_again_changes_nothing(session: Session, variante: str) -> None:
    premier = publier(session)
    assert publier(session, variante).id == premier.id
    assert session.scalar(select(func.count()).select_from(Evenement)) == 1


def test_a_changed_body_needs_a_new_version(session: Session) -> None:
    publier(session)
    change = TEXTE.replace("drapeau tricolore", "drapeau")
    with pytest.raises(Invalid, match="déjà publiée avec un autre texte"):
        publier(session, change)
    assert publier(session, change.replace('version: "1"', 'version: "2"')).version == "2"


def test_the_same_body_is_not_published_as_two_versions(session: Session) -> None:
    publier(session)
    with pytest.raises(Invalid, match="mot pour mot, comme version 1"):
        publier(session, TEXTE.replace('version: "1"', 'version: "2"'))


@pytest.mark.parametrize(
    ("contenu", "message"),
    [
        ("bonjour", "en-tête entre deux lignes"),
        (TEXTE.replace("nor: INTD2133844D\n", ""), "donne mal.: nor"),
        (TEXTE.replace("date: 2021-12-31", "date: hier"), "donne mal.: date"),
        (TEXTE.replace("ENGAGEMENT N° 7", "ENGAGEMENT N° 8"), "sept engagements"),
        (TEXTE.replace("# CONTRAT", "CONTRAT", 1), "commencer par son titre"),
        (TEXTE.replace('version: "1"', "version: [1"), "pas du YAML"),
    ],
)
def test_a_file_that_is_not_the_contract_is_refused_with_its_reason(
    session: Session, contenu: str, message: str
) -> None:
    with pytest.raises(Invalid, match=message):
        publier(session, contenu)
    assert session.scalar(select(func.count()).select_from(TexteCer)) == 0


def test_the_command_publishes_the_packaged_text_and_says_what_it_is_worth(
    fabrique_reelle: Fabrique, base_reelle: str, tmp_path: Path
) -> None:
    env = _environnement(base_reelle, tmp_path)
    for _ in range(2):
        sortie = CliRunner().invoke(cer, ["publier"], env=env)
        assert sortie.exit_code == 0, sortie.output
        assert "à comparer à Légifrance" in sortie.output
    with fabrique_reelle() as session:
        assert session.scalars(select(TexteCer.version)).all() == ["1"]
    autre = tmp_path / "autre.md"
    autre.write_text(TEXTE.replace("drapeau tricolore", "drapeau"), encoding="utf-8")
    sortie = CliRunner().invoke(cer, ["publier", str(autre)], env=env)
    assert sortie.exit_code == 1
    assert "déjà publiée avec un autre texte" in sortie.output


def test_an_operator_confirms_a_version_once(fabrique_reelle: Fabrique, base_reelle: str, tmp_path: Path) -> None:
    env = _environnement(base_reelle, tmp_path)
    CliRunner().invoke(cer, ["publier"], env=env)
    with fabrique_reelle() as session:
        empreinte = session.scalars(select(TexteCer.sha256)).one()
    inconnue = CliRunner().invoke(cer, ["confirmer", "7"], env=env)
    assert (inconnue.exit_code, "Aucune version 7" in inconnue.output) == (1, True)
    premiere = CliRunner().invoke(cer, ["confirmer", "1"], env=env)
    assert (premiere.exit_code, "elle peut être signée" in premiere.output) == (0, True)
    seconde = CliRunner().invoke(cer, ["confirmer", "1"], env=env)
    assert (seconde.exit_code, "déjà comparée" in seconde.output) == (1, True)
    with fabrique_reelle() as session:
        texte = session.scalars(select(TexteCer)).one()
        assert (texte.sha256, texte.verifie_par_id) == (empreinte, None)
        actions = session.scalars(select(Evenement.action).order_by(Evenement.id)).all()
        assert actions == ["texte_cer_publie", "texte_cer_verifie"]


def test_an_administrator_reads_a_version_whole_and_confirms_it_by_a_box_that_she_ticks(
    client: ClientStrict, creer: Fabriques, session: Session
) -> None:
    texte = creer.texte_cer()
    administratrice = creer.agent(administrateur=True)
    client.connecter(administratrice)
    client.get("/administration/cer")
    assert "à faire" in client.texte()
    client.get("/administration/cer/1")
    assert texte.sha256 in client.texte()
    assert "le drapeau tricolore, l'hymne national, et la devise de la République" in client.texte()
    assert "compare" not in dict(html.champs(client.formulaire()))
    assert client.soumettre().status_code == 422
    assert "Cochez la case si vous avez fait cette comparaison" in client.texte()
    assert client.soumettre({"compare": "y"}).status_code == 200
    assert administratrice.nom_affiche in client.texte()
    session.refresh(texte)
    assert (texte.verifie_par_id, texte.verifie_at is None) == (administratrice.id, False)
    assert session.scalars(select(Evenement.action)).all().count("texte_cer_verifie") == 1
    assert client.poster("/administration/cer/1", {"compare": "y"}).status_code == 409
    assert client.get("/administration/cer/2").status_code == 404


def test_only_administrators_open_the_texts(client: ClientStrict, creer: Fabriques) -> None:
    creer.texte_cer()
    client.connecter(creer.agent(role=RoleAffectation.RESPONSABLE))
    assert client.get("/administration/cer").status_code == 403
    assert client.poster("/administration/cer/1", {"compare": "y"}).status_code == 403
