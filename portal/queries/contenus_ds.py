"""The form of a DS dossier as people read it: titled groups of label and value. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.formats import ESPACE_INSECABLE

Element = dict[str, Any]
SANS_TITRE = ""
SANS_REPONSE = {"ExplicationChamp": "explication du formulaire"}
FORMULAIRE = frozenset({"champs", "annotations"})


@dataclass(frozen=True, slots=True)
class Rubrique:
    """The answers under one header of the form; the first ones may stand under none."""

    titre: str
    lignes: tuple[tuple[str, str], ...]


def rubriques(elements: Iterable[Element]) -> tuple[Rubrique, ...]:
    """Group elements of DossierDS.contenu under the headers of the form, in its order; nothing is left out."""
    groupes: list[tuple[str, list[tuple[str, str]]]] = [(SANS_TITRE, [])]
    for element in elements:
        if element.get("niveau") is not None:
            groupes.append((element["libelle"], []))
        else:
            groupes[-1][1].append((element["libelle"], valeur(element) or SANS_REPONSE.get(element["type"], "")))
    return tuple(Rubrique(titre, tuple(lignes)) for titre, lignes in groupes if titre or lignes)


def valeur(element: Element) -> str:
    """What was answered: the text, else the names of the files, or the rows of a repetition, one after the other."""
    lignes = [element["valeur"]] if element["valeur"] and not _sommaire(element) else []
    lignes += [f"{fichier['nom']} (fichier resté dans Démarches Simplifiées)" for fichier in element["fichiers"]]
    for rang, ligne in enumerate(element["lignes"], start=1):
        reponses = "\n".join(f"{un['libelle']}{ESPACE_INSECABLE}: {valeur(un) or 'non renseigné'}" for un in ligne)
        lignes.append(f"{rang}.{ESPACE_INSECABLE}{reponses}")
    return "\n".join(lignes)


def _sommaire(element: Element) -> bool:
    """The text only counts or names what is told below it: the rows of a repetition, the files of a field."""
    return bool(element["lignes"] or (element["fichiers"] and element["partie"] in FORMULAIRE))


@dataclass(frozen=True, slots=True)
class Echange:
    """A message, or an avis asked through DS, as plain text. `at` is UTC, None when DS does not say."""

    auteur: str
    at: datetime | None
    libelle: str
    texte: str
    repondu: bool


def echanges(elements: Iterable[Element]) -> tuple[Echange, ...]:
    """Messages or avis of DS, in its order."""
    return tuple(
        Echange(
            auteur=element["auteur"],
            at=datetime.fromisoformat(element["date"]) if element["date"] else None,
            libelle=element["libelle"],
            texte=valeur(element),
            repondu=element.get("repondu", True),
        )
        for element in elements
    )
