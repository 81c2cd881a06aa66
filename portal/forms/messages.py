"""Writing a message on a dossier."""

from collections.abc import Iterable
from typing import Any

from wtforms import HiddenField, RadioField, SelectMultipleField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length

from portal.formats import majuscule
from portal.forms.base import Formulaire
from portal.forms.pieces import Piece
from portal.forms.textes import LONGUEUR_TEXTE, net
from portal.vocabulaire_demandes import LIBELLES_AUDIENCE_MESSAGE, AudienceMessage


class _Audience(Formulaire):
    """Asked first, so told first when it is missing."""

    audience = RadioField("Qui lira ce message", validators=[InputRequired("Choisissez qui lira ce message.")])


class MessageForm(Formulaire):
    """To the service. `cle`: the same page sent twice makes one message."""

    phrase_erreurs = "Le message n’est pas envoyé. Ce que vous avez écrit est conservé sur cette page."

    cle = HiddenField(validators=[Length(20, 40, "Cette page est incomplète. Rechargez-la, puis recommencez.")])
    texte = TextAreaField(
        "Votre message",
        filters=[net],
        validators=[DataRequired("Écrivez votre message."), LONGUEUR_TEXTE],
    )
    fichier = Piece("Fichier joint", description="Un PDF, ou une image JPEG ou PNG, de 10\u00a0Mo au plus.")


class MessageAgentForm(_Audience, MessageForm):
    """From a service, to the audience that it chooses. The choices come with `for_readers`."""

    prevenir = SelectMultipleField(
        "Prévenir",
        coerce=int,
        description="Chaque personne cochée trouve ce message dans ses tâches. Vous pouvez aussi écrire son nom dans le message, "
        "après un @, avec un point\u00a0: @camille.martin.",
    )

    @classmethod
    def for_readers(
        cls, audiences: Iterable[AudienceMessage], agents: Iterable[tuple[int, str]], **options: Any
    ) -> "MessageAgentForm":
        """A form for these audiences, and these agents: (user id, name)."""
        form = cls(**options)
        form.audience.choices = [SelectChoice(a.value, majuscule(LIBELLES_AUDIENCE_MESSAGE[a])) for a in audiences]
        form.prevenir.choices = [SelectChoice(ident, nom) for ident, nom in agents]
        return form
