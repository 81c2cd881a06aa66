"""Which letter an agent asks for."""

from wtforms import HiddenField
from wtforms.validators import AnyOf

from portal.forms.base import Formulaire
from portal.vocabulaire_instruction import GenreLettre
from portal.vocabulaire_lettres import ACTES_D_UN_ACCORD

GENRES_A_DEMANDER = (*ACTES_D_UN_ACCORD, GenreLettre.COMPLEMENT)


class LettreForm(Formulaire):
    """The kind, that the button says."""

    genre = HiddenField(validators=[AnyOf([genre.value for genre in GENRES_A_DEMANDER])])
