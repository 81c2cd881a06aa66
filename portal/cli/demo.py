"""`portal demo`: everything the demonstration needs, started and stopped together (the command behind `make demo`)."""

import fcntl
import http.client
import os
import secrets
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import click

from integrations.cachet import trousseau
from integrations.postgresql.emplacements import dossier_de_grappe, dossier_du_depot
from integrations.postgresql.erreurs import ErreurPostgresql
from integrations.postgresql.grappe import Grappe
from integrations.postgresql.trouver import trouver
from portal.cli.francais import Refus
from portal.cli.superviseur import (
    ArretDemande,
    Programme,
    ProgrammePerdu,
    Superviseur,
    arret_sur_signal,
    dire,
    signaux_retenus,
)

DEPOT = Path(__file__).resolve().parents[2]
VAR = DEPOT / "var"
VERROU = VAR / "demo.verrou"
SECRET = VAR / "demo-secret"
CACHET = VAR / "demo-cachet.p12"
ETAT_DS = VAR / "ds-simulateur.json"
COURRIELS = VAR / "courriels"
FICHIERS = VAR / "fichiers"
BASE = "portal"
DEMARCHE = "4501"
DELAI_PRET = 90.0
PORTAL = str(Path(sys.executable).with_name("portal"))
WORKER = Programme("worker", (PORTAL, "worker"))


@click.group()
def demo() -> None:
    """Démonstration : tout est lancé et arrêté ensemble."""


@demo.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
def lancer(port: int) -> None:
    """Sert la démonstration jusqu’à Ctrl-C. Les données sont gardées."""
    _refuser_la_production()
    try:
        with arret_sur_signal(), seule_ici(port):
            verifier_port(port)
            with base_de_donnees() as (url, ou):
                env = environnement(port, url, ds=port_libre(), annuaire=port_libre())
                with Superviseur(programmes(port, env), env=env, dossier=DEPOT) as superviseur:
                    preparer(env)  # meanwhile the others start: the web says that it is not ready yet
                    superviseur.lancer(WORKER)
                    servir(superviseur, port, ou)
    except ArretDemande:
        dire("\nTout est arrêté. Les données sont gardées : make demo les retrouve, make demo-reset repart à neuf.")
    except (ErreurPostgresql, ProgrammePerdu) as erreur:
        raise Refus(str(erreur)) from erreur


@demo.command()
def effacer() -> None:
    """Efface les données de la démonstration : base, fichiers, courriels, état du simulateur."""
    _refuser_la_production()
    with seule_ici():
        for dossier in dossier_du_depot(DEPOT).glob("pg*"):
            Grappe(dossier, trouver()).effacer()
        for reste in (COURRIELS, FICHIERS, *dossier_du_depot(DEPOT).glob("binaires-*")):
            if reste.exists():
                shutil.rmtree(reste)
        for fichier in (ETAT_DS, CACHET, SECRET):
            fichier.unlink(missing_ok=True)
    dire("Les données de la démonstration sont effacées.")
    if os.environ.get("DATABASE_URL"):
        dire("La base désignée par DATABASE_URL n’est pas à la démonstration : elle n’a pas été touchée.")


def servir(superviseur: Superviseur, port: int, ou: str) -> None:
    """Waits for the portal to be ready, says how to use it, then watches until the end is asked for."""
    if not superviseur.veiller(lambda: est_pret(port), delai=DELAI_PRET):
        raise ProgrammePerdu(
            f"Le portail ne répond pas sur http://127.0.0.1:{port}/readyz après {DELAI_PRET:.0f} secondes : "
            "tout est arrêté, les données sont gardées. Les lignes ci-dessus disent ce qui manque."
        )
    dire(accueil(port, ou))
    superviseur.veiller(lambda: False)


def programmes(port: int, env: Mapping[str, str]) -> list[Programme]:
    """What may start before the database is ready. The simulators stand for remote machines: the portal lives without."""
    ds, annuaire = (env[nom].rpartition(":")[2].partition("/")[0] for nom in ("DS_URL", "ANNUAIRE_URL"))
    etat = ("--dossiers", "200", "--seed", "1", "--etat", str(ETAT_DS))
    gunicorn = (sys.executable, "-m", "gunicorn", "wsgi:app", "--preload", "--bind", f"127.0.0.1:{port}")
    ouvriers = ("--workers", "2", "--worker-class", "gthread", "--threads", "4")
    reglages = (*ouvriers, "--graceful-timeout", "2", "--log-level", "warning")
    return [
        Programme("web", (*gunicorn, *reglages)),
        Programme("ds", (PORTAL, "ds", "simulate", "--port", ds, *etat), essentiel=False),
        Programme("annuaire", (PORTAL, "annuaire", "simuler", "--port", annuaire), essentiel=False),
    ]


