"""What an agent writes on a dossier for nobody else."""

from wtforms import IntegerField, TextAreaField
from wtforms.validators import NumberRange
from wtforms.widgets import HiddenInput

from portal.forms.base import Formulaire
from portal.forms.textes import LONGUEUR_TEXTE, net


class NoteForm(Formulaire):
    """One text. `version`: the one that the page showed, 0 when there was no note."""

    phrase_erreurs = "La note n’est pas enregistrée. Ce que vous avez écrit est conservé sur cette page."

    version = IntegerField(widget=HiddenInput(), default=0, validators=[NumberRange(min=0)])
    texte = TextAreaField(
        "Ma note",
        filters=[net],
        validators=[LONGUEUR_TEXTE],
        description="Vous seul la lisez. Elle ne fait pas partie du dossier. Pour l’effacer, enregistrez-la vide.",
    )
