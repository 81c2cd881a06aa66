"""What an agent writes when a document proves a mandat."""

from wtforms import StringField
from wtforms.validators import DataRequired, Length

from portal.forms.base import Formulaire, une_ligne


class PreuveForm(Formulaire):
    """The document that was seen."""

    piece = StringField(
        "Pièce vue",
        filters=[une_ligne],
        validators=[DataRequired("Écrivez quelle pièce vous avez vue."), Length(max=200)],
        description="Par exemple procès-verbal de l’assemblée générale du 12 mars 2026, ou liste des dirigeants.",
    )
