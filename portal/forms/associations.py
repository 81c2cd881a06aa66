"""What is asked of a person who attaches an association."""

from wtforms import BooleanField, RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, Regexp, ValidationError

from portal.formats import ValeurIllisible, compact, parse_rna, parse_siren, parse_siret
from portal.forms.base import Formulaire, une_ligne
from portal.vocabulaire import RoleMandat


def lire_identifiant(texte: str) -> tuple[str, str]:
    """(siren | siret | rna, compact value) of what was typed in the one field. Raises ValeurIllisible with its own sentence."""
    nu = compact(texte)
    if nu.startswith("W"):
        return "rna", parse_rna(texte)
    if not nu.isdigit() or len(nu) not in (9, 14):
        raise ValeurIllisible(
            f"« {texte.strip()} » n’est ni un SIREN (9 chiffres), ni un SIRET (14 chiffres), ni un numéro RNA "
            "(W suivi de 9 caractères). Vérifiez le nombre de caractères."
        )
    return ("siren", parse_siren(texte)) if len(nu) == 9 else ("siret", parse_siret(texte))


class RattacherForm(Formulaire):
    """One field for three kinds of numbers; what was read is in `lu`."""

    identifiant = StringField(
        "SIREN, SIRET ou numéro RNA de l’association",
        validators=[DataRequired("Écrivez le SIREN, le SIRET ou le numéro RNA de l’association."), Length(max=40)],
        description="Par exemple 999\u00a0900\u00a0178, 999\u00a0900\u00a0178\u00a000016 ou W691000178.",
    )
    lu: tuple[str, str]

    def validate_identifiant(self, champ: StringField) -> None:
        """Read the number: length and key."""
        try:
            self.lu = lire_identifiant(champ.data)
        except ValeurIllisible as erreur:
            raise ValidationError(str(erreur)) from erreur


class _Identite(Formulaire):
    """Name and address, typed when no register answers, and marked « non vérifié ». Above the role, as on the page."""

    denomination = StringField(
        "Nom de l’association",
        filters=[une_ligne],
        validators=[DataRequired("Écrivez le nom de l’association."), Length(max=300)],
    )
    adresse = StringField(
        "Adresse du siège",
        filters=[une_ligne],
        validators=[DataRequired("Écrivez l’adresse du siège."), Length(max=300)],
    )
    code_postal = StringField(
        "Code postal",
        filters=[une_ligne, compact],
        validators=[
            DataRequired("Écrivez le code postal."),
            Regexp(
                "[0-9]{5}$", message="Ce code postal n’est pas lisible. Il compte cinq chiffres, par exemple 69009."
            ),
        ],
    )
    commune = StringField(
        "Commune",
        filters=[une_ligne],
        validators=[DataRequired("Écrivez la commune."), Length(max=100)],
    )


class DeclarationForm(Formulaire):
    """In which capacity the person acts; she declares it, and answers for it."""

    role = RadioField(
        "Votre rôle dans l’association",
        choices=[
            SelectChoice(RoleMandat.SIGNATAIRE.value, "Je la représente"),
            SelectChoice(RoleMandat.REDACTEUR.value, "Je prépare ses demandes"),
        ],
        validators=[DataRequired("Choisissez votre rôle.")],
    )
    fonction = StringField(
        "Votre fonction",
        filters=[une_ligne],
        validators=[DataRequired("Écrivez votre fonction."), Length(max=100)],
        description="Par exemple présidente, trésorier, salarié.",
    )
    declaration = BooleanField(
        "Je déclare agir pour cette association, avec l’accord de ses dirigeants",
        validators=[DataRequired("Cochez cette case pour confirmer que vous agissez pour cette association.")],
    )


class SaisieForm(_Identite, DeclarationForm):
    """Both, when the register gave no answer."""
