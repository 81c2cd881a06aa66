"""Two versions of the same answers, for the page where one of them is chosen."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from portal.forms.comparaison import reponses
from portal.forms.saisie import Saisie
from portal.permissions import Acteur
from portal.queries.versions_sections import Auteur

RIEN = "rien"


@dataclass(frozen=True, slots=True)
class Conflit:
    """An answer, what this person typed, what is kept and who typed it, when (aware, UTC)."""

    libelle: str
    id: str
    mienne: str
    autre: str
    auteur: str
    at: datetime


def list_conflits(
    viewer: Acteur, ecrite: Saisie, gardee: Saisie, conflits: Mapping[str, Auteur]
) -> tuple[Conflit, ...]:
    """The answers of which an input is in conflict, in the order of the page `ecrite`, then those that it does not show."""
    miennes, autres = ({un.entrees: un for un in reponses(form)} for form in (ecrite, gardee))
    trouves = []
    for entrees in [*miennes, *(sienne for sienne in autres if sienne not in miennes)]:
        if touchees := sorted(entrees & conflits.keys()):
            mienne, autre, auteur = miennes.get(entrees), autres.get(entrees), conflits[touchees[0]]
            montree = mienne or autre
            if montree is not None:
                trouves.append(
                    Conflit(
                        montree.libelle,
                        montree.id,
                        mienne.texte if mienne and mienne.texte else RIEN,
                        autre.texte if autre and autre.texte else RIEN,
                        nom_de(viewer, auteur),
                        auteur.at,
                    )
                )
    return tuple(trouves)


def nom_de(viewer: Acteur, auteur: Auteur) -> str:
    """Who, as this person reads it."""
    return "vous, dans une autre page" if auteur.user_id == viewer.user_id else auteur.nom


def noms_de(viewer: Acteur, auteurs: Mapping[str, Auteur]) -> str:
    """All of them in one sentence: « Léa Durand et vous, dans une autre page »."""
    noms = sorted({nom_de(viewer, auteur) for auteur in auteurs.values()})
    return " et ".join([", ".join(noms[:-1]), noms[-1]] if len(noms) > 1 else noms)
