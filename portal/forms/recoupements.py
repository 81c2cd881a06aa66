"""What an agent makes of a finding."""

from typing import Any

from wtforms import RadioField, TextAreaField
from wtforms.validators import InputRequired

from portal.forms.base import Formulaire
from portal.forms.textes import LONGUEUR_TEXTE, net
from portal.vocabulaire_recoupements import EtatRecoupement, GenreRecoupement

DOUBLON = {
    EtatRecoupement.ECARTE: "Ce n’est pas un doublon",
    EtatRecoupement.CONFIRME: "C’est la même action, demandée deux fois",
}
AUTRES = {
    EtatRecoupement.ECARTE: "Vu, et sans suite à donner",
    EtatRecoupement.CONFIRME: "L’écart est réel",
}
REPRENDRE = "À regarder encore"


class RecoupementForm(Formulaire):
    """A verdict, and why."""

    phrase_erreurs = "Votre réponse n’est pas enregistrée. Ce que vous avez écrit est conservé sur cette page."

    etat = RadioField("Votre réponse", validators=[InputRequired("Choisissez une réponse.")])
    motif = TextAreaField(
        "Pourquoi",
        filters=[net],
        validators=[LONGUEUR_TEXTE],
        description="Obligatoire pour écarter. Gardé avec votre nom et la date, pour les agents de votre service seulement.",
    )

    @classmethod
    def of(cls, genre: GenreRecoupement, etat: EtatRecoupement, **options: Any) -> "RecoupementForm":
        """The answers that this kind of finding may get, and that of looking again once one is given."""
        form = cls(**options)
        form.etat.choices = [
            (un.value, libelle)
            for un, libelle in (DOUBLON if genre == GenreRecoupement.MEME_ACTION else AUTRES).items()
        ]
        if etat != EtatRecoupement.A_REGARDER:
            form.etat.choices.append((EtatRecoupement.A_REGARDER.value, REPRENDRE))
        return form
