"""What is typed about a page signed by hand: by the member who joins it, by the agent who looks at it or has received it."""

from wtforms import StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from portal.forms.base import Formulaire, une_ligne
from portal.forms.dates import JourAttendu
from portal.forms.pieces import Piece
from portal.forms.textes import LONGUEUR_TEXTE, net


class _Datee(Formulaire):
    """The day on which it was signed is required."""

    signee_le = JourAttendu("Date de la signature", absence="Écrivez la date qui figure sur la page signée.")


class _Signataire(_Datee):
    """Who has signed, as the page says."""

    prenom = StringField(
        "Prénom lu sur la page",
        filters=[une_ligne],
        validators=[DataRequired("Écrivez le prénom de la personne qui a signé."), Length(max=100)],
    )
    nom = StringField(
        "Nom lu sur la page",
        filters=[une_ligne],
        validators=[DataRequired("Écrivez le nom de la personne qui a signé."), Length(max=100)],
    )


class PageSigneeForm(_Datee):
    """One file is enough: a PDF of several pages, or the photograph of the page that bears the signature."""

    fichier = Piece(
        "Page signée",
        absence="Joignez la page signée.",
        description="Un seul fichier PDF, JPEG ou PNG, de 10\u00a0Mo au plus. Une photographie lisible de la page signée "
        "suffit\u00a0; plusieurs pages se joignent en un seul PDF. S’il y a une erreur, le fichier sera à joindre de nouveau.",
    )


class AdmissionForm(_Signataire):
    """What the agent reads on the page that she admits."""


class MiseAEcartForm(Formulaire):
    """Why the page does not count."""

    motif = TextAreaField(
        "Motif",
        filters=[net],
        validators=[DataRequired("Écrivez pourquoi cette pièce est écartée."), LONGUEUR_TEXTE],
        description="La personne qui a joint la pièce le recevra par courriel.",
    )


class PapierRecuForm(_Signataire):
    """A signed paper that the service has received."""

    fonction = StringField(
        "Fonction lue sur la page",
        filters=[une_ligne],
        validators=[DataRequired("Écrivez la fonction de la personne qui a signé."), Length(max=100)],
    )
    reference = StringField(
        "Comment le service l’a reçu",
        filters=[une_ligne],
        validators=[DataRequired("Écrivez comment le service a reçu ce papier."), Length(max=200)],
        description="Par exemple courrier du 3 mars 2026, ou remis au guichet.",
    )
    fichier = Piece(
        "Papier signé, numérisé",
        absence="Joignez le papier numérisé.",
        description="Un seul fichier PDF, JPEG ou PNG, de 10\u00a0Mo au plus. S’il y a une erreur, il sera à joindre de nouveau.",
    )
