"""Reads DS, outside any transaction: lists numbers and dates by 100, fetches only what changed, by windows where it pays."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from integrations.demarches_simplifiees.api import DemarchesSimplifiees
from integrations.demarches_simplifiees.errors import DelaiDepasse, Introuvable, ReponseInvalide
from integrations.demarches_simplifiees.types import EnTete, Page

PAR_LISTE = 100
PAR_FENETRE = 50
# Below, one request per dossier costs DS less than a window of fifty whole dossiers.
SEUIL_DE_FENETRE = 5
CURSEUR_REFUSE = "bad_request"


@dataclass
class Lecture:
    """Whole dossiers by number, those that DS cannot tell (with its reason), those that it no longer shows."""

    raws: dict[int, Mapping[str, Any]] = field(default_factory=dict)
    illisibles: dict[int, str] = field(default_factory=dict)
    absents: set[int] = field(default_factory=set)


def list_pages(
    ds: DemarchesSimplifiees, demarche: int, *, apres: str | None, depuis: datetime | None
) -> Iterator[tuple[str | None, Page[EnTete]]]:
    """(cursor before the page, page) until the end. A cursor that DS no longer accepts means starting over, which is harmless."""
    while True:
        try:
            page = ds.lister_dossiers(demarche, apres=apres, premiers=PAR_LISTE, depuis=depuis)
        except ReponseInvalide as refus:
            if apres is None or refus.code != CURSEUR_REFUSE:
                raise
            apres = None
            continue
        yield apres, page
        if not page.suite or page.curseur_fin is None or page.curseur_fin == apres:
            return
        apres = page.curseur_fin


def fetch(
    ds: DemarchesSimplifiees,
    demarche: int,
    *,
    page: Page[EnTete],
    apres: str | None,
    depuis: datetime | None,
    voulus: set[int],
) -> Lecture:
    """The whole dossiers `voulus` of a listed page, by windows of 50 where many changed, else one by one.

    A window that DS cannot answer (a dossier that breaks its own interface, or too long a page) is read one by one.
    A dossier that moved meanwhile out of its window is read by itself.
    """
    lecture = Lecture()
    for debut in range(0, len(page.elements), PAR_FENETRE):
        fenetre = page.elements[debut : debut + PAR_FENETRE]
        numeros = [un.number for un in fenetre if un.number in voulus]
        if len(numeros) > SEUIL_DE_FENETRE:
            curseur = page.elements[debut - 1].cursor if debut else apres
            _fetch_window(ds, demarche, curseur, len(fenetre), depuis, lecture)
        for numero in numeros:
            if numero not in lecture.raws:
                fetch_one(ds, numero, lecture)
    return lecture


def fetch_one(ds: DemarchesSimplifiees, numero: int, lecture: Lecture) -> None:
    """One whole dossier; DS's refusal to tell it is a fact about this dossier, an outage is raised."""
    try:
        lecture.raws[numero] = ds.lire_dossier(numero)
    except Introuvable:
        lecture.absents.add(numero)
    except ReponseInvalide as faute:
        lecture.illisibles[numero] = str(faute)


def _fetch_window(
    ds: DemarchesSimplifiees,
    demarche: int,
    curseur: str | None,
    combien: int,
    depuis: datetime | None,
    lecture: Lecture,
) -> None:
    try:
        page = ds.page_dossiers(demarche, apres=curseur, premiers=combien, depuis=depuis)
    except (ReponseInvalide, DelaiDepasse):
        return
    lecture.raws.update({raw["number"]: raw for raw in page.elements})
