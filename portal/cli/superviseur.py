"""Starts programs, relays what they say, restarts those that die, and stops them all: nothing outlives it."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from types import FrameType, TracebackType
from typing import Self

SIGNAUX = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PAS = 0.1  # seconds between two looks at the children
RELANCES = 3
PERIODE = 60.0  # seconds in which RELANCES are allowed
ARRET_CHACUN = 2.5
ARRET_TOTAL = 5.0  # leaves PostgreSQL its share of the ten seconds promised


class ArretDemande(BaseException):
    """Somebody asks for the end: Ctrl-C, SIGTERM, or the terminal was closed. Not an error."""


class ProgrammePerdu(Exception):
    """A program without which the others are useless has died too often."""


@dataclass(frozen=True)
class Programme:
    """What to run. Without one that is not `essentiel`, the others go on."""

    nom: str
    commande: tuple[str, ...]
    essentiel: bool = True


def dire(texte: str) -> None:
    """Prints at once; when nobody reads any more (closed terminal, broken pipe), asks for the end."""
    try:
        sys.stdout.write(texte + "\n")
        sys.stdout.flush()
    except OSError:
        os.kill(os.getpid(), signal.SIGTERM)


@contextmanager
def arret_sur_signal() -> Iterator[None]:
    """Turns the first Ctrl-C, SIGTERM or SIGHUP into ArretDemande; later ones cannot interrupt the stopping."""
    avant = {numero: signal.getsignal(numero) for numero in SIGNAUX}

    def demander(_numero: int, _cadre: FrameType | None) -> None:
        for numero in SIGNAUX:
            signal.signal(numero, signal.SIG_IGN)
        raise ArretDemande

    for numero in SIGNAUX:
        if not (numero == signal.SIGHUP and avant[numero] == signal.SIG_IGN):  # nohup: the terminal may close
            signal.signal(numero, demander)
    try:
        yield
    finally:
        for numero, poignee in avant.items():
            signal.signal(numero, poignee)


@contextmanager
def signaux_retenus() -> Iterator[None]:
    """Holds these signals back for the time of a step that must not be left half done; they arrive after it."""
    signal.pthread_sigmask(signal.SIG_BLOCK, SIGNAUX)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNAUX)


class Enfant:
    """One running program, in a session of its own: Ctrl-C reaches it only through us, and it dies when we die."""

    def __init__(self, programme: Programme, *, env: Mapping[str, str], dossier: Path) -> None:
        self.programme = programme
        self.dernieres: deque[str] = deque(maxlen=8)
        self.code: int | None = None
        setpriv = shutil.which("setpriv")  # the kernel ends the child even when we are killed by -9
        self._processus = subprocess.Popen(
            [*([setpriv, "--pdeathsig", "TERM", "--"] if setpriv else []), *programme.commande],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env=dict(env),
            cwd=dossier,
            start_new_session=True,
        )
        self._lecteur = Thread(target=self._relayer, daemon=True)
        self._lecteur.start()

    def _relayer(self) -> None:
        with self._processus.stdout or nullcontext(()) as lignes:
            for ligne in lignes:
                self.dernieres.append(ligne.rstrip())
                dire(f"{self.programme.nom:<9}| {ligne.rstrip()}")

    def fini(self) -> bool:
        """Whether it has ended; what it had started is then ended too, and `code` is known."""
        if self.code is None and self._a_rendu_la_main():
            self._tuer_le_groupe()
        return self.code is not None

    def arreter(self, limite: float) -> None:
        """Asks it to stop, and ends it at the monotonic instant `limite` if it has not."""
        if self.fini():
            return
        self._processus.terminate()
        while not self._a_rendu_la_main() and time.monotonic() < limite:
            time.sleep(0.02)
        self._tuer_le_groupe()

    def _a_rendu_la_main(self) -> bool:
        """Looks without reaping: as long as it is not reaped, its group's number cannot be another's."""
        return os.waitid(os.P_PID, self._processus.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def _tuer_le_groupe(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._processus.pid, signal.SIGKILL)
        self.code = self._processus.wait()
        self._lecteur.join(timeout=1)  # its last words


class Superviseur:
    """A `with` block during which the programs run; they are stopped in reverse order on leaving it."""

    def __init__(
        self, programmes: Sequence[Programme], *, env: Mapping[str, str], dossier: Path, pause: float = 0.5
    ) -> None:
        """`pause`: seconds before the first restart of a program, doubled at each further one."""
        self._programmes = programmes
        self._pause = pause
        self._a_relancer: dict[float, Programme] = {}
        self._env = env
        self._dossier = dossier
        self._enfants: dict[str, Enfant] = {}
        self._morts: defaultdict[str, deque[float]] = defaultdict(deque)

    def __enter__(self) -> Self:
        try:
            for programme in self._programmes:
                self.lancer(programme)
        except BaseException:
            self._arreter()
            raise
        return self

    def __exit__(
        self, genre: type[BaseException] | None, erreur: BaseException | None, ou: TracebackType | None
    ) -> None:
        self._arreter()

    def veiller(self, jusqua: Callable[[], bool], *, delai: float | None = None) -> bool:
        """Watches over the programs until the condition holds (True), or for `delai` seconds (False).

        Raises ProgrammePerdu when an essential program cannot be kept alive.
        """
        limite = None if delai is None else time.monotonic() + delai
        while not jusqua():
            if limite is not None and time.monotonic() > limite:
                return False
            for enfant in [enfant for enfant in self._enfants.values() if enfant.fini()]:
                self._constater_la_mort(enfant)
            for instant in [instant for instant in self._a_relancer if instant <= time.monotonic()]:
                self.lancer(self._a_relancer.pop(instant))
            time.sleep(PAS)
        return True

    def lancer(self, programme: Programme) -> None:
        """Starts one more program, to be watched and stopped with the others."""
        self._enfants[programme.nom] = Enfant(programme, env=self._env, dossier=self._dossier)

    def _constater_la_mort(self, enfant: Enfant) -> None:
        programme = enfant.programme
        del self._enfants[programme.nom]
        constat = f"« {programme.nom} » s’est arrêté ({_cause(enfant.code)})"
        recentes = self._morts_recentes(programme.nom)
        if recentes <= RELANCES:
            dire(f"{constat} : il est relancé.")
            self._a_relancer[time.monotonic() + self._pause * 2 ** (recentes - 1)] = programme
        elif programme.essentiel:
            paroles = "\n".join(f"    {ligne}" for ligne in enfant.dernieres)
            raise ProgrammePerdu(f"{constat} trop souvent ; la démonstration s’arrête. Ses derniers mots :\n{paroles}")
        else:
            dire(f"{constat} trop souvent : la démonstration continue sans lui.")

    def _morts_recentes(self, nom: str) -> int:
        morts = self._morts[nom]
        morts.append(time.monotonic())
        while morts[0] < time.monotonic() - PERIODE:
            morts.popleft()
        return len(morts)

    def _arreter(self) -> None:
        limite = time.monotonic() + ARRET_TOTAL
        with signaux_retenus():
            while self._enfants:
                _, enfant = self._enfants.popitem()
                enfant.arreter(min(limite, time.monotonic() + ARRET_CHACUN))


def _cause(code: int | None) -> str:
    return f"signal {signal.Signals(-code).name}" if code is not None and code < 0 else f"code {code}"
