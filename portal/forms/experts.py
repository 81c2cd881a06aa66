"""What an expert types, outside every account: to open a link, to answer, to decline."""

from collections.abc import Collection
from enum import StrEnum

from wtforms import BooleanField, RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired

from portal.formats import majuscule
from portal.forms.avis import AvisForm
from portal.forms.base import Formulaire
from portal.forms.connexion import CodeForm
from portal.forms.textes import LONGUEUR_TEXTE, net
from portal.vocabulaire import Audience


class Refus(StrEnum):
    """Why an expert gives no avis."""

    PAS_CONCERNE = "pas_concerne"
    CONFLIT = "conflit"


LIBELLES_AUDIENCE_EXPERT = {
    Audience.SERVICE: "le service qui vous l’a demandé, lui seul",
    Audience.SERVICES_SAISIS: "ce service et ceux qui sont saisis avec vous",
    Audience.PARTAGE: "ceux-là, et les services qui lisent un autre dossier de l’association ou ouvrent sa fiche",
}


def _appareil() -> BooleanField:
    return BooleanField(
        "Cet appareil est à moi",
        description="Ce lien y reste ouvert jusqu’à sa fin. Ne cochez pas sur un appareil partagé ou prêté\u00a0: il y reste "
        "ouvert 12\u00a0heures.",
    )


class OuvertureForm(Formulaire):
    """Opening a link in the first browser."""

    durable = _appareil()


class OuvertureParCodeForm(CodeForm):
    """Opening it in another one, with the code that was mailed."""

    durable = _appareil()


class AvisExpertForm(AvisForm):
    """The avis of an expert: the same, in the words of somebody who is of no service."""

    def offer(self, audiences: Collection[str]) -> None:
        """The audiences that may be chosen: none wider than what was asked."""
        self.audience.choices = [
            SelectChoice(audience.value, majuscule(libelle))
            for audience, libelle in LIBELLES_AUDIENCE_EXPERT.items()
            if audience.value in audiences
        ]


class RefusForm(Formulaire):
    """Giving no avis, and why."""

    raison = RadioField(
        "Pourquoi ne donnez-vous pas d’avis",
        choices=[
            SelectChoice(Refus.PAS_CONCERNE.value, "Cette demande ne me concerne pas"),
            SelectChoice(Refus.CONFLIT.value, "J’ai un intérêt dans cette affaire"),
        ],
        validators=[InputRequired("Choisissez pourquoi.")],
    )
    motif = TextAreaField(
        "En quelques mots",
        filters=[net],
        validators=[DataRequired("Écrivez en quelques mots pourquoi."), LONGUEUR_TEXTE],
        description="Le service qui vous a demandé cet avis le lira.",
    )
