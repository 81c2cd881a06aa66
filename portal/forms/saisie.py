"""A section of a request as a form: bound to what was typed, examined without a request, described as data."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar, TypeVar

from werkzeug.datastructures import MultiDict
from wtforms import FormField, HiddenField
from wtforms.i18n import DummyTranslations

from portal.forms.base import Formulaire
from portal.vocabulaire import EtatSection

TECHNIQUES = frozenset({"csrf_token", "version"})


@dataclass(frozen=True, slots=True)
class Groupe:
    """Fields shown together; without a legend they stand alone."""

    champs: tuple[str, ...]
    legende: str = ""
    indice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contexte:
    """What a section must know of the rest of the request. Amounts in euros, None while they cannot be read.

    `etablissements`: (SIRET, address) of each known place of the association.
    """

    siren: str = ""
    etablissements: tuple[tuple[str, str], ...] = ()
    total_produits: Decimal | None = None
    montant_demande: Decimal | None = None
    exercice: int | None = None


class Saisie(Formulaire):
    """Base of the sections. `version` is the lock that the page posts back."""

    class Meta(Formulaire.Meta):
        """Every message is ours: no translation, and so no need of a request."""

        def get_translations(self, _form: Any) -> DummyTranslations:
            """None to make."""
            return DummyTranslations()

    groupes: ClassVar[tuple[Groupe, ...]] = ()
    # said above the list of errors: here, wrong values are saved too
    phrase_erreurs = "Ce que vous avez écrit est enregistré. Corrigez ces réponses avant de déposer la demande."

    version = HiddenField()

    contexte = Contexte()

    def situer(self, contexte: Contexte) -> None:
        """Give the form what it must know of the rest of the request."""
        self.contexte = contexte

    def verifier(self) -> None:
        """Check what takes several fields; attach errors to the fields that the page shows."""

    def examiner(self) -> None:
        """Validate the content. The token is none of it: the web layer has checked it before any view."""
        self.validate()
        if "csrf_token" in self:
            self.csrf_token.errors = []
        self.verifier()

    def relire(self) -> list[tuple[str, str]]:
        """(label, what was answered) of each field, in words."""
        return [(str(champ.label.text), champ.lisible()) for champ in self.contenus()]

    def contenus(self) -> list[Any]:
        """The fields that people fill in, in order."""
        return [champ for champ in self if champ.short_name not in TECHNIQUES]

    def brut(self) -> dict[str, str]:
        """What was typed, by the name of each input."""
        return {nom: valeur for champ in self.contenus() for nom, valeur in bruts(champ).items()}

    @property
    def manquants(self) -> tuple[str, ...]:
        """Labels of what is still to be answered, once examined."""
        return tuple(str(champ.label.text) for champ in self.contenus() if champ.manque)

    @property
    def etat(self) -> EtatSection:
        """State of the section, once examined."""
        if self.errors:
            return EtatSection.A_CORRIGER
        if self.manquants:
            return EtatSection.EN_COURS if any(self.brut().values()) else EtatSection.A_COMMENCER
        return EtatSection.REMPLIE


def bruts(champ: Any) -> dict[str, str]:
    """What was typed in a field, by the name of each of its inputs."""
    feuilles = champ.form if isinstance(champ, FormField) else (champ,)
    return {f.name: f.raw_data[0] if f.raw_data else "" for f in feuilles}


UneSaisie = TypeVar("UneSaisie", bound=Saisie)


def lier(
    genre: type[UneSaisie], valeurs: Mapping[str, str], contexte: Contexte, *, version: int = 0, csrf: bool = False
) -> UneSaisie:
    """A section bound to what was typed. `csrf` for a page that will be sent; without it no request is needed.

    A line ends in one character, however it was sent: the same words are the same text, and count the same.
    """
    donnees = MultiDict({nom: valeur.replace("\r\n", "\n") for nom, valeur in valeurs.items() if valeur})
    donnees["version"] = str(version)
    form = genre(donnees, **({} if csrf else {"meta": {"csrf": False}}))
    form.situer(contexte)
    return form


def version_recue(valeurs: Mapping[str, str]) -> int:
    """The lock that a page posts back; an unreadable one never matches."""
    brute = valeurs.get("version", "")
    return int(brute) if re.fullmatch(r"[0-9]{1,9}", brute) else -1
