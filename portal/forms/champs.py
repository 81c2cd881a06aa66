"""Fields that keep what was typed, right or wrong, and tell what is missing from what is wrong.

Each field has `manque` (asked for and empty), `valeur` (what it means, once validated) and `lisible()` (for people).
"""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, ClassVar

from wtforms import RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, StopValidation, ValidationError
from wtforms.widgets import Select, TextArea

from portal.formats import (
    ValeurIllisible,
    montant_fr,
    nombre_fr,
    parse_courriel,
    parse_montant,
    parse_siret,
    siret_fr,
)

ANNEES = range(2000, 2101)
LONGUEUR_TEXTE_LONG = 5_000


class Attendu:
    """The answer is needed. Empty, it is no error: the section is not finished, that is all."""

    field_flags: ClassVar[dict[str, bool]] = {"required": True}

    def __call__(self, _form: Any, field: Any) -> None:
        """Mark the field and stop there, without a message."""
        if not (field.data or "").strip():
            field.manque = True
            raise StopValidation


class Texte(StringField):  # type: ignore[misc]  # WTForms bears no types
    """A text of `maximum` characters at most."""

    # how pages show it; what derives from a field is shown as it is
    nature = "texte"
    manque = False
    valeur: Any = None
    errors: list[str]

    def __init__(self, label: str, *, requis: bool = True, maximum: int = 300, **options: Any) -> None:
        super().__init__(label, validators=[Attendu()] if requis else [], **options)
        self.maximum = maximum

    def pre_validate(self, _form: Any) -> None:
        """Read what was typed. Raises ValidationError with a French sentence."""
        brut = (self.data or "").strip()
        if len(brut) > self.maximum:
            raise ValidationError(
                f"«\u00a0{self.label.text}\u00a0» compte {nombre_fr(len(brut))} caractères, "
                f"au lieu de {nombre_fr(self.maximum)} au plus. Raccourcissez ce texte."
            )
        try:
            self.valeur = self.lire(brut) if brut else None
        except ValeurIllisible as refus:
            raise ValidationError(str(refus)) from refus

    def lire(self, brut: str) -> Any:
        """What a non-empty text means. Raises ValeurIllisible."""
        return brut

    def refuser(self, message: str) -> None:
        """Attach an error that takes more than this field to find."""
        self.errors = [*self.errors, message]

    def lisible(self) -> str:
        """As typed."""
        return (self.data or "").strip()


class TexteLong(Texte):
    """Several paragraphs."""

    widget = TextArea()

    def __init__(self, label: str, *, maximum: int = LONGUEUR_TEXTE_LONG, **options: Any) -> None:
        super().__init__(label, maximum=maximum, render_kw={"rows": 6}, **options)


class _Lu(Texte):
    """A text that means a value, shown in its usual spelling once it is readable."""

    def ecrire(self, valeur: Any) -> str:
        """The usual spelling of a value."""
        return str(valeur)

    def lisible(self) -> str:
        """The value in its usual spelling, else what was typed."""
        return self.ecrire(self.valeur) if self.valeur is not None else super().lisible()


class Montant(_Lu):
    """An amount in euros; `valeur` is a Decimal."""

    nature = "montant"

    def lire(self, brut: str) -> Decimal:
        """Never guessed."""
        return parse_montant(brut)

    def ecrire(self, valeur: Decimal) -> str:
        """« 1 234,50 € »."""
        return montant_fr(valeur)

    def montant_ou_zero(self) -> Decimal | None:
        """The amount in euros, zero when nothing is typed, None when it cannot be read."""
        return self.valeur if (self.data or "").strip() else Decimal(0)


class Siret(_Lu):
    """A SIRET that passes its key; `valeur` is fourteen digits."""

    nature = "siret"

    def lire(self, brut: str) -> str:
        """Fourteen digits."""
        return parse_siret(brut)

    def ecrire(self, valeur: str) -> str:
        """In groups."""
        return siret_fr(valeur)


class Entier(_Lu):
    """A whole number, zero or more."""

    nature = "nombre"

    def lire(self, brut: str) -> int:
        """Digits, with or without spaces."""
        nu = re.sub(r"\s", "", brut)
        if not nu.isascii() or not nu.isdigit() or len(nu) > 9:
            raise ValeurIllisible(f"« {brut} » n’est pas un nombre entier. Écrivez par exemple 120.")
        return int(nu)


