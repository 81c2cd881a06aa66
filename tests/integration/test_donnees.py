"""The data of the demonstration: made by the real services, complete, and the same when made again."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.cli import avis_demo, donnees, main
from portal.cli.histoires import HISTOIRES
from portal.db import Base, Fabrique
from portal.formats import aujourdhui, maintenant
from portal.models.avis import Avis, DemandeAvis, Saisine
from portal.models.communications import Communication
from portal.models.connexion import SessionConnexion
from portal.models.demarches import Demarche
from portal.models.dossiers import Dossier
from portal.models.engagements import Engagement
from portal.models.recoupements import Recoupement
from portal.models.services import Service
from portal.queries import campagnes, demandes_lisibles
from portal.queries.avis_perimes import staleness
from portal.queries.personas import PERSONAS, list_personas
from portal.vocabulaire import Etat, EtatMandat, GenreUser, Source
from portal.vocabulaire_avis import EtatCommunication
from portal.vocabulaire_recoupements import GenreRecoupement


def _semer(base: str, dossier: Path, **variables: str) -> Result:
    env = {
        "PORTAL_MODE": "demo",
        "DATABASE_URL": base,
        "SECRET_KEY": "x" * 32,
        "PORTAL_URL": "http://portail.test",
        "STOCKAGE_DOSSIER": str(dossier),
        "DS_URL": "http://127.0.0.1:9/graphql",
        "DS_TOKEN": "jeton",
        "DS_DEMARCHES": "4501",
        **variables,
    }
    return CliRunner().invoke(main, ["demo-donnees"], env=env, catch_exceptions=False)


def _compte(session: Session) -> dict[str, int]:
    """Rows of each table, but the login sessions that the personas open to act."""
    tables = [t for nom, t in Base.metadata.tables.items() if nom != "session_connexion"]
    return {table.name: session.scalar(select(func.count()).select_from(table)) or 0 for table in tables}


def test_demo_data_is_complete_and_made_once(base_reelle: str, fabrique_reelle: Fabrique, tmp_path: Path) -> None:
    sortie = _semer(base_reelle, tmp_path)
    assert sortie.exit_code == 0, sortie.output
    for persona in PERSONAS:
        assert persona.email in sortie.output
    with fabrique_reelle() as session:
        premier = _compte(session)
        _personas(session)
        _dossiers(session)
        _demarches(session)
        _avis(session)
        assert session.scalar(select(func.count()).where(SessionConnexion.ended_at.is_(None))) == 0
    assert _semer(base_reelle, tmp_path).exit_code == 0
    with fabrique_reelle() as session:
        assert _compte(session) == premier


def _personas(session: Session) -> None:
    comptes = {user.email: user for user, _phrase in list_personas(session)}
    assert len(comptes) == len(PERSONAS)
    assert all(user.prenom and user.nom for user in comptes.values())
    agents = [user for user in comptes.values() if user.genre == GenreUser.AGENT]
    assert all(len(agent.affectations) == 1 for agent in agents)
    assert [agent.email for agent in agents if agent.est_administrateur] == ["helene.faure@portail.demo.example"]


def _dossiers(session: Session) -> None:
    dossiers = session.scalars(select(Dossier).order_by(Dossier.id)).all()
    etats = Counter(dossier.etat for dossier in dossiers)
    assert len(dossiers) == 13
    assert etats >= Counter({Etat.EN_CONSTRUCTION: 3, Etat.EN_INSTRUCTION: 4, Etat.ACCEPTE: 1, Etat.REFUSE: 1})
    assert any(dossier.avis_demandes > dossier.avis_rendus for dossier in dossiers)
    assert {dossier.lien_verifie for dossier in dossiers} == {True, False}
    assert max(dossier.date_depot for dossier in dossiers) < maintenant()
    for dossier in dossiers:
        assert dossier.demande is not None
        assert dossier.demande.deposee_at == dossier.date_depot
        assert "Intitulé du projet" in str(
            demandes_lisibles.sections_de(demandes_lisibles.charger(session, dossier.demande))
        )
    etats_des_mandats = {e.mandat_etat for e in session.scalars(select(Engagement))}
    assert etats_des_mandats <= {EtatMandat.DECLARE, EtatMandat.PROUVE}


def _demarches(session: Session) -> None:
    ds = session.scalars(select(Demarche).where(Demarche.source == Source.DS)).one()
    assert (ds.ds_number, ds.instance) == (4501, "127.0.0.1")
    assert session.get_one(Service, ds.service_id).sigle == "DDETS 69"
    assert len(campagnes.list_campagnes(session)) == 2


def _avis(session: Session) -> None:
    """Half answered under a seal, late, valid on an association, stale, contradicted, asked twice, to be sent."""
    demandes = session.scalars(select(DemandeAvis)).all()
    scellees = [une for une in demandes if une.saisine.scelle]
    assert sorted(une.repondue_at is not None for une in scellees) == [False, False, True]
    assert [une.expert_id is not None for une in scellees].count(True) == 1
    assert any(une.attendue and une.echeance is not None and une.echeance < aujourdhui() for une in demandes)
    avis = session.scalars(select(Avis)).all()
    assert any(un.valable_jusqu_au is not None and un.valable_jusqu_au > aujourdhui() for un in avis)
    dossiers = {dossier.id: dossier for dossier in session.scalars(select(Dossier))}
    perimes = [un for un in avis if un.dossier_id is not None and staleness(un, dossiers[un.dossier_id])]
    assert len(perimes) == 2
    genres = {recoupement.genre for recoupement in session.scalars(select(Recoupement))}
    assert {GenreRecoupement.MEME_ACTION, GenreRecoupement.COFINANCEMENT} <= genres
    assert session.scalars(select(Communication.etat)).all() == [EtatCommunication.A_TRAITER]


def test_a_demonstration_made_before_services_asked_each_other_still_starts(
    base_reelle: str, fabrique_reelle: Fabrique, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    anciennes = [replace(histoire, avis=(), saisis=()) for histoire in HISTOIRES]
    with monkeypatch.context() as avant:
        avant.setattr(donnees, "HISTOIRES", anciennes)
        avant.setattr(avis_demo, "animer", lambda _session: True)
        assert _semer(base_reelle, tmp_path).exit_code == 0
    sortie = _semer(base_reelle, tmp_path)
    assert sortie.exit_code == 0, sortie.output
    assert "make demo-reset" in sortie.output
    with fabrique_reelle() as session:
        assert session.scalars(select(Saisine).where(Saisine.cle == avis_demo.SCELLEE)).first() is None


@pytest.mark.parametrize("fait", ["production"])
def test_production_gets_no_invented_data(
    base_reelle: str, fabrique_reelle: Fabrique, tmp_path: Path, fait: str
) -> None:
    sortie = _semer(
        base_reelle,
        tmp_path,
        PORTAL_MODE=fait,
        PORTAL_URL="https://portail.example.org",
        SMTP_HOTE="smtp.example.org",
        COURRIEL_EXPEDITEUR="portail@example.org",
        CONTACT="aide@example.org",
        DS_URL="https://ds.example.org/graphql",
    )
    assert sortie.exit_code == 1
    assert "Rien n’a été créé." in sortie.output
    with fabrique_reelle() as session:
        assert session.scalar(select(func.count()).select_from(Service)) == 0
