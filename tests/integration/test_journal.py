"""The journal is written with the act it tells, is never rewritten, and every tampering shows."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import delete, func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from portal.cli import main
from portal.db import Fabrique
from portal.models.journal import Evenement, EvenementDetail, FluxJournal, RacineJournal
from portal.permissions import SYSTEME
from portal.queries.journal import contents, faults
from portal.services import journal

FLUX = 6
PAR_FLUX = 8
ECRIVAINS = 16


def _remplir(session: Session, debut: int = 0) -> None:
    for rang in range(debut, debut + PAR_FLUX):
        for flux in range(FLUX):
            valeurs = {"montant": f"{rang}00.00", "etat": "en_instruction", "rang": rang} if rang % 3 else None
            journal.record(session, by=SYSTEME, action=f"acte_{rang}", objet=f"dossier:{flux}", valeurs=valeurs)


@pytest.fixture
def tenu(session: Session) -> Session:
    """A journal of six streams, sealed twice, that goes on after its last root; triggers out of the way."""
    for jour, debut in ((date(2026, 11, 20), 0), (date(2026, 11, 21), PAR_FLUX)):
        _remplir(session, debut)
        journal.seal_day(session, jour)
    _remplir(session, 2 * PAR_FLUX)
    session.commit()
    session.execute(text("SET LOCAL session_replication_role = replica"))
    assert not list(faults(session))
    return session


def test_an_act_leaves_one_event_and_its_values(session: Session) -> None:
    journal.record(session, by=SYSTEME, action="avis_donne", objet="dossier:1", valeurs={"sens": "favorable"})
    evenement = session.scalars(select(Evenement)).one()
    assert (evenement.seq, evenement.action, evenement.acteur) == (1, "avis_donne", "systeme")
    assert "favorable" not in str(evenement.champs)
    assert session.scalars(select(EvenementDetail)).one().valeurs == {"sens": "favorable"}


def test_a_write_rolled_back_leaves_no_event(session: Session) -> None:
    journal.record(session, by=SYSTEME, action="essai", objet="dossier:1", valeurs={"a": 1})
    session.rollback()
    assert contents(session).evenements == contents(session).flux == 0


def test_values_are_verified_in_the_form_that_the_database_gives_back(session: Session) -> None:
    valeurs = {
        "liste": [1, None, True, {"10": "é", "9": ""}],
        "texte": "« ça »\n\t\U0001f600",
        "vide": {},
        "grand": 10**25,
    }
    journal.record(
        session, by=SYSTEME, action="essai", objet="dossier:1", valeurs={**valeurs, "cles": {10: "a", 9: "b"}}
    )
    session.commit()
    session.expire_all()
    assert not list(faults(session))


def test_a_float_never_enters_the_journal(session: Session) -> None:
    with pytest.raises(TypeError, match="text"):
        journal.record(session, by=SYSTEME, action="essai", objet="dossier:1", valeurs={"montants": [{"a": 12.5}]})


def test_sixteen_writers_keep_every_stream_whole(fabrique_reelle: Fabrique) -> None:
    def ecrire(graine: int) -> None:
        hasard = random.Random(graine)
        for rang in range(25):
            with fabrique_reelle() as session:
                journal.record(session, by=SYSTEME, action=f"acte_{rang}", objet=f"dossier:{hasard.randrange(3)}")
                if rang % 5 == 4:
                    session.rollback()
                else:
                    session.commit()

    with ThreadPoolExecutor(ECRIVAINS) as ecrivains:
        list(ecrivains.map(ecrire, range(ECRIVAINS)))
    with fabrique_reelle.begin() as session:
        assert journal.seal_day(session) is not None
        assert not list(faults(session))
        assert contents(session).evenements == ECRIVAINS * 20


def test_a_root_covers_exactly_the_events_before_it_while_others_write(fabrique_reelle: Fabrique) -> None:
    def ecrire(graine: int) -> None:
        for rang in range(30):
            with fabrique_reelle.begin() as session:
                journal.record(session, by=SYSTEME, action="acte", objet=f"dossier:{(graine + rang) % 5}")

    def sceller(_graine: int) -> None:
        for jour in range(1, 11):
            with fabrique_reelle.begin() as session:
                journal.seal_day(session, date(2026, 11, jour))
            with fabrique_reelle() as session:
                assert not list(faults(session))

    with ThreadPoolExecutor(5) as ouvriers:
        taches = [ouvriers.submit(tache, rang) for rang, tache in enumerate([ecrire] * 4 + [sceller])]
        for tache in taches:
            tache.result()


@pytest.mark.parametrize(
    "ordre",
    [
        "UPDATE evenement SET action = 'autre'",
        "DELETE FROM evenement",
        "TRUNCATE evenement CASCADE",
        "UPDATE racine_journal SET flux = 0",
        "DELETE FROM racine_journal",
        "TRUNCATE racine_journal",
        "DELETE FROM flux_journal",
        "TRUNCATE flux_journal",
    ],
)
def test_rewriting_is_refused_by_the_database(session: Session, ordre: str) -> None:
    _remplir(session)
    journal.seal_day(session)
    with pytest.raises(DBAPIError, match="Le journal ne se réécrit pas"):
        session.execute(text(ordre))


ALTERATIONS = {
    "date": "UPDATE evenement SET at = at + interval '1 microsecond' WHERE objet = 'dossier:2' AND seq = 5",
    "acteur": "UPDATE evenement SET acteur = 'agent:7' WHERE objet = 'dossier:2' AND seq = 5",
    "service": "UPDATE evenement SET service_id = 3 WHERE objet = 'dossier:2' AND seq = 5",
    "action": "UPDATE evenement SET action = 'autre' WHERE objet = 'dossier:2' AND seq = 24",
    "champs": "UPDATE evenement SET champs = champs - 'montant' WHERE objet = 'dossier:2' AND seq = 5",
    "empreinte": "UPDATE evenement SET hash = prev_hash WHERE objet = 'dossier:2' AND seq = 5",
    "empreinte précédente": "UPDATE evenement SET prev_hash = hash WHERE objet = 'dossier:2' AND seq = 5",
    "numéro": "UPDATE evenement SET seq = 99 WHERE objet = 'dossier:2' AND seq = 24",
    "objet": "UPDATE evenement SET objet = 'dossier:autre' WHERE objet = 'dossier:2' AND seq = 1",
    "ordre des identifiants": "UPDATE evenement SET id = -id WHERE objet = 'dossier:2' AND seq = 5",
    "premier ôté": "DELETE FROM evenement WHERE objet = 'dossier:2' AND seq = 1",
    "un ôté": "DELETE FROM evenement WHERE objet = 'dossier:2' AND seq = 12",
    "queue coupée": "DELETE FROM evenement WHERE objet = 'dossier:2' AND seq > 20",
    "queue scellée coupée, tête refaite": """
        DELETE FROM evenement WHERE objet = 'dossier:2' AND seq > 14;
        UPDATE flux_journal SET seq = 14, tete = (SELECT hash FROM evenement WHERE objet = 'dossier:2' AND seq = 14)
        WHERE objet = 'dossier:2'""",
    "flux entier ôté": "DELETE FROM evenement WHERE objet = 'dossier:2'; DELETE FROM flux_journal WHERE objet = 'dossier:2'",
    "un ajouté": """
        INSERT INTO evenement (objet, seq, at, acteur, action, champs, prev_hash, hash)
        SELECT objet, 25, at, acteur, action, champs, hash, hash FROM evenement WHERE objet = 'dossier:2' AND seq = 24""",
    "flux ajouté": """
        INSERT INTO evenement (objet, seq, at, acteur, action, champs, prev_hash, hash)
        SELECT 'dossier:faux', 1, at, acteur, action, champs, prev_hash, hash FROM evenement
        WHERE objet = 'dossier:2' AND seq = 1""",
    "deux échangés": """
        UPDATE evenement SET seq = 7 - seq + 1000 WHERE objet = 'dossier:2' AND seq IN (3, 4);
        UPDATE evenement SET seq = seq - 1000 WHERE objet = 'dossier:2' AND seq > 1000""",
    "échangés entre flux": """
        UPDATE evenement SET objet = 'x' WHERE objet = 'dossier:2' AND seq = 4;
        UPDATE evenement SET objet = 'dossier:2' WHERE objet = 'dossier:3' AND seq = 4;
        UPDATE evenement SET objet = 'dossier:3' WHERE objet = 'x'""",
    "tête : numéro": "UPDATE flux_journal SET seq = seq - 1 WHERE objet = 'dossier:2'",
    "tête : empreinte": "UPDATE flux_journal SET tete = repeat('a', 64) WHERE objet = 'dossier:2'",
    "tête ôtée": "DELETE FROM flux_journal WHERE objet = 'dossier:2'",
    "tête ajoutée": "INSERT INTO flux_journal VALUES ('dossier:vide', 3, repeat('a', 64))",
    "valeur": "UPDATE evenement_detail SET valeurs = jsonb_set(valeurs, '{montant}', '\"1.00\"')",
    "valeur d’un autre type": "UPDATE evenement_detail SET valeurs = jsonb_set(valeurs, '{rang}', to_jsonb(valeurs->>'rang'))",
    "valeur ôtée": "UPDATE evenement_detail SET valeurs = valeurs - 'montant'",
    "valeur ajoutée": "UPDATE evenement_detail SET valeurs = valeurs || '{\"autre\": 1}'",
    "valeurs vidées": "UPDATE evenement_detail SET valeurs = '{}'",
    "valeurs d’une autre forme": "UPDATE evenement_detail SET valeurs = '[1]'",
    "sel": "UPDATE evenement_detail SET sel = repeat('0', 32)",
    "détail ajouté": """
        INSERT INTO evenement_detail SELECT id, repeat('0', 32), '{"montant": "1"}' FROM evenement
        WHERE objet = 'dossier:2' AND seq = 1""",
    "racine": "UPDATE racine_journal SET racine = repeat('a', 64) WHERE jour = '2026-11-20'",
    "racine : nombre": "UPDATE racine_journal SET flux = 5 WHERE jour = '2026-11-21'",
    "racine : étendue": "UPDATE racine_journal SET dernier_evenement = 3 WHERE jour = '2026-11-21'",
    "racine : jour": "UPDATE racine_journal SET jour = '2026-11-22' WHERE jour = '2026-11-21'",
    "racine : instant": "UPDATE racine_journal SET created_at = created_at - interval '1 second'",
    "racine ôtée": "DELETE FROM racine_journal WHERE jour = '2026-11-20'",
    "racines échangées": """
        UPDATE racine_journal SET jour = jour + 10 WHERE jour = '2026-11-20'""",
}


@pytest.mark.parametrize("alteration", ALTERATIONS)
def test_each_tampering_is_found(tenu: Session, alteration: str) -> None:
    for ordre in ALTERATIONS[alteration].split(";"):
        resultat = tenu.connection().exec_driver_sql(ordre.replace("%", "%%"))
        assert resultat.rowcount, "the tampering touched nothing"
    tenu.expire_all()
    assert list(faults(tenu))


GESTES = (
    "UPDATE evenement SET at = at + interval '1 day' WHERE id = :evenement",
    "UPDATE evenement SET acteur = overlay(acteur placing '~' from :place) WHERE id = :evenement",
    "UPDATE evenement SET action = overlay(action placing '~' from :place) WHERE id = :evenement",
    "UPDATE evenement SET objet = overlay(objet placing '~' from :place) WHERE id = :evenement",
    "UPDATE evenement SET prev_hash = overlay(prev_hash placing '~' from :place) WHERE id = :evenement",
    "UPDATE evenement SET hash = overlay(hash placing '~' from :place) WHERE id = :evenement",
    "DELETE FROM evenement WHERE id = :evenement",
    "DELETE FROM evenement e USING evenement d WHERE d.id = :evenement AND e.objet = d.objet AND e.seq >= d.seq",
    """INSERT INTO evenement (objet, seq, at, acteur, action, champs, prev_hash, hash)
       SELECT objet, 24 + :place, at, acteur, action, champs, prev_hash, hash FROM evenement WHERE id = :evenement""",
    """UPDATE evenement_detail SET valeurs = jsonb_set(valeurs, '{montant}', to_jsonb(-CAST(:place AS int)))
       WHERE evenement_id = :detail""",
)


def test_two_hundred_random_tamperings_are_all_found(tenu: Session) -> None:
    hasard = random.Random(20261122)
    evenements = tenu.scalars(select(Evenement.id).order_by(Evenement.id)).all()
    details = tenu.scalars(select(EvenementDetail.evenement_id).order_by(EvenementDetail.evenement_id)).all()
    for _ in range(200):
        point = tenu.begin_nested()
        geste = text(hasard.choice(GESTES))
        cible = {
            "evenement": hasard.choice(evenements),
            "detail": hasard.choice(details),
            "place": hasard.randint(1, 5),
        }
        utiles = {nom: valeur for nom, valeur in cible.items() if f":{nom}" in geste.text}
        assert tenu.connection().execute(geste, utiles).rowcount
        tenu.expire_all()
        assert list(faults(tenu)), (geste.text, cible)
        point.rollback()
    tenu.expire_all()
    assert not list(faults(tenu))


def test_an_erased_detail_does_not_break_the_chain(tenu: Session) -> None:
    tenu.execute(text("DELETE FROM evenement_detail WHERE evenement_id % 2 = 0"))
    tenu.expire_all()
    assert not list(faults(tenu))


def test_a_day_is_sealed_once(session: Session) -> None:
    _remplir(session)
    assert journal.seal_day(session, date(2026, 11, 21)) is not None
    assert journal.seal_day(session, date(2026, 11, 21)) is None
    assert session.scalar(select(func.count()).select_from(RacineJournal)) == 1


@pytest.fixture
def environnement(base_reelle: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The variables of a command run by the operator."""
    for nom, valeur in {
        "PORTAL_MODE": "demo",
        "DATABASE_URL": base_reelle,
        "SECRET_KEY": "x" * 40,
        "PORTAL_URL": "http://portail.test",
        "STOCKAGE_DOSSIER": str(tmp_path),
    }.items():
        monkeypatch.setenv(nom, valeur)


