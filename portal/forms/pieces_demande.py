"""Uploads to a request: one or several files for one of the pieces that it expects."""

from wtforms import BooleanField, HiddenField

from portal.forms.base import Formulaire
from portal.forms.pieces import Pieces


class EnvoiPiecesForm(Formulaire):
    """Files for the piece `code`. What cannot be kept is said file by file; the others are kept."""

    phrase_erreurs = "Ce qui était déjà joint est conservé."

    code = HiddenField()
    fichiers = Pieces("Fichiers", absence="Choisissez un fichier.")
    au_coffre = BooleanField("Garder aussi dans le coffre de l’association, pour une prochaine demande")

    def nommer(self) -> None:
        """The page bears one field per piece: errors lead to that of this one."""
        self.fichiers.id = f"fichiers-{self.code.data}"

    def refuser(self, refus: list[str], *, gardes: int) -> None:
        """Say file by file what was not kept, and what was."""
        self.fichiers.errors = [*self.fichiers.errors, *refus]
        if gardes:
            joints = "L’autre fichier est joint" if gardes == 1 else f"Les {gardes} autres fichiers sont joints"
            self.phrase_erreurs = f"{joints}. Ce qui l’était déjà le reste."


class RepriseForm(Formulaire):
    """A document of the vault, for the piece `code`."""

    code = HiddenField()
    coffre_id = HiddenField()
