"""What a démarche settles of the avis that are asked on it."""

from collections.abc import Iterable
from typing import Any

from wtforms import BooleanField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, ValidationError

from portal.formats import ValeurIllisible
from portal.forms.base import Formulaire, une_ligne
from portal.forms.consultes import Consulte
from portal.forms.textes import LONGUEUR_TEXTE, net


class ReglesAvisForm(Formulaire):
    """How avis are asked."""

    scelle = BooleanField(
        "Toujours sous scellé",
        description="Ceux qui sont consultés ensemble ne lisent pas l’avis des autres avant que tous aient répondu.",
    )
    liste_fermee = BooleanField(
        "Liste fermée",
        description="Seuls les services et les personnes de la liste ci-dessous peuvent être consultés.",
    )


class QuestionTypeForm(Formulaire):
    """A question to begin with."""

    libelle = StringField(
        "Titre",
        filters=[une_ligne],
        validators=[
            DataRequired("Donnez un titre à cette question."),
            Length(max=120, message="Raccourcissez ce titre."),
        ],
    )
    texte = TextAreaField("Question", filters=[net], validators=[DataRequired("Écrivez la question."), LONGUEUR_TEXTE])


class ConsulteForm(Formulaire):
    """A service, or somebody outside."""

    service = SelectField("Un service", choices=[])
    adresses = StringField(
        "Ou l’adresse électronique d’une personne extérieure",
        filters=[une_ligne],
        validators=[Length(max=600, message="Raccourcissez cette ligne.")],
        description="Son nom et son organisme peuvent suivre, séparés par des virgules.",
    )

    def offrir(self, services: Iterable[tuple[int, str]]) -> None:
        """Give the services: (id, name)."""
        autres = [SelectChoice(str(ident), nom) for ident, nom in services]
        self.service.choices = [SelectChoice("", "Aucun"), *autres]

    def validate_adresses(self, field: Any) -> None:
        """One of the two, and one only."""
        if bool(field.data) == bool(self.service.data):
            raise ValidationError("Choisissez un service, ou écrivez une adresse électronique.")
        if field.data:
            try:
                Consulte.de_la_ligne(field.data)
            except ValeurIllisible as refus:
                raise ValidationError(str(refus)) from refus

    def consulte(self) -> Consulte:
        """Whom, once the form is validated."""
        if self.service.data:
            return Consulte(service_id=int(self.service.data))
        return Consulte.de_la_ligne(self.adresses.data)
