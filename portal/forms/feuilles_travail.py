"""Giving a working sheet back, and choosing between what it says and what the portal holds."""

from typing import Self

from wtforms import Form, RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length
from wtforms.widgets import HiddenInput

from portal.forms.base import Formulaire
from portal.forms.pieces import Piece

FEUILLE, PORTAIL = "feuille", "portail"


class RetourForm(Formulaire):
    """A workbook. `cle`: drawn with the page; sent twice, it is received once."""

    phrase_erreurs = "La feuille n’est pas reçue\u00a0: rien n’est changé."

    cle = StringField(widget=HiddenInput(), validators=[Length(min=16, max=40, message="Rechargez la page.")])
    fichier = Piece(
        "Feuille de travail remplie",
        absence="Choisissez le fichier de la feuille de travail.",
        description="Le fichier que le portail a préparé, enregistré en .xlsx ou en .ods, de 10\u00a0Mo au plus.",
    )


class ConfirmationForm(Formulaire):
    """One button."""

    phrase_erreurs = "Rien n’est encore appliqué. Vos choix sont gardés."


class ChoixForm(Form):  # type: ignore[misc]  # WTForms bears no types
    """What to keep of one cell that both sides changed; the CSRF token is that of the page."""

    garder = RadioField(
        "Garder",
        choices=[SelectChoice(FEUILLE, "La feuille"), SelectChoice(PORTAIL, "Le portail")],
        validate_choice=False,
    )

    @classmethod
    def of(cls, modification_id: int, quoi: str, choisi: str) -> Self:
        """For that modification: `quoi` says of what, `choisi` is what was chosen already, if anything."""
        form = cls(prefix=f"m{modification_id}-", data={"garder": choisi or None})
        form.garder.label.text = quoi
        return form


def chosen(recu: dict[str, str]) -> dict[int, bool]:
    """What a page sent: by modification, whether what the sheet says is taken."""
    prises = {}
    for nom, valeur in recu.items():
        numero, _, champ = nom.removeprefix("m").partition("-")
        if (
            champ == "garder"
            and valeur in {FEUILLE, PORTAIL}
            and numero.isascii()
            and numero.isdigit()
            and len(numero) < 19
        ):
            prises[int(numero)] = valeur == FEUILLE
    return prises
