"""Asking for an avis, and giving one."""

from collections.abc import Iterable

from wtforms import RadioField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired

from portal.formats import majuscule
from portal.forms.base import Formulaire
from portal.forms.champs import Montant
from portal.forms.dates import Jour
from portal.forms.dossiers import VersionForm
from portal.forms.textes import LONGUEUR_TEXTE, net
from portal.vocabulaire import LIBELLES_AUDIENCE, LIBELLES_SENS


class DemandeAvisForm(Formulaire):
    """A question to a service among those that the page offers."""

    service = SelectField("Service à saisir", validators=[InputRequired("Choisissez le service à saisir.")])
    question = TextAreaField(
        "Votre question",
        filters=[net],
        validators=[DataRequired("Écrivez votre question."), LONGUEUR_TEXTE],
        description="Le service lira le dossier entier : dites-lui ce que vous attendez de son avis.",
    )
    echeance = Jour("Réponse attendue avant le", description="Le service reste libre de répondre après cette date.")

    def offrir(self, services: Iterable[tuple[int, str]]) -> None:
        """Give the services that may be asked: (id, name)."""
        offerts = [SelectChoice(str(ident), nom) for ident, nom in services]
        self.service.choices = [SelectChoice("", "Choisir un service"), *offerts]


class AvisForm(VersionForm):
    """The avis of the agent's service."""

    sens = RadioField(
        "Votre avis",
        choices=[SelectChoice(sens.value, majuscule(libelle)) for sens, libelle in LIBELLES_SENS.items()],
        validators=[InputRequired("Choisissez le sens de votre avis.")],
    )
    montant_propose = Montant("Montant proposé", requis=False)
    texte = TextAreaField(
        "Texte de l’avis",
        filters=[net],
        validators=[DataRequired("Écrivez votre avis en quelques mots."), LONGUEUR_TEXTE],
        description="Cet avis est communicable à l’association après la décision, si elle le demande.",
    )
    audience = RadioField(
        "Qui lira cet avis",
        choices=[SelectChoice(audience.value, majuscule(libelle)) for audience, libelle in LIBELLES_AUDIENCE.items()],
        validators=[InputRequired("Choisissez qui pourra lire cet avis.")],
    )
