"""The content of a request as hashes: of each page, as typed, and of the whole."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from portal.queries.lecture_demandes import DemandeLue
from portal.vocabulaire_demandes import Place, SectionDemande


def empreintes(lue: DemandeLue) -> dict[str, str]:
    """SHA-256 of the texts of each page that the request has, by its slug; that of the pieces covers the files joined."""
    places = {Place(saisie.section, saisie.rang): saisie for saisie in lue.demande.sections}
    textes = {place: places[place].valeurs for place in lue.places if place in places}
    pages = {place.slug: _sha256(valeurs) for place, valeurs in textes.items()}
    jointes = Place(SectionDemande.PIECES)
    return pages | {jointes.slug: _sha256({"textes": textes.get(jointes, {}), "fichiers": pieces(lue)})}


def empreinte(lue: DemandeLue) -> str:
    """SHA-256 of all that a request says, its pieces included, the attestations apart: these are of whoever files it.

    Empty answers are left out, so that it changes only when an answer does.
    """
    places = {Place(saisie.section, saisie.rang): saisie for saisie in lue.demande.sections}
    reponses: dict[str, Any] = {
        place.slug: {nom: texte for nom, texte in places[place].valeurs.items() if texte}
        for place in lue.places
        if place in places and place.section != SectionDemande.ATTESTATIONS
    }
    return _sha256(reponses | {"pieces": pieces(lue)})


def pieces(lue: DemandeLue) -> list[tuple[str, str, str]]:
    """(label, name, SHA-256) of each file joined to the request, in the order of the form."""
    return [
        (attendue.libelle, jointe.nom, jointe.sha256) for attendue in lue.contexte.pieces for jointe in attendue.jointes
    ]


def _sha256(valeurs: Mapping[str, Any]) -> str:
    canonique = json.dumps(valeurs, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonique.encode()).hexdigest()
