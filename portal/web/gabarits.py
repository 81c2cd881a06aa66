"""What every template may use: words, formats, addresses of static files, and who is looking."""

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, current_app, get_flashed_messages, request, url_for
from jinja2 import StrictUndefined

from portal import formats, vocabulaire, vocabulaire_cer, vocabulaire_ds
from portal.web.connexion import acteur
from portal.web.session import moyens

ETAT_ACCESSIBILITE = "non conforme"
FILTRES = {
    "montant": formats.montant_fr,
    "nombre": formats.nombre_fr,
    "taille": formats.taille_fr,
    "date": formats.date_fr,
    "instant": formats.instant_fr,
    "majuscule": formats.majuscule,
    "siren": formats.siren_fr,
    "siret": formats.siret_fr,
}


def install(app: Flask) -> None:
    """Set Jinja up: an unknown name is an error, never an empty text."""
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(FILTRES)
    app.jinja_env.globals.update(
        vocabulaire=vocabulaire,
        vocabulaire_cer=vocabulaire_cer,
        vocabulaire_ds=vocabulaire_ds,
        statique=statique,
        actif=_actif,
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
        "mode_demo": config.demo,
        "messages_flash": get_flashed_messages(with_categories=True),
        "htmx": _htmx(),
        "feuille_bootstrap": url_for("bootstrap.static", filename="css/bootstrap.min.css", v="5.3"),
    }


def statique(nom: str) -> str:
    """Address of a static file that changes with its content."""
    return url_for("static", filename=nom, v=_empreinte(Path(current_app.static_folder or ""), nom))


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


def _actif(prefixe: str) -> bool:
    return request.endpoint is not None and request.endpoint.startswith(prefixe)


def _url_connue(endpoint: str) -> bool:
    return endpoint in current_app.view_functions
