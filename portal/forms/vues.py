"""Naming a view of the queue, choosing its columns."""

from collections.abc import Sequence

from wtforms import BooleanField, IntegerField, StringField
from wtforms.validators import DataRequired, Length, NumberRange, Optional

from portal.forms.base import Formulaire, une_ligne
from portal.vocabulaire_file import LIBELLES_COLONNE, ColonneFile

CHOISISSABLES = tuple(colonne for colonne in ColonneFile if colonne != ColonneFile.DOSSIER)


class NomVueForm(Formulaire):
    """The name of a view."""

    nom = StringField(
        "Nom de la vue",
        filters=[une_ligne],
        validators=[
            DataRequired("Donnez un nom à cette vue, par exemple «\u00a0Avis en retard du Rhône\u00a0»."),
            Length(max=80, message="Le nom d’une vue compte 80\u00a0caractères au plus."),
        ],
    )


class VueForm(NomVueForm):
    """The same for a new view, which a responsable may share."""

    partagee = BooleanField("Partager cette vue avec tout le service")


class ColonnesForm(Formulaire):
    """One box and one place for each column; the dossier's is always the first."""

    @classmethod
    def for_columns(cls, presentes: Sequence[ColonneFile]) -> "ColonnesForm":
        """The form, filled with the columns chosen now; those that are left out follow."""
        champs: dict[str, object] = {}
        ordre = [*presentes, *(colonne for colonne in CHOISISSABLES if colonne not in presentes)]
        for place, colonne in enumerate((c for c in ordre if c != ColonneFile.DOSSIER), start=2):
            libelle = LIBELLES_COLONNE[colonne]
            champs[f"montrer_{colonne}"] = BooleanField(libelle, default=colonne in presentes)
            champs[f"place_{colonne}"] = IntegerField(
                f"Place de la colonne «\u00a0{libelle}\u00a0»",
                default=place,
                validators=[
                    Optional(),
                    NumberRange(1, 99, f"La place de «\u00a0{libelle}\u00a0» est un nombre de 1 à 99."),
                ],
            )
        formulaire: ColonnesForm = type("ColonnesChoisies", (cls,), champs)()
        return formulaire

    @property
    def lignes(self) -> list[tuple[BooleanField, IntegerField]]:
        """(box, place) of each column, in the order shown."""
        return [
            (self[nom], self[f"place_{nom.removeprefix('montrer_')}"])
            for nom in self._fields
            if nom.startswith("montrer_")
        ]

    @property
    def choisies(self) -> list[ColonneFile]:
        """The columns ticked, by their place; equal or absent places keep the order shown."""
        cochees = [
            (place.data if place.data is not None else 99, rang, ColonneFile(case.name.removeprefix("montrer_")))
            for rang, (case, place) in enumerate(self.lignes)
            if case.data
        ]
        return [ColonneFile.DOSSIER, *(colonne for _, _, colonne in sorted(cochees))]
