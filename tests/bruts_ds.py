"""DS-shaped JSON of a dossier from the little that a test has to say of it, element by element."""

from collections.abc import Mapping, Sequence
from typing import Any

Simple = Mapping[str, Any]


def brut_ds(number: int, elements: Sequence[Simple]) -> dict[str, Any]:
    """The raw of a dossier that shows these elements (the keys of `elements_ds.contenu`, whose `type` is DS's __typename)."""
    usagers = [un["auteur"] for un in elements if un["partie"] == "messages" and un.get("role") == "usager"]
    return {
        "number": number,
        "usager": {"email": next(iter(usagers), "")},
        "champs": [_champ(un) for un in elements if un["partie"] == "champs"],
        "annotations": [_champ(un) for un in elements if un["partie"] == "annotations"],
        "avis": [_avis(un) for un in elements if un["partie"] == "avis"],
        "messages": [_message(un) for un in elements if un["partie"] == "messages"],
    }


def _champ(simple: Simple) -> dict[str, Any]:
    return {
        "__typename": simple["type"],
        "id": simple.get("id", ""),
        "champDescriptorId": simple.get("descripteur", simple.get("id", "")),
        "label": simple["libelle"],
        "stringValue": simple.get("valeur", ""),
        "level": simple.get("niveau"),
        "rows": [{"champs": [_champ(un) for un in ligne]} for ligne in simple.get("lignes", ())],
        "files": [_fichier(un) for un in simple.get("fichiers", ())],
    }


def _fichier(simple: Simple) -> dict[str, Any]:
    return {
        "filename": simple["nom"],
        "contentType": simple.get("type", ""),
        "byteSizeBigInt": simple.get("taille"),
        "checksum": simple.get("empreinte", ""),
    }


def _avis(simple: Simple) -> dict[str, Any]:
    return {
        "id": simple.get("id", ""),
        "question": simple["libelle"],
        "reponse": simple.get("valeur", ""),
        "expert": {"email": simple.get("auteur", "")},
    }


def _message(simple: Simple) -> dict[str, Any]:
    return {
        "id": simple.get("id", ""),
        "email": simple.get("auteur", ""),
        "body": simple.get("valeur", ""),
        "createdAt": simple.get("date"),
    }
