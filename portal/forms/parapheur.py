"""Letters chosen to be signed, signed files that come back, and the letter of a page that shows no code."""

from collections.abc import Iterable, Sequence

from wtforms import SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice

from portal.forms.base import Formulaire
from portal.forms.pieces import PIECE_MAXIMALE, Pieces

RETOUR_MAXIMAL = 10 * PIECE_MAXIMALE


class EnvoiParapheurForm(Formulaire):
    """The numbers of the letters that leave; the service checks them."""

    lettres = SelectMultipleField("Lettres préparées", validate_choice=False)

    def offrir(self, lettres: Iterable[tuple[str, str]]) -> None:
        """The letters of the page, (number, words) each: all are chosen beforehand. The page has another form beside this one."""
        self.csrf_token.id = "jeton-envoi"
        self.lettres.choices = [SelectChoice(numero, libelle) for numero, libelle in lettres]
        if self.lettres.data is None:
            self.lettres.data = [choix.value for choix in self.lettres.choices]


class RetourParapheurForm(Formulaire):
    """One scan of many pages, or several PDFs."""

    fichiers = Pieces(
        "Fichiers signés",
        description="En PDF, 10\u00a0Mo au plus chacun.",
        absence="Choisissez au moins un fichier PDF.",
    )


class CopieForm(Formulaire):
    """The letter that a page belongs to, "" to set it aside."""

    lettre = SelectField("Lettre de cette page", validate_choice=False)

    def pour(self, copie_id: int, offertes: Sequence[tuple[str, str]]) -> None:
        """The field of that copy among those of the page, with the letters that wait for a signature."""
        self.lettre.id = f"lettre-{copie_id}"
        self.lettre.choices = [SelectChoice("", "Écarter cette page"), *(SelectChoice(*une) for une in offertes)]
