"""What an agent looks for in the queue: read from an address, written back to one, turned into conditions."""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, cast, func
from sqlalchemy.dialects.postgresql import TSQUERY

from portal.formats import compact, mots_de_recherche
from portal.models.dossiers import AccesDossier
from portal.permissions import Acteur
from portal.queries.criteres import Lecture, identifiant, parmi
from portal.vocabulaire import Etat, Source

MOI = "moi"
AUCUN = "aucun"
MOTS_MAXIMAUX = 8
EXERCICES = range(2000, 2101)
# SIREN, SIRET, or a long number copied with its spaces: one word, not three.
NUMERO = re.compile(r"\d{5,}|W\d[A-Z\d]\d{7}")
_ETATS_EN_FILE = [etat for etat in Etat if etat is not Etat.BROUILLON]


@dataclass(frozen=True, slots=True)
class Curseur:
    """A place in the queue: just before or just after that dossier."""

    date_depot: datetime
    dossier_id: int
    avant: bool = False

    def texte(self) -> str:
        """Opaque, safe in an address."""
        brut = f"{'-' if self.avant else '+'}{self.dossier_id}@{self.date_depot.isoformat()}"
        return base64.urlsafe_b64encode(brut.encode()).decode()

    @classmethod
    def lire(cls, texte: str) -> "Curseur":
        """The cursor that `texte` wrote. Raises ValueError."""
        try:
            brut = base64.b64decode(texte.encode(), altchars=b"-_", validate=True).decode()
        except (binascii.Error, UnicodeDecodeError) as erreur:
            raise ValueError(texte) from erreur
        ident, separateur, instant = brut[1:].partition("@")
        date_depot = datetime.fromisoformat(instant)
        if not separateur or date_depot.tzinfo is None:
            raise ValueError(texte)
        return cls(date_depot=date_depot, dossier_id=identifiant(ident), avant=brut.startswith("-"))


@dataclass(frozen=True, slots=True)
class FiltreDossiers:
    """The criteria of a view of the queue. `ignores`: one French sentence for each value that could not be used."""

    etat: Etat | None = None
    source: Source | None = None
    demarche: int | None = None
    exercice: int | None = None
    instructeur: str = ""
    q: str = ""
    curseur: Curseur | None = None
    ignores: tuple[str, ...] = ()

    @classmethod
    def from_args(cls, args: Mapping[str, str]) -> "FiltreDossiers":
        """Read the arguments of an address; what is unknown or unreadable is left out and said."""
        lecture = Lecture(args)
        return cls(
            etat=lecture.une("etat", parmi(_ETATS_EN_FILE), "L’état"),
            source=lecture.une("source", parmi(list(Source)), "La source"),
            demarche=lecture.une("demarche", identifiant, "La démarche"),
            exercice=lecture.une("exercice", _exercice, "L’exercice"),
            instructeur=lecture.une("instructeur", _instructeur, "L’instructeur") or "",
            q=lecture.une("q", _recherche, "La recherche") or "",
            curseur=lecture.une("page", Curseur.lire, "La page"),
            ignores=tuple(lecture.ignores),
        )

    def args(self) -> dict[str, str]:
        """The arguments that read back as this filter, without the page."""
        return {c.name: str(v) for c in fields(self) if c.name in CRITERES and (v := getattr(self, c.name))}

    def sans(self, critere: str) -> dict[str, str]:
        """The arguments of this filter without one of its criteria."""
        return {nom: valeur for nom, valeur in self.args().items() if nom != critere}

    def entier(self) -> "FiltreDossiers":
        """The same criteria from the first page."""
        return replace(self, curseur=None)

    def conditions(self, viewer: Acteur, *, mots_courants: bool = False) -> list[ColumnElement[bool]]:
        """What an access must satisfy, scope and page apart. `mots_courants`: do not use the index of words."""
        conditions = []
        if self.etat:
            conditions.append(AccesDossier.etat == self.etat)
        if self.source:
            conditions.append(AccesDossier.source == self.source)
        if self.demarche:
            conditions.append(AccesDossier.demarche_id == self.demarche)
        if self.exercice:
            conditions.append(AccesDossier.exercice == self.exercice)
        if self.instructeur == AUCUN:
            conditions.append(AccesDossier.instructeur_id.is_(None))
        elif self.instructeur:
            suivi_par = viewer.user_id if self.instructeur == MOI else int(self.instructeur)
            conditions.append(AccesDossier.instructeur_id == suivi_par)
        if self.q and mots_courants:
            conditions.append(self.mots_dans(viewer, AccesDossier.recherche))
        elif self.q:
            conditions.append(AccesDossier.recherche.bool_op("@@")(_requete(viewer, self.q)))
        return conditions

    def mots_dans(self, viewer: Acteur, recherche: Any) -> ColumnElement[bool]:
        """Whether the words are there, without their index: PostgreSQL looks an operator up in it, never a function."""
        return func.ts_match_vq(recherche, _requete(viewer, self.q))


CRITERES = ("etat", "source", "demarche", "exercice", "instructeur", "q")


def _exercice(texte: str) -> int:
    annee = identifiant(texte)
    if annee not in EXERCICES:
        raise ValueError(texte)
    return annee


def _instructeur(texte: str) -> str:
    return texte if texte in (MOI, AUCUN) else str(identifiant(texte))


def _recherche(texte: str) -> str:
    if not _mots(texte):
        raise ValueError(texte)
    return texte[:200]


def _mots(texte: str) -> list[str]:
    nu = compact(texte)
    mots = [nu.lower()] if NUMERO.fullmatch(nu) else mots_de_recherche(texte).split()
    return mots[:MOTS_MAXIMAUX]


def _requete(viewer: Acteur, texte: str) -> ColumnElement[str]:
    """Every word, each by its beginning (a single letter must be the whole word), among those of the viewer's service.

    The words hold nothing but a-z and 0-9, so that they cannot be operators.
    """
    mots = (f"'{viewer.service_id}_{mot}'{':*' if len(mot) > 1 else ''}" for mot in _mots(texte))
    return cast(" & ".join(mots), TSQUERY)
