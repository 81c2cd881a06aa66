"""Depositing a workbook, saying how it reads, confirming what is written."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from wtforms import RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, ValidationError
from wtforms.widgets import HiddenInput

from portal.formats import nombre_fr
from portal.forms.base import Formulaire, une_ligne
from portal.forms.champs import Annee
from portal.forms.dossiers import VersionForm
from portal.forms.pieces import Piece
from portal.vocabulaire_imports import LIBELLES_GENRE_IMPORT, GenreImport

NOUVELLE = TROUVER = ""
GENRES = [SelectChoice(un.value, nom) for un, nom in LIBELLES_GENRE_IMPORT.items()]
RANG = "colonne-"
ENTETE = re.compile(r"([0-9]{1,7})(?:\s*(?:-|à|et|,)\s*([0-9]{1,7}))?")
GARDER, LAISSER = "garder", "laisser"


class DepotImportForm(Formulaire):
    """A file, and what it holds for who would rather say it. `cle`: drawn with the page; sent twice, it is kept once."""

    phrase_erreurs = "Le fichier n’est pas déposé\u00a0: choisissez-le de nouveau après avoir corrigé ce qui suit."

    cle = StringField(widget=HiddenInput(), validators=[Length(min=16, max=40, message="Rechargez la page.")])
    fichier = Piece(
        "Fichier",
        absence="Choisissez le fichier à importer.",
        description="Un tableau .xlsx, .xls, .ods ou .csv, tel que vous l’avez, de 10\u00a0Mo au plus.",
    )
    genre = RadioField(
        "Ce que contient chaque ligne", choices=[SelectChoice(TROUVER, "Le trouver pour moi"), *GENRES], default=TROUVER
    )


class RangementImportForm(VersionForm):
    """Where the requests of a file go."""

    phrase_erreurs = "Ces demandes ne sont pas encore rangées."

    demarche = SelectField("Démarche où ranger les demandes", validators=[Optional()], validate_choice=False)
    titre = StringField(
        "Titre de la nouvelle démarche",
        filters=[une_ligne],
        validators=[Length(max=300)],
        description="Seulement pour des demandes qui ne vont dans aucune démarche de la liste.",
    )
    exercice = Annee("Exercice de la nouvelle démarche", requis=False, description="Par exemple 2026.")

    def offrir(self, demarches: Iterable[tuple[int, str]]) -> None:
        """The démarches of the service."""
        # The page has other forms beside this one.
        self.csrf_token.id, self.version.id = "jeton-rangement", "version-rangement"
        self.demarche.choices = [
            SelectChoice(NOUVELLE, "Une nouvelle démarche, dont je donne le titre"),
            *(SelectChoice(str(ident), titre) for ident, titre in demarches),
        ]

    def validate_titre(self, champ: Any) -> None:
        """Requests go somewhere, and to one place."""
        if self.demarche.data and champ.data:
            raise ValidationError(
                "Pour une nouvelle démarche, choisissez-la aussi en haut de la liste\u00a0; sinon, effacez ce titre."
            )
        if not self.demarche.data and not champ.data:
            raise ValidationError("Choisissez une démarche dans la liste, ou donnez le titre d’une nouvelle.")

    def validate_exercice(self, champ: Any) -> None:
        """A new démarche has its exercice."""
        if not self.demarche.data and not (champ.raw_data and champ.raw_data[0].strip()):
            raise ValidationError("Donnez l’exercice de la nouvelle démarche, par exemple 2026.")

    @property
    def choisie(self) -> int | None:
        """The number of a démarche of the list."""
        dite = self.demarche.data or ""
        return int(dite) if dite.isascii() and dite.isdigit() and len(dite) < 19 else None


class ConfirmationImportForm(VersionForm):
    """What becomes of lines that resemble others."""

    phrase_erreurs = "Rien n’est importé."

    copies = RadioField(
        "Lignes identiques à une autre du fichier",
        choices=[SelectChoice(GARDER, "Les importer toutes"), SelectChoice(LAISSER, "N’en importer qu’une")],
        default=GARDER,
        description="Deux lignes semblables peuvent être deux aides\u00a0: vous seul pouvez le dire.",
    )
    deja = RadioField(
        "Lignes déjà importées, sans changement ni référence",
        choices=[SelectChoice(LAISSER, "Les laisser de côté"), SelectChoice(GARDER, "Les importer de nouveau")],
        default=LAISSER,
    )


class ChoixImportForm(VersionForm):
    """What the lines are, the sheet, its header, and what each column of the file gives (see `choix_de`)."""

    phrase_erreurs = "Le fichier n’est pas relu."

    genre = RadioField(
        "Ce que contient chaque ligne",
        choices=GENRES,
        validators=[InputRequired("Choisissez ce que contient ce fichier.")],
    )
    feuille = RadioField("Feuille lue", validate_choice=False)
    entete = StringField(
        "Lignes des titres",
        filters=[une_ligne],
        description="Le numéro de la ligne, ou les deux quand les titres tiennent sur deux lignes, par exemple 3-4.",
    )

    def validate_entete(self, champ: Any) -> None:
        """One number, or two that follow one another."""
        rangs = self.rangs_entete()
        if champ.data and (rangs is None or len(rangs) > 3):  # three lines of titles is the most ever seen
            raise ValidationError("Écrivez le numéro d’une ligne, ou de deux lignes qui se suivent, par exemple 3-4.")

    def rangs_entete(self) -> tuple[int, ...] | None:
        """The rows of the header, None when nothing readable is typed."""
        lue = ENTETE.fullmatch(self.entete.data or "")
        if lue is None:
            return None
        debut, fin = int(lue[1]), int(lue[2] or lue[1])
        return tuple(range(debut, fin + 1)) if 1 <= debut <= fin < debut + 10 else None

    @property
    def colonnes(self) -> list[Any]:
        """The lists of the columns, in their order."""
        return [champ for nom, champ in self._fields.items() if nom.startswith(RANG)]

    def avec_vues(self, vues: Sequence[Mapping[str, Any]]) -> list[tuple[Mapping[str, Any], Any]]:
        """Each column as it was seen, with its list."""
        return [(vue, self._fields[f"{RANG}{vue['rang']}"]) for vue in vues]

    def choisies(self) -> dict[int, str]:
        """Column to our field, "" for none."""
        return {int(champ.short_name.removeprefix(RANG)): champ.data or "" for champ in self.colonnes}

    def verifier(self) -> bool:
        """Two columns never give the same field, unless it takes several. Says it on the second one."""
        vus: set[str] = set()
        for champ in self.colonnes:
            if champ.data and champ.data in vus and champ.data not in self.multiples:
                champ.errors = [*champ.errors, "Une autre colonne donne déjà cela\u00a0: choisissez l’une des deux."]
            vus.add(champ.data or "")
        return not any(champ.errors for champ in self.colonnes)

    multiples: frozenset[str] = frozenset()

    def validate(self, extra_validators: Any = None) -> bool:
        """The fields, then the columns together."""
        return bool(super().validate(extra_validators)) and self.verifier()


def choix_de(
    constat: Mapping[str, Any],
    genre: GenreImport | None,
    champs: Sequence[tuple[str, str]],
    multiples: frozenset[str],
    **options: Any,
) -> ChoixImportForm:
    """The form of a file as it was read. `champs`: (name, words) of what a column of that kind may give.

    While nobody knows the kind, columns are not asked for.
    """
    vues = constat.get("colonnes", ()) if genre else ()
    offerts = [SelectChoice("", "Rien\u00a0: laisser cette colonne"), *(SelectChoice(*un) for un in champs)]
    listes = {
        f"{RANG}{vue['rang']}": SelectField(
            f"Ce que donne la colonne «\u00a0{vue['titre'] or 'sans titre'}\u00a0»", choices=offerts
        )
        for vue in vues
    }
    classe = type("ChoixDuFichier", (ChoixImportForm,), {**listes, "multiples": multiples})
    lus = {f"{RANG}{vue['rang']}": vue["champ"] for vue in vues}
    entete: list[int] = list(constat.get("entete") or ())
    lignes = f"{entete[0]}-{entete[-1]}" if len(entete) > 1 else str(entete[0]) if entete else ""
    form: ChoixImportForm = classe(
        data={"genre": genre, "feuille": constat.get("feuille"), "entete": lignes, **lus}, **options
    )
    # The page has another form beside this one.
    form.csrf_token.id, form.version.id = "jeton-lecture", "version-lecture"
    form.feuille.choices = [
        SelectChoice(vue["nom"], f"{vue['nom']} ({nombre_fr(vue['lignes'])} lignes, {vue['colonnes']} colonnes)")
        for vue in constat.get("feuilles", ())
    ]
    return form
