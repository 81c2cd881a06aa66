"""What a signatory gives."""

from wtforms import BooleanField, HiddenField, StringField
from wtforms.validators import DataRequired, Length

from portal.forms.base import Formulaire, une_ligne


def _texte(libelle: str, absence: str) -> StringField:
    return StringField(libelle, filters=[une_ligne], validators=[DataRequired(absence), Length(max=100)])


class SignatureForm(Formulaire):
    """Who signs, and the consent, never ticked beforehand. `affiche` is the fingerprint of what the page showed."""

    affiche = HiddenField()
    prenom = _texte("Prénom", "Écrivez votre prénom.")
    nom = _texte("Nom", "Écrivez votre nom.")
    fonction = _texte("Fonction dans l’association", "Écrivez votre fonction.")
    consentement = BooleanField(
        "Je souscris", validators=[DataRequired("Cochez la case pour souscrire le contrat d’engagement républicain.")]
    )
