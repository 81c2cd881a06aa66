"""Deciding on a dossier."""

from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length

from portal.formats import majuscule
from portal.forms.champs import Montant
from portal.forms.dossiers import VersionForm
from portal.forms.textes import LONGUEUR_TEXTE, net
from portal.vocabulaire import LIBELLES_DECISION, LIBELLES_MOTIF


class DecisionForm(VersionForm):
    """What is decided; which answers go together is the service's rule, not the form's."""

    sens = RadioField(
        "Décision",
        choices=[SelectChoice(sens.value, majuscule(libelle)) for sens, libelle in LIBELLES_DECISION.items()],
        validators=[InputRequired("Choisissez la décision.")],
    )
    montant_accorde = Montant(
        "Montant accordé", requis=False, description="Pour un accord seulement. En euros, par exemple 1\u00a0234,50"
    )
    motif = SelectField(
        "Motif",
        choices=[
            SelectChoice("", "Aucun (accord)"),
            *(SelectChoice(motif.value, majuscule(libelle)) for motif, libelle in LIBELLES_MOTIF.items()),
        ],
        description="Pour un refus ou un classement sans suite.",
    )
    motivation = TextAreaField(
        "Motivation",
        filters=[net],
        validators=[LONGUEUR_TEXTE],
        description="Nécessaire pour un refus. L’association la lira à la notification.",
    )
    conditions = TextAreaField(
        "Conditions",
        filters=[net],
        validators=[LONGUEUR_TEXTE],
        description="Par exemple un compte rendu attendu à une date. L’association les lira à la notification.",
    )
    qualite = StringField(
        "Votre qualité",
        filters=[net],
        validators=[
            DataRequired("Donnez votre qualité : elle figure dans la décision."),
            Length(max=90, message="Cette qualité est trop longue : 90 caractères au plus."),
        ],
        description="Votre fonction, telle que la décision la portera (code des relations entre le public et "
        "l’administration, article L.\u00a0212-1).",
    )
