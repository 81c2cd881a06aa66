"""What a person of an association writes about who acts for it."""

from wtforms import BooleanField, RadioField, SelectMultipleField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from portal.formats import majuscule
from portal.forms.base import Formulaire
from portal.forms.dates import Jour
from portal.forms.textes import LONGUEUR_TEXTE, net
from portal.vocabulaire import LIBELLES_ROLE_MANDAT, RoleMandat

ROLES = (RoleMandat.LECTEUR, RoleMandat.REDACTEUR, RoleMandat.SIGNATAIRE)
CHOIX_DE_ROLE = [SelectChoice(role.value, majuscule(LIBELLES_ROLE_MANDAT[role])) for role in ROLES]


class EcheanceForm(Formulaire):
    """A last day: one's own, or that of an aidant."""

    fin_le = Jour("Dernier jour du mandat", description="Vide, le mandat n’a pas de fin prévue.")


class ChangementForm(EcheanceForm):
    """Somebody's role and last day."""

    role = RadioField("Rôle", choices=CHOIX_DE_ROLE, validators=[InputRequired("Choisissez un rôle.")])


class FinForm(Formulaire):
    """Why somebody's mandat ends."""

    motif = TextAreaField(
        "Motif",
        filters=[net],
        validators=[DataRequired("Écrivez pourquoi ce lien prend fin."), LONGUEUR_TEXTE],
        description="La personne concernée le recevra par courriel.",
    )


class DepartForm(Formulaire):
    """Leaving: who takes over the drafts that nobody else sees."""

    repreneur = RadioField("Qui reprend vos brouillons\u00a0?", coerce=int, validators=[Optional()])
    sans_repreneur = BooleanField("J’ai compris que mes brouillons ne seront plus visibles de personne")
    confirmer = BooleanField(
        "Je quitte cette association", validators=[DataRequired("Cochez cette case pour quitter l’association.")]
    )

    def proposer(self, personnes: list[tuple[int, str]]) -> None:
        """Offer these people (id of their mandat, name)."""
        self.repreneur.choices = [SelectChoice(un, nom) for un, nom in personnes]


class PartageForm(Formulaire):
    """The drafts that are open to somebody."""

    demandes = SelectMultipleField(
        "Brouillons ouverts à cette personne",
        coerce=int,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    confirmer = BooleanField(
        "J’autorise cette personne à lire et à remplir les brouillons cochés, avec leurs pièces",
        validators=[DataRequired("Cochez cette case pour enregistrer votre choix.")],
    )

    def proposer(self, brouillons: list[tuple[int, str]]) -> None:
        """Offer these drafts (id, title)."""
        self.demandes.choices = [SelectChoice(un, titre) for un, titre in brouillons]
