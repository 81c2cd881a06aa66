"""Taking in real dossiers: files of DS's JSON shape, completed by our SDL where they are older or partial.

Nothing is changed in silence: each substitution is a French sentence, for whoever loads the file.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from integrations.demarches_simplifiees.noeuds import Json
from integrations.demarches_simplifiees.simulator.depart.completion import Completion
from integrations.demarches_simplifiees.simulator.verite.identifiants import identifiant


@dataclass(frozen=True, slots=True)
class Charge:
    """What a file held, ready to be served, and what had to be made up."""

    dossiers: tuple[Json, ...]
    demarche: Json
    substitutions: tuple[str, ...]


def charger(chemin: Path) -> Charge:
    """Read a file that holds one dossier, `{"data": {"dossier": …}}`, `{"dossiers": […]}` or a whole démarche.

    Raises ValueError, in French, when no dossier can be found in it, and OSError when it cannot be read.
    """
    try:
        lu = json.loads(chemin.read_text("utf-8"))
    except ValueError as erreur:
        raise ValueError(f"{chemin}\u00a0: ce fichier n’est pas du JSON ({erreur}).") from erreur
    bruts, entourage = _trouver(lu)
    if not bruts:
        raise ValueError(f"{chemin}\u00a0: aucun dossier de Démarches Simplifiées dans ce fichier.")
    completion = Completion(date=str(bruts[0].get("dateDepot") or "2024-01-01T00:00:00+01:00"))
    dossiers = tuple(completion.objet("Dossier", brut) for brut in bruts)
    demarche = _demarche(entourage or bruts[0].get("demarche") or {}, dossiers, completion)
    return Charge(dossiers, demarche, completion.phrases())


def _trouver(lu: Any) -> tuple[list[Json], Json | None]:
    """The dossiers, and the démarche around them when the file is that of a démarche."""
    lu = lu if isinstance(lu, dict) else {}
    noeud = lu.get("data", lu) or {}
    entourage = noeud.get("demarche") if "champs" not in noeud else None
    noeud = entourage or noeud
    if "dossier" in noeud:
        return [noeud["dossier"]], None
    if "dossiers" in noeud:
        dossiers = noeud["dossiers"]
        return [un for un in (dossiers["nodes"] if isinstance(dossiers, dict) else dossiers) if un], entourage
    return ([noeud] if "number" in noeud and "champs" in noeud else []), None


def _demarche(brute: Mapping[str, Any], dossiers: Iterable[Json], completion: Completion) -> Json:
    """The démarche of the dossiers: theirs are its groups and, for want of its form, its questions."""
    groupes = {un["groupeInstructeur"]["id"]: un["groupeInstructeur"] for un in dossiers}
    revision = brute.get("activeRevision") or {
        "dateCreation": completion.date,
        **(brute.get("revision") or {}),
        "champDescriptors": _descripteurs(dossiers, "champs"),
        "annotationDescriptors": _descripteurs(dossiers, "annotations"),
    }
    return completion.objet(
        "Demarche",
        {**brute, "groupeInstructeurs": list(groupes.values()), "activeRevision": revision},
    )


def _descripteurs(dossiers: Iterable[Json], cle: str) -> list[Json]:
    champs = {champ["champDescriptorId"]: champ for dossier in dossiers for champ in dossier[cle]}
    return [
        {
            "__typename": champ["__typename"] + "Descriptor",
            "id": stable or identifiant("Champ", champ["label"]),
            "label": champ["label"],
            "required": False,
            "level": champ.get("level", 1),
            "champDescriptors": _descripteurs(
                [{"champs": ligne["champs"]} for ligne in champ.get("rows", ())], "champs"
            ),
        }
        for stable, champ in champs.items()
    ]