@pytest.mark.usefixtures("environnement")
def test_the_command_tells_that_the_journal_is_whole_then_where_it_is_not(fabrique_reelle: Fabrique) -> None:
    with fabrique_reelle.begin() as session:
        _remplir(session)
    scellement = CliRunner().invoke(main, ["journal", "sceller"])
    assert "6 flux" in scellement.output
    racine = scellement.output.splitlines()[-1]
    entier = CliRunner().invoke(main, ["journal", "verifier", "--racine", racine])
    assert entier.exit_code == 0, entier.output
    assert "6 flux, 48 événements, 30 détails conservés, 1 racines" in entier.output
    assert "Le journal est entier." in entier.output

    with fabrique_reelle.begin() as session:
        session.execute(text("SET LOCAL session_replication_role = replica"))
        session.execute(text("UPDATE evenement SET action = 'autre' WHERE objet = 'dossier:4' AND seq = 3"))
    altere = CliRunner().invoke(main, ["journal", "verifier"])
    assert altere.exit_code == 1
    assert "dossier:4, événement n°\u00a03\u00a0: l’événement a été modifié" in altere.output


@pytest.mark.usefixtures("environnement")
def test_a_root_kept_elsewhere_shows_that_a_root_was_cut(fabrique_reelle: Fabrique) -> None:
    with fabrique_reelle.begin() as session:
        _remplir(session)
    racine = CliRunner().invoke(main, ["journal", "sceller"]).output.splitlines()[-1]
    with fabrique_reelle.begin() as session:
        session.execute(text("SET LOCAL session_replication_role = replica"))
        for table in (EvenementDetail, Evenement, FluxJournal, RacineJournal):
            session.execute(delete(table))
    assert CliRunner().invoke(main, ["journal", "verifier"]).exit_code == 0
    temoin = CliRunner().invoke(main, ["journal", "verifier", "--racine", racine])
    assert temoin.exit_code == 1
    assert racine in temoin.output


@pytest.mark.usefixtures("environnement")
def test_sealing_a_sealed_day_says_that_nothing_was_written() -> None:
    CliRunner().invoke(main, ["journal", "sceller"])
    assert "rien n’a été écrit" in CliRunner().invoke(main, ["journal", "sceller"]).output
