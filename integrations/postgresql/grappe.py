"""One private PostgreSQL server: a folder of ours, a Unix socket, no TCP, one superuser named portal.

Whoever may cross its 0700 socket folder (us, and root) is trusted; nobody else can reach it.
"""

import shutil
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from integrations.postgresql.compte import Compte, compte_serveur
from integrations.postgresql.emplacements import (
    SOCKET,
    accessible,
    binaires_utilisables,
    dossier_de_socket,
    empreinte,
    ouvrir_dossier,
)
from integrations.postgresql.erreurs import ErreurPostgresql
from integrations.postgresql.processus import attendre_la_fin, serveur_vivant
from integrations.postgresql.trouver import Binaires

UTILISATEUR = "portal"
PORT = SOCKET.rpartition(".")[2]


class Grappe:
    """A database cluster kept in `dossier` and served by `binaires`; every method may be called again."""

    def __init__(self, dossier: Path, binaires: Binaires, *, reglages: Mapping[str, str] | None = None) -> None:
        """`reglages` are further server settings, such as {"fsync": "off"}."""
        self.dossier = dossier.resolve()
        self.donnees = self.dossier / "donnees"
        self.journal = self.dossier / "journal"
        self.socket = dossier_de_socket(self.dossier)
        self.compte: Compte = compte_serveur()
        self.binaires = binaires_utilisables(binaires, self.compte, self.dossier.parent)
        self._marque = f"portal-{empreinte(self.dossier)}"
        self._reglages = dict(reglages or {})

    @property
    def existe(self) -> bool:
        """Whether its data have been created."""
        return (self.donnees / "PG_VERSION").is_file()

    @property
    def en_marche(self) -> bool:
        """Whether the server runs, whoever started it."""
        return serveur_vivant(self.donnees)

    def creer(self) -> None:
        """Makes an empty cluster, UTF-8 whatever the machine's locale. An interrupted creation is begun again."""
        if self.existe:
            return
        ouvrir_dossier(self.dossier, self.compte)
        if self.compte.nom is not None and not accessible(self.dossier):
            raise ErreurPostgresql(
                f"Le compte {self.compte.nom} ne peut pas entrer dans {self.dossier} : choisissez un autre dossier."
            )
        essai = self.dossier / "essai"
        shutil.rmtree(essai, ignore_errors=True)
        options = ["--encoding=UTF8", "--locale=C.UTF-8", "--auth=trust", f"--username={UTILISATEUR}", "--no-sync"]
        self._executer("initdb", f"--pgdata={essai}", *options)
        with (essai / "postgresql.conf").open("a") as conf:
            conf.write("include 'portal.conf'\n")
        essai.rename(self.donnees)

    def demarrer(self) -> None:
        """Starts the server and waits until it answers; recovers by itself after a kill -9 or a power cut.

        Raises ErreurPostgresql with the end of the server's own log.
        """
        if self.en_marche:
            return
        attendre_la_fin(self._marque)
        ouvrir_dossier(self.socket, self.compte)
        for reste in (self.donnees / "postmaster.pid", self.socket / SOCKET, self.socket / f"{SOCKET}.lock"):
            reste.unlink(missing_ok=True)  # its number may have been given to another program since
        self.journal.unlink(missing_ok=True)
        self._ecrire_reglages()
        try:
            self._executer("pg_ctl", "start", "-w", "-t", "60", "-D", str(self.donnees), "-l", str(self.journal))
        except ErreurPostgresql as erreur:
            lignes = self.journal.read_text(errors="replace").splitlines() if self.journal.is_file() else []
            raise ErreurPostgresql("\n".join([str(erreur), *lignes[-15:]])) from erreur

    def arreter(self, *, delai: int = 5) -> None:
        """Stops the server: open work is rolled back; after `delai` seconds it is cut, and recovers at next start."""
        for maniere in ("fast", "immediate"):
            if not self.en_marche:
                return
            try:
                self._executer("pg_ctl", "stop", "-w", "-t", str(delai), "-m", maniere, "-D", str(self.donnees))
            except ErreurPostgresql:
                if maniere == "immediate" and self.en_marche:
                    raise

    def effacer(self) -> None:
        """Stops the server and removes its data."""
        self.arreter()
        for dossier in (self.dossier, self.socket):
            if dossier.is_dir():
                shutil.rmtree(dossier)

    def url(self, base: str) -> str:
        """The SQLAlchemy address of a database of this server."""
        return f"postgresql+psycopg://{UTILISATEUR}@/{quote(base)}?host={quote(str(self.socket), safe='')}&port={PORT}"

    def bases(self) -> frozenset[str]:
        """The names of its databases."""
        noms = self._client("psql", "-d", "postgres", "-AtX", "-c", "SELECT datname FROM pg_database")
        return frozenset(noms.splitlines())

    def creer_base(self, nom: str, modele: str | None = None) -> None:
        """Creates an empty database, or a copy of `modele`, to which nobody may be connected meanwhile."""
        self._client("createdb", *([f"--template={modele}"] if modele else []), "--", nom)

    def supprimer_base(self, nom: str) -> None:
        """Drops the database if it exists, whoever is connected to it."""
        self._client("dropdb", "--if-exists", "--force", "--", nom)

    def _client(self, programme: str, *arguments: str) -> str:
        return self._executer(programme, "-h", str(self.socket), "-p", PORT, "-U", UTILISATEUR, *arguments)

    def _executer(self, programme: str, *arguments: str) -> str:
        return self.compte.executer([self.binaires.programme(programme), *arguments])

    def _ecrire_reglages(self) -> None:
        reglages = {
            "listen_addresses": "",
            "port": PORT,
            "unix_socket_directories": str(self.socket),
            "unix_socket_permissions": "0700",
            "cluster_name": self._marque,
            "timezone": "UTC",
            **self._reglages,
        }
        lignes = [f"{nom} = '{valeur.replace(chr(39), chr(39) * 2)}'\n" for nom, valeur in reglages.items()]
        conf = self.donnees / "portal.conf"
        conf.write_text("".join(lignes))
        self.compte.posseder(conf)
