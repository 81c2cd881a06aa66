"""Why a responsable opens content to administrators."""

from wtforms import StringField
from wtforms.validators import DataRequired, Length

from portal.forms.base import Formulaire, une_ligne


class OuvertureForm(Formulaire):
    """The reason, kept in the journal."""

    raison = StringField(
        "Pourquoi ouvrir ces contenus",
        filters=[une_ligne],
        validators=[
            DataRequired("Écrivez pourquoi\u00a0: la raison est gardée avec la trace de chaque consultation."),
            Length(max=500, message="Cette raison est trop longue\u00a0: 500 caractères au plus."),
        ],
        description="Par exemple\u00a0: vérifier quel champ donne le montant demandé.",
    )
