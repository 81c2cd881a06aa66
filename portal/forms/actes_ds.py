"""What an instructeur sends to DS: a message, a request for a correction, what a button names."""

import secrets

from flask_wtf.file import FileField
from wtforms import HiddenField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from portal.formats import nombre_fr
from portal.forms.base import Formulaire
from portal.forms.textes import net

LONGUEUR_MESSAGE = 10_000
# DS takes one file under 20 MB, of the types that offices use (ds/api §10).
PIECE_MAXIMALE = 20 * 1024 * 1024
TYPES_DE_PIECE = {
    "csv": "text/csv",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "odp": "application/vnd.oasis.opendocument.presentation",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odt": "application/vnd.oasis.opendocument.text",
    "pdf": "application/pdf",
    "png": "image/png",
    "txt": "text/plain",
    "xls": "application/vnd.ms-excel",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
MOTIFS = (
    ("incorrect", "Une réponse ou une pièce est incorrecte"),
    ("incomplete", "Il manque une réponse ou une pièce"),
    ("outdated", "Une pièce est périmée"),
)


class MessageForm(Formulaire):
    """A message to the association. `cle` is drawn with the page: sent twice, the form makes one message."""

    cle = HiddenField(default=lambda: secrets.token_urlsafe(16))
    texte = TextAreaField(
        "Votre message",
        filters=[net],
        validators=[
            DataRequired("Écrivez votre message."),
            Length(
                max=LONGUEUR_MESSAGE,
                message=f"Ce message est trop long\u00a0: raccourcissez-le à {nombre_fr(LONGUEUR_MESSAGE)}\u00a0caractères.",
            ),
        ],
    )
    fichier = FileField(
        "Pièce jointe",
        description="Un fichier de moins de 20\u00a0Mo\u00a0: PDF, image, texte, tableur ou présentation. "
        "S’il y a une erreur dans la page, il sera à joindre de nouveau.",
    )

    nom_fichier = ""
    type_mime = ""
    octets = b""

    def validate_fichier(self, champ: FileField) -> None:
        """Read the file, if any: its bytes, its name without any folder, its type by its extension."""
        if not champ.data:
            return
        self.nom_fichier = champ.data.filename.replace("\\", "/").rpartition("/")[2][:255]
        self.type_mime = TYPES_DE_PIECE.get(self.nom_fichier.lower().rpartition(".")[2], "")
        if not self.type_mime:
            raise ValidationError(
                f"Le fichier «\u00a0{self.nom_fichier}\u00a0» n’est pas d’un type accepté. Joignez par exemple un PDF."
            )
        self.octets = champ.data.stream.read(PIECE_MAXIMALE)
        if not self.octets:
            raise ValidationError(f"Le fichier «\u00a0{self.nom_fichier}\u00a0» est vide.")
        if len(self.octets) == PIECE_MAXIMALE:
            raise ValidationError(f"Le fichier «\u00a0{self.nom_fichier}\u00a0» atteint 20\u00a0Mo\u00a0: allégez-le.")


class CorrectionForm(MessageForm):
    """A message that sends the dossier back to the association."""

    correction = RadioField(
        "Ce qui est à corriger",
        choices=[SelectChoice(code, libelle) for code, libelle in MOTIFS],
        validators=[InputRequired("Choisissez ce qui est à corriger.")],
    )


class GesteForm(Formulaire):
    """What a page of buttons posts: the act, and the label that it bears on."""

    geste = StringField()
    label = StringField()
