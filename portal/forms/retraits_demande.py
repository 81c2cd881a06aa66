"""An association withdraws a filed request."""

from wtforms import RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from portal.forms.base import Formulaire
from portal.forms.textes import LONGUEUR_TEXTE, net

CE_SERVICE, TOUS = "ce_service", "tous"


class RetraitDemandeForm(Formulaire):
    """From this service only, or from every service that the same request is addressed to: asked when there are several."""

    phrase_erreurs = "Rien n’est retiré. Ce que vous avez écrit est conservé sur cette page."

    portee = RadioField(
        "Que retirez-vous\u00a0?",
        choices=[
            SelectChoice(CE_SERVICE, "La demande faite à ce service seulement"),
            SelectChoice(TOUS, "La demande commune, pour tous les services qui n’ont pas encore décidé"),
        ],
        validators=[InputRequired("Choisissez ce que vous retirez.")],
    )
    motif = TextAreaField(
        "Pourquoi",
        filters=[net],
        validators=[LONGUEUR_TEXTE],
        description="Le service lira cette raison parmi les messages du dossier.",
    )

    def for_one(self) -> None:
        """The request is addressed to one service: there is nothing to choose."""
        del self.portee

    @property
    def commune(self) -> bool:
        """Whether the whole demande commune is withdrawn."""
        return "portee" in self and self.portee.data == TOUS
