"""A file that a person joins: a document or its photograph."""

from typing import Any

from flask_wtf.file import FileField
from wtforms.validators import ValidationError

PIECE_MAXIMALE = 10 * 1024 * 1024
# A file that is too heavy, but not absurdly so, is refused in the form, where the rest of what was typed is kept.
ENVOI_MAXIMAL = 3 * PIECE_MAXIMALE


class Piece(FileField):  # type: ignore[misc]  # flask-wtf bears no types
    """One file, read when it is validated: its bytes, and its name without any folder. `absence`: the error when there is none.

    What it is (a PDF, an image) is told by its content: services/types_fichiers.
    """

    octets = b""
    nom_fichier = ""

    def __init__(self, label: str, *, absence: str = "", **options: Any) -> None:
        super().__init__(label, **options)
        self.absence = absence
        self.flags.required = bool(absence)

    def pre_validate(self, _form: Any) -> None:
        """Read it. Raises ValidationError: absent, empty, or too heavy."""
        if not self.data:
            if self.absence:
                raise ValidationError(self.absence)
            return
        self.nom_fichier = self.data.filename.replace("\\", "/").rpartition("/")[2][:255]
        self.octets = self.data.stream.read(PIECE_MAXIMALE + 1)
        if not self.octets:
            raise ValidationError(f"Le fichier «\u00a0{self.nom_fichier}\u00a0» est vide.")
        if len(self.octets) > PIECE_MAXIMALE:
            raise ValidationError(f"Le fichier «\u00a0{self.nom_fichier}\u00a0» dépasse 10\u00a0Mo\u00a0: allégez-le.")
