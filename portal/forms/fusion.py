"""Merges what two people typed in one page, input by input, from what the page was opened with."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

LIGNE = re.compile(r"[a-z][a-z0-9_]*-[0-9]{1,6}-[a-z0-9_-]+", re.ASCII)
_VERROU = re.compile(r"([0-9]{1,9})((?: [A-Za-z0-9_-]{1,100}:[0-9]{1,9}){0,300})", re.ASCII)
_PAGE = re.compile(r"([A-Za-z0-9_-]{1,32})(?:\.([0-9]{1,6}))?", re.ASCII)
INCONNUE = -1

Textes = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Verrou:
    """What a page was opened with: the `version` of its section and, in `retards`, the inputs that it shows as an older one.

    `page`: a name drawn for each page shown, "" when there is none; `envoi`: the number of this sending of it.
    """

    version: int = 0
    retards: Mapping[str, int] = field(default_factory=dict)
    page: str = ""
    envoi: int = 0

    def de(self, nom: str) -> int:
        """The version in which the page shows this input."""
        return self.retards.get(nom, self.version)

    @property
    def plus_ancienne(self) -> int:
        """The oldest version that it speaks of."""
        return min([self.version, *self.retards.values()])

    def __str__(self) -> str:
        """As a page posts it back."""
        return " ".join([str(self.version), *(f"{nom}:{version}" for nom, version in sorted(self.retards.items()))])


def verrou_recu(valeurs: Textes) -> Verrou:
    """The lock that a page posts back; an unreadable one is of no version that was ever kept."""
    lu = _VERROU.fullmatch(valeurs.get("version", ""))
    page = _PAGE.fullmatch(valeurs.get("page", ""))
    nom, envoi = (page[1], int(page[2] or 0)) if page else ("", 0)
    if lu is None:
        return Verrou(INCONNUE, page=nom, envoi=envoi)
    retards = (retard.rpartition(":") for retard in lu[2].split())
    return Verrou(int(lu[1]), {entree: int(version) for entree, _, version in retards}, nom, envoi)


@dataclass(frozen=True, slots=True)
class Fusion:
    """`valeurs`: what is to be kept. `completes`: inputs that others alone changed; `conflits`: changed to different texts."""

    valeurs: dict[str, str]
    completes: frozenset[str]
    conflits: frozenset[str]


def poses(valeurs: Textes) -> dict[str, str]:
    """The inputs that hold a text."""
    return {nom: texte for nom, texte in valeurs.items() if texte}


def fusionner(base: Textes, leurs: Textes, notres: Textes, inconnus: frozenset[str] = frozenset()) -> Fusion:
    """Merge three states of one page: what it was opened with, what is kept now, what is sent.

    An absent input is empty, but for one that the page does not ask: it stays as it is; those of a line are empty once the line
    is taken out. `inconnus`: inputs of which nobody knows any more what the page showed; nothing is written over a text then.
    """
    valeurs, completes, conflits = dict(leurs), set(), set()
    for nom in {**leurs, **notres}:
        sien, notre = leurs.get(nom, ""), _notre(nom, notres, leurs)
        if sien == notre:
            continue
        if nom in inconnus and sien:
            conflits.add(nom)
        elif base.get(nom, "") == notre:
            completes.add(nom)
        elif base.get(nom, "") == sien:
            valeurs[nom] = notre
        else:
            conflits.add(nom)
    gardees = {nom: texte for nom, texte in valeurs.items() if texte or not LIGNE.fullmatch(nom)}
    return Fusion(gardees, frozenset(completes), frozenset(conflits))


def _notre(nom: str, notres: Textes, leurs: Textes) -> str:
    return notres.get(nom, "" if LIGNE.fullmatch(nom) else leurs.get(nom, ""))
