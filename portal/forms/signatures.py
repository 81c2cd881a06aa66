"""What is typed to ask for a signature, or to send the request back."""

from wtforms import EmailField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from portal.formats import ValeurIllisible, parse_courriel
from portal.forms.base import Formulaire, une_ligne
from portal.forms.textes import LONGUEUR_TEXTE, net

MESSAGE_MAXIMAL = 1_000


def _court(libelle: str, absence: str) -> StringField:
    return StringField(libelle, filters=[une_ligne], validators=[DataRequired(absence), Length(max=100)])


class DemandeForm(Formulaire):
    """Who should sign, and how she is reached."""

    prenom = _court("Prénom de la personne qui signe", "Écrivez le prénom de la personne qui doit signer.")
    nom = _court("Nom de la personne qui signe", "Écrivez le nom de la personne qui doit signer.")
    fonction = _court("Sa fonction dans l’association", "Écrivez sa fonction, par exemple présidente.")
    moyen = RadioField(
        "Comment cette personne peut-elle signer\u00a0?",
        choices=[
            SelectChoice("courriel", "Sur le portail, avec son adresse électronique"),
            SelectChoice("papier", "À la main, sur papier"),
        ],
        validators=[InputRequired("Choisissez comment cette personne peut signer.")],
    )
    email = EmailField("Son adresse électronique")
    message = TextAreaField(
        "Votre message",
        filters=[net],
        validators=[
            Length(
                max=MESSAGE_MAXIMAL,
                message="Ce message est trop long\u00a0: raccourcissez-le à 1\u00a0000\u00a0caractères.",
            )
        ],
        description="Cette personne le lira sur la page de la demande.",
    )

    def validate_email(self, champ: EmailField) -> None:
        """Required by mail, forgotten on paper; one spelling of each address."""
        if self.moyen.data != "courriel":
            champ.data = ""
            return
        try:
            champ.data = parse_courriel(champ.data or "")
        except ValeurIllisible as refus:
            absence = "Écrivez l’adresse électronique de cette personne, ou choisissez la signature sur papier."
            raise ValidationError(str(refus) if champ.data else absence) from refus


class RenvoiForm(Formulaire):
    """Why the person asked will not sign."""

    motif = TextAreaField(
        "Motif du renvoi",
        filters=[net],
        validators=[DataRequired("Écrivez pourquoi vous renvoyez cette demande."), LONGUEUR_TEXTE],
        description="La personne qui vous a demandé de signer le recevra par courriel.",
    )
