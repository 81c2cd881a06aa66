"""One campaign: a DS that changes and fails in every way, agents who act, workers killed at random, then quiet and truth."""

import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from random import Random

from sqlalchemy import func, select

from integrations.demarches_simplifiees.client import ClientDS
from integrations.demarches_simplifiees.simulator.gens.agitation import agiter
from integrations.demarches_simplifiees.simulator.pannes.catalogue import PANNES, Lieu, Panne
from integrations.demarches_simplifiees.simulator.serveur import Simulateur, demarrer
from integrations.demarches_simplifiees.simulator.verite.donnees import iso
from portal.models.dossiers import DossierDS
from portal.models.envois import EN_ATTENTE, OperationDS
from portal.services import envoi_ds, relectures, synchronisation
from portal.services.moyens import Moyens, make_moyens
from portal.vocabulaire_ds import GenreRun
from tests.campagnes.ds.agents import Agents
from tests.campagnes.ds.portail import DEMARCHE, SECRET_CROCHET, configuration, ecoute, fermer, installer
from tests.campagnes.ds.verite import Ecarts, compare_acts, compare_dossiers

Dire = Callable[[str], None]
# Many faults may strike one and the same request: at 30 % each, nine in ten would fail and nothing but the calm would be tried.
TAUX, TAUX_PAR_REQUETE = (0.05, 0.30), (0.05, 0.08)
# A dossier that DS cannot tell spoils each page that holds it: one in a hundred is two pages of fifty in five.
TAUX_PAR_DOSSIER = {"champ_nul": 0.01}
PAR_REQUETE = frozenset({Lieu.ACCES, Lieu.PAGE, Lieu.CONTENU, Lieu.CANAL})
# A hang is longer than the client waits, so that it is one.
DUREE_D_ATTENTE = 1.5
PATIENCE = 600.0
# Beyond the five minutes of a wrong clock, within the ten for which what is not dated is looked for.
APRES = timedelta(minutes=6)
MOTS_DU_FUTUR = ("ChampVenuDuFutur", "valeur_venue_du_futur")
# Seconds that a worker works before it dies, and between two changes made by others.
SURSIS, REPIT = (0.1, 4.0), 0.04


@dataclass(frozen=True, kw_only=True)
class Parametres:
    """How much of everything. `part_reservee`: share of the dossiers on which agents act alone, so that counts must be exact."""

    dossiers: int
    morts: int
    actes: int
    remous: int
    ouvriers: int = 2
    part_reservee: float = 0.3
    graine: int = 20260101


ENTIERE = Parametres(dossiers=2000, morts=50, actes=300, remous=3000)
DIXIEME = Parametres(dossiers=200, morts=5, actes=30, remous=300)


@dataclass
class Bilan:
    """What happened, and what differs at the end."""

    parametres: Parametres
    taux: dict[str, float]
    duree: float = 0.0
    morts: int = 0
    dossiers: int = 0
    remous: Counter[str] = field(default_factory=Counter)
    demandes: Counter[str] = field(default_factory=Counter)
    frappes: dict[str, int] = field(default_factory=dict)
    effets: int = 0
    ecarts: Ecarts = field(default_factory=Ecarts)


def run(parametres: Parametres, *, base: str, dossier: Path, dire: Dire = lambda _: None) -> Bilan:
    """Run it on an empty migrated database and in a folder of its own."""
    tirage = Random(parametres.graine)
    taux = {nom: round(tirage.uniform(*_bornes(panne)), 2) for nom, panne in PANNES.items()} | TAUX_PAR_DOSSIER
    bilan = Bilan(parametres, taux)
    debut = time.monotonic()
    with (
        ecoute(base, dossier) as adresse,
        demarrer(
            dossiers=parametres.dossiers,
            graine=parametres.graine,
            duree_panne=DUREE_D_ATTENTE,
            crochets=(adresse,),
            secret_crochet=SECRET_CROCHET,
        ) as simulateur,
        ClientDS(simulateur.url, simulateur.jeton) as ds,
    ):
        config = configuration(base, simulateur.url, simulateur.jeton, dossier)
        moyens = replace(make_moyens(config), ds=ds)
        with moyens.fabrique() as session:
            comptes = installer(session, simulateur.donnees)
        numeros = sorted(simulateur.donnees.dossiers)
        reserve = frozenset(tirage.sample(numeros, int(len(numeros) * parametres.part_reservee)))
        agents = Agents(moyens.fabrique, comptes, Random(tirage.random()), reserve)
        _tourmenter(simulateur, agents, bilan, tirage, base=base, dossier=dossier, dire=dire)
        dire("Le calme revient.")
        _apaiser(simulateur, moyens, agents)
        dire("Plus rien n’attend.")
        with moyens.fabrique() as session:
            compare_dossiers(session, simulateur, bilan.ecarts)
            compare_acts(session, simulateur, reserve, bilan.ecarts)
            bilan.dossiers = agents.count_known()
        fermer(moyens)
    bilan.demandes, bilan.effets = agents.demandes, len(simulateur.donnees.effets)
    bilan.duree = time.monotonic() - debut
    return bilan


def _bornes(panne: Panne) -> tuple[float, float]:
    return TAUX_PAR_REQUETE if panne.lieu in PAR_REQUETE else TAUX


