"""What an administrator says of a text that she has compared with the official one."""

from wtforms import BooleanField
from wtforms.validators import DataRequired

from portal.forms.base import Formulaire


class ComparaisonForm(Formulaire):
    """Never ticked beforehand."""

    compare = BooleanField(
        "J’ai comparé ce texte mot pour mot avec celui de Légifrance, et ils sont identiques.",
        validators=[DataRequired("Cochez la case si vous avez fait cette comparaison.")],
    )
