"""Stating facts, answering them, withdrawing a grant."""

from collections.abc import Iterable

from wtforms import BooleanField, EmailField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, ValidationError

from portal.formats import ValeurIllisible, majuscule, parse_courriel
from portal.forms.base import Formulaire, une_ligne
from portal.forms.dates import JourAttendu
from portal.forms.dossiers import VersionForm
from portal.forms.textes import LONGUEUR_TEXTE, net
from portal.vocabulaire_cer import LIBELLES_MOTIF_RETRAIT, DestinataireRetrait

SANS_PERSONNE = (
    "Écrivez des faits, rien d’autre\u00a0: ni jugement, ni rumeur, ni nom de personne privée. "
    "Une personne se désigne par sa fonction dans l’association."
)


def _texte(libelle: str, absence: str, description: str = "") -> TextAreaField:
    return TextAreaField(
        libelle, filters=[net], validators=[DataRequired(absence), LONGUEUR_TEXTE], description=description
    )


def _delai(libelle: str, minimum: int, maximum: int, defaut: int) -> IntegerField:
    bornes = f"Donnez un nombre de jours, de {minimum} à {maximum}."
    return IntegerField(
        libelle,
        default=defaut,
        validators=[InputRequired(bornes), NumberRange(minimum, maximum, bornes)],
        description=f"En jours, de {minimum} à {maximum}.",
    )


class ConstatForm(Formulaire):
    """Facts, sourced and dated, that name no private person."""

    date_faits = JourAttendu("Date des faits", absence="Donnez la date des faits.")
    faits = _texte("Faits constatés", "Écrivez les faits constatés.", SANS_PERSONNE)
    source = StringField(
        "Source",
        filters=[une_ligne],
        validators=[
            DataRequired("Dites d’où ces faits sont connus."),
            Length(max=500, message="Cette source est trop longue\u00a0: 500 caractères au plus."),
        ],
        description="Par exemple le compte rendu d’une visite du 12 mars 2026, ou une décision de justice et sa date.",
    )
    reponse_jours = _delai("Délai laissé à l’association pour répondre", 15, 150, 30)
    conservation_mois = SelectField(
        "Conservation",
        choices=[
            SelectChoice("6", "6 mois"),
            SelectChoice("12", "1 an"),
            SelectChoice("24", "2 ans"),
            SelectChoice("36", "3 ans"),
        ],
        default="12",
        description="Ensuite le constat se clôt de lui-même, et les faits comme les réponses sont effacés.",
    )
    sans_personne = BooleanField(
        "Je n’ai nommé aucune personne privée",
        validators=[DataRequired("Relisez les faits et la source, puis cochez cette case.")],
    )


class LecteurForm(Formulaire):
    """An agent of the service to name."""

    agent = SelectField("Agent", validators=[InputRequired("Choisissez un agent de votre service.")])

    def offrir(self, agents: Iterable[tuple[int, str]]) -> "LecteurForm":
        """Give the agents who may be named: (id, name)."""
        self.agent.choices = [
            SelectChoice("", "Choisir un agent"),
            *(SelectChoice(str(un), nom) for un, nom in agents),
        ]
        return self


class ReponseForm(Formulaire):
    """What the association answers to a statement."""

    texte = _texte("Votre réponse", "Écrivez votre réponse.", "Le service la lira avec le constat.")


class ObservationsForm(Formulaire):
    """What the association answers to an envisaged withdrawal."""

    texte = _texte(
        "Vos observations",
        "Écrivez vos observations.",
        "Elles sont jointes à la procédure et figurent dans la décision. Elles s’envoient une seule fois.",
    )


class RetraitForm(Formulaire):
    """What is envisaged, and the delay left to the association."""

    motif = RadioField(
        "Motif",
        choices=[SelectChoice(motif.value, majuscule(libelle)) for motif, libelle in LIBELLES_MOTIF_RETRAIT.items()],
        validators=[InputRequired("Choisissez le motif du retrait envisagé.")],
    )
    griefs = _texte(
        "Ce qui est reproché à l’association",
        "Écrivez ce qui est reproché à l’association.",
        "L’association le lira aussitôt. Décrivez les faits et l’engagement du contrat auquel ils manquent, sans nommer de "
        "personne privée.",
    )
    periode_debut = JourAttendu(
        "Début de la période financée", absence="Donnez le premier jour de la période que la subvention finance."
    )
    periode_fin = JourAttendu(
        "Fin de la période financée",
        absence="Donnez le dernier jour de la période que la subvention finance.",
        description="Ou la fin de l’action, si la subvention finance une action précise.",
    )
    date_manquement = JourAttendu("Date du manquement", absence="Donnez la date du manquement.")
    observations_jours = _delai("Délai laissé à l’association pour présenter ses observations", 15, 120, 15)
    constat = SelectField("Constat sur lequel ce retrait s’appuie", default="")
    courrier = StringField(
        "Lettre recommandée",
        filters=[une_ligne],
        validators=[Length(max=200)],
        description="Date et numéro de la lettre qui informe l’association.",
    )

    def offrir(self, constats: Iterable[tuple[int, str]]) -> "RetraitForm":
        """Give the statements that may be invoked: (id, words)."""
        self.constat.choices = [SelectChoice("", "Aucun"), *(SelectChoice(str(un), mots) for un, mots in constats)]
        return self


class SignatureRetraitForm(VersionForm):
    """The final motivation, the quality of who signs, and the consent, never ticked beforehand."""

    motivation = _texte(
        "Motivation de la décision",
        "Motivez la décision\u00a0: l’association doit pouvoir la comprendre et la contester.",
        "Elle figure dans la lettre. Répondez-y aux observations de l’association, sans nommer de personne privée.",
    )
    qualite = StringField(
        "Votre qualité",
        filters=[une_ligne],
        validators=[
            DataRequired("Donnez votre qualité\u00a0: elle figure dans la décision."),
            Length(max=90, message="Cette qualité est trop longue\u00a0: 90 caractères au plus."),
        ],
        description="Votre fonction, telle que la décision la portera (code des relations entre le public et "
        "l’administration, article L.\u00a0212-1).",
    )
    signe = BooleanField(
        "Je signe cette décision, qui est notifiée aussitôt à l’association",
        validators=[DataRequired("Cochez la case pour signer et notifier.")],
    )


class EnvoiForm(Formulaire):
    """Somebody else to whom the notified decision goes."""

    genre = RadioField(
        "Destinataire",
        choices=[
            SelectChoice(DestinataireRetrait.PREFET.value, "Le préfet du département du siège"),
            SelectChoice(DestinataireRetrait.COFINANCEUR.value, "Un autre financeur connu"),
        ],
        validators=[InputRequired("Dites à quel titre cette personne reçoit la décision.")],
    )
    nom = StringField(
        "Nom du service",
        filters=[une_ligne],
        validators=[DataRequired("Écrivez le nom du service."), Length(max=200)],
        description="Par exemple Préfecture de l’Isère, ou Ville de Grenoble.",
    )
    email = EmailField(
        "Adresse électronique du service",
        validators=[DataRequired("Écrivez l’adresse électronique du service."), Length(max=254)],
        description="Une adresse de service, plutôt que celle d’une personne.",
    )

    def validate_email(self, champ: EmailField) -> None:
        """Keep one spelling of each address: it is sent once to each."""
        try:
            champ.data = parse_courriel(champ.data)
        except ValeurIllisible as refus:
            raise ValidationError(str(refus)) from refus
