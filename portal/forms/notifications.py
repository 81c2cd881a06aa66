"""When an agent wants to be told by mail of each kind of thing that is addressed to it."""

from collections.abc import Mapping
from typing import Any, cast

from wtforms import RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from portal.formats import majuscule
from portal.forms.base import Formulaire
from portal.vocabulaire_instruction import LIBELLES_GENRE_TACHE, LIBELLES_QUAND, GenreTache, QuandPrevenir


class NotificationsForm(Formulaire):
    """One choice for each kind; the fields come with `for_choices`."""

    phrase_erreurs = "Rien n’est changé. Ce que vous avez choisi est conservé sur cette page."

    @classmethod
    def for_choices(cls, choix: Mapping[GenreTache, QuandPrevenir]) -> "NotificationsForm":
        """The form that shows what is chosen now."""
        champs = {
            genre.value: RadioField(
                LIBELLES_GENRE_TACHE[genre],
                choices=[SelectChoice(quand.value, majuscule(libelle)) for quand, libelle in LIBELLES_QUAND.items()],
                default=choix[genre].value,
                validators=[InputRequired("Choisissez quand vous en êtes prévenu.")],
            )
            for genre in GenreTache
        }
        genre: Any = type("NotificationsDeCetAgent", (cls,), champs)
        return cast("NotificationsForm", genre())

    @property
    def choix(self) -> dict[GenreTache, QuandPrevenir]:
        """What is chosen."""
        return {genre: QuandPrevenir(self[genre.value].data) for genre in GenreTache}

    @property
    def reglages(self) -> list[Any]:
        """The fields, in order."""
        return [self[genre.value] for genre in GenreTache]
