"""What the child process and its parent say to each other: one JSON text a line, each named by its first element."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from portal.classeurs.feuilles import Brut, Feuille
from portal.classeurs.resultats import Bilan, ColonneVue, Consigne, Constat, FeuilleVue, LigneLue, Remarque
from portal.texte_json import ecrire, lire
from portal.vocabulaire_imports import GenreImport, VerdictLigne

TEMPS: dict[str, Callable[[str], Brut]] = {
    "instant": datetime.fromisoformat,
    "jour": date.fromisoformat,
    "heure": time.fromisoformat,
}
FEUILLES, FEUILLE, RANGEE, REFUS, PANNE = "feuilles", "Feuille", "Rangee", "Refus", "Panne"


def message(nom: str, contenu: Any) -> bytes:
    """A line to send. Dataclasses are written as their fields."""
    return ecrire((nom, contenu)) + b"\n"


def message_de(resultat: Constat | LigneLue | Bilan) -> bytes:
    """A line that gives a result."""
    return message(type(resultat).__name__, resultat)


def demande(chemin: Path, nom: str, consigne: Consigne | None) -> bytes:
    """What the child, which works elsewhere, is asked: to read that file by that consigne, or without any, to give its raw
    sheets."""
    voulue = None
    if consigne is not None:
        voulue = {
            "genre": consigne.genre,
            "feuille": consigne.feuille,
            "entete": consigne.entete,
            "colonnes": None if consigne.colonnes is None else list(consigne.colonnes.items()),
        }
    return message(FEUILLES, {"chemin": str(chemin.resolve()), "nom": nom, "consigne": voulue})


def demande_lue(octets: bytes) -> tuple[Path, str, Consigne | None]:
    """What the child was asked."""
    _, lue = lire(octets.decode())
    voulue = lue["consigne"]
    if voulue is None:
        return Path(lue["chemin"]), lue["nom"], None
    consigne = Consigne(
        genre=GenreImport(voulue["genre"]) if voulue["genre"] else None,
        feuille=voulue["feuille"],
        entete=None if voulue["entete"] is None else tuple(voulue["entete"]),
        colonnes=None if voulue["colonnes"] is None else dict(voulue["colonnes"]),
    )
    return Path(lue["chemin"]), lue["nom"], consigne


def constat_lu(lu: dict[str, Any]) -> Constat:
    """A Constat as it was sent."""
    return Constat(
        **lu
        | {
            "feuilles": tuple(FeuilleVue(**une) for une in lu["feuilles"]),
            "entete": tuple(lu["entete"]),
            "colonnes": tuple(ColonneVue(**une | {"exemples": tuple(une["exemples"])}) for une in lu["colonnes"]),
            "manquants": tuple(lu["manquants"]),
            "remarques": tuple(lu["remarques"]),
            "genre": GenreImport(lu["genre"]),
            "hesitation": tuple(map(GenreImport, lu["hesitation"])),
        }
    )


def ligne_lue(lu: dict[str, Any]) -> LigneLue:
    """A LigneLue as it was sent."""
    remarques = lu["remarques"]
    return LigneLue(
        lu["numero"],
        tuple(lu["lu"]),
        lu["valeurs"],
        tuple(Remarque(**une | {"verdict": VerdictLigne(une["verdict"])}) for une in remarques) if remarques else (),
        VerdictLigne(lu["verdict"]),
    )


def bilan_lu(lu: dict[str, Any]) -> Bilan:
    """A Bilan as it was sent."""
    return Bilan(lu["lignes"], lu["comptes"], tuple(lu["pannes"]))


def message_feuille(feuille: Feuille) -> bytes:
    """A line that opens a raw sheet: its rows follow it."""
    return message(FEUILLE, {"nom": feuille.nom, "cachee": feuille.cachee})


def message_rangee(rangee: Any) -> bytes:
    """A line that gives a raw row; days and hours keep their types."""
    return message(RANGEE, [_nu(brut) for brut in rangee])


def rangee_lue(lue: list[Any]) -> tuple[Brut, ...]:
    """A raw row as it was sent."""
    return tuple(_relu(un) if isinstance(un, list) else un for un in lue)


def _nu(brut: Brut) -> Any:
    match brut:
        case datetime():
            return ["instant", brut.isoformat()]
        case date():
            return ["jour", brut.isoformat()]
        case time():
            return ["heure", brut.isoformat()]
        case timedelta():
            return ["duree", brut.total_seconds()]
    return brut


def _relu(marque: list[Any]) -> Brut:
    genre, valeur = marque
    if genre == "duree":
        return timedelta(seconds=valeur)
    return TEMPS[genre](valeur)


LECTEURS: dict[str, Callable[[Any], Any]] = {
    "Constat": constat_lu,
    "LigneLue": ligne_lue,
    "Bilan": bilan_lu,
    FEUILLE: dict,
    RANGEE: rangee_lue,
    REFUS: str,
    PANNE: str,
}
