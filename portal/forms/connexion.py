"""What is typed to come in: an address, then a first name and a name, once."""

from wtforms import EmailField, StringField
from wtforms.validators import DataRequired, Length, ValidationError

from portal.formats import ValeurIllisible, parse_courriel
from portal.forms.base import Formulaire

LONGUEUR_NOM = 100


def _sans_blancs(valeur: str | None) -> str:
    """A name on one line, without what no name holds."""
    return " ".join((valeur or "").replace("\0", "").split())


class AdresseForm(Formulaire):
    """Where to send the link."""

    email = EmailField(
        "Adresse électronique",
        validators=[DataRequired("Indiquez votre adresse électronique.")],
        description="Par exemple prenom.nom@example.org",
    )

    def validate_email(self, field: EmailField) -> None:
        """Keep one spelling of each address; an unreadable one is told with an example."""
        try:
            field.data = parse_courriel(field.data)
        except ValeurIllisible as refus:
            raise ValidationError(str(refus)) from refus


class CompteForm(Formulaire):
    """How documents will name the person."""

    prenom = StringField(
        "Prénom",
        filters=[_sans_blancs],
        validators=[
            DataRequired("Indiquez votre prénom."),
            Length(max=LONGUEUR_NOM, message="Le prénom compte au plus %(max)d caractères."),
        ],
    )
    nom = StringField(
        "Nom",
        filters=[_sans_blancs],
        validators=[
            DataRequired("Indiquez votre nom."),
            Length(max=LONGUEUR_NOM, message="Le nom compte au plus %(max)d caractères."),
        ],
    )
