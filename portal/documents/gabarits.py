"""The Jinja environment of the documents, apart from the pages': no request, no session, no address of the site."""

from datetime import UTC, datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from portal import formats

DOSSIER = Path(__file__).parent.parent / "templates" / "documents"


def _utc(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _environnement() -> Environment:
    environnement = Environment(
        loader=FileSystemLoader(DOSSIER),
        undefined=StrictUndefined,
        autoescape=select_autoescape(("html", "svg"), default_for_string=True),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environnement.filters |= {
        "montant": formats.montant_fr,
        "jour": formats.date_fr,
        "instant": formats.instant_fr,
        "siren": formats.siren_fr,
        "siret": formats.siret_fr,
        "utc": _utc,
    }
    return environnement


GABARITS = _environnement()
