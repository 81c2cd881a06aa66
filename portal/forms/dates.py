"""A date in three fields, kept as typed."""

from datetime import date
from typing import Any

from wtforms import Form, FormField, StringField

from portal.formats import date_fr
from portal.forms.champs import ANNEES, Attendu


class _TroisChamps(Form):  # type: ignore[misc]  # WTForms bears no types
    """Day, month and year, each as typed."""

    jour = StringField("Jour", validators=[Attendu()])
    mois = StringField("Mois")
    annee = StringField("Année")
    annees = ANNEES
    valeur: date | None = None
    manque = False

    def bruts(self) -> list[str]:
        """The three texts."""
        return [(champ.data or "").strip() for champ in (self.jour, self.mois, self.annee)]

    def validate(self, _extra_validators: Any = None) -> bool:
        """Read the three as one date."""
        bruts = self.bruts()
        self.jour.errors = []
        self.manque = not any(bruts)
        if self.manque:
            return True
        try:
            jour, mois, annee = (int(brut) if brut.isascii() and brut.isdigit() else 0 for brut in bruts)
            self.valeur = date(annee, mois, jour) if annee in self.annees else None
        except ValueError:
            self.valeur = None
        if self.valeur is None:
            texte = " ".join(brut or "…" for brut in bruts)
            self.jour.errors = [f"La date « {texte} » n’existe pas. Écrivez par exemple 22 11 2026."]
        return self.valeur is not None


class _DatesAnciennes(_TroisChamps):
    annees = range(1800, ANNEES.stop)


def parts(jour: date | None) -> dict[str, str]:
    """What the three fields begin with."""
    return {} if jour is None else {"jour": str(jour.day), "mois": str(jour.month), "annee": str(jour.year)}


class Jour(FormField):  # type: ignore[misc]  # WTForms bears no types
    """A date in three fields, of this century unless it may be `ancien`."""

    nature = "date"

    def __init__(self, label: str, *, ancien: bool = False, requis: bool = True, **options: Any) -> None:
        super().__init__(_DatesAnciennes if ancien else _TroisChamps, label, **options)
        self.requis = requis

    @property
    def manque(self) -> bool:
        """True when it is needed and nothing is typed."""
        return self.requis and bool(self.form.manque)

    @property
    def valeur(self) -> date | None:
        """The date."""
        jour: date | None = self.form.valeur
        return jour

    def refuser(self, message: str) -> None:
        """Attach an error where the page shows it."""
        self.form.jour.errors = [*self.form.jour.errors, message]

    def lisible(self) -> str:
        """The date in words, else what was typed."""
        return date_fr(self.valeur) if self.valeur else " ".join(self.form.bruts()).strip()


class JourAttendu(Jour):
    """A date that must be given; `absence` says so."""

    def __init__(self, label: str, *, absence: str, **options: Any) -> None:
        super().__init__(label, **options)
        self.absence = absence

    def validate(self, form: Any, extra_validators: Any = ()) -> bool:
        """Read it, and refuse its absence."""
        lisible = bool(super().validate(form, extra_validators))
        if self.manque:
            self.refuser(self.absence)
        return lisible and not self.manque

    @property
    def valeur(self) -> date:
        """The date. ValueError before it is validated."""
        jour = super().valeur
        if jour is None:
            raise ValueError("a date is read once it is validated")
        return jour
