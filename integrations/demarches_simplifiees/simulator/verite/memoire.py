"""The simulator's memory: what mutations changed, kept in one file that is replaced whole or not at all."""

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from integrations.demarches_simplifiees.noeuds import Json
from integrations.demarches_simplifiees.simulator.verite.donnees import Donnees, Effet, Fiche

FORME = 4  # of the generated dossiers and of this memory: one of another form is set aside


def empreinte(dossiers: int, graine: int, demarche: int, fichiers: Sequence[Path]) -> Json:
    """What the starting truth is made from: a memory of another start must not be mixed with it."""
    sommes = [hashlib.sha256(un.read_bytes()).hexdigest() for un in fichiers]
    return {"forme": FORME, "dossiers": dossiers, "graine": graine, "demarche": demarche, "fichiers": sommes}


def relire(chemin: Path, attendue: Json) -> tuple[Json | None, str]:
    """The memory kept in `chemin`, or None with the French sentence that says why it does not serve."""
    if not chemin.exists():
        return None, ""
    try:
        memoire = json.loads(chemin.read_text("utf-8"))
        if memoire["empreinte"] == attendue:
            return memoire, ""
    except (ValueError, KeyError, TypeError):
        return None, f"{chemin}\u00a0: mémoire illisible, le simulateur repart de zéro."
    return None, f"{chemin}\u00a0: mémoire d’un autre jeu de dossiers, le simulateur repart de zéro."


def retablir(donnees: Donnees, memoire: Json) -> None:
    """Put back what had changed since the start, dossiers filed meanwhile included."""
    for number, garde in memoire["dossiers"].items():
        donnees.dossiers[int(number)] = Fiche(
            garde["contenu"],
            garde["demarche"],
            datetime.fromisoformat(garde["depose_at"]),
            datetime.fromisoformat(garde["updated_at"]),
        )
    donnees.modifies = {int(number) for number in memoire["dossiers"]}
    donnees.corbeille = {int(number): un for number, un in memoire["corbeille"].items()}
    donnees.supprimes = {int(number): un for number, un in memoire["supprimes"].items()}
    donnees.expires = set(memoire["expires"])
    donnees.effets = [Effet(**un) for un in memoire["effets"]]
    donnees.demarches = {int(number): une for number, une in memoire["demarches"].items()}
    donnees.brouillons, donnees.televersements = memoire["brouillons"], memoire["televersements"]
    donnees.echeances = memoire["echeances"]


def ecrire(chemin: Path, donnees: Donnees, depart: Json, ancrage: datetime) -> None:
    """Replace the memory atomically: a crash leaves the old one or the new one."""
    memoire = {
        "empreinte": depart,
        "ancrage": ancrage.isoformat(),
        "dossiers": {number: _garder(donnees.dossiers[number]) for number in sorted(donnees.modifies)},
        "corbeille": donnees.corbeille,
        "supprimes": donnees.supprimes,
        "expires": sorted(donnees.expires),
        "effets": [asdict(un) for un in donnees.effets],
        "demarches": donnees.demarches,
        "brouillons": donnees.brouillons,
        "televersements": donnees.televersements,
        "echeances": donnees.echeances,
    }
    chemin.parent.mkdir(parents=True, exist_ok=True)
    provisoire = chemin.with_name(f"{chemin.name}.provisoire")
    with provisoire.open("w", encoding="utf-8") as fichier:
        fichier.write(json.dumps(memoire, ensure_ascii=False))
        fichier.flush()
        os.fsync(fichier.fileno())
    provisoire.replace(chemin)


def _garder(fiche: Fiche) -> Json:
    return {
        "contenu": fiche.contenu,
        "demarche": fiche.demarche,
        "depose_at": fiche.depose_at.isoformat(),
        "updated_at": fiche.updated_at.isoformat(),
    }
