"""What the child process and its parent say to each other: one JSON text a line, each named by its first element."""

from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from portal.classeurs.feuilles import Brut, Feuille
from portal.classeurs.resultats import (
    Annotations,
    Bilan,
    ColonneVue,
    Consigne,
    Constat,
    FeuilleVue,
    LigneAnnotee,
    LigneLue,
    Remarque,
)
from portal.texte_json import ecrire, lire
from portal.vocabulaire_imports import GenreImport, VerdictLigne

TEMPS: dict[str, Callable[[str], Brut]] = {
    "instant": datetime.fromisoformat,
    "jour": date.fromisoformat,
    "heure": time.fromisoformat,
}
DEMANDE, FEUILLE, RANGEE, OCTETS, REFUS, PANNE = "Demande", "Feuille", "Rangee", "Octets", "Refus", "Panne"
MORCEAU = 3 << 18


@dataclass(frozen=True, slots=True)
class Demande:
    """What the child is asked of a file: to read it by a consigne, to give it back annotated, or else its raw sheets."""

    chemin: Path
    nom: str
    consigne: Consigne | None = None
    annotations: Annotations | None = None


def message(nom: str, contenu: Any) -> bytes:
    """A line to send. Dataclasses are written as their fields."""
    return ecrire((nom, contenu)) + b"\n"


def message_de(resultat: Constat | LigneLue | Bilan) -> bytes:
    """A line that gives a result."""
    return message(type(resultat).__name__, resultat)


def message_demande(demande: Demande) -> bytes:
    """What the child, which works elsewhere, is asked."""
    return message(
        DEMANDE,
        {
            "chemin": str(demande.chemin.resolve()),
            "nom": demande.nom,
            "consigne": None if demande.consigne is None else _consigne_nue(demande.consigne),
            "annotations": None if demande.annotations is None else _annotations_nues(demande.annotations),
        },
    )


def demande_lue(octets: bytes) -> Demande:
    """What the child was asked."""
    _, lue = lire(octets.decode())
    consigne, annotations = lue["consigne"], lue["annotations"]
    return Demande(
        Path(lue["chemin"]),
        lue["nom"],
        None if consigne is None else _consigne_lue(consigne),
        None if annotations is None else _annotations_lues(annotations),
    )


def _consigne_nue(consigne: Consigne) -> dict[str, Any]:
    return {
        "genre": consigne.genre,
        "feuille": consigne.feuille,
        "entete": consigne.entete,
        "colonnes": None if consigne.colonnes is None else list(consigne.colonnes.items()),
    }


def _consigne_lue(lue: dict[str, Any]) -> Consigne:
    return Consigne(
        genre=GenreImport(lue["genre"]) if lue["genre"] else None,
        feuille=lue["feuille"],
        entete=None if lue["entete"] is None else tuple(lue["entete"]),
        colonnes=None if lue["colonnes"] is None else dict(lue["colonnes"]),
    )


def _annotations_nues(annotations: Annotations) -> dict[str, Any]:
    lignes = [
        [une.numero, une.lu, une.verdict, une.raison, [[rang, *dite] for rang, dite in une.remarques.items()]]
        for une in annotations.lignes.values()
    ]
    return {"feuille": annotations.feuille, "entete": annotations.entete, "lignes": lignes}


def _annotations_lues(lues: dict[str, Any]) -> Annotations:
    lignes = {}
    for numero, lu, verdict, raison, remarques in lues["lignes"]:
        dites = {rang: (VerdictLigne(pire), dite) for rang, pire, dite in remarques}
        lignes[numero] = LigneAnnotee(numero, tuple(lu), verdict, raison, dites)
    return Annotations(lues["feuille"], lues["entete"], lignes)


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


def messages_octets(octets: bytes) -> Iterator[bytes]:
    """Lines that give a file, piece by piece."""
    for debut in range(0, len(octets), MORCEAU):
        yield message(OCTETS, b64encode(octets[debut : debut + MORCEAU]).decode())


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
    OCTETS: b64decode,
    REFUS: str,
    PANNE: str,
}
