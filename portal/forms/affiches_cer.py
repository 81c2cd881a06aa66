"""What is asked of whoever wants a poster."""

from wtforms import RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from portal.forms.base import Formulaire


class AfficheForm(Formulaire):
    """The size of the sheet."""

    taille = RadioField(
        "Taille de l’affiche",
        choices=[SelectChoice("A4", "A4, une feuille ordinaire"), SelectChoice("A3", "A3, deux fois plus grande")],
        validators=[InputRequired("Choisissez la taille de l’affiche.")],
    )
