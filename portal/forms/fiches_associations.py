"""Why an agent opens the sheet of an association, and why two rows are one."""

from wtforms import RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired

from portal.formats import majuscule
from portal.forms.base import Formulaire
from portal.forms.textes import LONGUEUR_TEXTE, net
from portal.vocabulaire_avis import LIBELLES_MOTIF_CONSULTATION, MotifConsultation


class MotifForm(Formulaire):
    """The reason of a closed list, and a few words of one's own."""

    phrase_erreurs = "La fiche n’est pas ouverte. Ce que vous avez écrit est conservé sur cette page."

    motif = RadioField(
        "Pourquoi ouvrez-vous cette fiche\u00a0?",
        choices=[
            SelectChoice(motif.value, majuscule(libelle))
            for motif, libelle in LIBELLES_MOTIF_CONSULTATION.items()
            if motif != MotifConsultation.LIEN
        ],
        validators=[InputRequired("Choisissez la raison pour laquelle vous ouvrez cette fiche.")],
    )
    precision = TextAreaField(
        "En quelques mots",
        filters=[net],
        validators=[DataRequired("Écrivez en quelques mots ce que vous cherchez."), LONGUEUR_TEXTE],
        description="Votre responsable lit ces mots. Par exemple\u00a0: réunion du 3 décembre avec la ville sur ce projet.",
    )


class FusionForm(Formulaire):
    """Why two rows are the same association."""

    phrase_erreurs = "Les deux fiches ne sont pas réunies. Ce que vous avez écrit est conservé sur cette page."

    motif = TextAreaField(
        "Ce qui montre que c’est la même association",
        filters=[net],
        validators=[DataRequired("Écrivez ce qui montre que c’est la même association."), LONGUEUR_TEXTE],
        description="Par exemple\u00a0: même siège, même présidente, le numéro RNA a changé après un déménagement.",
    )
