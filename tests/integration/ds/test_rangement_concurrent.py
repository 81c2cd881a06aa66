"""A run and announcements that bring the same dossiers at the same instant: each is stored once, none is set aside."""

import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from sqlalchemy import event, func, select, text

from integrations.demarches_simplifiees.simulator.serveur import demarrer
from portal.config import Config
from portal.db import Fabrique
from portal.models.associations import AssociationIdentifiant
from portal.models.demarches import GroupeInstructeur
from portal.models.dossiers import DossierDS
from portal.models.synchronisation import Quarantaine
from portal.services import rejeu, synchronisation
from portal.services.moyens import make_moyens
from portal.services.synchronisation.passage import refresh_number
from portal.vocabulaire import Source, TypeIdentifiant
from tests.factories import Fabriques
from tests.integration.ds.conftest import DEMARCHE, INSTANCE, brancher, client

FILS = 8


def test_a_run_and_announcements_store_each_dossier_once(config: Config, fabrique_reelle: Fabrique) -> None:
    with demarrer(dossiers=60) as simulateur, client(simulateur) as ds:
        moyens = replace(make_moyens(brancher(config, simulateur), fabrique=fabrique_reelle), ds=ds)
        with fabrique_reelle() as session:
            demarche_id = Fabriques(session).demarche(source=Source.DS, instance=INSTANCE, ds_number=DEMARCHE).id
            session.commit()
        numeros = sorted(simulateur.donnees.dossiers)
        with ThreadPoolExecutor(FILS) as fils:
            passage = fils.submit(synchronisation.sync, moyens, DEMARCHE)
            relus = [fils.submit(refresh_number, moyens, demarche_id, number) for number in numeros]
            assert passage.result().erreur == ""
            for un in relus:
                un.result()
    with fabrique_reelle() as session:
        assert sorted(session.scalars(select(DossierDS.number))) == numeros
        assert session.scalars(select(Quarantaine.motif)).all() == []
        groupes = session.scalars(select(GroupeInstructeur.number)).all()
        assert len(groupes) == len(set(groupes))
        par_siren = select(func.count()).where(AssociationIdentifiant.type == TypeIdentifiant.SIREN)
        assert set(session.scalars(par_siren.group_by(AssociationIdentifiant.valeur))) == {1}


def _attendre(fabrique: Fabrique, fil: Future[bool]) -> None:
    """Until it has ended, or waits for a lock."""
    attente = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    while not fil.done():
        with fabrique() as session:
            if session.scalar(attente):
                return
        time.sleep(0.01)


def test_a_replay_never_writes_over_what_an_announcement_has_just_brought(
    config: Config, fabrique_reelle: Fabrique
) -> None:
    with demarrer(dossiers=3) as simulateur, client(simulateur) as ds, ThreadPoolExecutor(1) as fil:
        moyens = replace(make_moyens(brancher(config, simulateur), fabrique=fabrique_reelle), ds=ds)
        with fabrique_reelle() as session:
            demarche_id = Fabriques(session).demarche(source=Source.DS, instance=INSTANCE, ds_number=DEMARCHE).id
            session.commit()
        synchronisation.sync(moyens, DEMARCHE)
        number, fiche = next(iter(simulateur.donnees.dossiers.items()))
        label = next(un for un in simulateur.donnees.demarches[DEMARCHE]["labels"] if un not in fiche.contenu["labels"])
        fiche.contenu["labels"] = [label]  # as DS does: nothing dates it
        relus: list[Future[bool]] = []

        def annoncer(_connexion: Any, _curseur: Any, ordre: str, *_reste: Any) -> None:
            if "dossier_ds.raw" in ordre and ordre.startswith("SELECT dossier.id") and not relus:
                relus.append(fil.submit(refresh_number, moyens, demarche_id, number))
                _attendre(fabrique_reelle, relus[0])

        moteur = fabrique_reelle().get_bind().engine
        event.listen(moteur, "after_cursor_execute", annoncer)
        try:
            rejeu.replay(moyens, demarche_id)
        finally:
            event.remove(moteur, "after_cursor_execute", annoncer)
        assert relus[0].result()
    with fabrique_reelle() as session:
        etiquettes = session.scalars(select(DossierDS.etiquettes).where(DossierDS.number == number)).one()
    assert etiquettes == label["id"]
