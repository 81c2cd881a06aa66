"""Files that a person joins: a document or its photograph, alone or several at once."""

import unicodedata
from dataclasses import dataclass
from typing import Any

from flask_wtf.file import FileField, MultipleFileField
from wtforms.validators import ValidationError

PIECE_MAXIMALE = 10 * 1024 * 1024
# A file that is too heavy, but not absurdly so, is refused in the form, where the rest of what was typed is kept.
ENVOI_MAXIMAL = 3 * PIECE_MAXIMALE
LONGUEUR_NOM = 255
SANS_NOM = "fichier sans nom"
# Marks that change the order in which a name is read: « facture\u202efdp.exe » would read as a PDF.
SENS_DE_LECTURE = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def nom_propre(brut: str) -> str:
    """A file's name as people may read it: no folder, no control character, no mark that turns it round; 255 characters."""
    nu = brut.replace("\\", "/").rpartition("/")[2].encode("utf-8", "replace").decode()
    lisibles = "".join(c for c in nu if unicodedata.category(c) != "Cc" and c not in SENS_DE_LECTURE)
    return lisibles.strip()[:LONGUEUR_NOM].strip() or SANS_NOM


@dataclass(frozen=True, slots=True)
class FichierRecu:
    """A file as it was sent: its name, its bytes."""

    nom: str
    octets: bytes


def lire_fichier(envoye: Any) -> FichierRecu:
    """Read one file that was sent. Raises ValidationError: empty, or too heavy."""
    nom = nom_propre(envoye.filename)
    octets = envoye.stream.read(PIECE_MAXIMALE + 1)
    if not octets:
        raise ValidationError(
            f"Le fichier «\u00a0{nom}\u00a0» est vide\u00a0: il n’est pas gardé. Choisissez-le de nouveau."
        )
    if len(octets) > PIECE_MAXIMALE:
        raise ValidationError(f"Le fichier «\u00a0{nom}\u00a0» dépasse 10\u00a0Mo\u00a0: allégez-le.")
    return FichierRecu(nom, octets)


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
        self.nom_fichier = nom_propre(self.data.filename)
        recu = lire_fichier(self.data)
        self.octets = recu.octets


class Pieces(MultipleFileField):  # type: ignore[misc]  # flask-wtf bears no types
    """One file or several. Each is read by itself: `recus` are those that can be kept, `refus` says why of the others."""

    def __init__(self, label: str, *, absence: str, **options: Any) -> None:
        super().__init__(label, **options)
        self.absence = absence
        self.flags.required = True
        self.recus: list[FichierRecu] = []
        self.refus: list[str] = []

    def pre_validate(self, _form: Any) -> None:
        """Read them. Raises ValidationError when there is none."""
        envoyes = [un for un in self.data or () if getattr(un, "filename", "")]
        if not envoyes:
            raise ValidationError(self.absence)
        for envoye in envoyes:
            try:
                self.recus.append(lire_fichier(envoye))
            except ValidationError as refus:
                self.refus.append(str(refus))
