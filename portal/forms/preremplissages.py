"""Which answers go to Démarches Simplifiées: all of them, but those that the person unticks."""

from collections.abc import Iterable

from wtforms import HiddenField, SelectMultipleField
from wtforms.fields.choices import SelectChoice

from portal.forms.base import Formulaire


class PreremplissageForm(Formulaire):
    """`repere` is the lock: what the page showed."""

    repere = HiddenField()
    champs = SelectMultipleField("Réponses à envoyer", validate_choice=False)

    def offrir(self, choix: Iterable[tuple[str, str]], *, repere: str, cocher: bool) -> None:
        """The answers that may be sent, (key, words); `cocher`: all of them are, as when the page opens."""
        offerts = list(choix)
        self.champs.choices = [SelectChoice(cle, mots) for cle, mots in offerts]
        self.repere.data = repere
        if cocher:
            self.champs.data = [cle for cle, _mots in offerts]
