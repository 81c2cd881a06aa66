"""What each champ of a DS form feeds: one list a champ, all sent at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from wtforms import HiddenField, SelectField
from wtforms.fields.choices import SelectChoice

from portal.forms.base import Formulaire

PREFIXE = "choix-"


@dataclass(frozen=True, slots=True)
class Ligne:
    """A champ and its list: (code, words, heading or "") of each choice; `choisi` is the code shown first."""

    champ_id: str
    libelle: str
    choix: Sequence[tuple[str, str, str]]
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
            choices=[SelectChoice(code, mots, optgroup=titre or None) for code, mots, titre in une.choix],
            default=une.choisi,
        )
        for une in lignes
    }
    genre = type("CorrespondancesDuFormulaire", (CorrespondancesForm,), champs)
    form: CorrespondancesForm = genre(empreinte=empreinte)
    return form
