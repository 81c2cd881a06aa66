"""Facts of the portal that a section must know to be read: questions of the campaigns, territories of the reference table.

Frozen, filled by queries: forms never look anything up.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from portal.formats import compact, mots_de_recherche
from portal.vocabulaire_demandes import LIBELLES_TERRITOIRE, GenreQuestion, GenreTerritoire


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionPosee:
    """An additional question of a campaign. `retiree`: asked no more; what was answered stays."""

    id: int
    genre: GenreQuestion
    libelle: str
    aide: str = ""
    choix: tuple[str, ...] = ()
    obligatoire: bool = False
    base_legale: str = ""
    retiree: bool = False

    @property
    def nom(self) -> str:
        """The name of its input, which never changes."""
        return f"q-{self.id}"


@dataclass(frozen=True, slots=True)
class QuestionsCampagne:
    """The questions of one campaign, in order; those answered by a file are pieces, and are not here."""

    titre: str
    questions: tuple[QuestionPosee, ...]

    @property
    def a_repondre(self) -> bool:
        """Whether anything is still asked."""
        return any(not question.retiree for question in self.questions)


@dataclass(frozen=True, slots=True)
class TerritoireConnu:
    """A line of the reference table. `generation`: of a QPV, « 2015 » or « 2024 »."""

    genre: GenreTerritoire
    code: str
    nom: str
    generation: str = ""
    departement: str = ""

    @property
    def libelle(self) -> str:
        """« Villeurbanne, commune, 69266 »."""
        precision = f", génération {self.generation}" if self.generation else ""
        return f"{self.nom}, {LIBELLES_TERRITOIRE[self.genre]}, {self.code}{precision}"


@dataclass(frozen=True, slots=True)
class Territoires:
    """What was found: `trouves`, by kind and by code or normalised name; `charges`: the kinds that the table holds."""

    trouves: Mapping[tuple[str, str], tuple[TerritoireConnu, ...]] = field(default_factory=dict)
    charges: frozenset[str] = frozenset()

    def candidats(self, genre: str, texte: str) -> tuple[TerritoireConnu, ...]:
        """The territories that this text may mean: the one of that code, else all those of that name."""
        return self.trouves.get((genre, code(texte)), ()) or self.trouves.get((genre, mots_de_recherche(texte)), ())


def code(texte: str) -> str:
    """A code as the table writes it: capitals, no spaces."""
    return compact(texte)


SANS_TERRITOIRE = Territoires()
