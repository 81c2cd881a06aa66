"""Replay: what DS had sent is read again by the mappings in force, without network."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import delete, event, func, select, text
from sqlalchemy.orm import Session

from integrations.demarches_simplifiees.client import ClientDS
from integrations.demarches_simplifiees.simulator.depart.generation import DEMARCHE
from integrations.demarches_simplifiees.simulator.serveur import Simulateur
from portal.cli.ds_rejeu import replay
from portal.db import Fabrique
from portal.errors import Conflict, NotFound
from portal.formats import maintenant
from portal.jobs.application import brancher
from portal.jobs.rejeu import lancer
from portal.models.correspondances import Correspondance
from portal.models.demarches import Demarche
from portal.models.dossiers import Dossier, DossierDS
from portal.models.journal import Evenement
from portal.models.synchronisation import Curseur, Quarantaine, SyncRun
from portal.services import rejeu, synchronisation
from portal.services.moyens import Moyens
from portal.services.synchronisation.verrou import verrou
from portal.vocabulaire import Source
from portal.vocabulaire_ds import CibleChamp, EtatCorrespondance, GenreRun, Visibilite
from tests.client import ClientStrict
from tests.factories import Fabriques
from tests.integration.ds.conftest import INSTANCE

LOT = 5


@pytest.fixture
def suivie(moyens: Moyens, demarche: Demarche) -> Demarche:
    """The démarche, whose twelve dossiers were read once."""
    synchronisation.sync(moyens, DEMARCHE)
    return demarche


@pytest.fixture
def hors_ligne(moyens: Moyens, suivie: Demarche) -> Moyens:
    """The same means; DS does not answer any more."""
    return replace(moyens, ds=ClientDS("http://127.0.0.1:9/graphql", "jeton", tentatives=1))


def champ_id(session: Session, libelle: str) -> str:
    raw = session.scalars(select(DossierDS.raw).limit(1)).one()
    return next(champ["champDescriptorId"] for champ in raw["champs"] if champ["label"] == libelle)


def confirmer(session: Session, demarche: Demarche, libelle: str, cible: CibleChamp) -> None:
    """An administrator said that this champ feeds that fact, whatever was proposed for either."""
    champ = champ_id(session, libelle)
    siennes = (Correspondance.champ_id == champ) | (Correspondance.cible == cible)
    session.execute(delete(Correspondance).where(Correspondance.demarche_id == demarche.id, siennes))
    session.add(
        Correspondance(
            demarche_id=demarche.id,
            champ_id=champ,
            libelle=libelle,
            type="Text",
            cible=cible,
            etat=EtatCorrespondance.CONFIRMEE,
            decidee_at=maintenant(),
        )
    )
    session.commit()


@contextmanager
def courant_coupe(fabrique: Fabrique, *, validations: int) -> Iterator[None]:
    """The process dies as it is about to commit once more than that."""
    restantes = [validations]

    def compter(session: Session) -> None:
        restantes[0] -= not session.in_nested_transaction()
        if restantes[0] < 0:
            raise KeyboardInterrupt

    event.listen(fabrique, "before_commit", compter)
    try:
        with pytest.raises(KeyboardInterrupt):
            yield
    finally:
        event.remove(fabrique, "before_commit", compter)


def evenements(session: Session) -> int:
    actions = select(func.count()).where(Evenement.action == "dossier_actualise_depuis_ds")
    return session.scalar(actions) or 0


def test_a_confirmed_mapping_reaches_every_dossier_and_tells_each_change_once(
    session: Session, suivie: Demarche, hors_ligne: Moyens
) -> None:
    confirmer(session, suivie, "Total du budget (en euros)", CibleChamp.MONTANT_DEMANDE)
    confirmer(session, suivie, "L’association a souscrit au contrat d’engagement républicain", CibleChamp.CER_CASE)
    run = rejeu.replay(hors_ligne, suivie.id)
    assert (run.genre, run.erreur, run.ended_at is not None) == (GenreRun.REJEU, "", True)
    assert (run.lus, run.changes, run.avancement, run.attendus) == (12, 12, 12, 12)
    assert evenements(session) == 12
    for dossier, ds in session.execute(select(Dossier, DossierDS).join(DossierDS)):
        champs = {champ["label"]: champ["stringValue"] for champ in ds.raw["champs"]}
        assert dossier.montant_demande == Decimal(champs["Total du budget (en euros)"])
        assert dossier.financements[0].demande == dossier.montant_demande
        assert ds.cer_atteste is True
    assert rejeu.replay(hors_ligne, suivie.id).changes == 0
    assert evenements(session) == 12


def test_what_ds_no_longer_shows_stays_hidden(session: Session, suivie: Demarche, hors_ligne: Moyens) -> None:
    cache = session.scalars(select(DossierDS).order_by(DossierDS.number).limit(1)).one()
    cache.visibilite = Visibilite.CORBEILLE
    session.add(Quarantaine(demarche_id=suivie.id, number=cache.number, motif="Illisible."))
    session.commit()
    lu_le = cache.synced_at
    confirmer(session, suivie, "Total du budget (en euros)", CibleChamp.MONTANT_DEMANDE)
    rejeu.replay(hors_ligne, suivie.id)
    session.refresh(cache)
    assert (cache.visibilite, cache.synced_at) == (Visibilite.CORBEILLE, lu_le)
    assert session.scalar(select(func.count()).select_from(Quarantaine)) == 1


def test_a_replay_that_was_killed_goes_on_from_its_last_batch(
    session: Session, suivie: Demarche, hors_ligne: Moyens
) -> None:
    confirmer(session, suivie, "Total du budget (en euros)", CibleChamp.MONTANT_DEMANDE)
    with courant_coupe(hors_ligne.fabrique, validations=4):
        rejeu.replay(hors_ligne, suivie.id, lot=LOT)
    assert evenements(session) == 10
    suite = rejeu.replay(hors_ligne, suivie.id, lot=LOT)
    assert (suite.lus, suite.avancement, suite.attendus) == (2, 12, 12)
    assert evenements(session) == 12
    interrompu = session.scalars(select(SyncRun).where(SyncRun.genre == GenreRun.REJEU).order_by(SyncRun.id)).first()
    assert interrompu is not None
    assert "interrompu avant sa fin" in interrompu.erreur
    assert session.get(Curseur, (suivie.id, rejeu.FLUX)) is None


def test_a_killed_replay_begins_again_when_a_mapping_changed(
    session: Session, suivie: Demarche, hors_ligne: Moyens
) -> None:
    confirmer(session, suivie, "Total du budget (en euros)", CibleChamp.MONTANT_DEMANDE)
    with courant_coupe(hors_ligne.fabrique, validations=3):
        rejeu.replay(hors_ligne, suivie.id, lot=LOT)
    confirmer(session, suivie, "Sigle", CibleChamp.INTITULE)
    assert rejeu.replay(hors_ligne, suivie.id).lus == 12


def test_a_dossier_that_cannot_be_read_stops_none_other(session: Session, suivie: Demarche, hors_ligne: Moyens) -> None:
    premier = session.scalars(select(DossierDS).order_by(DossierDS.dossier_id).limit(1)).one()
    premier.raw = {**premier.raw, "dateDepot": None, "datePassageEnConstruction": None}
    session.commit()
    confirmer(session, suivie, "Total du budget (en euros)", CibleChamp.MONTANT_DEMANDE)
    assert rejeu.replay(hors_ligne, suivie.id).changes == 11
    assert session.scalars(select(Quarantaine.number)).all() == [premier.number]


def test_a_replay_waits_for_a_synchronisation_under_way(suivie: Demarche, hors_ligne: Moyens) -> None:
    with verrou(hors_ligne.fabrique, suivie.id), pytest.raises(Conflict):
        rejeu.replay(hors_ligne, suivie.id)


def test_only_a_demarche_of_ds_is_replayed(hors_ligne: Moyens, creer: Fabriques) -> None:
    with pytest.raises(NotFound):
        rejeu.replay(hors_ligne, creer.demarche().id)


def travaux(session: Session) -> list[tuple[str, bool]]:
    """The replays that wait: their lock, and whether it is for later."""
    demande = "SELECT lock, scheduled_at IS NOT NULL FROM procrastinate_jobs WHERE task_name = 'rejeu.lancer'"
    return [tuple(ligne) for ligne in session.execute(text(demande))]


def test_the_page_orders_one_replay_then_tells_where_it_stands(
    session: Session, suivie: Demarche, hors_ligne: Moyens, client: ClientStrict, creer: Fabriques
) -> None:
    client.connecter(creer.agent(administrateur=True))
    page = f"/administration/correspondances/{suivie.id}"
    for _ in range(2):
        client.get(page)
        client.soumettre(action="/rejouer")
    assert travaux(session) == [(f"synchronisation:{DEMARCHE}", False)]
    ouvert = SyncRun(demarche_id=suivie.id, genre=GenreRun.REJEU, avancement=3, attendus=12)
    session.add(ouvert)
    session.commit()
    client.fragment(page)
    assert "Relecture en cours : 3 dossiers sur 12" in client.texte()
    rejeu.replay(hors_ligne, suivie.id)
    client.fragment(page)
    assert "12 dossiers relus, 0 changé" in client.texte()


def test_a_replay_that_finds_the_demarche_busy_comes_back_later(
    session: Session, suivie: Demarche, hors_ligne: Moyens
) -> None:
    brancher(hors_ligne)
    with verrou(hors_ligne.fabrique, suivie.id):
        lancer(demarche_id=suivie.id)
    assert travaux(session) == [(f"synchronisation:{DEMARCHE}", True)]
    lancer(demarche_id=suivie.id)
    assert session.scalar(select(func.count()).where(SyncRun.genre == GenreRun.REJEU)) == 1


def test_the_command_line_replays_and_says_what_came_of_it(
    base_reelle: str, fabrique_reelle: Fabrique, moyens: Moyens, simulateur: Simulateur, tmp_path: Path
) -> None:
    with fabrique_reelle() as session:
        Fabriques(session).demarche(source=Source.DS, instance=INSTANCE, ds_number=DEMARCHE, exercice=None)
    synchronisation.sync(replace(moyens, fabrique=fabrique_reelle), DEMARCHE)
    reglages = {
        "PORTAL_MODE": "demo",
        "DATABASE_URL": base_reelle,
        "SECRET_KEY": "secret-des-tests",
        "PORTAL_URL": "http://portail.test",
        "STOCKAGE_DOSSIER": str(tmp_path),
        "COURRIEL_DOSSIER": str(tmp_path),
        "DS_URL": simulateur.url,
        "DS_TOKEN": simulateur.jeton,
    }
    dit = CliRunner().invoke(replay, ["--demarche", str(DEMARCHE)], env=reglages)
    assert (dit.exit_code, "12\u00a0dossier(s) relu(s), 0 changé(s)" in dit.output) == (0, True)