class Nombre(_Lu):
    """A number with two decimals at most, zero or more; `valeur` is a Decimal."""

    def lire(self, brut: str) -> Decimal:
        """With a comma or a dot."""
        nu = re.sub(r"\s", "", brut).replace(",", ".")
        if not re.fullmatch(r"[0-9]{1,7}(\.[0-9]{1,2})?", nu, re.ASCII):
            raise ValeurIllisible(f"«\u00a0{brut}\u00a0» n’est pas un nombre. Écrivez par exemple 2,5.")
        return Decimal(nu)

    def ecrire(self, valeur: Decimal) -> str:
        """« 2,5 »."""
        return f"{valeur:f}".replace(".", ",")


class Annee(_Lu):
    """A year of four digits."""

    nature = "nombre"

    def lire(self, brut: str) -> int:
        """Four digits, of this century."""
        if not brut.isascii() or not brut.isdigit() or int(brut[:9]) not in ANNEES:
            raise ValeurIllisible(f"« {brut} » n’est pas une année. Écrivez ses quatre chiffres, par exemple 2026.")
        return int(brut)


class Telephone(Texte):
    """A telephone number, kept as typed."""

    nature = "telephone"

    def lire(self, brut: str) -> str:
        """Digits, with the usual separators."""
        if not re.fullmatch(r"\+?[0-9]{6,15}", re.sub(r"[\s.\-()/]", "", brut)):
            raise ValeurIllisible(f"Le numéro « {brut} » n’est pas lisible. Écrivez par exemple 01 23 45 67 89.")
        return brut


class Courriel(Texte):
    """An e-mail address."""

    nature = "courriel"

    def lire(self, brut: str) -> str:
        """In lower case."""
        return parse_courriel(brut)


class Choix(RadioField):  # type: ignore[misc]  # WTForms bears no types
    """One answer among several; `propositions` is (code, label), in order. `obligatoire`: what to say when none is given."""

    nature = "choix"
    manque = False

    def __init__(
        self,
        label: str,
        propositions: Iterable[tuple[str, str]] = (),
        *,
        obligatoire: str = "",
        requis: bool = True,
        **options: Any,
    ) -> None:
        regle = InputRequired(obligatoire) if obligatoire else Attendu()
        super().__init__(label, validators=[regle] if requis else [], validate_choice=False, **options)
        self.proposer(propositions)

    def proposer(self, propositions: Iterable[tuple[str, str]]) -> None:
        """Offer these answers."""
        self.choices = [SelectChoice(code, libelle) for code, libelle in propositions]

    @property
    def libelles(self) -> dict[str, str]:
        """Label of each code."""
        return {choix.value: choix.label for choix in self.choices}

    def pre_validate(self, _form: Any) -> None:
        """Refuse an answer that is not offered."""
        if self.data and self.data not in self.libelles:
            raise ValidationError("Choisissez une des réponses proposées.")

    @property
    def valeur(self) -> str | None:
        """The code chosen."""
        return self.data or None

    def lisible(self) -> str:
        """The label of the answer."""
        return self.libelles.get(self.data, self.data or "")


class Liste(Choix):
    """The same as a list that unfolds, for many answers or little room."""

    nature = "liste"
    widget = Select()

    def proposer(self, propositions: Iterable[tuple[str, str]]) -> None:
        """Offer these answers, after an empty one that is none."""
        super().proposer([("", "Choisissez"), *propositions])

    def lisible(self) -> str:
        """The label of the answer."""
        return super().lisible() if self.data else ""


class OuiNon(Choix):
    """A question answered by yes or no; neither is chosen in advance."""

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(label, [("oui", "Oui"), ("non", "Non")], **options)


class Pourcentage(Nombre):
    """A share from 0 to 100, with or without its sign."""

    nature = "pourcentage"

    def lire(self, brut: str) -> Decimal:
        """« 60 », « 62,5 % »."""
        part = super().lire(brut.rstrip("%\u00a0\u202f "))
        if part > 100:
            raise ValeurIllisible(f"«\u00a0{brut}\u00a0» dépasse 100. Écrivez une part de 0 à 100, par exemple 60.")
        return part

    def ecrire(self, valeur: Decimal) -> str:
        """« 62,5 % »."""
        return f"{super().ecrire(valeur)}\u00a0%"