def _tourmenter(
    simulateur: Simulateur, agents: Agents, bilan: Bilan, tirage: Random, *, base: str, dossier: Path, dire: Dire
) -> None:
    """Everything at once, until each act is asked, each change made and each death done; then the faults stop."""
    parametres = bilan.parametres
    programme = [
        sys.executable,
        "-m",
        "tests.campagnes.ds.ouvrier",
        base,
        simulateur.url,
        simulateur.jeton,
        str(dossier),
    ]
    simulateur.donnees.pannes.regler(bilan.taux, graine=parametres.graine)
    with _ouvriers(programme, dossier, parametres.ouvriers) as ouvriers:
        _attendre_les_premiers(agents, parametres)
        dire("La moitié des dossiers est là.")
        with _remous(simulateur, bilan, agents.reserve):
            while bilan.morts < parametres.morts:
                ouvriers.tuer(tirage.randrange(parametres.ouvriers), apres=tirage.uniform(*SURSIS))
                bilan.morts += 1
                agents.faire_passer_les_delais()
                for _ in range(-(-parametres.actes // parametres.morts)):
                    agents.agir()
                dire(f"{bilan.morts} morts, {sum(agents.demandes.values())} actes demandés")
    bilan.frappes = simulateur.donnees.pannes.comptes()
    simulateur.donnees.pannes.regler({})


def _attendre_les_premiers(agents: Agents, parametres: Parametres) -> None:
    """Agents have something to act on, and deaths something to interrupt, once half of the dossiers are here."""
    limite = time.monotonic() + PATIENCE
    while agents.count_known() < parametres.dossiers / 2:
        if time.monotonic() > limite:
            raise TimeoutError("The first reading does not get through the faults")
        time.sleep(0.2)


@contextmanager
def _remous(simulateur: Simulateur, bilan: Bilan, reserve: frozenset[int]) -> Iterator[None]:
    """People who keep changing the dossiers, in a thread of their own, spread over the time that the workers take to die."""
    tirage, fin, abandon = Random(bilan.parametres.graine + 1), threading.Event(), threading.Event()

    def changer() -> None:
        while sum(bilan.remous.values()) < bilan.parametres.remous and not abandon.is_set():
            bilan.remous[agiter(simulateur.donnees, tirage, sauf=reserve)] += 1
            if not fin.is_set():
                time.sleep(REPIT)

    fil = threading.Thread(target=changer)
    fil.start()
    try:
        yield
    except BaseException:
        abandon.set()
        raise
    finally:
        fin.set()
        fil.join()


@dataclass
class _Ouvriers:
    programme: list[str]
    paroles: Path
    processus: list["subprocess.Popen[bytes]"]

    def tuer(self, rang: int, *, apres: float) -> None:
        """Kill -9 a worker that has begun to work, and start another. Raises RuntimeError when it had ended by itself."""
        un = self.processus[rang]
        assert un.stdout is not None
        un.stdout.readline()
        time.sleep(apres)
        if un.poll() is not None:
            raise RuntimeError(f"A worker ended by itself: {self.paroles.read_text(errors='replace')[-2000:]}")
        un.kill()
        un.communicate()
        self.processus[rang] = self.demarrer()

    def demarrer(self) -> "subprocess.Popen[bytes]":
        with self.paroles.open("ab") as paroles:
            return subprocess.Popen(self.programme, stdout=subprocess.PIPE, stderr=paroles)


@contextmanager
def _ouvriers(programme: list[str], dossier: Path, combien: int) -> Iterator[_Ouvriers]:
    ouvriers = _Ouvriers(programme, dossier / "ouvriers.log", [])
    ouvriers.processus = [ouvriers.demarrer() for _ in range(combien)]
    try:
        yield ouvriers
    finally:
        for un in ouvriers.processus:
            un.kill()
            un.communicate()


def _apaiser(simulateur: Simulateur, moyens: Moyens, agents: Agents) -> None:
    """The faults are over: the jobs run until nothing is owed, then a complete run. Raises TimeoutError if it never ends."""
    # ahead of all that its wrong clock has dated: a date that goes back by less than a second is seen by nobody
    simulateur.donnees.decaler(APRES)
    _faire_echoir(simulateur)
    _dater_les_corrections(simulateur, moyens)
    limite = time.monotonic() + PATIENCE
    while _reste(moyens) or agents.reessayer():
        if time.monotonic() > limite:
            raise TimeoutError("Something still waits after the faults are over")
        # what the dead had asked of DS has ended by then
        time.sleep(moyens.config.ds_attente_ambigue)
        agents.lever_les_baux()
        envoi_ds.run_due(moyens)
    synchronisation.sync(moyens, DEMARCHE)
    _faire_echoir(simulateur)
    agents.faire_passer_les_delais()
    relectures.run_due(moyens)
    synchronisation.sync(moyens, DEMARCHE, genre=GenreRun.COMPLET)


def _faire_echoir(simulateur: Simulateur) -> None:
    """What DS makes a moment after a decision or a file comes at its next request."""
    with simulateur.donnees.verrou:
        for echeance in simulateur.donnees.echeances:
            echeance["le"] = iso(simulateur.donnees.horloge())


def _dater_les_corrections(simulateur: Simulateur, moyens: Moyens) -> None:
    """A type or a value that only one answer held is no truth: DS dates what it puts right, and no reader could guess it."""
    with moyens.fabrique() as session:
        copies = session.scalars(select(DossierDS)).all()
    futurs = [copie.number for copie in copies if any(mot in str(copie.raw) for mot in MOTS_DU_FUTUR)]
    with simulateur.donnees.verrou:
        for fiche in map(simulateur.donnees.visible, futurs):
            if fiche is not None:
                simulateur.donnees.toucher(fiche)


def _reste(moyens: Moyens) -> int:
    with moyens.fabrique() as session:
        operations = select(func.count()).select_from(OperationDS).where(OperationDS.etat.in_(EN_ATTENTE))
        return session.scalar(operations) or 0
