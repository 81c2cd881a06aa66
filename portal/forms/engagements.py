"""What a signatory gives."""

from wtforms import BooleanField, HiddenField, StringField
from wtforms.validators import InputRequired, Length

from portal.forms.base import Formulaire


class SignatureForm(Formulaire):
    """Who signs, and the consent, never ticked beforehand. `affiche` is the fingerprint of what the page showed."""

    affiche = HiddenField()
    prenom = StringField("Prénom", validators=[InputRequired("Écrivez votre prénom."), Length(max=100)])
    nom = StringField("Nom", validators=[InputRequired("Écrivez votre nom."), Length(max=100)])
    fonction = StringField(
        "Fonction dans l’association", validators=[InputRequired("Écrivez votre fonction."), Length(max=100)]
    )
    consentement = BooleanField(
        "Je souscris", validators=[InputRequired("Cochez la case pour souscrire le contrat d’engagement républicain.")]
    )
