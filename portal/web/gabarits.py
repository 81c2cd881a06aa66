"""What every template may use: words, formats, addresses of static files, and who is looking."""

import hashlib
import json
from collections.abc import Callable, Hashable, MutableMapping
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, current_app, get_flashed_messages, url_for
from flask.templating import Environment
from jinja2 import StrictUndefined

from portal import (
    formats,
    vocabulaire,
    vocabulaire_avis,
    vocabulaire_cer,
    vocabulaire_demandes,
    vocabulaire_ds,
    vocabulaire_file,
    vocabulaire_imports,
    vocabulaire_instruction,
    vocabulaire_lettres,
    vocabulaire_lots,
    vocabulaire_recoupements,
)
from portal.forms import echeances
from portal.web.connexion import acteur
from portal.web.navigation import actif
from portal.web.session import moyens

ETAT_ACCESSIBILITE = "non conforme"
FILTRES = {
    "montant": formats.montant_fr,
    "decimal": Decimal,
    "nombre": formats.nombre_fr,
    "taille": formats.taille_fr,
    "date": formats.date_fr,
    "instant": formats.instant_fr,
    "echeance": echeances.echeance_fr,
    "majuscule": formats.majuscule,
    "siren": formats.siren_fr,
    "siret": formats.siret_fr,
}


class Environnement(Environment):
    """Flask's, whose templates share one plain dict of names: each import and each include goes through all of them.

    Jinja chains dicts, so that a name given later is seen: ours are given at the boot, before any template is read.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Names of the application, and those of one template if any."""
        return {**self.globals, **(d or {})}


def install(app: Flask) -> None:
    """Set Jinja up: an unknown name is an error, never an empty text."""
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(FILTRES)
    app.jinja_env.globals.update(
        vocabulaire=vocabulaire,
        vocabulaire_avis=vocabulaire_avis,
        vocabulaire_cer=vocabulaire_cer,
        vocabulaire_demandes=vocabulaire_demandes,
        vocabulaire_file=vocabulaire_file,
        vocabulaire_imports=vocabulaire_imports,
        vocabulaire_instruction=vocabulaire_instruction,
        vocabulaire_ds=vocabulaire_ds,
        vocabulaire_lettres=vocabulaire_lettres,
        vocabulaire_lots=vocabulaire_lots,
        vocabulaire_recoupements=vocabulaire_recoupements,
        statique=statique,
        une_fois=une_fois,
        actif=actif,
        url_connue=_url_connue,
        etat_accessibilite=ETAT_ACCESSIBILITE,
    )
    app.context_processor(_contexte)


def _contexte() -> dict[str, Any]:
    config = moyens().config
    return {
        "acteur": acteur(),
        "nom_service": config.nom_service,
        "contact": config.contact,
        "contact_telephone": config.contact_telephone,
        "mode_demo": config.demo,
        "messages_flash": get_flashed_messages(with_categories=True),
        "htmx": _htmx(),
        "feuille_bootstrap": url_for("bootstrap.static", filename="css/bootstrap.min.css", v="5.3"),
    }


def statique(nom: str) -> str:
    """Address of a static file that changes with its content."""
    return url_for("static", filename=nom, v=_empreinte(Path(current_app.static_folder or ""), nom))


# By type too: markup and the same text compare equal, and are not written alike.
@lru_cache(maxsize=512, typed=True)
def une_fois(macro: Callable[..., str], *arguments: Hashable) -> str:
    """What a macro that reads nothing but its arguments writes for these: written once per process, not once per page."""
    return macro(*arguments)


@cache
def _empreinte(racine: Path, nom: str) -> str:
    return hashlib.sha256((racine / nom).read_bytes()).hexdigest()[:12]


@cache
def _manifeste(chemin: Path) -> dict[str, dict[str, str]]:
    manifeste: dict[str, dict[str, str]] = json.loads(chemin.read_text(encoding="utf-8"))
    return manifeste


def _htmx() -> dict[str, str]:
    """Address and integrity of the htmx file that set-up has installed."""
    fiche = _manifeste(Path(current_app.static_folder or "") / "tiers" / "manifeste.json")["htmx.min.js"]
    return {"url": url_for("static", filename=f"tiers/{fiche['fichier']}", v="2"), "integrite": fiche["integrite"]}


def _url_connue(endpoint: str) -> bool:
    return endpoint in current_app.view_functions
