"""What is typed to come in: an address, then a first name and a name, once."""

from wtforms import BooleanField, EmailField, StringField
from wtforms.validators import DataRequired, Length, Regexp, ValidationError

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


class NouvelleAdresseForm(AdresseForm):
    """The address that will replace the present one."""

    phrase_erreurs = "Votre adresse n’a pas changé."
    email = EmailField(
        "Nouvelle adresse électronique",
        validators=[DataRequired("Indiquez votre nouvelle adresse électronique.")],
        description="Par exemple prenom.nom@example.org",
    )


def _chiffres(valeur: str | None) -> str:
    """A code as people copy it, spaces inside."""
    return "".join((valeur or "").split())


class CodeForm(Formulaire):
    """The six digits that came by mail."""

    code = StringField(
        "Code à six chiffres",
        filters=[_chiffres],
        validators=[
            DataRequired("Écrivez le code à six chiffres reçu par courriel."),
            Regexp(r"[0-9]{6}\Z", message="Le code compte six chiffres. Copiez-le tel que le courriel le donne."),
        ],
    )


def _appareil() -> BooleanField:
    return BooleanField(
        "Cet appareil est à moi",
        description="Vous y restez connecté 30\u00a0jours. Ne cochez pas sur un appareil partagé ou prêté\u00a0: la connexion y "
        "dure 12\u00a0heures. Avant de signer ou de déposer, un code pourra vous être demandé de nouveau.",
    )


class EntreeForm(Formulaire):
    """Coming in by the link of a letter."""

    durable = _appareil()


class EntreeParCodeForm(CodeForm):
    """Coming in by its code, on the page left open."""

    durable = _appareil()


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
