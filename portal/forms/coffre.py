"""What is typed to put a document in the vault of an association."""

from typing import Any, ClassVar

from wtforms import HiddenField, StringField
from wtforms.validators import DataRequired, Length, ValidationError

from portal.formats import ValeurIllisible, parse_bic, parse_iban
from portal.forms.base import Formulaire, une_ligne
from portal.forms.dates import Jour
from portal.forms.pieces import Piece
from portal.vocabulaire_demandes import GenrePiece

FICHIER = "PDF, photographie (JPEG, PNG) ou document de bureautique (DOCX, XLSX, ODT, ODS), de 10\u00a0Mo au plus."


class DepotCoffreForm(Formulaire):
    """A file and its dates. `retour`: the request to come back to, and to join the document to."""

    LIBELLES_DATE: ClassVar[dict[GenrePiece, str]] = {
        GenrePiece.STATUTS: "Date des statuts",
        GenrePiece.DIRIGEANTS: "Date de la liste",
        GenrePiece.COMPTES: "Date de clôture de l’exercice",
        GenrePiece.RAPPORT_ACTIVITE: "Date de clôture de l’exercice",
        GenrePiece.RAPPORT_COMMISSAIRE: "Date de clôture de l’exercice",
        GenrePiece.POUVOIR: "Date du pouvoir",
    }

    fichier = Piece("Fichier", absence="Choisissez le fichier.", description=FICHIER)
    date_piece = Jour("Date du document", requis=False)
    valide_jusqu_au = Jour("Valable jusqu’au", requis=False)
    retour = HiddenField()

    def situer(self, genre: GenrePiece) -> None:
        """Name the dates as that kind of document does."""
        self.genre = genre
        self.date_piece.label.text = self.LIBELLES_DATE.get(genre, "Date du document")
        if genre in (GenrePiece.COMPTES, GenrePiece.RAPPORT_ACTIVITE, GenrePiece.RAPPORT_COMMISSAIRE):
            self.valide_jusqu_au.description = "Sans réponse, dix-huit mois après la clôture."
        elif genre == GenrePiece.POUVOIR:
            self.valide_jusqu_au.requis = True
        else:
            self.valide_jusqu_au.description = "Seulement si le document porte une date de fin."

    def validate(self, extra_validators: Any = None) -> bool:
        """A pouvoir says until when it holds."""
        valide = bool(super().validate(extra_validators))
        if self.valide_jusqu_au.manque:
            self.valide_jusqu_au.refuser("Écrivez jusqu’à quel jour ce pouvoir est valable.")
            return False
        debut, fin = self.date_piece.valeur, self.valide_jusqu_au.valeur
        if debut and fin and fin < debut:
            self.valide_jusqu_au.refuser("Ce jour est avant la date du document. Corrigez l’un ou l’autre.")
            return False
        return valide

    def valeurs(self) -> dict[str, Any]:
        """What the service takes besides the file."""
        return {"date_piece": self.date_piece.valeur, "valide_jusqu_au": self.valide_jusqu_au.valeur}


class RibForm(DepotCoffreForm):
    """The same for a RIB, with what it says."""

    iban = StringField(
        "IBAN",
        filters=[une_ligne],
        validators=[DataRequired("Écrivez l’IBAN qui figure sur le relevé."), Length(max=60)],
        description="En France, 27\u00a0caractères qui commencent par FR, avec ou sans espaces.",
    )
    bic = StringField(
        "BIC",
        filters=[une_ligne],
        validators=[Length(max=20)],
        description="8 ou 11\u00a0caractères, par exemple AGRIFRPP.",
    )
    titulaire = StringField(
        "Titulaire du compte",
        filters=[une_ligne],
        validators=[DataRequired("Écrivez le nom du titulaire, comme sur le relevé."), Length(max=300)],
        description="Comme sur le relevé. Ce doit être l’association.",
    )

    def validate_iban(self, champ: StringField) -> None:
        """Both keys are right."""
        champ.data = self._lu(parse_iban, champ.data)

    def validate_bic(self, champ: StringField) -> None:
        """Readable when given."""
        champ.data = self._lu(parse_bic, champ.data) if champ.data else ""

    @staticmethod
    def _lu(lire: Any, brut: str) -> str:
        try:
            return str(lire(brut))
        except ValeurIllisible as refus:
            raise ValidationError(str(refus)) from refus

    def valeurs(self) -> dict[str, Any]:
        """With the account."""
        return {
            **super().valeurs(),
            "iban": self.iban.data,
            "bic": self.bic.data,
            "titulaire": self.titulaire.data,
        }
