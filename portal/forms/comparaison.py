"""The answers of a page one by one, each with its label in words: to show two versions of one beside each other."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from wtforms import FieldList, FormField

from portal.forms.saisie import Saisie, bruts


@dataclass(frozen=True, slots=True)
class Reponse:
    """One answer: its label, as people read it, the id of its field, the names of its inputs."""

    libelle: str
    id: str
    texte: str
    entrees: frozenset[str]


def reponses(form: Saisie) -> list[Reponse]:
    """Every answer of a page, line by line where it has lines."""
    return [reponse for champ in form.contenus() for reponse in _reponses(champ, "")]


def _reponses(champ: Any, avant: str) -> Iterator[Reponse]:
    libelle = f"{avant}{champ.label.text}"
    if isinstance(champ, FieldList):
        for rang, ligne in enumerate(champ.entries, start=1):
            for partie in ligne.form:
                yield from _reponses(partie, f"{libelle}, ligne {rang}\u00a0: ")
    elif isinstance(champ, FormField) and not hasattr(champ, "lisible"):
        for partie in champ.form:
            yield from _reponses(partie, f"{libelle}, ")
    else:
        yield Reponse(libelle, champ.id, champ.lisible(), frozenset(bruts(champ)))
