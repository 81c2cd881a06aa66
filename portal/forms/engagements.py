"""What a signatory gives, and the code that she types."""

from wtforms import BooleanField, HiddenField, StringField
from wtforms.validators import DataRequired, Length, Regexp, ValidationError

from portal.forms.base import Formulaire, une_ligne
from portal.forms.champs import Choix
from portal.forms.pieces import Piece

REPRESENTE, DELEGATION = "represente", "delegation"
TITRES = (
    (REPRESENTE, "Je représente l’association"),
    (DELEGATION, "Je signe par délégation"),
)


def _texte(libelle: str, absence: str) -> StringField:
    trop_long = f"«\u00a0{libelle}\u00a0» compte 100\u00a0caractères au plus."
    return StringField(
        libelle, filters=[une_ligne], validators=[DataRequired(absence), Length(max=100, message=trop_long)]
    )


def _chiffres(valeur: str | None) -> str:
    """A code as people copy it, spaces inside."""
    return "".join((valeur or "").split())


class SignatureForm(Formulaire):
    """Who signs, on what right, and the consent, never ticked beforehand.

    `affiche` is the fingerprint of what the page showed; `deja_joint` the name of a pouvoir that was joined before.
    """

    affiche = HiddenField()
    prenom = _texte("Prénom", "Écrivez votre prénom.")
    nom = _texte("Nom", "Écrivez votre nom.")
    fonction = _texte("Fonction dans l’association", "Écrivez votre fonction.")
    titre = Choix("À quel titre signez-vous\u00a0?", TITRES, obligatoire="Dites à quel titre vous signez.")
    pouvoir = Piece("Pouvoir qui vous autorise à signer")
    consentement = BooleanField(
        "Je souscris", validators=[DataRequired("Cochez la case pour souscrire le contrat d’engagement républicain.")]
    )

    deja_joint = ""

    @property
    def par_delegation(self) -> bool:
        """She signs for somebody who gave her the right to."""
        return bool(self.titre.data == DELEGATION)

    def validate_pouvoir(self, champ: Piece) -> None:
        """A delegation needs one, joined now or before; nobody else gives one."""
        if champ.octets and not self.par_delegation:
            raise ValidationError(
                "Un pouvoir est joint\u00a0: choisissez «\u00a0Je signe par délégation\u00a0», ou ne le joignez pas."
            )
        if self.par_delegation and not champ.data and not self.deja_joint:
            raise ValidationError("Joignez le pouvoir qui vous autorise à signer.")


class CodeForm(Formulaire):
    """The six digits that came by mail."""

    phrase_erreurs = "Rien n’est signé."
    code = StringField(
        "Code à six chiffres",
        filters=[_chiffres],
        validators=[
            DataRequired("Écrivez le code à six chiffres reçu par courriel."),
            Regexp(r"[0-9]{6}\Z", message="Le code compte six chiffres. Copiez-le tel que le courriel le donne."),
        ],
    )


class DeuxSignaturesForm(Formulaire):
    """One signature or two."""

    oui = BooleanField("Deux personnes doivent signer")
