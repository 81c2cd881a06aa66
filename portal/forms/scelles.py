"""Breaking the seal of avis."""

from wtforms import TextAreaField
from wtforms.validators import DataRequired, Length

from portal.forms.base import Formulaire
from portal.forms.textes import net


class LeveeForm(Formulaire):
    """Why who asked does not wait for all to answer."""

    motif = TextAreaField(
        "Pourquoi lever le scellé maintenant",
        filters=[net],
        validators=[
            DataRequired("Écrivez pourquoi vous n’attendez pas que tous aient répondu."),
            Length(max=2_000, message="Ce motif est trop long\u00a0: 2\u00a0000\u00a0caractères au plus."),
        ],
        description="Ce motif est inscrit au journal. Les personnes et les services consultés ne le lisent pas.",
    )
