"""What is written to report an error on what a register says, and to answer."""

from wtforms import RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length

from portal.forms.base import Formulaire, une_ligne
from portal.forms.textes import LONGUEUR_TEXTE, net


class SignalementForm(Formulaire):
    """Which saying is wrong, and what is right."""

    source = RadioField("Ce qui est faux", validators=[InputRequired("Choisissez ce qui est faux.")])
    correction = StringField(
        "Ce qui est juste",
        filters=[une_ligne],
        validators=[
            DataRequired("Écrivez ce qui est juste."),
            Length(max=500, message="Cette correction est trop longue\u00a0: 500\u00a0caractères au plus."),
        ],
    )

    def proposer(self, dits: list[tuple[str, str]]) -> None:
        """Offer these (source, its saying in words); a saying that is the only one is the one that is wrong."""
        self.source.choices = [SelectChoice(source, mots) for source, mots in dits]
        if len(dits) == 1 and not self.source.raw_data:
            self.source.data = dits[0][0]


class ReponseForm(Formulaire):
    """What the service answers."""

    reponse = TextAreaField(
        "Votre réponse",
        filters=[net],
        validators=[DataRequired("Écrivez votre réponse."), LONGUEUR_TEXTE],
        description="La personne qui a signalé l’erreur la recevra par courriel. Ce que dit la source reste affiché.",
    )
