"""The template of a letter, and the dossier that it is tried on."""

from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from portal.forms.base import Formulaire, une_ligne

OBJET_MAXIMAL = 300
CORPS_MAXIMAL = 20_000


class GabaritForm(Formulaire):
    """The subject and the body, with fields and light marks."""

    objet = StringField(
        "Objet",
        filters=[une_ligne],
        validators=[InputRequired("Écrivez l’objet de la lettre."), Length(max=OBJET_MAXIMAL)],
    )
    corps = TextAreaField(
        "Texte de la lettre",
        description="Une ligne vide sépare deux paragraphes. Une ligne qui commence par « -\u00a0» fait une liste. "
        "**Deux étoiles** mettent en gras.",
        validators=[InputRequired("Écrivez le texte de la lettre."), Length(max=CORPS_MAXIMAL)],
    )


class EssaiForm(Formulaire):
    """On which dossier a version is tried."""

    dossier = StringField("Dossier", filters=[une_ligne])
