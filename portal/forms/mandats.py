"""What an agent writes when a document proves a mandat."""

from wtforms import StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from portal.forms.base import Formulaire, une_ligne
from portal.forms.dates import Jour
from portal.forms.textes import LONGUEUR_TEXTE, net


class PreuveForm(Formulaire):
    """The document that was seen."""

    piece = StringField(
        "Pièce vue",
        filters=[une_ligne],
        validators=[DataRequired("Écrivez quelle pièce vous avez vue."), Length(max=200)],
        description="Par exemple procès-verbal de l’assemblée générale du 12 mars 2026, ou liste des dirigeants.",
    )
    fin_le = Jour(
        "Dernier jour du mandat, si la pièce le dit",
        description="Après ce jour, la personne n’agit plus pour l’association. Un rappel lui est envoyé trente jours avant.",
    )


class FinForm(Formulaire):
    """Why an agent ends a mandat."""

    motif = TextAreaField(
        "Motif, avec la pièce vue",
        filters=[net],
        validators=[DataRequired("Écrivez pourquoi ce lien prend fin, et sur quelle pièce."), LONGUEUR_TEXTE],
        description="La personne le recevra par courriel. Les dossiers de l’association restent.",
    )
