"""What is typed to invite somebody to act for an association."""

from wtforms import EmailField, RadioField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from portal.formats import ValeurIllisible, parse_courriel
from portal.forms.base import Formulaire, une_ligne
from portal.forms.dates import Jour, JourAttendu
from portal.forms.membres import CHOIX_DE_ROLE
from portal.forms.pieces import Piece


class _Invitation(Formulaire):
    """Whom to invite."""

    email = EmailField(
        "Son adresse électronique",
        filters=[une_ligne],
        validators=[DataRequired("Écrivez l’adresse électronique de la personne à inviter.")],
        description="Cette personne répondra connectée avec cette adresse. Par exemple prenom.nom@example.org.",
    )
    fonction = StringField(
        "Sa fonction",
        filters=[une_ligne],
        validators=[DataRequired("Écrivez sa fonction."), Length(max=100)],
        description="Par exemple trésorier, salariée, conseillère France services.",
    )

    def validate_email(self, champ: EmailField) -> None:
        """One spelling of each address."""
        try:
            champ.data = parse_courriel(champ.data)
        except ValeurIllisible as refus:
            raise ValidationError(str(refus)) from refus


class InvitationForm(_Invitation):
    """A member, and her role."""

    role = RadioField("Son rôle", choices=CHOIX_DE_ROLE, validators=[InputRequired("Choisissez un rôle.")])
    fin_le = Jour("Dernier jour, s’il est connu", description="Par exemple la fin d’un contrat ou d’un mandat.")


class InvitationAidantForm(_Invitation):
    """An aidant, his structure, the last day, and the written mandate."""

    structure = StringField(
        "Sa structure",
        filters=[une_ligne],
        validators=[DataRequired("Écrivez le nom de sa structure."), Length(max=200)],
        description="Par exemple France services de Tarare, ou Guid’Asso Rhône.",
    )
    fin_le = JourAttendu(
        "Dernier jour du mandat",
        absence="Écrivez le dernier jour du mandat écrit.",
        description="Dans un an au plus. Par exemple 31 12 2027.",
    )
    ecrit = Piece(
        "Mandat écrit, signé par l’association",
        absence="Joignez le mandat écrit que l’association a signé.",
        description="Un seul fichier PDF, JPEG ou PNG, de 10\u00a0Mo au plus. Une photographie lisible suffit. S’il y a une "
        "erreur, le fichier sera à joindre de nouveau.",
    )
