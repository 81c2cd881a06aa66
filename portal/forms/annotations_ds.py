"""The form of a dossier's annotations, made from what DS declares of each: one field per annotation that DS lets us write."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from operator import attrgetter
from typing import Any

from wtforms import BooleanField, HiddenField, RadioField, SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice

from portal.formats import PARIS, ValeurIllisible
from portal.forms.base import Formulaire
from portal.forms.champs import Texte, TexteLong
from portal.forms.dates import Jour

LONGUEUR = 10_000
AUCUN = SelectChoice("", "Aucune réponse")
OUI_NON = [SelectChoice("true", "Oui"), SelectChoice("false", "Non")]
ABSENCES: tuple[Any, ...] = (None, "", [])
FORMAT_INSTANT = "%d/%m/%Y %H:%M"
EXEMPLE_INSTANT = "Par exemple 22/11/2026 14:05, heure de Paris"
ONT_CHANGE = (
    "Une annotation a changé pendant que vous aviez la page ouverte\u00a0: rien n’est envoyé. Ce que vous avez écrit est "
    "conservé, la valeur actuelle est rappelée au-dessus de chaque champ. Comparez, puis envoyez de nouveau."
)


@dataclass(frozen=True, slots=True)
class Annotation:
    """An annotation that DS lets us write. `id` is DS's in this dossier; `genre` the key under which DS takes a value.

    `brut` is what it holds, as a program reads it; `valeur`, as people do.
    """

    id: str
    genre: str
    libelle: str
    indice: str
    options: tuple[str, ...]
    brut: str
    valeur: str


class Nombre(Texte):
    """A whole or decimal number of either sign, as people write it."""

    def __init__(self, label: str, *, entier: bool, **options: Any) -> None:
        super().__init__(label, **options)
        self.entier = entier

    def lire(self, brut: str) -> Decimal:
        """Spaces and the comma are understood; nothing is rounded."""
        try:
            lu = Decimal("".join(brut.split()).replace(",", ".").replace("\u2212", "-"))
        except InvalidOperation:
            lu = Decimal("NaN")
        if not lu.is_finite() or abs(lu) >= 10**15:
            raise ValeurIllisible(f"«\u00a0{brut}\u00a0» n’est pas un nombre. Écrivez par exemple 1234,50.")
        if self.entier and lu != lu.to_integral_value():
            raise ValeurIllisible(f"«\u00a0{brut}\u00a0» n’est pas un nombre entier. Écrivez par exemple 120.")
        return lu


class Instant(Texte):
    """A day and an hour, in Paris."""

    def lire(self, brut: str) -> datetime:
        """« 22/11/2026 14:05 »."""
        try:
            return datetime.strptime(" ".join(brut.split()), FORMAT_INSTANT).replace(tzinfo=PARIS)
        except ValueError as illisible:
            message = f"«\u00a0{brut}\u00a0» n’est pas une date et une heure. Écrivez par exemple 22/11/2026 14:05."
            raise ValeurIllisible(message) from illisible


class AnnotationsForm(Formulaire):
    """The base of the form; `repere` tells what the annotations held when the page was made."""

    repere = HiddenField()

    def valeurs(self, annotations: Iterable[Annotation]) -> dict[str, Any]:
        """DS's id of each annotation -> its value, in Python's types; an absence that stays one is left out."""
        lues = {une.id: FORMES[une.genre].lire(self._fields[une.id]) for une in annotations}
        return {une.id: lues[une.id] for une in annotations if une.brut or lues[une.id] not in ABSENCES}

    def check(self, annotations: Iterable[Annotation], repere: str) -> bool:
        """False, with the reason and the present values, when the annotations are not those that the page showed."""
        if self.repere.data == repere:
            return True
        self.form_errors.append(ONT_CHANGE)
        for une in annotations:
            self._fields[une.id].description = f"Valeur actuelle\u00a0: {une.valeur or 'aucune'}"
        return False


def form_of(annotations: Iterable[Annotation]) -> AnnotationsForm:
    """The form for these annotations, holding what they hold until something is typed."""
    lues = list(annotations)
    champs = {une.id: FORMES[une.genre].champ(une) for une in lues}
    contenus = {une.id: FORMES[une.genre].initiale(une) for une in lues}
    form: AnnotationsForm = type("FormulaireDuDossier", (AnnotationsForm,), champs)(data=contenus)
    return form


@dataclass(frozen=True, slots=True)
class Forme:
    """How one type of annotation is asked, what its field begins with, and what is read of it."""

    champ: Callable[[Annotation], Any]
    initiale: Callable[[Annotation], Any]
    lire: Callable[[Any], Any]


_donnee, _valeur = attrgetter("data"), attrgetter("valeur")


def _brut(une: Annotation) -> Any:
    return une.brut


def _a_virgule(une: Annotation) -> str:
    return une.brut.replace(".", ",")


def _choisies(une: Annotation) -> list[str]:
    """DS tells several choices as one text, where an option may itself hold a comma."""
    return [option for option in une.options if f", {option}, " in f", {une.brut}, "]


def _jour(une: Annotation) -> dict[str, str]:
    annee, _, reste = une.brut[:10].partition("-")
    mois, _, jour = reste.partition("-")
    return {"jour": jour, "mois": mois, "annee": annee}


def _jour_et_heure(une: Annotation) -> str:
    return datetime.fromisoformat(une.brut).astimezone(PARIS).strftime(FORMAT_INSTANT) if une.brut else ""


def _une_ligne(une: Annotation) -> Texte:
    return Texte(une.libelle, requis=False, maximum=LONGUEUR, description=une.indice)


def _plusieurs_lignes(une: Annotation) -> Texte:
    return TexteLong(une.libelle, requis=False, maximum=LONGUEUR, description=une.indice)


def _nombre(une: Annotation) -> Texte:
    return Nombre(une.libelle, entier=une.genre == "integerNumber", requis=False, description=une.indice)


def _liste(une: Annotation) -> SelectField:
    """What it holds stays offered, even when the form no longer lists it."""
    offertes = [*une.options, *([une.brut] if une.brut and une.brut not in une.options else [])]
    return SelectField(une.libelle, choices=[AUCUN, *(SelectChoice(o, o) for o in offertes)], description=une.indice)


def _plusieurs_choix(une: Annotation) -> SelectMultipleField:
    return SelectMultipleField(une.libelle, choices=[SelectChoice(o, o) for o in une.options], description=une.indice)


TEXTE = Forme(_une_ligne, _brut, Texte.lisible)
FORMES = {
    "text": TEXTE,
    "email": TEXTE,
    "textarea": Forme(_plusieurs_lignes, _brut, Texte.lisible),
    "checkbox": Forme(
        lambda une: BooleanField(une.libelle, description=une.indice), lambda une: une.brut == "true", _donnee
    ),
    "yesNo": Forme(
        lambda une: RadioField(une.libelle, choices=OUI_NON, validate_choice=False, description=une.indice),
        _brut,
        lambda champ: {"true": True, "false": False}.get(champ.data),
    ),
    "date": Forme(lambda une: Jour(une.libelle, description=une.indice), _jour, _valeur),
    "datetime": Forme(
        lambda une: Instant(une.libelle, requis=False, description=une.indice or EXEMPLE_INSTANT),
        _jour_et_heure,
        _valeur,
    ),
    "integerNumber": Forme(_nombre, _brut, lambda champ: None if champ.valeur is None else int(champ.valeur)),
    "decimalNumber": Forme(_nombre, _a_virgule, _valeur),
    "dropDownList": Forme(_liste, _brut, _donnee),
    "multipleDropDownList": Forme(_plusieurs_choix, _choisies, _donnee),
}
