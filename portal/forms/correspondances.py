"""What each champ of a DS form feeds: one list a champ, all sent at once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from wtforms import HiddenField, SelectField

from portal.forms.base import Formulaire

PREFIXE = "choix-"
Choix = Mapping[str, list[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class Ligne:
    """A champ and its list: (code, words) by group of choices; `choisi` is the code shown first."""

    champ_id: str
    libelle: str
    choix: Choix
    choisi: str


class CorrespondancesForm(Formulaire):
    """`empreinte` is the lock: what the page showed."""

    empreinte = HiddenField()

    def choix(self) -> dict[str, str]:
        """The code chosen for each champ, by champ id."""
        return {nom.removeprefix(PREFIXE): champ.data for nom, champ in self._fields.items() if nom.startswith(PREFIXE)}


def formulaire(lignes: Iterable[Ligne], *, empreinte: str) -> CorrespondancesForm:
    """The form of these champs, bound to what was sent, if anything. A champ that is asked no more is no longer read."""
    champs = {
        f"{PREFIXE}{une.champ_id}": SelectField(
            une.libelle,
            choices=une.choix,
            default=une.choisi,
            validate_choice=True,
        )
        for une in lignes
    }
    genre = type("CorrespondancesDuFormulaire", (CorrespondancesForm,), champs)
    form: CorrespondancesForm = genre(empreinte=empreinte)
    return form
