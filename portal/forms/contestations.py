"""What is written to contest somebody's mandat, and to settle it."""

from wtforms import RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length

from portal.forms.base import Formulaire, une_ligne
from portal.forms.pieces import Piece
from portal.forms.textes import LONGUEUR_TEXTE, net
from portal.vocabulaire_demandes import EtatContestation


class ContestationForm(Formulaire):
    """Why the mandat is no longer true, and a document if there is one."""

    motif = TextAreaField(
        "Pourquoi contestez-vous ce lien\u00a0?",
        filters=[net],
        validators=[DataRequired("Écrivez pourquoi vous contestez ce lien."), LONGUEUR_TEXTE],
        description="Par exemple\u00a0: l’assemblée générale du 12 mars 2026 a élu un autre président. Seul le service le lit.",
    )
    piece = Piece(
        "Document qui le montre",
        description="Procès-verbal, liste des dirigeants, récépissé de la préfecture. Un seul fichier PDF, JPEG ou PNG, de "
        "10\u00a0Mo au plus.",
    )


class JugementForm(Formulaire):
    """What the service decides, on which document."""

    sens = RadioField(
        "Votre décision",
        choices=[
            SelectChoice(EtatContestation.FONDEE.value, "La contestation est fondée\u00a0: ce lien prend fin"),
            SelectChoice(EtatContestation.REJETEE.value, "La contestation est rejetée\u00a0: ce lien est maintenu"),
        ],
        validators=[InputRequired("Choisissez votre décision.")],
    )
    piece_vue = StringField(
        "Pièce vue",
        filters=[une_ligne],
        validators=[DataRequired("Écrivez sur quelle pièce vous tranchez."), Length(max=200)],
        description="Par exemple procès-verbal de l’assemblée générale du 12 mars 2026.",
    )
    reponse = TextAreaField(
        "Votre réponse",
        filters=[net],
        validators=[DataRequired("Écrivez votre réponse."), LONGUEUR_TEXTE],
        description="Les deux personnes la recevront par courriel.",
    )
