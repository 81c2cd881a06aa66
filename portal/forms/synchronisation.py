"""What an administrator settles of a DS démarche."""

from collections.abc import Iterable

from wtforms import RadioField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from portal.forms.base import Formulaire

OUI, NON = "oui", "non"


class ReglagesForm(Formulaire):
    """Where its files stay, and the annotation that receives the summary of our avis ("" for none)."""

    a_la_demande = RadioField(
        "Fichiers des dossiers",
        choices=[
            SelectChoice(NON, "Tous copiés dans le portail après chaque lecture"),
            SelectChoice(OUI, "Laissés dans Démarches Simplifiées jusqu’à ce qu’un agent les demande"),
        ],
        validators=[InputRequired("Choisissez où restent les fichiers.")],
        description="Ce qui est déjà copié est gardé dans les deux cas.",
    )
    champ_id = SelectField(
        "Annotation qui reçoit le résumé des avis",
        description="Une annotation privée de texte, que lisent les instructeurs sur Démarches Simplifiées. L’association ne la "
        "voit pas, et les avis réservés n’y vont jamais.",
        validate_choice=False,
    )

    def offrir(self, annotations: Iterable[tuple[str, str]]) -> "ReglagesForm":
        """Give the annotations (champ id, label) of the form in force."""
        aucune = SelectChoice("", "Aucune\u00a0: les avis restent dans le portail")
        self.champ_id.choices = [aucune, *(SelectChoice(cle, libelle) for cle, libelle in annotations)]
        return self


class GroupeForm(Formulaire):
    """A groupe instructeur goes to a service. `groupe` is its DS number, `service` a sigle."""

    groupe = SelectField("Groupe d’instructeurs", validators=[InputRequired("Choisissez le groupe d’instructeurs.")])
    service = SelectField("Service qui instruit ses dossiers", validators=[InputRequired("Choisissez le service.")])

    def offrir(self, groupes: Iterable[tuple[int, str]], services: Iterable[str]) -> "GroupeForm":
        """Give the groups (number, label) and the services (sigle)."""
        a_choisir = SelectChoice("", "À choisir")
        self.groupe.choices = [a_choisir, *(SelectChoice(str(number), libelle) for number, libelle in groupes)]
        self.service.choices = [a_choisir, *(SelectChoice(sigle, sigle) for sigle in services)]
        return self
