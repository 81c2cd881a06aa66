"""Choosing how a view leaves, and keeping columns under a name."""

from collections.abc import Mapping, Sequence

from wtforms import RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length

from portal.forms.base import Formulaire, une_ligne
from portal.forms.vues import ColonnesForm
from portal.vocabulaire_file import ColonneFile
from portal.vocabulaire_imports import LIBELLES_FORMAT_EXPORT, FormatExport

A_L_ECRAN = "ecran"


def read_format(args: Mapping[str, str]) -> FormatExport:
    """The format asked for; a workbook when none, or an unknown one, is."""
    demande = args.get("format", "")
    return FormatExport(demande) if demande in list(FormatExport) else FormatExport.XLSX


class ExportForm(Formulaire):
    """The format, and which columns."""

    format = RadioField(
        "Format",
        choices=[SelectChoice(forme.value, libelle) for forme, libelle in LIBELLES_FORMAT_EXPORT.items()],
        default=FormatExport.XLSX.value,
    )
    modele = RadioField("Colonnes", default=A_L_ECRAN)

    @classmethod
    def for_models(cls, modeles: Sequence[tuple[int, str]]) -> "ExportForm":
        """The form that offers these templates (number, name) beside the columns of the screen."""
        form = cls()
        siens = [SelectChoice(str(ident), nom) for ident, nom in modeles]
        form.modele.choices = [SelectChoice(A_L_ECRAN, "Celles de votre file, dans leur ordre"), *siens]
        return form

    @property
    def modele_id(self) -> int | None:
        """The template chosen; None for the columns of the screen."""
        return None if self.modele.data == A_L_ECRAN else int(self.modele.data)


class ModeleForm(ColonnesForm):
    """The name of a template, and its columns."""

    nom = StringField(
        "Nom du modèle",
        filters=[une_ligne],
        validators=[
            DataRequired("Donnez un nom à ce modèle, par exemple «\u00a0Tableau de la commission\u00a0»."),
            Length(max=80, message="Le nom d’un modèle compte 80\u00a0caractères au plus."),
        ],
    )

    @classmethod
    def for_model(cls, nom: str, colonnes: Sequence[ColonneFile]) -> "ModeleForm":
        """The form, filled with a name and columns."""
        form = cls.for_columns(colonnes)
        if not isinstance(form, ModeleForm):
            raise TypeError("the columns came without a name")
        if not form.is_submitted():
            form.nom.data = nom
        return form
