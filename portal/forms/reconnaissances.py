"""What an agent reads on a document that frees an association from signing the CER."""

from wtforms import RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length

from portal.formats import majuscule
from portal.forms.base import Formulaire, une_ligne
from portal.forms.dates import Jour, JourAttendu
from portal.vocabulaire_cer import LIBELLES_RECONNAISSANCE


class ReconnaissanceForm(Formulaire):
    """An agrément or a recognition of public utility, as the document says."""

    genre = RadioField(
        "Ce que le document établit",
        choices=[SelectChoice(genre.value, majuscule(libelle)) for genre, libelle in LIBELLES_RECONNAISSANCE.items()],
        validators=[InputRequired("Choisissez ce que le document établit.")],
    )
    autorite = StringField(
        "Autorité",
        filters=[une_ligne],
        validators=[DataRequired("Écrivez quelle autorité a pris cette décision."), Length(max=200)],
        description="Par exemple préfecture du Rhône, ou ministère chargé de la jeunesse.",
    )
    reference = StringField(
        "Référence",
        filters=[une_ligne],
        validators=[DataRequired("Écrivez la référence du document que vous avez vu."), Length(max=200)],
        description="Par exemple arrêté n°\u00a069-2024-12, ou décret du 3 mars 1987.",
    )
    date_debut = JourAttendu("Date du document", absence="Écrivez la date du document.", ancien=True)
    date_fin = Jour(
        "Dernier jour de l’agrément",
        description="Sans réponse, un agrément au titre de l’article 25-1 vaut cinq ans à partir de sa date. Écrivez ce jour "
        "si le document fixe une fin plus proche. Une reconnaissance d’utilité publique n’a pas de fin.",
    )
