"""What is ordered of Démarches Simplifiées, and what it answers: frozen, in Python's types, named as DS names them."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


@dataclass(frozen=True, slots=True)
class Mutation:
    """What DS says of an applied mutation: the dossier's new state, or the id of the message.

    `erreurs` are DS's own French sentences on the annotations it refused while it kept the others.
    """

    nom: str
    state: str | None = None
    date_derniere_modification: datetime | None = None
    message_id: str | None = None
    erreurs: tuple[str, ...] = ()


class GenreAnnotation(StrEnum):
    """The key under which DS takes a value: it must be the declared type of the annotation (api v2 §7).

    Values: text for the texts and the dates (ISO 8601), numbers for the numbers (`integerNumber` has 32 bits), booleans for
    `checkbox` and `yesNo`, a list of texts for `multipleDropDownList`, how many rows to add, each time it is sent, for
    `repetition`.
    """

    TEXT = "text"
    TEXTAREA = "textarea"
    EMAIL = "email"
    CHECKBOX = "checkbox"
    YES_NO = "yesNo"
    DATE = "date"
    DATETIME = "datetime"
    INTEGER_NUMBER = "integerNumber"
    DECIMAL_NUMBER = "decimalNumber"
    DROP_DOWN_LIST = "dropDownList"
    MULTIPLE_DROP_DOWN_LIST = "multipleDropDownList"
    REPETITION = "repetition"


@dataclass(frozen=True, slots=True)
class ValeurAnnotation:
    """What to write in an annotation. `id` is that of the annotation in its dossier (`Champ.id`)."""

    id: str
    genre: GenreAnnotation
    valeur: Any


class MotifCorrection(StrEnum):
    """Why a dossier goes back to its usager."""

    INCORRECT = "incorrect"
    INCOMPLETE = "incomplete"
    OUTDATED = "outdated"


@dataclass(frozen=True, slots=True)
class Prerempli:
    """A draft that waits for its usager at `url`. `jeton`, which `url` holds too, opens it to anybody: a secret."""

    url: str = field(repr=False)
    number: int
    dossier_id: str
    jeton: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class EtatPrerempli:
    """Where a draft stands: `state` is "prefilled", "brouillon", then a state of a filed dossier."""

    number: int
    dossier_id: str
    state: str
    url: str = field(repr=False)
    submitted_at: datetime | None
    processed_at: datetime | None
    jeton: str = field(repr=False)
