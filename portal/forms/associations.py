"""What is asked of a person who attaches an association."""

from typing import Any

from wtforms import BooleanField, RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, Regexp, ValidationError

from portal.formats import ValeurIllisible, compact
from portal.forms.base import Formulaire, une_ligne
from portal.forms.dates import Jour, JourAttendu
from portal.forms.identifiants import lire_identifiant, parse_ridet, parse_tahiti, registre_local
from portal.forms.pieces import Piece
from portal.vocabulaire import RoleMandat


class RattacherForm(Formulaire):
    """One field for three kinds of numbers and for a name; what was read is in `lu`."""

    identifiant = StringField(
        "SIREN, SIRET, numéro RNA ou nom de l’association",
        validators=[
            DataRequired("Écrivez le SIREN, le SIRET ou le numéro RNA de l’association, ou son nom."),
            Length(max=200, message="Ce nom est trop long\u00a0: écrivez-en quelques mots."),
        ],
        description="Par exemple 999\u00a0900\u00a0178, 999\u00a0900\u00a0178\u00a000016, W691000178 ou Les Amis du Canal.",
    )
    lieu = StringField(
        "Commune ou code postal",
        filters=[une_ligne],
        validators=[Length(max=100)],
        description="Utile avec un nom répandu. Un numéro n’en a pas besoin.",
    )
    saisir = BooleanField("Ce numéro est le bon\u00a0: je décris l’association moi-même")
    lu: tuple[str, str]

    def validate_identifiant(self, champ: StringField) -> None:
        """Read the number, length and key, or the name."""
        try:
            self.lu = lire_identifiant(champ.data)
        except ValeurIllisible as erreur:
            raise ValidationError(str(erreur)) from erreur


class ChoixForm(Formulaire):
    """Which of the register's answers to a search by name."""

    choix = RadioField(
        "Laquelle est la vôtre\u00a0?", coerce=int, validators=[InputRequired("Choisissez une association.")]
    )

    def proposer(self, candidats: list[tuple[int, str]]) -> None:
        """Offer these (rank, words)."""
        self.choix.choices = [SelectChoice(rang, mots) for rang, mots in candidats]


class SansAnnuaireForm(Formulaire):
    """The number of an association that no register of ours knows; what was read is in `lu`."""

    genre = RadioField(
        "Comment l’association est-elle inscrite\u00a0?",
        choices=[
            SelectChoice("registre", "Au registre des associations d’un tribunal d’Alsace ou de Moselle"),
            SelectChoice("ridet", "En Nouvelle-Calédonie, par un numéro RID ou RIDET"),
            SelectChoice("tahiti", "En Polynésie française, par un numéro Tahiti"),
        ],
        validators=[InputRequired("Choisissez comment l’association est inscrite.")],
    )
    numero = StringField("Numéro RIDET ou Tahiti", filters=[une_ligne], validators=[Length(max=40)])
    tribunal = StringField("Tribunal", filters=[une_ligne], validators=[Length(max=100)])
    volume = StringField("Volume", filters=[une_ligne], validators=[Length(max=20)])
    folio = StringField("Folio", filters=[une_ligne], validators=[Length(max=20)])
    lu: tuple[str, str]

    def validate_numero(self, champ: StringField) -> None:
        """Read the number that the kind asks for."""
        if self.genre.data not in ("ridet", "tahiti"):
            return
        try:
            lire = parse_ridet if self.genre.data == "ridet" else parse_tahiti
            self.lu = (self.genre.data, lire(champ.data or ""))
        except ValeurIllisible as erreur:
            raise ValidationError(str(erreur) if champ.data else "Écrivez le numéro de l’association.") from erreur

    def validate(self, extra_validators: Any = None) -> bool:
        """All of the inscription is needed: tribunal, volume and folio."""
        juste = bool(super().validate(extra_validators))
        if self.genre.data != "registre":
            return juste
        manquent = {
            self.tribunal: "Écrivez le tribunal, par exemple Strasbourg.",
            self.volume: "Écrivez le volume, par exemple 45.",
            self.folio: "Écrivez le folio, par exemple 12.",
        }
        for champ, phrase in manquent.items():
            if not champ.data:
                champ.errors = [*champ.errors, phrase]
                juste = False
        self.lu = ("registre", registre_local(self.tribunal.data, self.volume.data, self.folio.data))
        return juste


class Identite(Formulaire):
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


def saisie(form: Formulaire) -> dict[str, str]:
    """Name and address, of a form that asks for them."""
    return {nom: champ.data for nom, champ in form._fields.items() if nom in _IDENTITE}


_IDENTITE = ("denomination", "adresse", "code_postal", "commune")


class _Declaration(Formulaire):
    """What is asked of whoever says to act for an association."""

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


class DeclarationForm(_Declaration):
    """In which capacity the person acts; she declares it, and answers for it."""

    role = RadioField(
        "Votre rôle dans l’association",
        choices=[
            SelectChoice(RoleMandat.SIGNATAIRE.value, "Je la représente"),
            SelectChoice(RoleMandat.REDACTEUR.value, "Je prépare ses demandes"),
        ],
        validators=[DataRequired("Choisissez votre rôle.")],
    )
    fin_le = Jour(
        "Fin de votre mandat, si elle est connue",
        description="Par exemple le jour de la prochaine assemblée générale. Vous recevrez un rappel trente jours avant.",
    )


class SaisieForm(Identite, DeclarationForm):
    """Both, when the register gave no answer."""


class AideForm(_Declaration):
    """An aidant's own word: for which structure, until when, on which paper that the association has signed."""

    structure = StringField(
        "Votre structure",
        filters=[une_ligne],
        validators=[DataRequired("Écrivez le nom de votre structure."), Length(max=200)],
        description="Par exemple France services de Tarare, ou Guid’Asso Rhône.",
    )
    fin_le = JourAttendu("Dernier jour du mandat", absence="Écrivez le dernier jour du mandat écrit.")
    ecrit = Piece(
        "Mandat écrit, signé par l’association",
        absence="Joignez le mandat écrit que l’association a signé.",
        description="Un seul fichier PDF, JPEG ou PNG, de 10\u00a0Mo au plus. Une photographie lisible suffit. S’il y a une "
        "erreur, le fichier sera à joindre de nouveau.",
    )


class AideSaisieForm(Identite, AideForm):
    """The same when the register gave no answer."""
