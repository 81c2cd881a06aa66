"""What somebody looks for among campaigns: read from an address, turned into conditions."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, func

from portal.formats import mots_de_recherche
from portal.models.demarches import Demarche
from portal.models.services import Service
from portal.queries.criteres import Lecture, identifiant, parmi

MOTS_MAXIMAUX = 8
SANS_FIN = datetime(9999, 12, 31, tzinfo=UTC)
AVEC_ACCENTS, SANS_ACCENTS = "àâäáãåçéèêëíìîïñóòôöõúùûüýÿ", "aaaaaaceeeeiiiinooooouuuuyy"


class Moment(StrEnum):
    """Where a campaign stands in time."""

    OUVERTES = "ouvertes"
    A_VENIR = "a_venir"
    CLOSES = "closes"


MOMENTS = {Moment.OUVERTES: "Ouvertes", Moment.A_VENIR: "À venir", Moment.CLOSES: "Closes"}


@dataclass(frozen=True, slots=True)
class Curseur:
    """A place in the list: just after that campaign."""

    fin: datetime
    demarche_id: int

    def texte(self) -> str:
        """Opaque, safe in an address."""
        return base64.urlsafe_b64encode(f"{self.demarche_id}@{self.fin.isoformat()}".encode()).decode()

    @classmethod
    def lire(cls, texte: str) -> "Curseur":
        """The cursor that `texte` wrote. Raises ValueError."""
        try:
            brut = base64.b64decode(texte.encode(), altchars=b"-_", validate=True).decode()
        except (binascii.Error, UnicodeDecodeError) as erreur:
            raise ValueError(texte) from erreur
        ident, _, instant = brut.partition("@")
        fin = datetime.fromisoformat(instant)
        if fin.tzinfo is None:
            raise ValueError(texte)
        return cls(fin, identifiant(ident))


@dataclass(frozen=True, slots=True)
class FiltreCampagnes:
    """The criteria of the public list. `bientot`: those that close within a fortnight. `ignores`: what could not be used."""

    quand: Moment = Moment.OUVERTES
    q: str = ""
    service: int | None = None
    territoire: str = ""
    bientot: bool = False
    curseur: Curseur | None = None
    ignores: tuple[str, ...] = ()

    @classmethod
    def from_args(cls, args: Mapping[str, str]) -> "FiltreCampagnes":
        """Read the arguments of an address; what is unknown or unreadable is left out and said."""
        lecture = Lecture(args)
        return cls(
            quand=lecture.une("quand", parmi(list(Moment)), "Le moment") or Moment.OUVERTES,
            q=lecture.une("q", _texte, "La recherche") or "",
            service=lecture.une("service", identifiant, "Le service"),
            territoire=lecture.une("territoire", _texte, "Le territoire") or "",
            bientot=args.get("bientot", "") == "1",
            curseur=lecture.une("page", Curseur.lire, "La page"),
            ignores=tuple(lecture.ignores),
        )

    def args(self) -> dict[str, str]:
        """The arguments that read back as this filter, without the page."""
        tous = {"q": self.q, "service": str(self.service or ""), "territoire": self.territoire}
        tous |= {"quand": "" if self.quand == Moment.OUVERTES else str(self.quand), "bientot": "1" * self.bientot}
        return {nom: valeur for nom, valeur in tous.items() if valeur}

    def conditions(self) -> list[ColumnElement[bool]]:
        """What a campaign, joined with its service, must satisfy: every word, whatever its accents."""
        dit = (Demarche.titre, Demarche.description, Demarche.dispositif, Demarche.public, Service.nom, Service.sigle)
        conditions = [_contient(func.concat_ws(" ", *dit, Service.territoire), mot) for mot in _mots(self.q)]
        conditions += [_contient(Service.territoire, mot) for mot in _mots(self.territoire)]
        if self.service is not None:
            conditions.append(Demarche.service_id == self.service)
        return conditions


def _mots(texte: str) -> list[str]:
    return mots_de_recherche(texte).split()[:MOTS_MAXIMAUX]


def _contient(ou: Any, mot: str) -> ColumnElement[bool]:
    return func.translate(func.lower(ou), AVEC_ACCENTS, SANS_ACCENTS).contains(mot, autoescape=True)


def _texte(brut: str) -> str:
    if "\0" in brut:
        raise ValueError(brut)
    return brut[:200]
