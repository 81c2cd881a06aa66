"""Handing a dossier over to another service, call, or groupe instructeur of DS."""

from collections.abc import Mapping, Sequence

from wtforms import SelectField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from portal.forms.dossiers import VersionForm
from portal.forms.textes import net


class ReorientationForm(VersionForm):
    """To whom, and why. A choice is a letter and a number: s(ervice), d(émarche), g(roupe)."""

    cible = SelectField("Transmettre à", validators=[InputRequired("Choisissez à qui transmettre ce dossier.")])
    motif = TextAreaField(
        "Motif",
        filters=[net],
        validators=[
            DataRequired("Écrivez pourquoi ce dossier est transmis."),
            Length(max=2_000, message="Ce motif est trop long\u00a0: 2\u00a0000\u00a0caractères au plus."),
        ],
        description="Le service qui reçoit le dossier le lira dans l’historique.",
    )

    def offrir(self, cibles: Mapping[str, Sequence[tuple[str, str]]]) -> None:
        """The choices, by group of words."""
        self.cible.choices = {"Choisissez": [("", "Choisissez")], **{nom: list(choix) for nom, choix in cibles.items()}}

    @property
    def choisie(self) -> tuple[str, int]:
        """Which kind, and its id. Read it once `validate` has succeeded."""
        return self.cible.data[0], int(self.cible.data[1:])
