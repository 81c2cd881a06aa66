"""The code that somebody copies from a receipt, or the receipt itself."""

from wtforms import StringField
from wtforms.validators import DataRequired, ValidationError

from portal.formats import ValeurIllisible, parse_code
from portal.forms.base import Formulaire
from portal.forms.pieces import Piece


class CodeForm(Formulaire):
    """Sent by GET: it changes nothing, so it carries no token."""

    class Meta(Formulaire.Meta):
        """A link to the answer can be kept and shared."""

        csrf = False

    phrase_erreurs = "Le code est encore dans le champ, tel que vous l’avez écrit. Corrigez-le, puis recommencez."

    code = StringField(
        "Code de vérification",
        validators=[DataRequired("Écrivez le code qui figure sur le reçu.")],
        description="16 lettres ou chiffres, à côté du code QR du reçu. Par exemple 7Q3K-0M2X-9HTB-4DVC.",
    )

    def validate_code(self, champ: StringField) -> None:
        """Read it as people copy it."""
        try:
            champ.data = parse_code(champ.data)
        except ValeurIllisible as erreur:
            raise ValidationError(str(erreur)) from erreur


class FichierForm(Formulaire):
    """A PDF to compare with our receipts. Nothing of it is kept."""

    fichier = Piece(
        "Fichier à comparer",
        absence="Choisissez le fichier PDF du reçu.",
        description="Le PDF du reçu, tel qu’il a été téléchargé, de 10\u00a0Mo au plus. "
        "Il est comparé puis oublié\u00a0: rien n’en est gardé.",
    )
