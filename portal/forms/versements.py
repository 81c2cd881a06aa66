"""Which dossier a payment pays."""

from wtforms import StringField
from wtforms.validators import DataRequired, Length

from portal.forms.base import Formulaire, une_ligne


class RattachementForm(Formulaire):
    """The reference of a dossier of the service."""

    reference = StringField(
        "Référence du dossier",
        filters=[une_ligne],
        validators=[DataRequired("Écrivez la référence du dossier que ce versement paie."), Length(max=40)],
        description="Par exemple P-2026-000123.",
    )