def environnement(port: int, base: str, *, ds: int, annuaire: int) -> dict[str, str]:
    """The environment of every program of the demonstration."""
    sans_mandataire = ",".join(filter(None, (os.environ.get("NO_PROXY"), "127.0.0.1", "localhost")))
    return os.environ | {
        "PORTAL_MODE": "demo",
        "PORTAL_URL": f"http://127.0.0.1:{port}",
        "DATABASE_URL": base,
        "SECRET_KEY": secret(),
        "DS_URL": f"http://127.0.0.1:{ds}/api/v2/graphql",
        "DS_TOKEN": "jeton-de-demonstration",
        "DS_DEMARCHES": DEMARCHE,
        "ANNUAIRE_URL": f"http://127.0.0.1:{annuaire}",
        "ANNUAIRE_RNA_URL": f"http://127.0.0.1:{annuaire}",
        "ANNUAIRE_RNA_TOKEN": "jeton-de-demonstration",
        "CACHET_P12": str(cle_du_cachet()),
        "CACHET_P12_MOT_DE_PASSE": secret(),
        "COURRIEL_DOSSIER": str(COURRIELS),
        "STOCKAGE_DOSSIER": str(FICHIERS),
        "NO_PROXY": sans_mandataire,
        "no_proxy": sans_mandataire,
        "PYTHONUNBUFFERED": "1",
    }


def preparer(env: Mapping[str, str]) -> None:
    """Brings the schema and the demo data up to date; both may be run again."""
    for ordre in (("base", "migrer"), ("demo-donnees",)):
        if subprocess.run([PORTAL, *ordre], env=env, cwd=DEPOT, stdin=subprocess.DEVNULL, check=False).returncode:
            raise Refus(
                f"« portal {' '.join(ordre)} » a échoué, la raison est ci-dessus. Rien n’a été effacé : "
                "relancez après correction, ou repartez à neuf avec make demo-reset."
            )


@contextmanager
def base_de_donnees() -> Iterator[tuple[str, str]]:
    """The database's address and where it is, in words: DATABASE_URL's, else a server of ours, stopped on leaving."""
    if url := os.environ.get("DATABASE_URL"):
        yield url, "celle que désigne DATABASE_URL"
        return
    binaires = trouver()
    grappe = Grappe(dossier_de_grappe(DEPOT, binaires.majeure), binaires)
    try:
        with signaux_retenus():
            grappe.creer()
            grappe.demarrer()
        if BASE not in grappe.bases():
            grappe.creer_base(BASE)
        yield grappe.url(BASE), f"PostgreSQL {binaires.majeure} ({binaires.origine}), {grappe.dossier}"
    finally:
        with signaux_retenus():
            grappe.arreter(delai=2)


@contextmanager
def seule_ici(port: int | None = None) -> Iterator[None]:
    """One demonstration at a time in a checkout; the lock is the kernel's, so that a kill -9 releases it."""
    VAR.mkdir(exist_ok=True)
    with VERROU.open("a+", encoding="utf-8") as verrou:
        try:
            fcntl.flock(verrou, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as erreur:
            verrou.seek(0)
            ou = verrou.read().strip() or "en cours d’effacement"
            raise Refus(
                f"La démonstration de ce dossier tourne déjà ({ou}). Arrêtez-la d’abord par Ctrl-C."
            ) from erreur
        verrou.truncate(0)
        verrou.write(f"http://127.0.0.1:{port}" if port else "")
        verrou.flush()
        yield


def verifier_port(port: int) -> None:
    """Raises Refus when nobody can serve on that port."""
    with socket.socket() as essai:
        essai.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            essai.bind(("127.0.0.1", port))
        except OSError as erreur:
            pourquoi = "réservé à root" if isinstance(erreur, PermissionError) else "déjà pris"
            raise Refus(f"Le port {port} est {pourquoi}. Choisissez-en un autre : make demo PORT=8001") from erreur


def port_libre() -> int:
    """A port of loopback that nobody uses now."""
    with socket.socket() as essai:
        essai.bind(("127.0.0.1", 0))
        return int(essai.getsockname()[1])


def secret() -> str:
    """The demonstration's signing key, made once and readable by us alone."""
    with suppress(FileExistsError):
        descripteur = os.open(SECRET, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descripteur, "w") as fichier:
            fichier.write(secrets.token_urlsafe(48))
    return SECRET.read_text()


def cle_du_cachet() -> Path:
    """The key that seals the demonstration's receipts, made once; its password is the demonstration's secret."""
    if not CACHET.exists():
        trousseau.enregistrer(CACHET, trousseau.creer("Portail des associations (démonstration)", secret()))
    return CACHET


def est_pret(port: int) -> bool:
    """Whether the portal says that it is ready."""
    connexion = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connexion.request("GET", "/readyz")
        return connexion.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connexion.close()


def accueil(port: int, ou: str) -> str:
    """What a newcomer reads when the demonstration is ready."""
    adresse = f"http://127.0.0.1:{port}"
    return f"""
Le portail de démonstration est prêt.

  Portail        {adresse}/
  Se connecter   {adresse}/demo (d’un clic : responsable d’association, agent, administrateur)
  Courriels      {adresse}/demo/courriels (tout ce que le portail envoie s’y lit)
  Base           {ou}
  Arrêter        Ctrl-C ; les données sont gardées
  Repartir       make demo-reset efface tout et relance à neuf
"""


def _refuser_la_production() -> None:
    if os.environ.get("PORTAL_MODE", "demo") != "demo":
        raise Refus("PORTAL_MODE désigne la production : la démonstration n’y touche pas.")
