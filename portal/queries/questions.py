"""The additional questions that the campaigns of a request ask, as its form takes them."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import Select, select

from portal.forms.supplements import QuestionPosee, QuestionsCampagne
from portal.models.campagnes import Question
from portal.models.demarches import Demarche
from portal.vocabulaire_demandes import GenreQuestion


class QuestionLue(NamedTuple):
    """A question of a campaign, whatever answers it; `campagne` is the title of its campaign."""

    id: int
    demarche_id: int
    campagne: str
    code: str
    genre: GenreQuestion
    libelle: str
    aide: str
    choix: list[str]
    obligatoire: bool
    base_legale: str
    retiree_at: datetime | None


def select_asked(demarches: Sequence[int]) -> Select[*tuple[Any, ...]]:
    """The columns of QuestionLue, of every question of these campaigns."""
    return (
        select(
            Question.id,
            Question.demarche_id,
            Demarche.titre,
            Question.code,
            Question.genre,
            Question.libelle,
            Question.aide,
            Question.choix,
            Question.obligatoire,
            Question.base_legale,
            Question.retiree_at,
        )
        .select_from(Question)
        .join(Demarche, Demarche.id == Question.demarche_id)
        .where(Question.demarche_id.in_(demarches))
        .order_by(Question.ordre, Question.id)
    )


def by_campaign(lues: Iterable[QuestionLue], demarches: Sequence[int]) -> list[QuestionLue]:
    """The same, the campaigns in the order of `demarches`."""
    ordre = {demarche: rang for rang, demarche in enumerate(demarches)}
    return sorted(lues, key=lambda lue: ordre[lue.demarche_id])


def asked(lues: Iterable[QuestionLue], *, deposee: bool, repondues: Collection[str]) -> tuple[QuestionsCampagne, ...]:
    """The questions by campaign, in their order; one answered by a file is a piece, and is not here.

    Of a filed request, only those that its page held (`repondues`: names of its inputs): one asked since is no part of it.
    """
    a_ecrire = (lue for lue in lues if lue.genre != GenreQuestion.FICHIER)
    groupes = []
    for (_, titre), memes in groupby(a_ecrire, key=lambda lue: (lue.demarche_id, lue.campagne)):
        posees = tuple(_posee(lue) for lue in memes)
        if deposee:
            posees = tuple(posee for posee in posees if posee.nom in repondues)
        groupes.append(QuestionsCampagne(titre, posees))
    return tuple(groupes)


def _posee(question: QuestionLue) -> QuestionPosee:
    return QuestionPosee(
        id=question.id,
        genre=question.genre,
        libelle=question.libelle,
        aide=question.aide,
        choix=tuple(question.choix),
        obligatoire=question.obligatoire,
        base_legale=question.base_legale,
        retiree=question.retiree_at is not None,
    )
