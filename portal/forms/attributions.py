"""Giving a dossier to an agent, handing over those of an absent one, naming a label."""

from collections.abc import Iterable

from wtforms import HiddenField, SelectField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from portal.forms.base import Formulaire, une_ligne
from portal.forms.dossiers import VersionForm

PERSONNE = ""


class AttributionForm(VersionForm):
    """Who instructs the dossier: an id, or nobody."""

    instructeur = SelectField("Attribuer à", validate_choice=False)

    @property
    def choisi(self) -> int | None:
        """The id chosen, None for nobody, 0 for what is no number: no agent has it."""
        brut = self.instructeur.data or PERSONNE
        if brut == PERSONNE:
            return None
        return int(brut) if brut.isascii() and brut.isdigit() and len(brut) < 18 else 0


class RepriseForm(Formulaire):
    """Whose dossiers, and to whom. Read from the address too: the page that shows what would be done is a GET."""

    de = SelectField("Personne absente", validators=[InputRequired("Choisissez la personne absente.")])
    vers = SelectMultipleField(
        "Attribuer ses dossiers ouverts à",
        validators=[DataRequired("Choisissez une personne au moins.")],
        description="À plusieurs personnes, ils sont répartis également, du plus ancien au plus récent.",
    )

    def proposer(self, tenants: Iterable[tuple[int, str]], agents: Iterable[tuple[int, str]]) -> None:
        """Who may hold dossiers, and who may be given them: (id, name)."""
        self.de.choices = [
            SelectChoice("", "Choisissez une personne"),
            *(SelectChoice(str(un), nom) for un, nom in tenants),
        ]
        self.vers.choices = [SelectChoice(str(un), nom) for un, nom in agents]

    def validate_vers(self, champ: SelectMultipleField) -> None:
        """Whoever is absent is given nothing."""
        if self.de.data in (champ.data or ()):
            raise ValidationError("Choisissez une autre personne que celle qui est absente.")

    @property
    def destinataires(self) -> list[int]:
        """The ids chosen. Read once `validate` has succeeded."""
        return [int(un) for un in self.vers.data]


class EtiquetteForm(Formulaire):
    """The name of a label."""

    nom = StringField(
        "Nom de l’étiquette",
        filters=[une_ligne],
        validators=[
            DataRequired("Écrivez le nom de l’étiquette."),
            Length(max=40, message="Ce nom est trop long\u00a0: 40 caractères au plus."),
        ],
    )


class PoseForm(Formulaire):
    """Which label is put on a dossier."""

    etiquette = HiddenField()

    @property
    def choisie(self) -> int:
        """Its id, 0 when the page named none: no label has it."""
        brut = self.etiquette.data or ""
        return int(brut) if brut.isascii() and brut.isdigit() and len(brut) < 18 else 0
