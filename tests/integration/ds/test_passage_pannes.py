"""Whatever DS does, a run keeps what it has read, loses nothing, and says why it stopped."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from integrations.demarches_simplifiees.errors import DelaiDepasse
from integrations.demarches_simplifiees.simulator.serveur import Simulateur, demarrer
from integrations.demarches_simplifiees.types import EnTete, Page
from portal.db import Fabrique
from portal.models.demarches import Demarche
from portal.models.dossiers import DossierDS
from portal.models.synchronisation import Quarantaine, SyncRun
from portal.permissions import SYSTEME
from portal.services import synchronisation
from portal.services.moyens import Moyens
from portal.services.synchronisation.avance import ahead
from portal.vocabulaire import Source, TypeService
from portal.vocabulaire_ds import GenreRun, Visibilite
from tests.factories import Fabriques
from tests.integration.ds.conftest import INSTANCE, ClientCompteur, client, modifier

FAUTES = {
    "erreur_500": 0.1,
    "html": 0.1,
    "json_tronque": 0.1,
    "coupure": 0.1,
    "delai_partiel": 0.1,
    "page_repetee": 0.1,
    "curseur_refuse": 0.1,
    "rangs_mouvants": 0.1,
    "type_inconnu": 0.1,
    "valeur_inconnue": 0.1,
}


class ClientLent(ClientCompteur):
    """DS runs out of time for more than four dossiers at once, and always for the one called `trop_lourd`."""

    trop_lourd = 0
    demandes: list[int]

    def page_dossiers(
        self, demarche: int, *, apres: str | None, premiers: int = 50, depuis: datetime | None
    ) -> Page[dict[str, Any]]:
        self.demandes.append(premiers)
        page = super().page_dossiers(demarche, apres=apres, premiers=premiers, depuis=depuis)
        if premiers > 4 or self.trop_lourd in {raw["number"] for raw in page.elements}:
            raise DelaiDepasse("Démarches Simplifiées n’a pas répondu à temps : l’échange sera repris.")
        return page

    def lire_dossier(self, number: int) -> dict[str, Any]:
        if number == self.trop_lourd:
            raise DelaiDepasse("Démarches Simplifiées n’a pas répondu à temps : l’échange sera repris.")
        return super().lire_dossier(number)


class ClientSurPlace(ClientCompteur):
    """Each list says that there is more, and never moves on."""

    def lister_dossiers(
        self, demarche: int, *, apres: str | None, premiers: int = 100, depuis: datetime | None
    ) -> Page[EnTete]:
        page = super().lister_dossiers(demarche, apres=None, premiers=2, depuis=depuis)
        return replace(page, suite=True)


def numeros(session: Session) -> dict[int, str]:
    session.expire_all()
    return {un.number: un.raw["state"] for un in session.scalars(select(DossierDS))}


def verite(simulateur: Simulateur) -> dict[int, str]:
    return {number: fiche.contenu["state"] for number, fiche in simulateur.donnees.dossiers.items()}


def visibilite(session: Session, number: int) -> Visibilite:
    session.expire_all()
    return session.scalars(select(DossierDS.visibilite).where(DossierDS.number == number)).one()


def lire(moyens: Moyens, demarche: Demarche, genre: GenreRun = GenreRun.COURANT) -> SyncRun:
    assert demarche.ds_number is not None
    return synchronisation.sync(moyens, demarche.ds_number, genre=genre)


def test_runs_converge_while_every_read_may_fail(session: Session, moyens: Moyens, demarche: Demarche) -> None:
    with demarrer(dossiers=130, pannes=FAUTES, graine=3) as simulateur, client(simulateur) as ds:
        ici = replace(moyens, ds=ds)
        for _ in range(60):
            run = lire(ici, demarche, GenreRun.COMPLET)
            if not run.erreur and not run.en_quarantaine:
                break
        assert not run.erreur
        assert numeros(session) == verite(simulateur)


def test_dossiers_that_ds_cannot_tell_are_set_aside_and_stop_none_other(
    session: Session, moyens: Moyens, demarche: Demarche
) -> None:
    with demarrer(dossiers=120, pannes={"champ_nul": 0.1}) as simulateur, client(simulateur) as ds:
        run = lire(replace(moyens, ds=ds), demarche)
        ecartes = set(session.scalars(select(Quarantaine.number)))
        assert 0 < len(ecartes) == run.en_quarantaine < 40
        assert set(numeros(session)) == set(simulateur.donnees.dossiers) - ecartes


def test_a_slow_ds_is_asked_for_less_and_its_one_heavy_dossier_is_set_aside(
    session: Session, moyens: Moyens, demarche: Demarche, simulateur: Simulateur
) -> None:
    lourd = max(simulateur.donnees.dossiers)
    with ClientLent(simulateur.url, simulateur.jeton, tentatives=1) as lent:
        lent.trop_lourd, lent.demandes = lourd, []
        run = lire(replace(moyens, ds=lent), demarche)
        assert lent.demandes[:5] == [50, 25, 12, 6, 3]
        assert 1 in lent.demandes
        assert 4 in lent.demandes[5:], "the size is won back"
    assert (run.erreur, run.changes, run.en_quarantaine) == ("", 11, 1)
    assert lourd not in numeros(session)
    assert "pas répondu à temps" in session.scalars(select(Quarantaine.motif)).one()


def test_a_dossier_set_aside_that_ds_deletes_is_no_longer_asked_for(
    session: Session, moyens: Moyens, demarche: Demarche, simulateur: Simulateur
) -> None:
    lourd = max(simulateur.donnees.dossiers)
    with ClientLent(simulateur.url, simulateur.jeton, tentatives=1) as lent:
        lent.trop_lourd, lent.demandes = lourd, []
        assert lire(replace(moyens, ds=lent), demarche).en_quarantaine == 1
    simulateur.donnees.mettre_a_la_corbeille(lourd)
    assert lire(moyens, demarche).en_quarantaine == 0
    assert session.scalars(select(Quarantaine.number)).all() == []


def test_a_list_that_never_moves_on_ends_the_run_with_its_reason(
    session: Session, moyens: Moyens, demarche: Demarche, simulateur: Simulateur
) -> None:
    assert lire(moyens, demarche).erreur == ""
    with ClientSurPlace(simulateur.url, simulateur.jeton, tentatives=1) as ds:
        run = lire(replace(moyens, ds=ds), demarche, GenreRun.COMPLET)
    assert "toujours la même page" in run.erreur
    assert set(session.scalars(select(DossierDS.visibilite))) == {Visibilite.VISIBLE}


def test_the_night_finds_what_was_committed_long_behind_the_cursor(
    session: Session, moyens: Moyens, demarche: Demarche, simulateur: Simulateur
) -> None:
    lire(moyens, demarche)
    modifier(simulateur, max(simulateur.donnees.dossiers))
    lire(moyens, demarche)
    number = min(simulateur.donnees.dossiers)
    fiche = simulateur.donnees.dossiers[number]
    fiche.contenu["state"] = "sans_suite"
    simulateur.donnees.toucher(fiche, retard=timedelta(hours=3))
    assert lire(moyens, demarche).changes == 0
    run = lire(moyens, demarche, GenreRun.COMPLET)
    assert (run.genre, run.changes, run.attendus) == (GenreRun.COMPLET, 1, 12)
    assert numeros(session)[number] == "sans_suite"


def test_a_dossier_that_ds_no_longer_lists_is_hidden_once_ds_says_so_and_comes_back(
    session: Session, moyens: Moyens, demarche: Demarche, simulateur: Simulateur
) -> None:
    lire(moyens, demarche)
    number = min(simulateur.donnees.dossiers)
    parti = simulateur.donnees.dossiers.pop(number)
    assert lire(moyens, demarche).changes == 0
    assert visibilite(session, number) == Visibilite.VISIBLE
    assert lire(moyens, demarche, GenreRun.COMPLET).changes == 1
    assert visibilite(session, number) == Visibilite.INDISPONIBLE
    simulateur.donnees.dossiers[number] = parti
    simulateur.donnees.toucher(parti)
    lire(moyens, demarche)
    assert visibilite(session, number) == Visibilite.VISIBLE


def test_a_dossier_changed_while_ds_clock_had_gone_back_is_read_all_the_same(
    session: Session, moyens: Moyens, demarche: Demarche, simulateur: Simulateur
) -> None:
    lire(moyens, demarche)
    number = max(numeros(session))
    modifier(simulateur, number)
    lire(moyens, demarche)
    simulateur.donnees.decaler(-timedelta(minutes=5))
    modifier(simulateur, number, state="refuse")
    lire(moyens, demarche)
    assert numeros(session)[number] == "refuse"


def test_an_announced_dossier_is_read_before_any_run_and_those_of_others_are_left_aside(
    session: Session, creer: Fabriques, moyens: Moyens, demarche: Demarche, simulateur: Simulateur
) -> None:
    number = min(simulateur.donnees.dossiers)
    assert synchronisation.refresh_number(moyens, demarche.id, number)
    assert set(numeros(session)) == {number}
    autre = creer.demarche(source=Source.DS, instance=INSTANCE, ds_number=9_999)
    assert not synchronisation.refresh_number(moyens, autre.id, number + 1)
    del simulateur.donnees.dossiers[number]
    assert synchronisation.refresh_number(moyens, demarche.id, number)
    assert visibilite(session, number) == Visibilite.INDISPONIBLE
    assert not synchronisation.refresh_number(moyens, demarche.id, 1)


def test_a_first_reading_says_how_far_it_is_and_what_it_asked(
    session: Session, moyens: Moyens, demarche: Demarche
) -> None:
    with demarrer(dossiers=120) as simulateur, client(simulateur) as ds:
        ds.panne_apres = 2
        ici = replace(moyens, ds=ds)
        coupe = lire(ici, demarche)
        assert (coupe.avancement, coupe.attendus) == (100, 120)
        ds.panne_apres = None
        ds.oublier()
        suite = lire(ici, demarche)
    assert (suite.avancement, suite.attendus, suite.genre) == (20, 20, GenreRun.COURANT)
    assert coupe.requetes >= 5
    assert session.scalar(select(func.count()).select_from(DossierDS)) == 120


def test_a_run_whose_lock_is_lost_stops_before_it_writes_more(
    fabrique_reelle: Fabrique, moyens: Moyens, simulateur: Simulateur
) -> None:
    with fabrique_reelle() as session:
        service = Fabriques(session).service("DDETS 69", type=TypeService.DDETS)
        synchronisation.attach(session, by=SYSTEME, instance=INSTANCE, number=4501, sigle=service.sigle)
        session.commit()
        moteur = session.get_bind()
    assert isinstance(moteur, Engine)
    with ClientCompteur(simulateur.url, simulateur.jeton, tentatives=1) as ds:
        ici = replace(moyens, fabrique=fabrique_reelle, ds=ds)
        ds.deformer = lambda raw: _couper(moteur) or raw
        run = synchronisation.sync(ici, 4501)
    assert "s’est rompue" in run.erreur
    with fabrique_reelle() as session:
        assert session.scalar(select(func.count()).select_from(DossierDS)) == 0


def _couper(moteur: Engine) -> None:
    """The machine between us and PostgreSQL forgets the connections that hold a lock and seem idle."""
    tuer = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND pid <> pg_backend_pid()"
    with moteur.connect() as connexion:
        connexion.execute(text(tuer))


def test_one_page_is_asked_for_ahead_never_two_and_failures_come_at_their_turn() -> None:
    demandees: list[int] = []

    def pages() -> Iterator[int]:
        for page in range(3):
            demandees.append(page)
            yield page
        raise DelaiDepasse("trop long")

    suite = ahead(pages())
    assert next(suite) == 0
    assert next(suite) == 1
    assert demandees[:2] == [0, 1]
    assert len(demandees) <= 3
    assert next(suite) == 2
    with pytest.raises(DelaiDepasse):
        next(suite)
